"""A client as light as it can be: it calls the application, so that only the application is measured."""

import json
from collections.abc import MutableMapping
from typing import Any

from litestar import Litestar

Message = MutableMapping[str, Any]


class Client:
    """Of one application, with or without an access token."""

    def __init__(self, app: Litestar, token: str = "") -> None:
        self._app = app
        self._headers = [(b"host", b"handbill"), (b"content-type", b"application/json")]
        if token:
            self._headers.append((b"authorization", f"Bearer {token}".encode()))

    async def json(self, method: str, url: str, body: Any = None, key: str = "") -> Any:
        """The decoded answer. Raises `RuntimeError` unless it is 200."""
        sent = json.dumps(body).encode() if body is not None else b""
        received: list[bytes] = []
        status = 0

        async def receive() -> Message:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            received.append(message.get("body", b""))

        await self._app(self._scope(method, url, len(sent), key), receive, send)  # type: ignore[arg-type]
        if status != 200:
            raise RuntimeError(f"{method} {url}: {status} {b''.join(received)[:500]!r}")
        return json.loads(b"".join(received))

    def _scope(self, method: str, url: str, length: int, key: str) -> dict[str, Any]:
        path, _, query = url.partition("?")
        headers = [*self._headers, (b"content-length", str(length).encode())]
        if key:
            headers.append((b"idempotency-key", key.encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("handbill", 80),
        }
