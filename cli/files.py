"""Files that a person asked for: written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from cli.errors import writing
from cli.output import confirm


def write_whole(path: Path, text: str, *, yes: bool) -> None:
    """Write a file in one step: whoever reads it meanwhile sees the old one or the new one, never a part.

    What is there already is replaced only after a yes. A link is followed, so that it stays a link.
    """
    if path.exists():
        confirm(f"Overwrite {path}?", yes=yes)
    with writing(path):
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
        try:
            with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def _umask() -> int:
    """What the process takes from the rights of new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
