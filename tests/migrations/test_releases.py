"""What a release has brought stays as it was; what none has brought may still be replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.dev import migration, releases
from cli.dev.project import run
from cli.errors import CommandError

RELEASED, NEXT = "20260101000000_initial.sql", "20260201000000_next.sql"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of a project whose first one was released, and whose second one was not."""
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / RELEASED).write_text("select 1;\n")
    run(["git", "init", "-q", tmp_path])
    release(tmp_path, "v1.0.0")
    (migrations / NEXT).write_text("select 2;\n")
    monkeypatch.setattr(migration, "ROOT", tmp_path)
    monkeypatch.setattr(migration, "FOLDER", migrations)
    return migrations


def release(root: Path, name: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    run(["git", "-C", root, "add", "."])
    run(["git", "-C", root, *identity, "commit", "-q", "--allow-empty", "-m", name])
    run(["git", "-C", root, *identity, "tag", name])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_last_migration_makes_room_for_another(folder: Path) -> None:
    with migration.last_set_aside() as kept:
        assert (kept.name, kept.read_text()) == (f"{NEXT}.before", "select 2;\n")
        assert [path.name for path in migration.existing()] == [RELEASED]
        migration.path_for("better").write_text("select 3;\n")
    assert [name.rpartition("_")[2] for name in names(folder)] == ["initial.sql", "next.sql.before", "better.sql"]


def test_it_is_back_when_nothing_takes_its_place(folder: Path) -> None:
    with pytest.raises(CommandError, match="Nothing changed"), migration.last_set_aside():
        raise CommandError("Nothing changed.")
    assert names(folder) == [RELEASED, NEXT]


def test_a_released_one_makes_no_room(folder: Path) -> None:
    release(folder.parents[1], "v1.1.0")
    with pytest.raises(CommandError, match=rf"{NEXT} was released with v1\.1\.0"), migration.last_set_aside():
        pass
    assert names(folder) == [RELEASED, NEXT]


def test_what_was_released_stays_as_it_was(folder: Path) -> None:
    root = folder.parents[1]
    releases.demand_unchanged(root)
    (folder / NEXT).write_text("select 4;\n")
    releases.demand_unchanged(root)
    (folder / RELEASED).write_text("select 5;\n")
    with pytest.raises(CommandError, match=rf"{RELEASED} is not as v1\.0\.0 brought it"):
        releases.demand_unchanged(root)
    (folder / RELEASED).unlink()
    with pytest.raises(CommandError, match=RELEASED):
        releases.demand_unchanged(root)


def test_a_release_is_known_by_its_tag(folder: Path) -> None:
    root = folder.parents[1]
    assert (releases.last_release(root), releases.is_release(root)) == ("v1.0.0", True)
    release(root, "w2.0.0")
    assert (releases.last_release(root), releases.is_release(root)) == ("v1.0.0", False)
    release(root, "v1.1.0")
    assert releases.last_release(root) == "v1.1.0"
    assert releases.released_migrations(root) == {RELEASED: "v1.0.0", NEXT: "v1.1.0"}
    assert releases.released_migrations(root, before="v1.0.0") == {RELEASED: "v1.0.0"}


def test_a_clone_without_tags_knows_of_no_release(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    bare = tmp_path_factory.mktemp("bare")
    run(["git", "clone", "-q", "--no-tags", folder.parents[1], bare / "clone"])
    for root in (bare, bare / "clone"):
        assert (releases.last_release(root), releases.is_release(root)) == (None, False)
        assert releases.released_migrations(root) == {}
        releases.demand_unchanged(root)


def test_a_release_is_unpacked_as_it_was(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    to = tmp_path_factory.mktemp("unpacked") / "v1.0.0"
    (folder / RELEASED).write_text("select 5;\n")
    releases.unpack("v1.0.0", to, "supabase", root=folder.parents[1])
    [path] = [path for path in to.rglob("*") if path.is_file()]
    assert (path.name, path.read_text()) == (RELEASED, "select 1;\n")
