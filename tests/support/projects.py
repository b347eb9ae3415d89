"""A project as a frontend sees it: an address, keys, and people who can sign in."""

from __future__ import annotations

import json
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supabase import Client, create_client

from cli.dev.project import ROOT
from cli.stack.users import add_user
from tests.support.stacks import OwnStack

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    id: str
    email: str
    password: str = PASSWORD


@dataclass(frozen=True)
class Project:
    """A running stack, seen from outside."""

    stack: OwnStack
    url: str
    anon_key: str
    service_role_key: str
    database_url: str

    @classmethod
    def of(cls, stack: OwnStack) -> Project:
        shown = stack.status()
        return cls(stack, shown["api_url"], shown["anon_key"], shown["service_role_key"], shown["database_url"])

    def person(self, name: str) -> Person:
        """Somebody new, whose address nobody else has."""
        made = add_user(self.database_url, f"{name}-{uuid.uuid4().hex[:8]}@example.com", PASSWORD, name=name)
        return Person(made["id"], made["email"])

    def client(self, person: Person | None = None) -> Client:
        """supabase-py with the anon key, signed in as a person."""
        client = create_client(self.url, self.anon_key)
        if person is not None:
            client.auth.sign_in_with_password({"email": person.email, "password": person.password})
        return client

    def service(self) -> Client:
        """supabase-py as a backend that has the service key."""
        return create_client(self.url, self.service_role_key)

    def node(self, script: Path, **given: Any) -> Any:
        """Run a script of the tests' in Node; it gets `given` and the project, and what it answers is returned.

        Scripts import `tests/api/project.mjs`.
        """
        request = {"url": self.url, "anonKey": self.anon_key, "serviceRoleKey": self.service_role_key, **given}
        done = subprocess.run(
            ["node", script],
            input=json.dumps(request),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
