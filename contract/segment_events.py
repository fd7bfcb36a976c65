"""What a contact's mails came to, in the text of a filter: `opened >= 3 within 90d`, `never clicked`.

A field of the organisation may have the name of an event; its words come first, and `event opened` is the
event in any case.
"""

from contract.segment_ast import COUNTS, CountOp, EventCount, Events, Fields
from contract.segment_reading import Reader
from contract.segment_tokens import quote, unquote

NEVER, EVENT = "never", "event"
EVENT_WORDS = (*Events, NEVER)
"""What a condition on events may begin with."""
_SYMBOLS = {symbol: op for op, symbol in COUNTS.items()}


def event_begins(reader: Reader, fields: Fields) -> bool:
    """Whether the next word speaks of an event and not of a field."""
    first, second = reader.word(0), reader.word(1)
    if first in (EVENT, NEVER) and second in (*Events, EVENT):
        return True
    return first in (*Events, NEVER) and first not in fields


def read_event(reader: Reader) -> EventCount:
    """The whole condition. Raises `SegmentSyntaxError`."""
    never = reader.accept(NEVER)
    reader.accept(EVENT)
    event = next((event for event in Events if reader.accept(event)), None)
    if event is None:
        raise reader.fail()
    op, count = (CountOp.EXACTLY, 0) if never else _count(reader)
    within = reader.duration() if reader.accept("within") else None
    return EventCount(event=event, op=op, count=count, within=within, campaign_id=_campaign(reader))


def _count(reader: Reader) -> tuple[CountOp, int]:
    symbol = next((symbol for symbol in _SYMBOLS if reader.accept(symbol)), None)
    if symbol is None:
        raise reader.fail()
    reader.expected.append("a whole number")
    if reader.token.kind != "number" or not reader.token.text.isdigit() or len(reader.token.text) > 4:
        raise reader.fail()
    return _SYMBOLS[symbol], int(reader.advance().text)


def _campaign(reader: Reader) -> str | None:
    if not reader.accept("of"):
        return None
    if not reader.accept("campaign"):
        raise reader.fail()
    reader.expected.append('"id of the campaign"')
    return unquote(reader.take("string").text)


def show_event(node: EventCount, fields: Fields) -> str:
    """As `read_event` reads it."""
    never = node.op is CountOp.EXACTLY and node.count == 0 and NEVER not in fields
    if never:
        text = f"{NEVER} {node.event}"
    else:
        name = f"{EVENT} {node.event}" if node.event in fields else str(node.event)
        text = f"{name} {COUNTS[node.op]} {node.count}"
    text += f" within {node.within}" if node.within else ""
    return text + (f" of campaign {quote(node.campaign_id)}" if node.campaign_id else "")
