"""Headers that every response carries, whichever route or page made it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Guard:
    """Adds headers to responses that do not have them. It speaks ASGI itself: a middleware made of a function
    over requests takes as long as everything else between the socket and the route of a push."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                names = {name for name, _ in given}
                message["headers"] = [*given, *(one for one in self._headers if one[0] not in names)]
            await send(message)

        await self._app(scope, receive, guarded)
