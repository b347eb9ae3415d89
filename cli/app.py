"""Entry point of the `outbound` command.

Each group is a module (or a package with `commands.py`) of this package that holds a Typer app named `app`. It is
found by its name and imported only when it is used, so `outbound stack status` does not pay for the whole product.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

import cli
from cli.errors import CommandError
from cli.output import print_error

_OF_A_PROGRAM = {"install_completion", "show_completion"}


def _command_of(name: str) -> Any | None:
    """The command that module `cli.<name>` provides; None where the module is only a part of others."""
    module_name = f"cli.{name.replace('-', '_')}"
    spec = importlib.util.find_spec(module_name)
    if spec is None:
        return None
    if spec.submodule_search_locations is not None:
        module_name += ".commands"
        if importlib.util.find_spec(module_name) is None:
            return None
    app = getattr(importlib.import_module(module_name), "app", None)
    if not isinstance(app, typer.Typer):
        return None
    command = typer.main.get_command(app)
    # a group is built as if it were a program of its own, with options that belong to a program
    command.params = [option for option in command.params if option.name not in _OF_A_PROGRAM]
    return command


class _Groups(TyperGroup):
    """The groups, found in the package instead of being registered one by one."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is the base class's
        names = sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(cli.__path__))
        return [name for name in names if name != "app" and _command_of(name) is not None]

    def get_command(self, ctx: Any, cmd_name: str) -> Any | None:  # noqa: ARG002
        if cmd_name == "app" or not cmd_name.replace("-", "").isalnum():
            return None
        command = _command_of(cmd_name)
        if command is not None:
            command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Groups,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def outbound() -> None:
    """Outbound calls and texts: segment, automate, launch, measure.

    Exit status: 0 done, 1 refused (with the reason, and what to do about it), 2 used wrongly.

    Example: outbound stack up
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; refusals are printed to stderr."""
    try:
        app(list(arguments), prog_name="outbound")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except CommandError as error:
        print_error(error)
        return 1
    except BrokenPipeError:
        # whoever read our output has seen enough; keep the interpreter from complaining about it on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def main() -> None:
    """Console script."""
    for stream in (sys.stdout, sys.stderr):
        # a terminal that lacks a character shows another one instead of a traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # told to end, a command still cleans up behind itself, as it does when it is interrupted
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _end)
    sys.exit(run(sys.argv[1:]))


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)
