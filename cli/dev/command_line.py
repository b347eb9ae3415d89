"""The commands of `outbound`, found by walking the tree that Typer builds."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator
from typing import Any

from typer.main import get_command


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with its words: (("audiences", "import"), command)."""
    yield from _leaves((), _root())


def problem_of(line: str) -> str | None:
    """What is wrong with a line that a page shows, or None: an unknown command, or an option it doesn't have.

    The line begins with `outbound`; it may end in a remark or go on with another program.
    """
    words = list(itertools.takewhile(lambda word: word not in {"|", ">", "&&"}, shlex.split(line, comments=True)))[1:]
    command = _root()
    while _is_group(command) and words and not words[0].startswith("-"):
        name = words.pop(0)
        command = command.get_command(None, name)
        if command is None:
            return f"there is no {name}"
    if command.context_settings.get("ignore_unknown_options"):  # they go to another program
        return None
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    unknown = {word.split("=")[0] for word in words if word.startswith("-")} - known - {"--help"}
    return f"there is no option {', '.join(sorted(unknown))}" if unknown else None


def _root() -> Any:
    from cli.app import app  # the tree holds this module's own command  # noqa: PLC0415

    return get_command(app)


def _leaves(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not _is_group(command):
        yield words, command
        return
    for name in command.list_commands(None):
        yield from _leaves((*words, name), command.get_command(None, name))


def _is_group(command: Any) -> bool:
    return hasattr(command, "list_commands")
