"""`python -m cli.dev.faults SEED …`: runs seeds, one report a line, as JSON."""

from __future__ import annotations

import json
import sys

from cli.dev.faults.play import Report
from cli.dev.faults.run import run


def _write(report: Report) -> None:
    sys.stdout.write(json.dumps(report.as_json()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run([int(seed) for seed in sys.argv[1:]], _write)
