"""A small stand-in for Supabase Auth: signing in by e-mail and password against `auth.users`.

It speaks the part of the protocol that `signInWithPassword`, `refreshSession`, `getUser` and `signOut` of Supabase's
clients use, with Supabase's table layout, claims and error codes, so that a frontend cannot tell the difference.
Invitations, e-mails, other providers and second factors are the hosted service's.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import bcrypt
import jwt
import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_TOKEN_SECONDS = 3600
# two tabs of one browser may refresh with the same token; the slower one is not thrown out
_REUSE_SECONDS = 10
# bcrypt reads no further; the hosted service refuses more as well
_PASSWORD_BYTES = 72

_NOBODY = bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(10))

Row = dict[str, Any]
Connection = psycopg.AsyncConnection[Row]

_USER = """
    select id, aud, role, email, encrypted_password, email_confirmed_at, phone, confirmed_at, last_sign_in_at,
        raw_app_meta_data, raw_user_meta_data, created_at, updated_at, banned_until > now() as banned, is_anonymous
    from auth.users
"""


@dataclass(eq=False)
class Refusal(Exception):
    """An answer of Supabase Auth that is not a success."""

    status: int
    error_code: str
    message: str

    def response(self) -> Response:
        """In the form that Supabase's clients read."""
        return JSONResponse(
            {"code": self.status, "error_code": self.error_code, "msg": self.message}, status_code=self.status
        )


class AuthService:
    """Signs people in and out. Holds database connections while it is entered."""

    def __init__(self, *, database_url: str, issuer: str, jwt_secret: str) -> None:
        self._issuer = issuer
        self._jwt_secret = jwt_secret
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            database_url,
            connection_class=psycopg.AsyncConnection[Row],
            kwargs={"row_factory": dict_row, "application_name": "outbound gateway"},
            min_size=0,
            max_size=5,
            open=False,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.close()

    async def sign_in(self, email: str, password: str) -> dict[str, Any]:
        """A new session for a person who knows the password."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                _USER + "where email = %s and not is_sso_user and deleted_at is null", [email.strip().lower()]
            )
            user = await found.fetchone()
            hashed = (user or {}).get("encrypted_password")
            # someone unknown takes as long as a wrong password, so that nobody can ask who has an account
            right = await asyncio.to_thread(_matches, password, hashed.encode() if hashed else _NOBODY)
            if user is None or not hashed or not right:
                raise Refusal(400, "invalid_credentials", "Invalid login credentials")
            _refuse_banned(user)
            if user["confirmed_at"] is None:
                raise Refusal(400, "email_not_confirmed", "Email not confirmed")
            session = uuid.uuid4()
            await connection.execute(
                "insert into auth.sessions (id, user_id, created_at, updated_at) values (%s, %s, now(), now())",
                [session, user["id"]],
            )
            await connection.execute(
                "update auth.users set last_sign_in_at = now(), updated_at = now() where id = %s", [user["id"]]
            )
            return await self._tokens(connection, user, session, parent=None)

    async def refresh(self, token: str) -> dict[str, Any]:
        """The session of a refresh token, with a new access token and a new refresh token."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "select token, revoked, session_id, user_id, updated_at > now() - make_interval(secs => %s) as recent"
                " from auth.refresh_tokens where token = %s for update",
                [_REUSE_SECONDS, token],
            )
            known = await found.fetchone()
            if known is None:
                raise Refusal(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
            if known["revoked"] and not known["recent"]:
                # a token that was used long ago is in somebody else's hands: the whole session ends
                await connection.execute("delete from auth.sessions where id = %s", [known["session_id"]])
                await connection.commit()
                raise Refusal(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
            await connection.execute(
                "update auth.refresh_tokens set revoked = true, updated_at = now() where token = %s and not revoked",
                [token],
            )
            user = await self._user(connection, known["user_id"])
            _refuse_banned(user)
            return await self._tokens(connection, user, known["session_id"], parent=token)

    async def user(self, access_token: str) -> dict[str, Any]:
        """The person that a valid access token of a living session belongs to."""
        claims = self._verify(access_token)
        async with self._pool.connection() as connection:
            living = await connection.execute("select from auth.sessions where id = %s", [claims.get("session_id")])
            if await living.fetchone() is None:
                raise Refusal(403, "session_not_found", "Session from session_id claim in JWT does not exist")
            return _public(await self._user(connection, claims["sub"]))

    async def sign_out(self, access_token: str, scope: str) -> None:
        """End this session (`local`), all other ones (`others`), or all of them (`global`)."""
        claims = self._verify(access_token)
        statement = {
            "local": "delete from auth.sessions where user_id = %(user)s and id = %(session)s",
            "others": "delete from auth.sessions where user_id = %(user)s and id <> %(session)s",
            "global": "delete from auth.sessions where user_id = %(user)s",
        }.get(scope)
        if statement is None:
            raise Refusal(400, "validation_failed", f"Unsupported logout scope {scope!r}")
        async with self._pool.connection() as connection:
            await connection.execute(statement, {"user": claims["sub"], "session": claims.get("session_id")})

    async def _user(self, connection: Connection, user_id: str) -> Row:
        found = await connection.execute(_USER + "where id = %s and deleted_at is null", [uuid.UUID(str(user_id))])
        user = await found.fetchone()
        if user is None:
            raise Refusal(403, "user_not_found", "User from sub claim in JWT does not exist")
        return user

    async def _tokens(
        self, connection: Connection, user: Row, session: uuid.UUID, *, parent: str | None
    ) -> dict[str, Any]:
        refresh_token = secrets.token_urlsafe(24)
        await connection.execute(
            "insert into auth.refresh_tokens (token, user_id, revoked, created_at, updated_at, parent, session_id)"
            " values (%s, %s, false, now(), now(), %s, %s)",
            [refresh_token, str(user["id"]), parent, session],
        )
        now = datetime.now(UTC)
        expires = int((now + timedelta(seconds=_TOKEN_SECONDS)).timestamp())
        claims = {
            "iss": self._issuer,
            "sub": str(user["id"]),
            "aud": user["aud"] or "authenticated",
            "exp": expires,
            "iat": int(now.timestamp()),
            "email": user["email"],
            "phone": user["phone"] or "",
            "app_metadata": user["raw_app_meta_data"] or {},
            "user_metadata": user["raw_user_meta_data"] or {},
            "role": user["role"] or "authenticated",
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": int(now.timestamp())}],
            "session_id": str(session),
            "is_anonymous": user["is_anonymous"],
        }
        return {
            "access_token": jwt.encode(claims, self._jwt_secret, algorithm="HS256"),
            "token_type": "bearer",
            "expires_in": _TOKEN_SECONDS,
            "expires_at": expires,
            "refresh_token": refresh_token,
            "user": _public(user),
        }

    def _verify(self, access_token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                access_token,
                self._jwt_secret,
                algorithms=["HS256"],
                options={"require": ["exp", "sub"], "verify_aud": False},
            )
            uuid.UUID(claims["sub"])
            uuid.UUID(claims.get("session_id"))
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise Refusal(403, "bad_jwt", "invalid JWT: unable to parse or verify signature") from error
        return claims


def auth_routes(service: AuthService) -> list[Route]:
    """The routes under `/auth/v1`."""

    async def token(request: Request) -> dict[str, Any]:
        body = await _json(request)
        match request.query_params.get("grant_type"):
            case "password":
                return await service.sign_in(_text(body, "email"), _text(body, "password"))
            case "refresh_token":
                return await service.refresh(_text(body, "refresh_token"))
            case _:
                raise Refusal(400, "invalid_credentials", "unsupported_grant_type")

    async def user(request: Request) -> dict[str, Any]:
        return await service.user(_bearer(request))

    async def logout(request: Request) -> None:
        await service.sign_out(_bearer(request), request.query_params.get("scope", "global"))

    async def health(_request: Request) -> dict[str, Any]:
        return {"name": "outbound", "description": "a local stand-in for Supabase Auth: passwords only"}

    async def keys(_request: Request) -> dict[str, Any]:
        # tokens are signed with the shared secret, so there is no public key to publish
        return {"keys": []}

    def route(path: str, handler: Any, method: str) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                answer = await handler(request)
            except Refusal as refusal:
                return refusal.response()
            return Response(status_code=204) if answer is None else JSONResponse(answer)

        return Route(path, endpoint, methods=[method])

    return [
        route("/token", token, "POST"),
        route("/user", user, "GET"),
        route("/logout", logout, "POST"),
        route("/health", health, "GET"),
        route("/.well-known/jwks.json", keys, "GET"),
    ]


def hash_password(password: str) -> str:
    """As Supabase Auth stores it in `auth.users.encrypted_password`."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(10)).decode()


def _matches(password: str, hashed: bytes) -> bool:
    given = password.encode()
    fits = len(given) <= _PASSWORD_BYTES
    return bcrypt.checkpw(given if fits else b"", hashed) and fits


def _refuse_banned(user: Row) -> None:
    if user["banned"]:
        raise Refusal(400, "user_banned", "User is banned")


def _public(user: Row) -> dict[str, Any]:
    """A user as the API shows one: never the password's hash."""

    def moment(name: str) -> str | None:
        value: datetime | None = user[name]
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None

    return {
        "id": str(user["id"]),
        "aud": user["aud"] or "authenticated",
        "role": user["role"] or "authenticated",
        "email": user["email"],
        "email_confirmed_at": moment("email_confirmed_at"),
        "phone": user["phone"] or "",
        "confirmed_at": moment("confirmed_at"),
        "last_sign_in_at": moment("last_sign_in_at"),
        "app_metadata": user["raw_app_meta_data"] or {},
        "user_metadata": user["raw_user_meta_data"] or {},
        "identities": [],
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "is_anonymous": user["is_anonymous"],
    }


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise Refusal(400, "bad_json", "Could not parse request body as JSON") from error
    if not isinstance(body, dict):
        raise Refusal(400, "bad_json", "Could not parse request body as JSON")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value or "\x00" in value:
        raise Refusal(400, "validation_failed", f"{name} is missing")
    return value


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Refusal(401, "no_authorization", "This endpoint requires a valid Bearer token")
    return token
