"""The TypeScript types of the Data API: what the Supabase CLI makes of a database, written as we write TypeScript."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from cli.dev.checks import SUPABASE_ENV
from cli.dev.project import ROOT, node_tool, run

TYPES = ROOT / "types" / "database.types.ts"
FRONTEND = ROOT / "docs" / "frontend.md"
PAGES = ROOT / "tests" / "typescript" / "client" / "pages.ts"

_WRITTEN = "// Written by `outbound dev docs`, by `supabase gen types`; a test keeps it equal to the database.\n"
_COPIED = "// The blocks of docs/frontend.md, copied by `outbound dev docs`; a test keeps the two equal.\n"


def generate(database_url: str) -> str:
    """types/database.types.ts: every table, function and enum of the schema that the Data API serves."""
    command = [node_tool("supabase"), "gen", "types", "--lang", "typescript", "--schema", "public"]
    # the CLI says itself that it leaves the form to others
    return formatted(_WRITTEN + run([*command, f"--remote={database_url}"], env=SUPABASE_ENV).stdout)


def formatted(text: str) -> str:
    """TypeScript in the project's form."""
    with tempfile.TemporaryDirectory(prefix="outbound-types-") as folder:
        file = Path(folder) / TYPES.name
        file.write_text(text)
        return run([node_tool("prettier"), "--config", ROOT / ".prettierrc.json", file]).stdout


def pages_module() -> str:
    """tests/typescript/client/pages.ts: the blocks of docs/frontend.md, as one module that is compiled and run."""
    blocks = re.findall(r"^```ts\n(.*?)^```$", FRONTEND.read_text(), flags=re.DOTALL | re.MULTILINE)
    return _COPIED + "\n".join(blocks)
