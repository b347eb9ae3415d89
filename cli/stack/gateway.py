"""What stands before a Supabase project's services: `/rest/v1` to PostgREST, `/auth/v1` for signing in, health.

Supabase's clients ask for `/rest/v1/…` with the project's key in `apikey`; PostgREST serves at `/` and knows only
bearer tokens. Run as `python -m cli.stack.gateway`; all it needs comes from the environment.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import sys
from collections.abc import AsyncIterator, Mapping

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.stack.auth import AuthService, auth_routes

# belong to one connection, or are set anew by whoever sends the message on
_HOP_BY_HOP = frozenset(
    {"connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip


class RequireApiKey:
    """Refuses what does not carry one of the project's two keys, in the header or, as for a browser, in the URL."""

    def __init__(self, app: ASGIApp, keys: tuple[str, ...]) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        key = request.headers.get("apikey") or request.query_params.get("apikey")
        refusal: dict[str, str] | None = None
        if not key:
            refusal = {
                "message": "No API key found in request",
                "hint": "No `apikey` request header or url param was found.",
            }
        elif not any(hmac.compare_digest(key.encode(), known.encode()) for known in self._keys):
            refusal = {
                "message": "Invalid API key",
                "hint": "Double check your Supabase `anon` or `service_role` API key.",
            }
        if refusal is not None:
            await JSONResponse(refusal, status_code=401)(scope, receive, send)
            return
        scope["state"]["api_key"] = key
        await self._app(scope, receive, send)


class Rest:
    """PostgREST under `/rest/v1`. Bodies stream through in both directions, as they are."""

    def __init__(self, upstream: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=upstream,
            timeout=httpx.Timeout(600.0, connect=5.0),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def forward(self, request: Request) -> Response:
        """Send one request on."""
        headers = [(name, value) for name, value in request.headers.items() if name not in _HOP_BY_HOP]
        if "authorization" not in request.headers:
            headers.append(("authorization", f"Bearer {request.state.api_key}"))
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "apikey"]
        url = httpx.URL(f"/{request.path_params['path']}")
        if "apikey" in request.query_params:
            url = url.copy_with(params=query)
        else:
            url = url.copy_with(query=request.url.query.encode())
        body = request.stream() if _has_body(request.headers) else None
        outgoing = self._http.build_request(request.method, url, headers=headers, content=body)
        try:
            answer = await self._http.send(outgoing, stream=True)
        except httpx.TransportError as error:
            return JSONResponse(
                {"message": f"PostgREST does not answer ({type(error).__name__}).", "hint": "outbound stack status"},
                status_code=503,
            )
        response = StreamingResponse(_relay(answer), status_code=answer.status_code)
        # as raw pairs: a header may come more than once, and Content-Length is true for the untouched body
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in _HOP_BY_HOP
        ]
        return response


async def _relay(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _has_body(headers: Mapping[str, str]) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def build_app(
    *, rest_url: str, database_url: str, public_url: str, jwt_secret: str, keys: tuple[str, ...]
) -> Starlette:
    """The gateway of one project; `keys` are its anon and service-role keys."""
    rest = Rest(rest_url)
    auth = AuthService(database_url=database_url, issuer=f"{public_url}/auth/v1", jwt_secret=jwt_secret)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with auth:
            yield
        await rest.close()

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    guard = [Middleware(RequireApiKey, keys=keys)]
    return Starlette(
        routes=[
            Route("/health", _health),
            Mount("/rest/v1", routes=[Route("/{path:path}", rest.forward, methods=methods)], middleware=guard),
            Mount("/auth/v1", routes=auth_routes(auth), middleware=guard),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["*"],
                allow_headers=["*"],
                expose_headers=["Content-Range", "Content-Profile", "Preference-Applied", "X-Total-Count"],
            )
        ],
        lifespan=lifespan,
    )


def main() -> None:
    """Serve until told to stop."""
    environment = os.environ
    try:
        app = build_app(
            rest_url=environment["OUTBOUND_GATEWAY_REST_URL"],
            database_url=environment["OUTBOUND_GATEWAY_DATABASE_URL"],
            public_url=environment["OUTBOUND_GATEWAY_PUBLIC_URL"],
            jwt_secret=environment["OUTBOUND_GATEWAY_JWT_SECRET"],
            keys=(environment["OUTBOUND_GATEWAY_ANON_KEY"], environment["OUTBOUND_GATEWAY_SERVICE_ROLE_KEY"]),
        )
    except KeyError as missing:
        sys.exit(f"{missing.args[0]} is not set; the gateway is started by: outbound stack up")
    uvicorn.run(
        app,
        host=environment.get("OUTBOUND_HOST", "127.0.0.1"),
        port=int(environment["OUTBOUND_PORT"]),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
