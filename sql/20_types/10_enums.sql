-- The words of the state machines. A status is an enum in upper case; what may follow what is kept
-- by the transition functions and by CHECKs on the tables.
create type public.team_role as enum ('viewer', 'operator', 'admin');
comment on type public.team_role is 'What a member may do, least first: viewer reads, operator builds and launches, admin manages.';

create type public.contact_channel as enum ('call', 'text');
comment on type public.contact_channel is 'How a contact is reached. Also the name of the workers'' queue.';

create type public.provider as enum ('vapi', 'twilio', 'servicetitan');
comment on type public.provider is 'Outside services that a team connects.';

create type public.audience_source as enum ('servicetitan', 'custom_report', 'csv', 'speed_to_lead');
comment on type public.audience_source is 'Where the members of a list come from.';

create type public.audience_status as enum ('ACTIVE', 'ARCHIVED');
comment on type public.audience_status is 'Life of an audience list.';

create type public.run_status as enum ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED');
comment on type public.run_status is 'Life of one refresh or import of a list.';

create type public.workflow_status as enum ('DRAFT', 'PUBLISHED', 'ARCHIVED');
comment on type public.workflow_status is 'Life of a workflow; cascades to its nodes and edges. Only DRAFT takes writes.';

create type public.node_type as enum ('trigger', 'call', 'text');
comment on type public.node_type is 'Kinds of workflow nodes.';

create type public.campaign_status as enum (
  'CREATED', 'SCHEDULED', 'ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED'
);
comment on type public.campaign_status is 'Life of a campaign.';

create type public.enrollment_status as enum (
  'ACTIVE', 'COMPLETED', 'BOOKED', 'OPTED_OUT', 'SUPPRESSED', 'FAILED', 'CANCELLED'
);
comment on type public.enrollment_status is 'One contact''s journey through one campaign.';

create type public.job_status as enum (
  'READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS', 'DONE', 'FAILED', 'CANCELLED'
);
comment on type public.job_status is 'Life of one unit of provider work. The last three are terminal.';

create type public.attempt_status as enum (
  'OPEN', 'ACCEPTED', 'REFUSED', 'TRY_LATER', 'AMBIGUOUS', 'NOT_SENT'
);
comment on type public.attempt_status is 'What became of one request to a provider. OPEN: it may be on the wire.';

create type public.job_outcome as enum (
  'booked', 'answered', 'voicemail', 'no_answer', 'busy',
  'delivered', 'replied', 'no_reply', 'opted_in', 'opted_out', 'undeliverable', 'failed'
);
comment on type public.job_outcome is 'What came of a job, in the words that edges match.';

create type public.integration_status as enum ('ACTIVE', 'PAUSED');
comment on type public.integration_status is 'Whether jobs may use a provider account.';

create type public.lead_urgency as enum ('normal', 'high', 'emergency');
comment on type public.lead_urgency is 'How soon a lead is to be called, against everything else that is due: least urgent first.';

create type public.lead_status as enum ('ACCEPTED', 'EXCLUDED', 'REJECTED');
comment on type public.lead_status is 'What became of a lead: in its list, kept out of it by an exclusion, or without a number that can be called.';
