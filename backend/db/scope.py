"""Which statements an organisation's session can hold inside its border, and which it must refuse.

Loader criteria reach mapped classes only. Whatever could read around them (text, Core tables, literal
columns, INSERT from SELECT) is refused unless the call says `execution_options(unscoped=True)`.
"""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnClause, Insert, Select, Table, TextClause
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.selectable import FromClause, TextualSelect
from sqlalchemy.sql.visitors import HasTraverseInternals

from backend.db.base import OrgScoped


class ScopeError(RuntimeError):
    """A statement or row would leave the organisation of its session: a programming error."""


def _mapper_of(element: HasTraverseInternals) -> Mapper[object] | None:
    annotations = getattr(element, "_annotations", {})
    entity = annotations.get("parententity")
    return getattr(entity, "mapper", None)


def _children(element: HasTraverseInternals) -> Iterator[HasTraverseInternals]:
    """As written: a SELECT also lists the tables behind its columns, which says nothing about scope."""
    if isinstance(element, Select):
        yield from HasTraverseInternals.get_children(element)
    else:
        yield from element.get_children()


def _elements(element: HasTraverseInternals) -> Iterator[HasTraverseInternals]:
    """The element and all below it; a mapped entity is a leaf, its own table is not looked into."""
    yield element
    if isinstance(element, FromClause) and _mapper_of(element) is not None:
        return
    for child in _children(element):
        yield from _elements(child)


def _is_bare(element: HasTraverseInternals) -> bool:
    """A Core table with organisations in it, or a column of one: out of reach for loader criteria."""
    table = element.table if isinstance(element, Column) else element
    return isinstance(table, Table) and _mapper_of(element) is None


def _is_text(element: HasTraverseInternals) -> bool:
    if isinstance(element, TextClause | TextualSelect):
        return True
    return isinstance(element, ColumnClause) and element.is_literal and element.name != "*"


def refuse_unscopable(statement: HasTraverseInternals) -> None:
    """Raise `ScopeError` for a SELECT, UPDATE or DELETE that loader criteria cannot hold."""
    for element in _elements(statement):
        if _is_text(element):
            raise ScopeError("text inside a statement is not allowed in an organisation's session")
        if _is_bare(element):
            raise ScopeError("use the mapped class, not its table, in an organisation's session")
        mapper = _mapper_of(element)
        if mapper is not None and not issubclass(mapper.class_, OrgScoped):
            raise ScopeError(f"{mapper.class_.__name__} belongs to no organisation")


def refuse_unstampable(statement: Insert) -> None:
    """Raise `ScopeError` for an INSERT whose organisation cannot be set from outside."""
    if statement.select is not None or getattr(statement, "_multi_values", None):
        raise ScopeError("insert mapped rows one by one or as a list of parameters")
