"""What was released: the tags `v…` of this clone, and what their commits hold.

A clone without tags (a shallow one, or an archive without a repository) knows of no release.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from cli.dev.project import ROOT, GateFailed, run

_MIGRATIONS = "supabase/migrations"


def last_release(root: Path = ROOT) -> str | None:
    """The newest release that this commit comes after, or is; None where the clone knows of none."""
    found = _git(root, "describe", "--tags", "--match", "v[0-9]*", "--abbrev=0")
    return found.strip() or None


def is_release(root: Path = ROOT) -> bool:
    """Whether this commit is a release itself."""
    return bool(_git(root, "describe", "--tags", "--match", "v[0-9]*", "--exact-match").strip())


def released_migrations(root: Path = ROOT, *, before: str | None = None) -> dict[str, str]:
    """The migrations of all releases, or of those up to a commit, by file name, with the release that brought each."""
    found: dict[str, str] = {}
    of = [f"--merged={before}"] if before else []
    for tag in _git(root, "tag", "--list", "v[0-9]*", "--sort=creatordate", *of).split():
        for path in _git(root, "ls-tree", "--name-only", tag, f"{_MIGRATIONS}/").split():
            found.setdefault(Path(path).name, tag)
    return found


def demand_unchanged(root: Path = ROOT) -> None:
    """Refuse when a migration that users have applied is not here any more as it was released."""
    changed = []
    for name, tag in released_migrations(root, before="HEAD").items():
        path = root / _MIGRATIONS / name
        if not path.is_file() or path.read_text() != _git(root, "show", f"{tag}:{_MIGRATIONS}/{name}"):
            changed.append(f"{name} is not as {tag} brought it.")
    if changed:
        raise GateFailed(
            "\n".join(changed),
            hint="A released migration never changes: `git checkout TAG -- supabase/migrations/NAME`, and a new one.",
        )


def unpack(tag: str, folder: Path, *paths: str, root: Path = ROOT) -> Path:
    """Put folders of a release's commit into a folder; returns it."""
    archive = folder.with_suffix(".tar")
    run(["git", "-C", root, "archive", f"--output={archive}", tag, *paths])
    shutil.unpack_archive(archive, folder)
    archive.unlink()
    return folder


def _git(root: Path, *arguments: str) -> str:
    """What git says; nothing where it refuses, or is not there."""
    if shutil.which("git") is None or not (root / ".git").exists():
        return ""  # a folder above may be a repository of something else
    done = run(["git", "-C", root, *arguments], check=False)
    return done.stdout if done.returncode == 0 else ""
