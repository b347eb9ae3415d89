"""Supabase's own clients sign in through the gateway and are who they say; without a key nobody gets anywhere."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from supabase import AuthApiError, PostgrestAPIError

from tests.support.projects import Project

HERE = Path(__file__).parent


def rest(project: Project, path: str = "/rest/v1/teams", **headers: str) -> httpx.Response:
    return httpx.get(project.url + path, headers=headers, trust_env=False)


def sign_in(project: Project, email: str, password: str) -> httpx.Response:
    return httpx.post(
        f"{project.url}/auth/v1/token?grant_type=password",
        headers={"apikey": project.anon_key},
        json={"email": email, "password": password},
        trust_env=False,
    )


def test_supabase_js_signs_in_refreshes_and_signs_out(project: Project) -> None:
    ann = project.person("ann")
    seen = project.node(HERE / "sign_in.mjs", person={"email": ann.email, "password": ann.password})
    assert seen == {
        "wrong": "invalid_credentials",
        "unknown": "invalid_credentials",
        "signedIn": ann.email,
        "user": ann.id,
        "role": "authenticated",
        "newToken": True,
        "signedOut": None,
        "afterwards": "AuthSessionMissingError",
        "replayed": "refresh_token_not_found",
    }


def test_supabase_py_signs_in_and_is_recognised_by_the_database(project: Project) -> None:
    ann = project.person("ann")
    client = project.client(ann)
    user = client.auth.get_user()
    assert user is not None
    assert user.user.id == ann.id
    session = client.auth.get_session()
    assert session is not None
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    assert (claims["sub"], claims["role"], claims["aud"]) == (ann.id, "authenticated", "authenticated")
    # a member of no team sees none, and is nobody's forbidden guest
    assert client.table("teams").select("*").execute().data == []
    client.auth.sign_out()
    with pytest.raises(AuthApiError):
        client.auth.get_user(session.access_token)


def test_a_wrong_password_and_an_unknown_address_cannot_be_told_apart(project: Project) -> None:
    ann = project.person("ann")
    wrong, unknown = sign_in(project, ann.email, "not the password"), sign_in(project, "who@example.com", "whatever")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.json()["error_code"] == "invalid_credentials"


def test_an_address_is_the_same_in_any_case(project: Project) -> None:
    ann = project.person("ann")
    assert sign_in(project, ann.email.upper(), ann.password).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"email": 1, "password": []}', b'{"email": "a@b.c"}', b'"\\u0000"', b"\xff\xfe"]
)
def test_a_body_that_makes_no_sense_is_refused_not_an_accident(project: Project, body: bytes) -> None:
    for grant in ("password", "refresh_token", "nothing"):
        answer = httpx.post(
            f"{project.url}/auth/v1/token?grant_type={grant}",
            headers={"apikey": project.anon_key},
            content=body,
            trust_env=False,
        )
        assert answer.status_code == 400


def test_no_password_reaches_further_than_bcrypt_reads(project: Project) -> None:
    ann = project.person("ann")
    assert sign_in(project, ann.email, ann.password + "x" * 100).status_code == 400


def test_a_banned_person_stays_outside(project: Project) -> None:
    ann = project.person("ann")
    client = project.client(ann)
    with psycopg.connect(project.database_url) as connection:
        connection.execute("update auth.users set banned_until = 'infinity' where id = %s", [ann.id])
    assert sign_in(project, ann.email, ann.password).json()["error_code"] == "user_banned"
    with pytest.raises(AuthApiError):
        client.auth.refresh_session()


def test_a_refresh_token_that_was_used_long_ago_ends_the_session(project: Project) -> None:
    client = project.client(project.person("ann"))
    session = client.auth.get_session()
    assert session is not None
    client.auth.refresh_session()
    # two tabs may use one token at once
    assert client.auth.refresh_session(session.refresh_token).session is not None
    with psycopg.connect(project.database_url) as connection:
        connection.execute(
            "update auth.refresh_tokens set updated_at = now() - interval '1 minute' where token = %s",
            [session.refresh_token],
        )
    newest = client.auth.get_session()
    assert newest is not None
    for token in (session.refresh_token, newest.refresh_token):
        with pytest.raises(AuthApiError):
            client.auth.refresh_session(token)


def test_without_a_key_or_with_a_wrong_one_there_is_no_way_in(project: Project) -> None:
    assert rest(project).status_code == 401
    assert rest(project, apikey="wrong").status_code == 401
    assert rest(project, apikey=project.anon_key.swapcase()).status_code == 401
    assert rest(project, "/auth/v1/user").status_code == 401


def test_a_token_that_somebody_else_signed_is_refused(project: Project) -> None:
    claims: dict[str, Any] = {"role": "service_role", "exp": int(time.time()) + 60}
    forged = jwt.encode(claims, "x" * 40, algorithm="HS256")
    assert rest(project, apikey=project.anon_key, authorization=f"Bearer {forged}").status_code == 401
    unsigned = jwt.encode(claims, "", algorithm="none")
    assert rest(project, apikey=project.anon_key, authorization=f"Bearer {unsigned}").status_code == 401


def test_anonymous_callers_reach_nothing(project: Project) -> None:
    with pytest.raises(PostgrestAPIError) as refused:
        project.client().table("teams").select("*").execute()
    assert refused.value.code == "42501"


def test_a_browser_on_another_address_may_ask(project: Project) -> None:
    answer = httpx.options(
        f"{project.url}/rest/v1/teams",
        headers={
            "origin": "http://localhost:3000",
            "access-control-request-method": "GET",
            "access-control-request-headers": "apikey,authorization",
        },
        trust_env=False,
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
