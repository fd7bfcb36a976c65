"""What every model on the wire has in common.

The wire speaks camelCase, Python speaks snake_case. Requests forbid unknown fields, so that a typing
error is named instead of ignored; answers ignore them, so that an older client survives a newer server.
"""

from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""The name a person gives to a document."""

Version = Annotated[str, Field(min_length=1, max_length=40)]
"""`updatedAt`: an opaque token for the client. It is compared for equality and nothing else."""

DocumentId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
"""A UUID in its lower-case canonical form; version 7 where we make it. A client may make it offline."""

RowId = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]
"""A 64-bit id made by the server (contacts, organisations, users): a string on the wire, because
JavaScript and jq round large numbers."""


def format_timestamp(moment: datetime) -> str:
    """The one spelling of a moment on the wire and in the store: UTC, six digits, a final Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Timestamp = Annotated[AwareDatetime, PlainSerializer(format_timestamp, return_type=str, when_used="json")]
"""A moment with its offset; a naive one is refused."""


class Answer(BaseModel):
    """A model the server sends: unknown fields are ignored by the client."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


_NUMBERS = frozenset({int, float, type(None)})
_SWITCHES = frozenset({bool, type(None)})


@cache
def _kinds(annotation: Any) -> frozenset[Any]:
    """The plain types that an annotation is made of."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return frozenset().union(*(_kinds(part) for part in get_args(annotation)))
    return frozenset({annotation})


class Request(BaseModel):
    """A model the client sends: unknown fields are refused, by name."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _is_what_it_looks_like(cls, value: Any, about: ValidationInfo) -> Any:
        """Pydantic takes true for 1, "7" for 7 and "yes" for true: a cap of one mail a day out of a slip."""
        annotation: Any = cls.model_fields[about.field_name or ""].annotation
        kinds = _kinds(annotation)
        if kinds <= _NUMBERS and isinstance(value, bool | str):
            message = "expected a number"
            raise ValueError(message)
        if kinds <= _SWITCHES and not isinstance(value, bool | None):
            message = "expected true or false"
            raise ValueError(message)
        return value

    def given(self) -> set[str]:
        """The fields that were present in the request: absent and null are different things."""
        return self.model_fields_set


class Empty(Answer):
    """The answer `{}`."""
