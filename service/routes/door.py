"""The door of the service: nobody in without a key, nothing too large, safe headers on every answer.

It stands before everything else, so that a body is not even read for who may not ask.
"""

import logging
import traceback
from pathlib import Path

from fastapi.exceptions import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..access import Keys
from ..problems import ProblemCode, language_of, problem

API_VERSION = "1.0.0"
BODY_MAX = 8 * 1024 * 1024
_GUARDED = ("/v1", "/fhir")
_LOG = logging.getLogger(__name__)
_HEADERS = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Door:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        """Stand before `app`, with the keys that open it."""
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it at the door."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        try:
            await self._let_in(scope, receive, send_safely)
        except Exception as error:
            _LOG.error("%s in %s", type(error).__name__, _place_of(error))
            if started:
                raise RuntimeError("the answer broke off") from None
            await _refuse(ProblemCode.INTERNAL, scope, receive, send_safely)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope)
        if refused is not None:
            await _refuse(refused, scope, receive, send)
            return
        await self._app(scope, _limited(receive), send)

    def _refused(self, scope: Scope) -> ProblemCode | None:
        headers = Headers(scope=scope)
        if any(scope["path"] == each or scope["path"].startswith(f"{each}/") for each in _GUARDED):
            scheme, _, key = headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not key.strip():
                return ProblemCode.NO_KEY
            scope["viewer"] = self._keys.holder_of(key.strip())
            if scope["viewer"] is None:
                return ProblemCode.UNKNOWN_KEY
        length = headers.get("content-length", "0")
        return ProblemCode.TOO_LARGE if length.isdecimal() and int(length) > BODY_MAX else None


def _place_of(error: Exception) -> str:
    # The text of an exception may hold what was sent; its kind and its place in our own files do not.
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(ours[-3:]))


def _limited(receive: Receive) -> Receive:
    """Return `receive` that stops a body sent in pieces, whose length nobody told."""
    size = 0

    async def receive_limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_MAX:
            raise HTTPException(413)
        return message

    return receive_limited


async def _refuse(code: ProblemCode, scope: Scope, receive: Receive, send: Send) -> None:
    language = language_of(Headers(scope=scope).get("accept-language"))
    await problem(code, language)(scope, receive, send)
