"""Templates and snippets of a server that keeps none: the screens say so instead of losing them."""

from typing import Any, NoReturn

from sync.errors import ServiceError


class NoLibrary:
    """`tui.services.Library`."""

    async def list(self) -> list[Any]:
        return []

    async def save(self, name: str, content_json: dict[str, Any], id: str | None = None) -> NoReturn:  # noqa: ARG002
        raise ServiceError("This server does not keep templates and snippets yet. Nothing was saved.")

    async def delete(self, id: str) -> NoReturn:  # noqa: ARG002
        raise ServiceError("This server does not keep templates and snippets yet.")
