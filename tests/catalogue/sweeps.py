"""Rules that hold for everything in the database, each as a query that lists what breaks it.

`plant` makes one offender, named `planted` somewhere, so that each rule is seen to catch one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Our functions: not those of extensions.
_FUNCTIONS = """
    with f as (
        select p.*, n.nspname, p.oid::regprocedure::text as name
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'engine', 'reference')
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    )
"""
_TABLES = """
    with t as (
        select c.*, n.nspname, format('%s.%s', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p') and not c.relispartition
    )
"""
_PLANTED_FUNCTION = """
    create function public.planted(p_a int) returns int language sql set search_path = '' as 'select 1';
    revoke all on function public.planted(int) from public;
    comment on function public.planted(int) is 'x';
"""
_PLANTED_TABLE = "create table public.planted (team_id uuid, id uuid, other_id uuid);"


@dataclass(frozen=True)
class Sweep:
    """A rule; `exceptions` maps what may break it to the reason, and a reason no longer needed fails too."""

    rule: str
    query: str
    plant: str
    exceptions: dict[str, str] = field(default_factory=dict)


_SINGLETON = "holds one row for the whole deployment, no team's"
_REAL_LEASE = "a worker's lease of a task counts the seconds that pass for the worker"
_INBOX = "an event comes before it is known whose it is"

SWEEPS = [
    Sweep(
        "each table in public has row-level security",
        _TABLES + "select name from t where nspname = 'public' and not relrowsecurity",
        _PLANTED_TABLE,
    ),
    Sweep(
        "each table in public has a policy",
        _TABLES
        + "select name from t where nspname = 'public' and not exists (select from pg_policy where polrelid = t.oid)",
        _PLANTED_TABLE + "alter table public.planted enable row level security;",
    ),
    Sweep(
        "each policy names its roles",
        _TABLES
        + "select format('%s on %s', polname, name) from t join pg_policy on polrelid = t.oid where 0 = any(polroles)",
        _PLANTED_TABLE + "create policy planted on public.planted using (true);",
    ),
    Sweep(
        "a view in public reads with the rights of who asks",
        """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
          and not coalesce(c.reloptions::text[] && array['security_invoker=true', 'security_invoker=on'], false)
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
        """,
        "create view public.planted as select 1 as one;",
    ),
    Sweep(
        "each function has a comment",
        _FUNCTIONS + "select name from f where obj_description(f.oid, 'pg_proc') is null",
        _PLANTED_FUNCTION + "comment on function public.planted(int) is null;",
    ),
    Sweep(
        "each function pins an empty search_path",
        _FUNCTIONS + """select name from f where not coalesce(proconfig @> array['search_path=""'], false)""",
        _PLANTED_FUNCTION + "alter function public.planted(int) set search_path = public;",
    ),
    Sweep(
        "no function can be executed by PUBLIC",
        _FUNCTIONS
        + """
        select name from f
        where proacl is null or exists (select from aclexplode(proacl) where grantee = 0)
        """,
        _PLANTED_FUNCTION + "grant execute on function public.planted(int) to public;",
    ),
    Sweep(
        "each argument is named p_…",
        _FUNCTIONS
        + """
        select distinct name from f
        cross join generate_series(1, pronargs + coalesce(cardinality(proallargtypes) - pronargs, 0)) i
        where coalesce(proargmodes[i], 'i') in ('i', 'b', 'v') and coalesce(proargnames[i], '') !~ '^p_'
        """,
        "create function public.planted(a int) returns int language sql as 'select 1';",
    ),
    Sweep(
        "a definer function that members can execute checks its caller",
        _FUNCTIONS
        + r"""
        -- directly, or through helpers that do: two deep at most, or nobody would see it
        , checking as (
            select proname from f
            where nspname = 'engine'
              and proname in (
                'require_team', 'require_role', 'require_row', 'require_campaign',
                'caller_team_ids', 'caller_is_service'
              )
        ), helpers as (
            select f.proname from f where nspname = 'engine'
              and exists (select from checking where f.prosrc ~ format('\mengine\.%s\(', checking.proname))
        ), helpers_of_helpers as (
            select f.proname from f where nspname = 'engine'
              and exists (select from helpers where f.prosrc ~ format('\mengine\.%s\(', helpers.proname))
        )
        select name from f
        where prosecdef and has_function_privilege('authenticated', f.oid, 'execute')
          and not exists (
            select from (table checking union all table helpers union all table helpers_of_helpers) as guards
            where f.prosrc ~ format('\mengine\.%s\(', guards.proname))
          and f.proname not in ('caller_team_ids', 'caller_is_service')
        """,
        _PLANTED_FUNCTION
        + """
        alter function public.planted(int) security definer;
        grant execute on function public.planted(int) to authenticated;
        """,
        {
            "engine.now()": "tells the time, which is no secret; its table is",
            "public.layout_workflow(jsonb,text)": "draws what it is sent; reads nothing that is anybody's",
        },
    ),
    Sweep(
        "each foreign key leads with team_id",
        """
        select format('%s on %s', conname, conrelid::regclass) from pg_constraint c
        join pg_namespace n on n.oid = c.connamespace
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and n.nspname in ('public', 'engine') and a.attname <> 'team_id' and c.conparentid = 0
          -- people belong to the project, not to a team; facts about the world belong to nobody
          and c.confrelid <> 'auth.users'::regclass
          and (select relnamespace from pg_class where oid = c.confrelid) <> 'reference'::regnamespace
        """,
        _PLANTED_TABLE
        + """
        alter table public.planted add constraint planted_pk primary key (id);
        alter table public.planted add constraint planted_other foreign key (other_id) references public.planted;
        """,
    ),
    Sweep(
        "each foreign key has an index that begins with its columns",
        """
        select format('%s on %s', conname, conrelid::regclass) from pg_constraint c
        join pg_namespace n on n.oid = c.connamespace
        where c.contype = 'f' and n.nspname in ('public', 'engine') and c.conparentid = 0
          and not exists (
            select from pg_index i
            where i.indrelid = c.conrelid and i.indpred is null and i.indisvalid
              and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
          )
        """,
        _PLANTED_TABLE
        + """
        alter table public.planted add constraint planted_pk primary key (id);
        alter table public.planted add constraint planted_other foreign key (other_id) references public.planted;
        """,
        {
            "jobs_integration_exists on engine.jobs": "integrations with jobs stay; open jobs have an index",
        },
    ),
    Sweep(
        "each primary and unique key leads with team_id",
        """
        select format('%s on %s', i.indexrelid::regclass, i.indrelid::regclass) from pg_index i
        join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indisunique and n.nspname in ('public', 'engine') and c.relkind in ('r', 'p') and not c.relispartition
          and a.attname is distinct from 'team_id'
        """,
        _PLANTED_TABLE + "alter table public.planted add constraint planted_pk primary key (id);",
        {
            "public.teams_pk on public.teams": "the tenant itself: its id is the team_id of all others",
            "engine.deployment_pk on engine.deployment": _SINGLETON,
            "engine.rate_limits_pk on engine.rate_limits": "teams may share an account at a provider, and so its rate",
            "engine.tick_failures_pk on engine.tick_failures": "steps of the tick are of the deployment, not of a team",
            "engine.events_pk on engine.events": _INBOX,
            "engine.event_history_pk on engine.event_history": _INBOX,
        },
    ),
    Sweep(
        "each constraint is named for the rule that it states",
        r"""
        select format('%s on %s', conname, coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text))
        from pg_constraint c join pg_namespace n on n.oid = c.connamespace
        where n.nspname in ('public', 'engine', 'reference') and contype <> 'n'
          and not exists (select from pg_class where oid = c.conrelid and relispartition)
          -- what Postgres makes up: the table, perhaps the columns, and what kind of constraint it is
          and conname ~ format('^%s_(%s_)?(pkey|key|fkey|check|excl|not_null)\d*$',
            coalesce((select relname from pg_class where oid = c.conrelid), '\w+'),
            (select string_agg(a.attname, '_' order by k.ordinality)
             from unnest(c.conkey) with ordinality k (attnum, ordinality)
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum))
        """,
        "create table public.planted (id int constraint is_a_key unique, other int unique);",
    ),
    Sweep(
        "each index has a name of its own",
        r"""
        select format('%s on %s', c.relname, i.indrelid::regclass)
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'engine', 'reference') and not c.relispartition and c.relname ~ '_idx\d*$'
        """,
        _PLANTED_TABLE + "create index on public.planted (id);",
    ),
    Sweep(
        "anon reaches nothing",
        """
        select format('%s %s', what, name) from (
            select 'table' as what, c.oid::regclass::text as name from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p', 'v', 'm', 'f')
              and (has_table_privilege('anon', c.oid,
                    'select, insert, update, delete, truncate, references, trigger')
                or has_any_column_privilege('anon', c.oid, 'select, insert, update, references'))
            union all
            select 'sequence', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'engine', 'reference')
              and case when c.relkind = 'S' then has_sequence_privilege('anon', c.oid, 'usage, select, update') end
            union all
            select 'function', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('public', 'engine', 'reference') and has_function_privilege('anon', p.oid, 'execute')
            union all
            select 'schema', nspname from pg_namespace
            where nspname in ('engine', 'reference') and has_schema_privilege('anon', oid, 'usage, create')
        ) reached
        """,
        _PLANTED_TABLE + "grant select (id) on public.planted to anon;",
    ),
    Sweep(
        "workers execute engine functions and reach nothing else",
        """
        select format('%s %s', what, name) from (
            select concat('table: ', privilege) as what, format('%s.%s', n.nspname, c.relname) as name
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            cross join unnest(
                array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege
            where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p', 'v', 'm', 'f')
              and (has_table_privilege('outbound_worker', c.oid, privilege)
                or privilege in ('select', 'insert', 'update', 'references')
                  and has_any_column_privilege('outbound_worker', c.oid, privilege))
            union all
            select 'function', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('public', 'reference') and has_function_privilege('outbound_worker', p.oid, 'execute')
            union all
            select 'schema', nspname from pg_namespace
            where nspname = 'reference' and has_schema_privilege('outbound_worker', oid, 'usage')
               or nspname in ('public', 'engine') and has_schema_privilege('outbound_worker', oid, 'create')
            union all
            select 'member of', roleid::regrole::text from pg_auth_members where member = 'outbound_worker'::regrole
        ) reached
        """,
        "create table engine.planted (id int); grant select on engine.planted to outbound_worker;",
        {
            "table: insert engine.import_rows": "COPY of an import needs the table itself",
        },
    ),
    Sweep(
        "members and services only read tables, and only those in public",
        """
        select distinct format('%s: %s %s.%s', role, privilege, n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        cross join unnest(array['authenticated', 'service_role']) role
        cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege
        where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and (n.nspname <> 'public' or privilege <> 'select')
          and (has_table_privilege(role, c.oid, privilege)
            or privilege in ('select', 'insert', 'update', 'references')
              and has_any_column_privilege(role, c.oid, privilege))
        """,
        _PLANTED_TABLE + "grant update (id) on public.planted to authenticated;",
    ),
    Sweep(
        "each table, view, type and schema has a comment",
        """
        select name from (
            select c.oid::regclass::text as name, obj_description(c.oid, 'pg_class') as comment
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p', 'v', 'm')
              and not c.relispartition
              and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
            union all
            select t.oid::regtype::text, obj_description(t.oid, 'pg_type')
            from pg_type t join pg_namespace n on n.oid = t.typnamespace
            where n.nspname in ('public', 'engine', 'reference')
              and (t.typtype in ('e', 'd', 'r')
                or t.typtype = 'c' and (select relkind from pg_class where oid = t.typrelid) = 'c')
            union all
            select nspname, obj_description(oid, 'pg_namespace') from pg_namespace
            where nspname in ('engine', 'reference')
        ) object
        where comment is null
        """,
        "create type public.planted as enum ('A');",
    ),
    Sweep(
        "statuses are written in upper case",
        """
        select t.oid::regtype::text from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where n.nspname in ('public', 'engine') and t.typname ~ '_status$' and exists (
            select from pg_enum e where e.enumtypid = t.oid and e.enumlabel <> upper(e.enumlabel))
        """,
        "create type public.planted_status as enum ('new');",
    ),
    Sweep(
        "moments have a time zone and are named …_at",
        """
        select format('%s.%s', c.oid::regclass, a.attname) from pg_attribute a
        join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p') and not c.relispartition
          and a.attnum > 0 and not a.attisdropped
          and (a.atttypid = 'timestamp'::regtype or a.atttypid = 'timestamptz'::regtype and a.attname !~ '_at$')
        """,
        "create table public.planted (created timestamptz);",
        {
            "engine.jobs.reply_deadline": "says what ends then; reply_at would read as the moment of the reply",
            "engine.job_history.reply_deadline": "as that of the jobs",
        },
    ),
    Sweep(
        "the clock is read from engine.now() alone",
        _FUNCTIONS
        + r"""
        , code(name, source) as (
            select name, prosrc from f
            union all
            select format('default of %s.%s', d.adrelid::regclass, a.attname), pg_get_expr(d.adbin, d.adrelid)
            from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
            join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'engine', 'reference')
        )
        select name from code
        where regexp_replace(regexp_replace(source, '--[^\n]*', '', 'g'), '''[^'']*''', '', 'g')
          ~* '(?<!engine\.)\m(now\(|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|current_timestamp|current_date|current_time|localtime|localtimestamp)'
        """,  # noqa: E501 - one pattern
        "create table public.planted (a timestamptz default now());",
        {
            "engine.now()": "is the clock",
            "engine.set_clock(timestamp with time zone,double precision)": "notes the real moment at which it was set",
            "engine.new_ids(bigint)": "as engine.new_id(), for many at once",
            "public.get_deployment_facts()": "tells the real time, which a machine's clock is compared with",
            "engine.claim_tasks(text,text[],integer,interval)": _REAL_LEASE,
            "engine.checkpoint_task(text,uuid,jsonb,interval)": _REAL_LEASE,
            "engine.expire_tasks()": _REAL_LEASE,
            "engine.take_slots(text,double precision,integer,integer)": "a provider counts real seconds",
            "engine.wake_cron()": "pg_cron runs by real time",
            "engine.new_id()": "orders rows in storage by real time, which is not campaign time",
        },
    ),
    Sweep(
        "partitions and children inherit row-level security rules from no one: none in public",
        """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relispartition
        """,
        "create table public.whole (a int) partition by list (a);"
        "create table public.planted partition of public.whole for values in (1);",
    ),
]

CRON = Sweep(
    "each cron job is named and one line that calls one function, with a statement timeout of its own or without",
    r"""
    select coalesce(jobname, format('(no name) %s', command)) from cron.job
    where jobname is null
        or command !~ '^(set statement_timeout = ''[0-9]+min''; )?select [a-z_]+\.[a-z_0-9]+\([^;\n]*\);?$'
    """,
    "select cron.schedule('planted', '* * * * *', 'select 1; select 2');",
)
