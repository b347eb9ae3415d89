"""A later migration, assembled from what changed, builds what the changed source describes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cli.dev import migration
from cli.dev.changes import BY_HAND, Draft, Drafting
from cli.dev.databases import Server, run_sql
from cli.dev.parity import Difference, compare
from cli.dev.snapshot import take
from cli.dev.source import SourceFile
from tests.support.databases import Targets

FUNCTION = """-- Why.
create or replace function engine.answer(p_a integer default abs(-1)) returns integer
language sql set search_path = '' as $$ select 42 $$;
comment on function engine.answer(integer) is 'The answer.';
revoke all on function engine.answer(integer) from public;
grant execute on function engine.answer(integer) to service_role;
"""
BASE = {
    "10_schemas/engine.sql": "create schema engine;\ncomment on schema engine is 'Engine.';\n",
    "10_schemas/reference.sql": "create schema reference;\n",
    "20_types/mood.sql": "create type engine.mood as enum ('GOOD', 'BAD');\n",
    "30_tables/010_notes.sql": """create table public.notes (
  team_id uuid not null, id integer not null, body text, constraint notes_pk primary key (team_id, id)
);
comment on table public.notes is 'Notes.';
alter table public.notes enable row level security;
create policy notes_are_seen on public.notes for select to authenticated using (true);
grant select on public.notes to authenticated;
""",
    "30_tables/020_words.sql": """create table reference.words (
  word text not null, meaning text, constraint words_pk primary key (word)
);
""",
    "40_functions/answer.sql": FUNCTION,
    "40_functions/notice.sql": """create or replace function engine.notice() returns trigger
language plpgsql set search_path = '' as $$ begin return new; end $$;
""",
    "40_functions/secret.sql": FUNCTION.replace("answer", "secret").rpartition("grant ")[0],
    "50_triggers/notice.sql": """create or replace trigger notes_notice before insert on public.notes
for each row execute function engine.notice();
""",
    "60_reference/words.sql": """insert into reference.words (word, meaning) values ('a', 'one'), ('b', 'two')
on conflict (word) do update set meaning = excluded.meaning;
""",
    "70_cron/tick.sql": """do $$
begin
  if to_regclass('cron.job') is not null then
    perform cron.schedule('tick', '* * * * *', 'select engine.answer(1)');
  end if;
end
$$;
""",
    "80_realtime/publication.sql": "alter publication supabase_realtime add table public.notes;\n",
}


@dataclass
class Project:
    """A small project, released as BASE, whose source then changes."""

    server: Server
    source: str
    migrated: str

    def draft(self, changes: dict[str, str | None]) -> Draft:
        files = source_files({**BASE, **changes})
        self.server.build_from_source(self.source, files)
        snapshots = [take(self.server.admin_url(name), self.server.pg_dump) for name in (self.source, self.migrated)]
        return Drafting(files, snapshots[0], snapshots[1], self.server.admin_url(self.migrated)).draft()

    def apply(self, draft: Draft) -> list[Difference]:
        run_sql(self.server.url(self.migrated), f"{migration.PREAMBLE}\n{draft.text()}")
        return self.differences()

    def differences(self) -> list[Difference]:
        snapshots = [take(self.server.admin_url(name), self.server.pg_dump) for name in (self.source, self.migrated)]
        return compare(snapshots[0], snapshots[1])


def source_files(contents: dict[str, str | None]) -> list[SourceFile]:
    return [SourceFile(f"sql/{name}", text) for name, text in sorted(contents.items()) if text is not None]


@pytest.fixture(scope="module")
def released(targets: Targets, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that the first migration of BASE has built."""
    workdir = tmp_path_factory.mktemp("project")
    folder = workdir / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20260101000000_initial.sql").write_text(migration.whole(source_files(dict(BASE))))
    name = targets.server().build_from_migrations(f"p_{uuid.uuid4().hex[:12]}", workdir)
    yield name
    targets.server().drop(name)


@pytest.fixture
def project(targets: Targets, released: str) -> Iterator[Project]:
    server = targets.server()
    name = f"p_{uuid.uuid4().hex[:12]}"
    made = Project(server, f"{name}_source", server.copy(released, f"{name}_migrated"))
    try:
        yield made
    finally:
        server.drop(made.source)
        server.drop(made.migrated)


NEW_TABLE = """create table engine.extras (team_id uuid not null, constraint extras_pk primary key (team_id));
create index extras_by_team on engine.extras (team_id);
comment on column engine.extras.team_id is 'Whose.';
grant select on engine.extras to service_role;
"""


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"40_functions/answer.sql": FUNCTION.replace("42", "43")}, id="a body"),
        pytest.param({"40_functions/answer.sql": FUNCTION.replace("The answer", "Better")}, id="a function's comment"),
        pytest.param(
            {"40_functions/answer.sql": FUNCTION.replace("to service_role", "to authenticated")}, id="a grant"
        ),
        pytest.param({"40_functions/answer.sql": FUNCTION.replace("returns integer", "returns bigint")}, id="a result"),
        pytest.param({"40_functions/answer.sql": FUNCTION.replace("p_a integer", "p_b integer")}, id="an argument"),
        pytest.param({"40_functions/more.sql": FUNCTION.replace("answer", "more")}, id="a new function"),
        pytest.param({"40_functions/answer.sql": None}, id="a dropped function"),
        pytest.param({"30_tables/030_extras.sql": NEW_TABLE}, id="a new table"),
        pytest.param(
            {
                "30_tables/030_extras.sql": NEW_TABLE,
                "50_triggers/extras.sql": BASE["50_triggers/notice.sql"]
                .replace("notes_notice", "extras_notice")
                .replace("public.notes", "engine.extras"),
            },
            id="a new table with a trigger of its own file",
        ),
        pytest.param(
            {
                "30_tables/010_notes.sql": None,
                "50_triggers/notice.sql": None,
                "40_functions/notice.sql": None,
                "80_realtime/publication.sql": None,
            },
            id="a dropped table with all its parts",
        ),
        pytest.param(
            {"30_tables/010_notes.sql": BASE["30_tables/010_notes.sql"].replace("using (true)", "using (id > 0)")},
            id="a policy",
        ),
        pytest.param(
            {"30_tables/010_notes.sql": BASE["30_tables/010_notes.sql"].replace("'Notes.'", "'More notes.'")},
            id="a table's comment",
        ),
        pytest.param(
            {"30_tables/010_notes.sql": BASE["30_tables/010_notes.sql"] + "revoke all on public.notes from anon;\n"},
            id="a table's grant",
        ),
        pytest.param(
            {"30_tables/010_notes.sql": BASE["30_tables/010_notes.sql"] + "create index notes_by_id on notes (id);"},
            id="a new index",
        ),
        pytest.param(
            {"50_triggers/notice.sql": BASE["50_triggers/notice.sql"].replace("before insert", "after update")},
            id="a trigger",
        ),
        pytest.param({"50_triggers/notice.sql": None}, id="a dropped trigger"),
        pytest.param(
            {"60_reference/words.sql": BASE["60_reference/words.sql"].replace("('a', 'one'), ", "('c', 'x'), ")},
            id="reference rows",
        ),
        pytest.param({"70_cron/tick.sql": BASE["70_cron/tick.sql"].replace("'tick'", "'tock'")}, id="a cron job"),
        pytest.param(
            {
                "30_tables/030_extras.sql": NEW_TABLE,
                "80_realtime/extras.sql": "alter publication supabase_realtime add table engine.extras;\n",
            },
            id="a table that is watched",
        ),
        pytest.param({"80_realtime/publication.sql": None}, id="a table that nobody watches any more"),
    ],
)
def test_what_can_be_copied_is_copied(project: Project, changes: dict[str, str | None]) -> None:
    draft = project.draft(changes)
    assert project.differences() != []
    assert draft.by_hand == []
    assert project.apply(draft) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"30_tables/010_notes.sql": BASE["30_tables/010_notes.sql"].replace("body text", "body text, extra text")},
        {"30_tables/010_notes.sql": BASE["30_tables/010_notes.sql"].replace("(team_id, id)", "(id)")},
        {"20_types/mood.sql": BASE["20_types/mood.sql"].replace("'BAD'", "'BAD', 'UGLY'")},
    ],
    ids=["a column", "a key", "a type"],
)
def test_a_changed_shape_is_left_to_a_person_and_the_gate_says_so(
    project: Project, changes: dict[str, str | None]
) -> None:
    draft = project.draft(changes)
    assert draft.text().startswith(BY_HAND)
    told = [line for line in draft.text().splitlines() if line.startswith(("--   was: ", "--   is: "))]
    assert 1 <= len(told) <= 4, "what is in both would only hide what is not"
    assert project.apply(draft) != []


def test_only_what_nobody_may_call_is_dropped_without_asking(project: Project) -> None:
    changes: dict[str, str | None] = {"40_functions/answer.sql": None, "40_functions/secret.sql": None}
    of_nobody, of_others = sorted(project.draft(changes).drops_after)
    assert of_others == "drop function engine.answer(integer);"
    assert of_nobody.splitlines()[1:] == [
        "-- squawk-ignore ban-drop-function", "drop function engine.secret(integer);",
    ]  # fmt: skip


def test_a_function_is_dropped_for_a_default_that_went_and_not_for_another_one(project: Project) -> None:
    """Workers of the last release go on calling it."""
    answer, secret = (BASE[f"40_functions/{name}.sql"] for name in ("answer", "secret"))
    draft = project.draft(
        {
            "40_functions/answer.sql": answer.replace("default abs(-1)", "default greatest(1, 2)"),
            "40_functions/secret.sql": secret.replace(" default abs(-1)", ""),
        }
    )
    assert [line for drop in draft.drops_before for line in drop.splitlines() if line.startswith("drop")] == [
        "drop function engine.secret(integer);"
    ]
    assert project.apply(draft) == []


def test_only_the_cron_job_that_changed_is_put_again(project: Project) -> None:
    tick = BASE["70_cron/tick.sql"]
    draft = project.draft({"70_cron/more.sql": tick.replace("'tick'", "'more'")})
    assert draft.text().count("cron.schedule(") == 1
    assert project.apply(draft) == []


def test_a_table_that_a_person_altered_reaches_parity(project: Project) -> None:
    changed = BASE["30_tables/010_notes.sql"].replace("constraint notes_pk", "extra text, constraint notes_pk")
    project.draft({"30_tables/010_notes.sql": changed})
    assert project.differences() != []
    run_sql(project.server.url(project.migrated), "alter table public.notes add column extra text")
    assert project.differences() == []
