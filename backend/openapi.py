"""The OpenAPI document, made whole.

Litestar writes down routes and parameters. What it leaves out is added here: every constraint of the
models (patterns, lengths in optional fields, that unknown fields are refused), examples, which routes need
no session, the headers that every write takes and gives, and bodies that are not JSON.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from backend.idempotency import MAX_KEY_LENGTH
from backend.openapi_links import add_links
from contract.problems import Problem

Json = dict[str, Any]
_REF = "#/components/schemas/"
_TEXT = {"type": "string"}
_ERROR_HEADERS = {
    "401": {"WWW-Authenticate": {"description": "How to sign in: Bearer.", "schema": _TEXT}},
    "429": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}},
}
_WRITE_HEADERS: list[Json] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key and request again has no further effect and the same answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
    },
    {
        "name": "Handbill-Witness",
        "in": "header",
        "description": "The newest `Handbill-Feed` seen; refused if this server does not know it.",
        "schema": {"type": "string", "pattern": r"^([0-9]{1,18}\..+)?$"},
    },
]
_FEED_HEADER = {"Handbill-Feed": {"description": "The place of this write in the feed.", "schema": _TEXT}}


def _handlers(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """(path, method, handler) of every operation."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                yield route.path_format, method.lower(), handler


def _model(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _request_model(handler: HTTPRouteHandler) -> type[BaseModel] | None:
    return _model(handler.parsed_data_field.annotation) if handler.parsed_data_field else None


def _schemas(handlers: list[HTTPRouteHandler]) -> Json:
    """Pydantic's own account of every model, by the name that the operations use."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "validation"): None}
    for handler in handlers:
        if request := _request_model(handler):
            wanted[request, "validation"] = None
        if answer := _model(handler.parsed_return_field.annotation):
            wanted[answer, "serialization"] = None
    _, schemas = models_json_schema(list(wanted), ref_template=_REF + "{model}")
    definitions: Json = schemas["$defs"]
    return definitions


def _references(part: Any) -> Iterator[str]:
    match part:
        case {"$ref": str(reference)}:
            yield reference.removeprefix(_REF)
        case dict():
            for inner in part.values():
                yield from _references(inner)
        case list():
            for inner in part:
                yield from _references(inner)


def _reachable(paths: Json, schemas: Json) -> Json:
    """The schemas that the operations need, directly or not, by name."""
    found: set[str] = set()
    waiting = set(_references(paths))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_references(schemas[name])) - found
    return {name: schemas[name] for name in sorted(found)}


def _complete_operation(operation: Json, handler: HTTPRouteHandler, method: str) -> None:
    from backend.openapi_examples import EXAMPLES, UPLOADS

    options: Mapping[str, Any] = handler.opt
    if options.get("public"):
        operation["security"] = []
    model = _request_model(handler)
    if model in EXAMPLES:
        operation["requestBody"]["content"]["application/json"]["example"] = EXAMPLES[model]
    if upload := options.get("upload"):
        media = {upload: {"schema": _TEXT, "example": UPLOADS[upload]}}
        operation["requestBody"] = {"required": True, "content": media}
    for status, headers in _ERROR_HEADERS.items():
        if status in operation["responses"]:
            operation["responses"][status]["headers"] = headers
    if method != "get" and not options.keys() & {"public", "reads", "own_transaction"}:
        operation.setdefault("parameters", []).extend(_WRITE_HEADERS)
        operation["responses"]["200"]["headers"] = _FEED_HEADER


def complete(document: Json, app: Litestar) -> Json:
    """The same document with everything that was left out."""
    operations = [
        (document["paths"][path][method], method, handler)
        for path, method, handler in _handlers(app)
        if method in document["paths"].get(path, {})
    ]
    for operation, method, handler in operations:
        _complete_operation(operation, handler, method)
    schemas = document["components"]["schemas"] | _schemas([handler for *_, handler in operations])
    document["components"]["schemas"] = _reachable(document["paths"], schemas)
    add_links(document["paths"], schemas)
    return document


class CompleteDocument(JsonRenderPlugin):
    """Serves it at /schema/openapi.json."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json")
        self._rendered: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        if self._rendered is None:
            self._rendered = self.render_json(request, complete(openapi_schema, request.app))
        return self._rendered
