"""Progress bars on stderr, where somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from cli.output import stderr


@contextmanager
def bar_of_bytes(words: str, size: int) -> Iterator[Callable[[int], None]]:
    """A bar over so many bytes, told how many are done."""
    with _progress(DownloadColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task(words, total=size)
        yield lambda position: bar.update(task, completed=position)


@contextmanager
def endless_bar(words: str) -> Iterator[Callable[[str], None]]:
    """A bar without an end, because nobody knows how much there is; told what goes on."""
    with _progress(TimeElapsedColumn()) as bar:
        task = bar.add_task(words, total=None)
        yield lambda said: bar.update(task, description=said)


def _progress(*columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    )
