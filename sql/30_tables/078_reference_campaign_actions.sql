-- What can be done with a campaign, and in which status: the RPCs refuse by these rows, and lists tell by
-- them which buttons work and why the others don't.
create table reference.campaign_actions (
  action text not null,
  place smallint not null,
  from_statuses public.campaign_status[] not null,
  to_status text not null,
  participle text not null,
  hint text not null,
  constraint campaign_actions_pk primary key (action),
  constraint campaign_actions_are_in_order unique (place)
);
comment on table reference.campaign_actions is 'Actions on campaigns: the statuses that allow each, and what it leads to.';
comment on column reference.campaign_actions.place is 'Order in which actions are shown.';
comment on column reference.campaign_actions.participle is 'Completes "only one that is CREATED can be …".';
