"""The first migration is the whole source, may be rewritten until a release, and never after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.dev import migration
from cli.dev.project import run
from cli.dev.source import read_source
from cli.errors import CommandError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without migrations, in a repository of its own."""
    run(["git", "init", "-q", tmp_path])
    migrations = tmp_path / "supabase" / "migrations"
    monkeypatch.setattr(migration, "ROOT", tmp_path)
    monkeypatch.setattr(migration, "FOLDER", migrations)
    return migrations


def tag(root: Path, name: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    run(["git", "-C", root, "add", "."])
    run(["git", "-C", root, *identity, "commit", "-q", "-m", "released"])
    run(["git", "-C", root, *identity, "tag", name])


def test_it_holds_every_file_of_the_source_in_load_order(folder: Path) -> None:
    text = migration.write_first("initial", replace=False).read_text()
    places = [text.index(f"\n-- {file.name}\n") for file in read_source()]
    assert places == sorted(places)
    assert all(file.text.strip() in text for file in read_source())
    assert len(list(folder.iterdir())) == 1


def test_it_is_rewritten_only_when_asked(folder: Path) -> None:
    path = migration.write_first("initial", replace=False)
    path.write_text("select 1;\n")
    with pytest.raises(CommandError, match="already"):
        migration.write_first("initial", replace=False)
    assert migration.write_first("initial", replace=True) == path
    assert path.read_text() == migration.whole()
    assert migration.existing() == [path]
    assert path.parent == folder


def test_it_is_never_rewritten_after_a_release(folder: Path) -> None:
    migration.write_first("initial", replace=False)
    tag(folder.parents[1], "v1.0.0")
    with pytest.raises(CommandError, match=r"_initial\.sql was released with v1\.0\.0"):
        migration.write_first("initial", replace=True)


def test_after_a_release_there_is_no_other_first_one(folder: Path) -> None:
    path = migration.write_first("initial", replace=False)
    tag(folder.parents[1], "v1.0.0")
    path.unlink()
    with pytest.raises(CommandError, match=r"released with v1\.0\.0"):
        migration.write_first("other", replace=False)
    assert migration.existing() == []


def test_it_is_never_rewritten_under_another(folder: Path) -> None:
    migration.write_first("initial", replace=False)
    migration.path_for("next").write_text("select 1;\n")
    with pytest.raises(CommandError, match="2 migrations"):
        migration.write_first("initial", replace=True)
    assert [path.name[15:] for path in sorted(folder.iterdir())] == ["initial.sql", "next.sql"]


@pytest.mark.parametrize("name", ["", "A", "add notes", "1st", "../x", "x" * 80])
def test_a_name_is_words(folder: Path, name: str) -> None:
    with pytest.raises(CommandError, match="no name for a migration"):
        migration.path_for(name)
    assert not folder.exists()


def test_an_unfinished_place_is_named(folder: Path) -> None:
    migration.write_first("initial", replace=False)
    migration.demand_finished()
    path = migration.path_for("next")
    path.write_text("select 1;\n-- BY HAND: table public.notes changed.\n")
    with pytest.raises(CommandError, match=rf"{path.name}:2: BY HAND: table public\.notes"):
        migration.demand_finished()
    assert path.parent == folder
