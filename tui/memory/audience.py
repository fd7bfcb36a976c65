"""Who would get it, worked out in Python over the contacts in memory."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from contract.contacts import Contact, ContactList
from contract.problems import InvalidError
from contract.segment_ast import (
    All,
    AnyNode,
    AnyOf,
    Comparison,
    CountOp,
    EventCount,
    Not,
    Op,
    parse_duration,
    walk,
)
from contract.segment_text import SegmentSyntaxError, parse, show
from contract.segments import Explanation, PreviewAnswer, Verdict
from localstore.records import DocKind
from sync.errors import RefusedError
from tui.memory.people import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.memory.drafts import MemoryDrafts
    from tui.memory.hub import Hub
    from tui.memory.people import MemoryContacts

BY_KEY = {field.key: field for field in FIELDS}
_SAMPLE = 20


def value_of(contact: Contact, field: str) -> Any:
    """What the contact has in a field; None if it has none."""
    if field == "created_at":
        return contact.created_at.date().isoformat()
    if field in ("email", "name", "status"):
        value = getattr(contact, field)
        return str(value) if value is not None else None
    return contact.fields.get(field)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: lambda have, want: bool(have == want),
    Op.NE: lambda have, want: bool(have != want),
    Op.LT: lambda have, want: bool(have < want),
    Op.LE: lambda have, want: bool(have <= want),
    Op.GT: lambda have, want: bool(have > want),
    Op.GE: lambda have, want: bool(have >= want),
    Op.BEFORE: lambda have, want: bool(have < want),
    Op.AFTER: lambda have, want: bool(have > want),
    Op.IN: lambda have, want: have in want,
    Op.CONTAINS: lambda have, want: want in have,
    Op.STARTS_WITH: lambda have, want: bool(have.startswith(want)),
    Op.ENDS_WITH: lambda have, want: bool(have.endswith(want)),
}


def _leaf(node: Comparison, contact: Contact, today: date) -> bool:
    have = value_of(contact, node.field)
    if node.op is Op.IS_SET:
        return (have is not None) == node.value
    if have is None:
        return False
    if node.op is Op.WITHIN:
        hours = parse_duration(str(node.value)) or 0
        return bool(date.fromisoformat(have) >= today - timedelta(hours=hours))
    want: Any = [_folded(v) for v in node.value] if isinstance(node.value, list) else _folded(node.value)
    return _COMPARE[node.op](_folded(have), today.isoformat() if want == "today" else want)


def holds(node: AnyNode, contact: Contact, today: date) -> bool:
    """Whether the contact is in."""
    match node:
        case All():
            return all(holds(child, contact, today) for child in node.all)
        case AnyOf():
            return any(holds(child, contact, today) for child in node.any)
        case Not():
            return not holds(node.not_, contact, today)
        case EventCount():
            return node.op is CountOp.AT_MOST or (node.count == 0)  # nobody here got a mail yet
        case _:
            return _leaf(node, contact, today)


class MemoryAudience:
    """`included` and `excluded` are what people decided by hand, by segment."""

    def __init__(self, hub: Hub, contacts: MemoryContacts, drafts: MemoryDrafts) -> None:
        self._hub, self._contacts, self._drafts = hub, contacts, drafts
        self.included: dict[str, set[str]] = {}
        self.excluded: dict[str, set[str]] = {}
        self.previews: list[str] = []

    def matching(self, node: AnyNode, segment_id: str | None) -> list[Contact]:
        """The evaluated audience."""
        today = self._hub.clock.now().date()
        added = self.included.get(segment_id or "", set())
        taken = self.excluded.get(segment_id or "", set())
        return [
            c
            for c in self._contacts.everyone
            if c.id not in taken and (c.id in added or holds(node, c, today))
        ]

    async def preview(self, text: str, segment_id: str | None = None) -> PreviewAnswer:
        self._hub.reach_server()
        self.previews.append(text)
        node = _parsed(text)
        found = self.matching(node, segment_id)
        return PreviewAnswer(dsl_json=node, text=show(node, BY_KEY), count=len(found), sample=found[:_SAMPLE])

    def _saved(self, segment_id: str) -> AnyNode:
        draft = self._drafts.get(DocKind.SEGMENT, segment_id)
        return All.model_validate({"all": [draft.content["dslJson"]]}) if draft else AnyOf(any=[])

    async def members(self, segment_id: str, offset: int, limit: int) -> ContactList:
        self._hub.reach_server()
        found = self.matching(self._saved(segment_id), segment_id)
        return ContactList(
            contacts=found[offset : offset + limit], next_cursor=None, total=len(found), offset=offset
        )

    async def lacking(self, segment_id: str, fields: list[str]) -> dict[str, float]:
        self._hub.reach_server()
        found = self.matching(self._saved(segment_id), segment_id)
        without = {field: sum(value_of(c, field) in (None, "") for c in found) for field in fields}
        return {field: count / max(1, len(found)) for field, count in without.items()}

    async def add(self, segment_id: str, emails: list[str]) -> int:
        self._hub.reach_server()
        ids = {c.id for c in self._contacts.everyone if c.email in emails}
        if len(ids) < len(set(emails)):
            raise RefusedError(InvalidError("No contact has this address. Add the contact first."))
        new = ids - self.included.setdefault(segment_id, set())
        self.included[segment_id] |= ids
        self.excluded.setdefault(segment_id, set()).difference_update(ids)
        return len(new)

    async def remove(self, segment_id: str, contact_ids: list[str]) -> int:
        self._hub.reach_server()
        before = {c.id for c in self.matching(self._saved(segment_id), segment_id)}
        self.excluded.setdefault(segment_id, set()).update(contact_ids)
        self.included.setdefault(segment_id, set()).difference_update(contact_ids)
        return len(before & set(contact_ids))

    async def explain(self, text: str, contact_id: str, segment_id: str | None = None) -> Explanation:
        self._hub.reach_server()
        node, contact = _parsed(text), await self._contacts.get(contact_id)
        today = self._hub.clock.now().date()
        verdicts = [
            Verdict(
                text=show(leaf, BY_KEY),
                value=_spoken(value_of(contact, leaf.field)),
                holds=_leaf(leaf, contact, today),
            )
            for _, _, leaf in walk(node)
            if isinstance(leaf, Comparison)
        ]
        manual = "exclude" if contact_id in self.excluded.get(segment_id or "", ()) else None
        manual = "include" if contact_id in self.included.get(segment_id or "", ()) else manual
        member = manual == "include" or (manual is None and holds(node, contact, today))
        return Explanation(member=member, manual=manual, verdicts=verdicts)


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _parsed(text: str) -> AnyNode:
    try:
        return parse(text, BY_KEY)
    except SegmentSyntaxError as error:
        raise RefusedError(InvalidError(str(error))) from None
