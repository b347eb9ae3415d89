"""The commands in docs/workflows.md, run one after the other, print what the page says."""

from __future__ import annotations

import json
import re
import shlex
import uuid
from pathlib import Path
from typing import Any

from tests.support.projects import Project

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflows.md"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OF_A_TEAM = {"validate", "import", "simulate"}


def commands_of(page: str) -> list[tuple[str, str]]:
    """Each command of the section, with what the page says that it prints."""
    section = page.split("\n## From the command line\n")[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```console\n\$ outbound (.*?)\n(.*?)```", section, flags=re.DOTALL)
    assert all("\n$ " not in shown for _, shown in blocks)
    return blocks


def write_files(page: str, folder: Path, assistant_id: str) -> None:
    """flow.json is the page's example; later.json has what the page says was changed in it, typo.json a slip."""
    example = re.findall(r"```json\n(\{\n  \"nodes\".*?)\n```", page, flags=re.DOTALL)[0]
    text = example.replace("ASSISTANT_ID", assistant_id)
    (folder / "flow.json").write_text(text)
    (folder / "typo.json").write_text(text.replace('"delay": "PT15M"', '"delay": "15 minutes"'))
    later = json.loads(text)
    later["nodes"][2]["data"]["reply_window"] = "P2D"
    later["nodes"].append({**later["nodes"][2], "id": "again", "data": {"template": "Last call, {{first_name}}!"}})
    later["edges"][-1]["target"] = "again"
    (folder / "later.json").write_text(json.dumps(later))


def make_team(project: Project) -> tuple[str, str]:
    service = project.service()
    name = f"Acme {uuid.uuid4().hex[:6]}"
    team: Any = service.rpc("create_team", {"p_name": name, "p_is_sandbox": True}).execute().data
    ava = {"p_name": "Ava", "p_provider_assistant_id": "vapi-ava", "p_team_id": team["id"]}
    assistant: Any = service.rpc("upsert_assistant", ava).execute().data
    return team["id"], assistant["id"]


def test_the_page_shows_what_the_commands_print(project: Project, tmp_path: Path) -> None:
    page = PAGE.read_text()
    team_id, assistant_id = make_team(project)
    write_files(page, tmp_path, assistant_id)
    real: dict[str, str] = {}  # by the id that stands on the page
    blocks = commands_of(page)
    assert len(blocks) >= 6
    for line, shown in blocks:
        words = shlex.split(UUID.sub(lambda found: real[found[0]], line))
        team = ["--team", team_id] if words[1] in OF_A_TEAM else []
        done = project.stack.run(*words, *team, folder=str(tmp_path), COLUMNS="80")
        printed = done.out + done.err
        real.update(zip(UUID.findall(shown), UUID.findall(printed), strict=True))
        for on_page, found in real.items():
            printed = printed.replace(found, on_page)
        printed = re.sub(r"^(updated|published) .*", r"\1 …", printed, flags=re.MULTILINE)
        assert printed == re.sub(r"^(updated|published) .*", r"\1 …", shown, flags=re.MULTILINE), line
