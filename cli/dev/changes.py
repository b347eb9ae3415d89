"""Turns what the parity gate found into the statements of a migration.

Functions, triggers, reference rows and cron jobs are copied whole from `sql/`. Policies, indexes, comments and grants
are written as pg_dump writes them, which is exact. How a table or a type gets from its old shape to its new one is for
a person to say: such places are marked, and the gate keeps failing until they are filled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import psycopg

from cli.dev.parity import compare
from cli.dev.snapshot import Entry, Snapshot
from cli.dev.source import SourceFile

BY_HAND = "-- BY HAND:"

_CREATES = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(?P<kind>function|procedure|table|type|view|schema|domain|sequence)"
    r"\s+(?:if\s+not\s+exists\s+)?(?P<name>[a-z_0-9.]+)",
    re.IGNORECASE,
)
# a default may hold a comma in quotes or brackets
_DEFAULT = re.compile(r" DEFAULT (?:[^,'()\[]|'[^']*'|\([^)]*\)|\[[^\]]*\])+")
_TRIGGER = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+(?P<name>\w+)\s.*?\son\s+(?P<table>[a-z_0-9.]+)",
    re.IGNORECASE | re.DOTALL,
)
_WHOLE_FILE = {"FUNCTION": "function", "PROCEDURE": "procedure", "VIEW": "view"}
_NEW_FILE = {"TABLE": "table", "TYPE": "type", "SCHEMA": "schema", "DOMAIN": "domain", "SEQUENCE": "sequence"}
# Parts of a table that pg_dump prints apart from it, and that a new shape of the table brings along.
_SHAPE = {"CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT", "DEFAULT", "TABLE", "TYPE", "DOMAIN", "SEQUENCE"}


@dataclass
class Draft:
    """The parts of a migration, in the order in which they are written."""

    drops_before: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    drops_after: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The migration's body."""
        files = [f"-- {file.name}\n{file.text.strip()}" for file in sorted(set(self.files), key=lambda file: file.name)]
        parts = [*self.drops_before, *self.by_hand, *files, *self.objects, *self.rows, *self.drops_after]
        return "\n\n".join(parts)


class Drafting:
    """Looks up in the source what differs between the two databases."""

    def __init__(self, files: list[SourceFile], source: Snapshot, migrated: Snapshot, migrated_url: str) -> None:
        self._files = files
        self._source, self._migrated = source, migrated
        self._url = migrated_url
        self._made = {
            (match["kind"].lower(), match["name"].lower()): file
            for file in files
            for statement in file.statements()
            if (match := _CREATES.match(statement.text))
        }

    def draft(self) -> Draft:
        """Everything that the gate found, as statements."""
        draft = Draft()
        entries = [difference.entry for difference in compare(self._source, self._migrated) if difference.entry]
        order = {entry: place for place, entry in enumerate(self._order())}
        for entry in sorted(entries, key=order.__getitem__):
            self._object(draft, entry, self._source.schema.get(entry), self._migrated.schema.get(entry))
        # what was made last depends on what was made first
        draft.drops_after.reverse()
        self._changed_rows(draft)
        self._changed_cron(draft)
        if self._source.roles != self._migrated.roles:
            # whose files say what there has to be, and can be run again; the gate says whether that was enough
            draft.files += [file for file in self._files if "create role " in file.text]
        return draft

    def _order(self) -> Iterator[Entry]:
        yield from self._source.schema
        yield from (entry for entry in self._migrated.schema if entry not in self._source.schema)

    def _object(self, draft: Draft, entry: Entry, new: str | None, old: str | None) -> None:
        file = self._file_of(entry, new or old or "")
        if new is not None and file is not None and file in draft.files and _brings(file, entry):
            draft.drops_before += [_undone(line) for line in _only_in(old, new) if line.startswith("GRANT ")]
        elif new is None:
            self._gone(draft, entry, old or "")
        elif entry.kind in _WHOLE_FILE and file is not None:
            if old is not None and _signature(old) != _signature(new):
                # names of arguments and results can't be replaced, only dropped, nor can a default be taken away
                draft.drops_before.append(self._dropped(entry))
            draft.files.append(file)
        elif entry.kind in _NEW_FILE and old is None and file is not None:
            draft.files.append(file)
        elif entry.kind in _SHAPE:
            draft.by_hand.append(_marked(str(entry), new.splitlines(), (old or "").splitlines()))
        else:
            self._small(draft, entry, new, old)

    def _small(self, draft: Draft, entry: Entry, new: str, old: str | None) -> None:
        """What is a statement of its own: a trigger, a policy, an index, a comment, a grant."""
        if entry.kind == "ACL":
            draft.objects += [_undone(line) for line in _only_in(old, new) if line.startswith("GRANT ")]
            draft.objects += [line for line in _only_in(new, old) if line.startswith(("GRANT ", "REVOKE "))]
            return
        if old is not None and (drop := _drop(entry)):
            draft.objects.append(drop)
        draft.objects.append(self._trigger(entry) if entry.kind == "TRIGGER" else new)

    def _trigger(self, entry: Entry) -> str:
        table, _, name = entry.name.partition(" ")
        for file in self._files:
            for statement in file.statements():
                match = _TRIGGER.match(statement.text)
                if match and (match["name"], match["table"]) == (name, f"{entry.schema}.{table}"):
                    return f"{statement.lead.strip()}\n{statement.text}".strip()
        return self._source.schema[entry]

    def _gone(self, draft: Draft, entry: Entry, old: str) -> None:
        if entry.kind in ("COMMENT", "ACL") and not self._outlives(entry):
            return
        table = _table_of(entry, old)
        if table in self._migrated.schema and table not in self._source.schema and table != entry:
            return
        if entry.kind == "COMMENT":
            draft.drops_before.append(re.sub(r"\sIS\s.*", " IS NULL;", old, flags=re.DOTALL))
        elif entry.kind == "ACL":
            draft.drops_before += [_undone(line) for line in old.splitlines() if line.startswith("GRANT ")]
        elif entry.kind in ("FUNCTION", "PROCEDURE") and self._has_another(entry):
            # an argument was renamed or retyped: the old one has to make room
            draft.drops_before.append(self._dropped(entry))
        elif _drop(entry):
            draft.drops_after.append(self._dropped(entry))
        else:
            draft.by_hand.append(_marked(str(entry), [], old.splitlines()))

    def _dropped(self, entry: Entry) -> str:
        """The drop; of a function that workers or clients may call, a person has to say that none does."""
        drop = _drop(entry) or ""
        if entry.kind not in ("FUNCTION", "PROCEDURE"):
            return drop
        named = f"{entry.kind} {entry.name.partition('(')[0]}("
        grants = [
            text
            for other, text in self._migrated.schema.items()
            if (other.kind, other.schema) == ("ACL", entry.schema) and other.name.startswith(named)
        ]
        # without an entry it has the grants that every new function has
        if not grants or any("GRANT " in text for text in grants):
            return drop
        return f"-- nobody else may call it\n-- squawk-ignore ban-drop-function\n{drop}"

    def _has_another(self, entry: Entry) -> bool:
        name = entry.name.partition("(")[0]
        return any(
            other.kind == entry.kind and other.schema == entry.schema and other.name.partition("(")[0] == name
            for other in self._source.schema
        )

    def _outlives(self, entry: Entry) -> bool:
        """Whether what a comment or a grant is on is still there, in the same shape."""
        kind, _, name = entry.name.partition(" ")
        if kind == "COLUMN":
            table = Entry("TABLE", entry.schema, name.partition(".")[0])
            return table in self._source.schema and self._source.schema[table] == self._migrated.schema.get(table)
        if kind in ("TRIGGER", "POLICY", "CONSTRAINT"):
            part, _, table_name = name.partition(" ON ")
            return Entry(kind, entry.schema, f"{table_name} {part}") in self._source.schema
        return Entry(kind, entry.schema, name) in self._source.schema

    def _file_of(self, entry: Entry, text: str) -> SourceFile | None:
        """The file that makes an object, or the object that a comment, a grant or a part belongs to."""
        name = entry.name
        if entry.kind == "INDEX":
            table = _table_of(entry, text)
            return self._made.get(("table", f"{table.schema}.{table.name}"))
        if entry.kind in ("COMMENT", "ACL"):
            kind, _, name = name.partition(" ")
            name = re.split(r"[.(]", name, maxsplit=1)[0] if kind in ("COLUMN", "FUNCTION", "PROCEDURE") else name
            wanted = {"COLUMN": "table"}.get(kind, kind.lower())
            if found := self._made.get((wanted, f"{entry.schema}.{name}")) or self._made.get((wanted, name)):
                return found
            return None
        wanted = {**_WHOLE_FILE, **_NEW_FILE}.get(entry.kind, "table")
        name = re.split(r"[ (]", name, maxsplit=1)[0]
        return self._made.get((wanted, f"{entry.schema}.{name}")) or self._made.get((wanted, name))

    def _changed_rows(self, draft: Draft) -> None:
        for table in sorted(self._source.rows.keys() | self._migrated.rows.keys()):
            new, old = self._source.rows.get(table, []), self._migrated.rows.get(table, [])
            if new == old:
                continue
            keys = self._key_of(table)
            kept = {_key(row, keys) for row in new}
            for key in sorted({_key(row, keys) for row in old} - kept):
                values = " and ".join(f"{name} = {_literal(value)}" for name, value in zip(keys, key, strict=True))
                draft.rows.append(f"delete from {table} where {values};")  # noqa: S608 - it writes a file
            pattern = re.compile(rf"insert\s+into\s+{re.escape(table)}\b", re.IGNORECASE)
            filling = [file for file in self._files if pattern.search(file.text)]
            draft.rows += [f"-- {file.name}\n{file.text.strip()}" for file in filling if file not in draft.files]

    def _key_of(self, table: str) -> list[str]:
        with psycopg.connect(self._url) as connection:
            rows = connection.execute(
                """
                select a.attname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid
                where c.conrelid = to_regclass(%s) and c.contype = 'p' and a.attnum = any(c.conkey) order by a.attnum
                """,
                [table],
            )
            return [str(name) for (name,) in rows]

    def _changed_cron(self, draft: Draft) -> None:
        if self._source.cron == self._migrated.cron:
            return
        kept = {line.split(" | ")[0] for line in self._source.cron}
        changed = {line.split(" | ")[0] for line in set(self._source.cron) - set(self._migrated.cron)}
        for name in sorted({line.split(" | ")[0] for line in self._migrated.cron} - kept):
            draft.rows.append(
                "do $$\nbegin\n  if to_regclass('cron.job') is not null then\n"
                f"    perform cron.unschedule({_literal(name)});\n  end if;\nend\n$$;"
            )
        calls = tuple(f"cron.schedule({_literal(name)}" for name in changed)
        scheduling = [file for file in self._files if any(call in file.text for call in calls)]
        draft.rows += [f"-- {file.name}\n{file.text.strip()}" for file in scheduling]


def _table_of(entry: Entry, text: str) -> Entry:
    """The table that a trigger, a policy, an index or a constraint belongs to."""
    name = entry.name.partition(" ")[0]
    if entry.kind == "INDEX" and (match := re.search(r" ON (?:ONLY )?[\w]+\.(\w+) ", text)):
        name = match[1]
    return Entry("TABLE", entry.schema, name)


def _brings(file: SourceFile, entry: Entry) -> bool:
    """Whether a file that is copied whole holds this part too; triggers often have a file of their own."""
    unnamed = {"ACL": "grant ", "COMMENT": "comment on ", "ROW SECURITY": "row level security"}
    if entry.kind in unnamed:
        return unnamed[entry.kind] in file.text
    return re.search(rf"\b{re.escape(entry.name.rpartition(' ')[2])}", file.text) is not None


def _drop(entry: Entry) -> str | None:
    if entry.kind in ("TRIGGER", "POLICY"):
        table, _, name = entry.name.partition(" ")
        return f"drop {entry.kind.lower()} {name} on {entry.schema}.{table};"
    if entry.kind == "PUBLICATION TABLE":
        publication, _, table = entry.name.partition(" ")
        return f"alter publication {publication} drop table {entry.schema}.{table};"
    if entry.kind in ("INDEX", "FUNCTION", "PROCEDURE", "TABLE", "TYPE", "VIEW", "DOMAIN", "SEQUENCE"):
        return f"drop {entry.kind.lower()} {entry.schema}.{entry.name};"
    return f"drop schema {entry.name};" if entry.kind == "SCHEMA" else None


def _marked(what: str, new: Iterable[str], old: Iterable[str]) -> str:
    new, old = list(new), list(old)
    lines = [f"{BY_HAND} {what} changed. Write how the old becomes the new, then remove these comments."]
    # of a long table, what is in both would only hide what is not
    only_old, only_new = ([line for line in one if line not in other] for one, other in ((old, new), (new, old)))
    lines += [f"--   was: {line}" for line in only_old]
    lines += [f"--   is:  {line}" for line in only_new]
    if not (only_old or only_new):
        lines += [f"--   is, in another order: {line}" for line in new]
    return "\n".join(lines)


def _only_in(one: str | None, other: str | None) -> list[str]:
    others = set((other or "").splitlines())
    return [line for line in (one or "").splitlines() if line not in others]


def _undone(grant: str) -> str:
    """The revoke that takes one grant back, as pg_dump prints them."""
    privileges, _, grantee = grant.removeprefix("GRANT ").rpartition(" TO ")
    return f"REVOKE {privileges} FROM {grantee.removesuffix(';').removesuffix(' WITH GRANT OPTION')};"


def _signature(definition: str) -> str:
    """Name, arguments and result, of the first line of what pg_dump prints: which argument has a default, not which."""
    return _DEFAULT.sub(" DEFAULT", definition.partition("\n")[0])


def _key(row: str, names: list[str]) -> tuple[str, ...]:
    values = json.loads(row)
    return tuple(str(values[name]) for name in names)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
