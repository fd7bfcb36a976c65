"""Links of the OpenAPI document: what a row that was just made can be used for.

A reader of the document, and a fuzzer, learn from them that the `id` of an answer belongs into the path of
which other operations.
"""

import re
from typing import Any

Json = dict[str, Any]
_ONE_ROW = re.compile(r"^(?P<collection>[^{}]+)/\{(?P<parameter>[^{}]+)\}(/[^{}]+)?$")


def _resolved(schema: Json, schemas: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = schemas[name] if name else schema
    return found


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _made(operation: Json, schemas: Json, parameter: str) -> str | None:
    """Where the answer of an operation has the value of this path parameter, as a runtime expression.

    `row_id` is the `id` of whatever was made, `contact_id` that of a contact only.
    """
    kind, _, rest = parameter.rpartition("_")
    key = "id" if rest == "id" else _camel(parameter)
    media = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    for name, schema in _resolved(media.get("schema", {}), schemas).get("properties", {}).items():
        fits = key != "id" or kind in ("row", name)
        if fits and key in _resolved(schema, schemas).get("properties", {}):
            return f"$response.body#/{name}/{key}"
    return None


def add_links(paths: Json, schemas: Json) -> None:
    """Link each operation that makes a row to every one whose path names such a row."""
    for path, operations in paths.items():
        found = _ONE_ROW.match(path)
        creation = paths.get(found["collection"], {}).get("post") if found else None
        if found is None or creation is None:
            continue
        expression = _made(creation, schemas, found["parameter"])
        if expression is None:
            continue
        links = creation["responses"]["200"].setdefault("links", {})
        for operation in operations.values():
            target = operation["operationId"]
            links[target] = {"operationId": target, "parameters": {found["parameter"]: expression}}
