"""One spelling for one content: what the server adds by itself (defaults, forms of numbers) is no edit."""

from pydantic import TypeAdapter

from contract.blocks import dump_document, load_document
from contract.segment_ast import Node, dump_node
from localstore.records import DocKind, Json

_NODE: TypeAdapter[Node] = TypeAdapter(Node)


def _mail(raw: object) -> object:
    if not isinstance(raw, dict):
        return raw
    try:
        return dump_document(load_document(raw))
    except ValueError:
        return raw  # a newer version, or one that the server will refuse: left as it is


def _step(raw: object) -> object:
    if not isinstance(raw, dict):
        return raw
    spelt = raw | {"contentJson": _mail(raw.get("contentJson"))}
    if isinstance(delay := raw.get("delayHours"), int | float):
        spelt["delayHours"] = float(delay)
    return spelt


def _filter(raw: object) -> object:
    try:
        return dump_node(_NODE.validate_python(raw))
    except ValueError:
        return raw


def canonical(kind: DocKind, content: Json) -> Json:
    """The content as the server would spell it; parts that it would refuse stay as they are."""
    spelt = dict(content)
    match kind:
        case DocKind.CAMPAIGN:
            spelt["contentJson"] = _mail(content.get("contentJson"))
            spelt.setdefault("accountId", None)  # drafts of before one could choose
        case DocKind.SEQUENCE if isinstance(steps := content.get("steps"), list):
            spelt["steps"] = [_step(step) for step in steps]
        case DocKind.SEGMENT:
            spelt["dslJson"] = _filter(content.get("dslJson"))
    return spelt


def same_content(kind: DocKind, one: Json, other: Json) -> bool:
    """Whether two contents say the same."""
    return one == other or canonical(kind, one) == canonical(kind, other)
