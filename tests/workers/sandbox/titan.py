"""Somebody who speaks HTTP to the sandbox's ServiceTitan, without any client of ours."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import SecretStr

from tests.workers.sandbox.harness import Running

CLIENT_ID, CLIENT_SECRET, APP_KEY, TENANT = "cid.rehearsal", "cs1.rehearsal-secret", "ak1.rehearsal-key", "900000001"
GIVEN: dict[str, Any] = {
    "servicetitan_client_id": SecretStr(CLIENT_ID),
    "servicetitan_client_secret": SecretStr(CLIENT_SECRET),
    "servicetitan_app_key": SecretStr(APP_KEY),
    "servicetitan_customers": 300,
    "servicetitan_export_page": 100,
    "servicetitan_calls_per_second": 100_000,
}
FORM = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


class Caller:
    """Somebody who speaks HTTP to the tenant, without any client of ours."""

    def __init__(self, running: Running, tenant: str = TENANT) -> None:
        self.running, self.tenant = running, tenant
        self.http = httpx.Client(base_url=running.url, trust_env=False, timeout=20, verify=False)
        self.headers = {"ST-App-Key": APP_KEY, "Authorization": f"Bearer {self.token()}"}

    def token(self, **changes: str) -> str:
        return str(self.http.post("/servicetitan/connect/token", data=FORM | changes).json().get("access_token"))

    def ask(self, method: str, area: str, path: str, **options: Any) -> httpx.Response:
        url = f"/servicetitan/{area}/v2/tenant/{self.tenant}{path}"
        return self.http.request(method, url, **{"headers": self.headers, **options})

    def get(self, area: str, path: str, **query: Any) -> httpx.Response:
        return self.ask("GET", area, path, params=query)

    def control(self, method: str, path: str = "", body: Any = None) -> Any:
        answer = self.http.request(method, f"/control/servicetitan{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


def scheduled(tenant: Caller) -> int:
    """An appointment that can be held."""
    return int(tenant.get("jpm", "/appointments", status="Scheduled", pageSize=1).json()["data"][0]["id"])
