"""As whom the database server runs, and how its programs reach their files.

PostgreSQL refuses to run as root. Started by root it runs as the system's `postgres` account, or `nobody` where there
is none; started by anybody else it runs as that person.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cli.errors import CommandError


@dataclass(frozen=True)
class Account:
    """An operating-system account without privileges."""

    name: str
    uid: int
    gid: int


@lru_cache(maxsize=1)
def server_account() -> Account | None:
    """The account that PostgreSQL runs as; None when that is simply whoever runs this."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CommandError(
        "PostgreSQL refuses to run as root, and there is neither a postgres nor a nobody account to run it as.",
        hint="Run this as an ordinary user.",
    )


@dataclass(frozen=True)
class Launcher:
    """How a server program is started: a command to put before it, and the arguments of `subprocess`."""

    prefix: tuple[str, ...]
    options: dict[str, Any]

    def command(self, arguments: Sequence[str | Path]) -> list[str]:
        """The whole command line."""
        return [*self.prefix, *map(str, arguments)]


def launcher(*paths: Path) -> Launcher:
    """How to start a program as the server's account so that it can reach `paths`.

    A folder made by `mktemp -d`, or root's home, is closed to that account. Nobody's folders are opened for it:
    instead the server gets the one capability that lets it pass through them.
    """
    account = server_account()
    # "/" because the folder this was started in may be closed to the account as well
    if account is None:
        return Launcher((), {"cwd": "/"})
    plain: dict[str, Any] = {"cwd": "/", "user": account.uid, "group": account.gid, "extra_groups": []}
    if _reaches((), plain, paths):
        return Launcher((), plain)
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        for capability in ("dac_read_search", "dac_override"):  # containers often have only the second to give
            prefix = (
                setpriv,
                f"--reuid={account.uid}",
                f"--regid={account.gid}",
                "--clear-groups",
                # else access(), by which initdb looks for its programs, would not count the capability
                "--securebits=+no_setuid_fixup",
                f"--inh-caps=+{capability}",
                f"--ambient-caps=+{capability}",
                "--",
            )
            if _reaches(prefix, {"cwd": "/"}, paths):
                return Launcher(prefix, {"cwd": "/"})
    blocked = next((path for path in paths if not _reaches((), plain, (path,))), paths[0])
    raise CommandError(
        f"PostgreSQL has to run as {account.name} here, and that account cannot reach {blocked}.",
        hint="Run this as an ordinary user, or put the project into a folder that others may pass through (mode 755).",
    )


def _reaches(prefix: tuple[str, ...], options: dict[str, Any], paths: Sequence[Path]) -> bool:
    for path in paths:
        try:
            found = subprocess.run(  # noqa: PLW1510 - its exit status is the answer
                [*prefix, "/bin/sh", "-c", 'test -r "$0"', str(path)], capture_output=True, **options
            )
        except OSError:
            return False
        if found.returncode != 0:
            return False
    return True
