-- The words of outreach: launches straight from a list, without a workflow that somebody drew.
create type public.campaign_kind as enum ('campaign', 'outreach');
comment on type public.campaign_kind is 'Whether a campaign was built by a person or belongs to an outreach.';

create type public.outreach_kind as enum ('maintenance', 'reschedule', 'text');
comment on type public.outreach_kind is 'What an outreach is about. A reschedule holds the appointment first.';

create type public.outreach_item_status as enum ('HOLDING', 'HOLD_FAILED', 'ENROLLED', 'CANCELLED');
comment on type public.outreach_item_status is
'Life of one customer in an outreach. HOLDING: the appointment comes first. CANCELLED: the campaign ended before.';

-- A member of a list as an outreach would treat it.
create type engine.planned_item as (
  contact_id uuid,
  phone text,
  servicetitan_customer_id bigint,
  servicetitan_job_id bigint,
  servicetitan_appointment_id bigint,
  dedupe_hash bytea,
  is_left_out boolean,
  is_unreachable boolean,
  item_id uuid
);
comment on type engine.planned_item is
'A member as an outreach would treat it: left out, unreachable, or done already by the item with the same hash.';
