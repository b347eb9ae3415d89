-- What people choose from when they write a definition: tags, business units, job types and so on, by the
-- names that they have in ServiceTitan. Cached, and refreshed when somebody asks.
create table engine.servicetitan_catalogue (
  team_id uuid not null,
  kind text not null,
  id text not null,
  name text,
  is_active boolean not null,
  detail jsonb not null default '{}',
  constraint servicetitan_catalogue_pk primary key (team_id, kind, id),
  constraint servicetitan_catalogue_team_exists foreign key (team_id) references public.teams (id) on delete cascade,
  constraint servicetitan_catalogue_kind_is_known check (
    kind in (
      'tag_types', 'business_units', 'job_types', 'hold_reasons', 'campaigns', 'membership_types', 'report_categories',
      'reports'
    )
  ),
  constraint servicetitan_catalogue_detail_is_an_object check (jsonb_typeof(detail) = 'object')
);
comment on table engine.servicetitan_catalogue is 'Named things of a team''s ServiceTitan account, cached.';
comment on column engine.servicetitan_catalogue.id is 'As ServiceTitan says it: a number, of report categories a word.';
