"""The segment filter as people write it: `plan = "pro" and not email ends "@gmail.com"`.

    expression = conjunction ("or" conjunction)*
    conjunction = factor ("and" factor)*
    factor = "not" factor | "(" expression ")" | "everyone" | "no_one" | condition
    condition = event | comparison
    event = name (">=" | "<=" | "=") count ["within" duration] ["of" "campaign" id] | "never" name ...
    comparison = field operator value | field "is" ["not"] "set" | field ["not"] "in" "(" value, ... ")"

The parser remembers
what it could have accepted at the furthest place, which gives errors and completion from one source.
Fields are looked up at parse time, so that a wrong name or type is reported with its position.
"""

import difflib

from contract.contacts import FieldDefinition, FieldType
from contract.segment_ast import (
    MAX_DEPTH,
    MAX_NODES,
    OPS,
    All,
    AnyNode,
    AnyOf,
    Comparison,
    Fields,
    Not,
    Op,
    Scalar,
    check_types,
    walk,
)
from contract.segment_events import EVENT_WORDS, event_begins, read_event
from contract.segment_print import KEYWORDS, SYMBOLS, choice_text, show
from contract.segment_reading import Reader, listing
from contract.segment_tokens import SegmentSyntaxError, unquote

__all__ = ["SegmentSyntaxError", "complete", "parse", "show"]

_OPERATORS = {symbol: op for op, symbol in SYMBOLS.items()}

_VALUE_HINT = {
    FieldType.TEXT: '"text"',
    FieldType.NUMBER: "a number",
    FieldType.DATE: "a date such as 2026-01-31",
}


class _Parser(Reader):
    def __init__(self, source: str, fields: Fields) -> None:
        super().__init__(source)
        self._fields = fields
        self._depth = 0

    def parse(self) -> AnyNode:
        if self.token.kind == "end":
            self.expected = ["everyone", "not", *self._fields, *EVENT_WORDS]
            raise self.fail("write a condition, or everyone")
        node = self._expression()
        if self.token.kind != "end":
            raise self.fail()
        return node

    def _expression(self) -> AnyNode:
        parts = [self._conjunction()]
        while self.accept("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else AnyOf(any=parts)

    def _conjunction(self) -> AnyNode:
        parts = [self._factor()]
        while self.accept("and"):
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else All(all=parts)

    def _factor(self) -> AnyNode:
        self._depth += 1
        if self._depth > MAX_DEPTH * 3:
            raise self.fail(f"nested more than {MAX_DEPTH} deep")
        try:
            return self._factor_inside()
        finally:
            self._depth -= 1

    def _factor_inside(self) -> AnyNode:
        if self.accept("not"):
            return Not(not_=self._factor())
        if self.accept("("):
            node = self._expression()
            if not self.accept(")"):
                raise self.fail()
            return node
        if self.accept("everyone"):
            return All(all=[])
        if self.accept("no_one"):
            return AnyOf(any=[])
        if event_begins(self, self._fields):
            return read_event(self)
        return self._comparison()

    def _comparison(self) -> AnyNode:
        self.expected.extend([*self._fields, *EVENT_WORDS])
        token = self.token
        field = self._fields.get(token.text) if token.kind == "word" else None
        if field is None:
            known = token.kind != "word" or token.text.lower() in KEYWORDS
            raise self.fail() if known else self.fail(f"there is no field {token.text}")
        self.advance()
        return self._operator(field)

    def _operator(self, field: FieldDefinition) -> AnyNode:
        if self.accept("is"):
            negated = self.accept("not")
            if not self.accept("set"):
                raise self.fail()
            node = Comparison(field=field.key, op=Op.IS_SET, value=True)
            return Not(not_=node) if negated else node
        allowed = [SYMBOLS[op] for op in OPS[field.type] if op is not Op.IS_SET]
        symbol = next((symbol for symbol in allowed if self.accept(symbol)), None)
        if symbol is None:
            if self.token.text in _OPERATORS:
                takes = listing([*allowed, "is set"])
                raise self.fail(f"{field.key} is a {field.type} field; it takes {takes}")
            raise self.fail()
        op = _OPERATORS[symbol]
        value = self._values(field) if op is Op.IN else self._value(field, op)
        return Comparison(field=field.key, op=op, value=value)

    def _values(self, field: FieldDefinition) -> list[Scalar]:
        if not self.accept("("):
            raise self.fail()
        values = [self._value(field, Op.IN)]
        while self.accept(","):
            values.append(self._value(field, Op.IN))
        if not self.accept(")"):
            raise self.fail()
        return values

    def _value(self, field: FieldDefinition, op: Op) -> Scalar:
        if op is Op.WITHIN:
            return self.duration()
        match field.type:
            case FieldType.BOOL:
                return self._bool()
            case FieldType.CHOICE:
                return self._choice(field)
            case FieldType.NUMBER:
                self.expected.append(_VALUE_HINT[FieldType.NUMBER])
                token = self.take("number")
                return float(token.text)
            case FieldType.DATE:
                return self._date(field, op)
            case FieldType.TEXT:
                self.expected.append(_VALUE_HINT[FieldType.TEXT])
                return unquote(self.take("string").text)

    def _bool(self) -> bool:
        if self.accept("true"):
            return True
        if self.accept("false"):
            return False
        raise self.fail()

    def _choice(self, field: FieldDefinition) -> str:
        """A choice may be written bare where it is one word, quoted always."""
        self.expected.extend(choice_text(choice) for choice in field.choices)
        token = self.token
        text = unquote(token.text) if token.kind == "string" else token.text
        if token.kind not in ("string", "word") or text not in field.choices:
            if token.kind in ("string", "word"):
                close = difflib.get_close_matches(text, field.choices, 1)
                message = f"{field.key} has no choice {text}"
                raise SegmentSyntaxError(
                    message,
                    token.start,
                    token.end,
                    expected=tuple(self.expected),
                    hint=close[0] if close else None,
                )
            raise self.fail()
        self.advance()
        return text

    def _date(self, field: FieldDefinition, op: Op) -> str:
        if self.accept("today"):
            return "today"
        self.expected.append(_VALUE_HINT[FieldType.DATE])
        token = self.token
        if token.kind != "date":
            raise self.fail()
        probe = Comparison(field=field.key, op=op, value=token.text)
        if check_types(probe, {field.key: field}):
            raise self.fail(f"{token.text} is not a day of the calendar")
        return self.advance().text


def parse(source: str, fields: Fields) -> AnyNode:
    """The tree of a text. Raises `SegmentSyntaxError` with the place and what was expected."""
    node = _Parser(source, fields).parse()
    for count, (_, depth, _) in enumerate(walk(node), start=1):
        if depth > MAX_DEPTH or count > MAX_NODES:
            message = f"too large: at most {MAX_DEPTH} deep and {MAX_NODES} conditions"
            raise SegmentSyntaxError(message, 0, len(source))
    return node


def complete(source: str, cursor: int, fields: Fields) -> tuple[int, list[str]]:
    """What may stand at the cursor: the offset where the replaced word starts, and the candidates.

    Candidates that are placeholders (such as `a number`) are returned only while nothing is typed.
    """
    before = source[:cursor]
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] == "_"):
        start -= 1
    word = before[start:].lower()
    try:
        parser = _Parser(before[:start], fields)
        parser.parse()
        expected = parser.expected
    except SegmentSyntaxError as error:
        reached = error.start >= len(before[:start].rstrip())
        expected = list(error.expected) if reached else []
    unique = list(dict.fromkeys(expected))
    return start, [text for text in unique if text.lower().startswith(word) and text.lower() != word]
