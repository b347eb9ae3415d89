"""People who can sign in to the local stack: rows of `auth.users`, as Supabase Auth would have made them."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cli.errors import CommandError
from cli.stack.auth import hash_password

# as in supabase/config.toml
MINIMUM_PASSWORD = 8


def add_user(url: str, email: str, password: str, *, name: str | None = None) -> dict[str, Any]:
    """Create a confirmed person, or give an existing one this password: `{id, email, created}`."""
    address = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or len(address) > 255:
        raise CommandError(f"{email!r} is not an e-mail address.")
    if len(password) < MINIMUM_PASSWORD or len(password.encode()) > 72:
        raise CommandError(f"The password must have {MINIMUM_PASSWORD} characters or more, and at most 72 bytes.")
    metadata = {"name": name} if name else {}
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        row = connection.execute(
            """
            insert into auth.users (
                instance_id, id, aud, role, email, encrypted_password, email_confirmed_at,
                confirmation_token, recovery_token, email_change_token_new, email_change,
                raw_app_meta_data, raw_user_meta_data, created_at, updated_at
            )
            values (
                '00000000-0000-0000-0000-000000000000', %(id)s, 'authenticated', 'authenticated', %(email)s, %(hash)s,
                now(), '', '', '', '', '{"provider": "email", "providers": ["email"]}', %(metadata)s, now(), now()
            )
            on conflict (email) where is_sso_user = false do update
                set encrypted_password = excluded.encrypted_password,
                    raw_user_meta_data = auth.users.raw_user_meta_data || excluded.raw_user_meta_data,
                    updated_at = now()
            returning id::text, email, (xmax = 0) as created
            """,
            {"id": uuid.uuid4(), "email": address, "hash": hash_password(password), "metadata": Jsonb(metadata)},
        ).fetchone()
    assert row is not None  # the statement inserts or updates one row
    return row


def list_users(url: str) -> list[dict[str, str | datetime | None]]:
    """Everybody who can sign in, oldest first."""
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        return connection.execute(
            "select id::text, email, created_at, last_sign_in_at from auth.users order by created_at, id"
        ).fetchall()


def remove_user(url: str, email: str) -> None:
    """Delete a person's account; what they made stays where nothing forbids it."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            done = connection.execute("delete from auth.users where email = %s", [email.strip().lower()])
        except psycopg.errors.ForeignKeyViolation as error:
            raise CommandError(
                f"{email} is still a member of a team.", hint="Take the person out of the team first."
            ) from error
    if done.rowcount == 0:
        raise CommandError(f"Nobody here has the address {email}.")
