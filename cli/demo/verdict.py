"""What the demo ends with: the numbers, a chart, and the sandbox's own log as the judge."""

from __future__ import annotations

from datetime import datetime, timedelta

import plotext
from rich.console import Console
from rich.text import Text

from cli.campaigns.live import ENDED, Film, nodes_table
from cli.output import print_table

_NEXT = """\
outbound stack up             a stack that stays: database, Data API, receiver, sandbox, workers
outbound demo --file my.csv   the same campaign with your own contacts (nobody is really called)
outbound sandbox --help       change who answers, make the providers fail, read what they were asked
docs/                         how it fits together"""


def show(console: Console, film: Film, taken: dict[str, int]) -> None:
    """Print the campaign's end."""
    last = film.samples[-1]
    metrics = last.metrics
    console.print()
    print_table(
        ["result", "contacts", "share"],
        [
            [state.replace("_", " "), metrics[state], f"{metrics[state] / max(metrics['enrolled'], 1):.0%}"]
            for state in (*ENDED, "active")
            if metrics[state] or state == "booked"
        ]
        + [["enrolled", metrics["enrolled"], "100%"]],
        title="The campaign",
        right=["contacts", "share"],
    )
    console.print(Text("By node", style="bold"))
    console.print(nodes_table(last.nodes))
    console.print()
    console.print(Text.from_ansi(chart(film, console.width)))
    begun, ended = film.samples[0].at, last.at
    console.print(
        f"{(ended - begun).total_seconds() / 86400:.1f} days of campaign time in {film.seconds:.0f} seconds. "
        f"The providers' own log: {taken['calls']} calls and {taken['texts']} texts taken, "
        f"{taken['taken_twice']} of them twice."
    )
    console.print()
    console.print(Text("What to try next", style="bold"))
    console.print(Text(_NEXT))


def chart(film: Film, width: int) -> str:
    """Contacts done and booked over campaign time."""
    start = film.samples[0].at
    days = [(sample.at - start).total_seconds() / 86400 for sample in film.samples]
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(min(width, 78), 14)
    series = {
        "done": ("braille", [sample.ended for sample in film.samples]),
        "booked": ("dot", [sample.metrics["booked"] for sample in film.samples]),
    }
    for label, (marker, counts) in series.items():
        signal = figure.signal(days, counts, marker=marker)
        signal.lines()
        signal.label(label)
        figure.draw(signal)
    ticks = list(range(int(days[-1]) + 1))
    figure.ruler("x").ticks(ticks, [_weekday(start, day) for day in ticks])
    figure.title("Contacts over campaign time")
    return str(figure.build())


def _weekday(start: datetime, day: int) -> str:
    return (start + timedelta(days=day)).strftime("%a")
