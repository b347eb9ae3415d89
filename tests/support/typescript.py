"""TypeScript as a frontend has it: a client that is compiled and run, and answers that the compiler judges."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cli.dev.project import ROOT, node_tool, run

_TYPES = ROOT / "types" / "index.js"
_REFUSAL = re.compile(r"OB\d{3}")


def mistypes(answers: Iterable[tuple[str, Any]], refusals: Iterable[dict[str, str]] = ()) -> list[str]:
    """What does not fit: a key too many or too few, a null that no type tells, an unknown word.

    `answers` are functions with what they answered, `refusals` errors as supabase-js has them.
    """
    lines = [f'import type * as types from "{_TYPES}";']
    about = [""]
    for name, body in answers:
        about.append(name)
        lines.append(f'export const a{len(about)}: types.Returns<"{name}"> = {json.dumps(body)};')
    for refusal in refusals:
        if _REFUSAL.fullmatch(refusal["code"]):
            about.append(refusal["code"])
            lines.append(
                f'export const a{len(about)}: types.RefusalDetails["{refusal["code"]}"] = {refusal["details"]};'
            )
    with tempfile.TemporaryDirectory(prefix="outbound-types-") as folder:
        source = Path(folder) / "answers.mts"
        source.write_text("\n".join(lines))
        settings = {"extends": str(ROOT / "tsconfig.json"), "compilerOptions": {"types": []}, "include": [source.name]}
        (source.parent / "tsconfig.json").write_text(json.dumps(settings))
        said = run([node_tool("tsc"), "--project", folder, "--pretty", "false"], check=False).stdout
    found = re.findall(r"answers\.mts\((\d+),\d+\): (.*)", said)
    assert bool(found) == bool(said.strip()), said
    return [f"{about[int(line) - 1]}: {problem}" for line, problem in found]


def compile_client(folder: Path) -> Path:
    """Compile types/ and tests/typescript/ into a folder that looks like the project to Node; where the client is."""
    run([node_tool("tsc"), "--project", ROOT, "--noEmit", "false", "--rootDir", ROOT, "--outDir", folder])
    (folder / "package.json").write_text(json.dumps({"type": "module", "imports": {"#types": "./types/index.js"}}))
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder / "tests" / "typescript" / "client"


def run_typescript(script: Path, given: dict[str, Any]) -> str:
    """Run a compiled script in Node with `given` on its standard input; what it prints."""
    done = subprocess.run(
        # a browser has WebSocket; Node has it from version 22 on without being asked
        ["node", "--experimental-websocket", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
