"""The border between organisations, drawn once.

A session is opened for one organisation. It adds that organisation to every statement, stamps it on
every new row and refuses what it cannot hold. On PostgreSQL row-level security draws the same line again
(backend/db/policies.py); backend/db/entry.py tells it which organisation a transaction is of.
"""

from typing import Any

from sqlalchemy import Insert, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.visitors import HasTraverseInternals

from backend.db.base import OrgScoped
from backend.db.scope import ScopeError, refuse_unscopable, refuse_unstampable


class OrgSession(Session):
    """A session bound to the organisation in `info["org_id"]`."""

    @property
    def org_id(self) -> int:
        """The organisation; a session without one can do nothing."""
        try:
            return int(self.info["org_id"])
        except KeyError:
            raise ScopeError("this session has no organisation") from None

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        """Refused: a bare connection knows no border. `unscoped=True` as execution option allows it."""
        if not (kwargs.get("execution_options") or {}).get("unscoped"):
            raise ScopeError("a bare connection is not allowed in an organisation's session")
        return super().connection(*args, **kwargs)


def _key(column: object) -> object:
    return getattr(column, "key", column)


def _scope_insert(state: ORMExecuteState, statement: Insert, org_id: int) -> None:
    mapper = state.bind_mapper
    if mapper is None or not state.is_orm_statement:
        raise ScopeError("insert the mapped class, not its table")
    refuse_unstampable(statement)
    if not issubclass(mapper.class_, OrgScoped):
        raise ScopeError(f"{mapper.class_.__name__} belongs to no organisation")
    given: Any = state.parameters
    rows: list[dict[str, Any]] = given if isinstance(given, list) else [given] if given else []
    for row in rows:
        if row.setdefault("org_id", org_id) != org_id:
            raise ScopeError("a row of another organisation")
    if not rows:
        _stamp_values(state, statement, org_id)


def _stamp_values(state: ORMExecuteState, statement: Insert, org_id: int) -> None:
    values = getattr(statement, "_values", None) or {}
    present = next((value for column, value in values.items() if _key(column) == "org_id"), None)
    if present is None:
        state.statement = statement.values(org_id=org_id)
    elif getattr(present, "value", present) != org_id:
        raise ScopeError("a row of another organisation")


def _scope_query(state: ORMExecuteState, org_id: int) -> None:
    if not state.is_orm_statement or not (state.is_select or state.is_update or state.is_delete):
        raise ScopeError("only statements over mapped classes are allowed in an organisation's session")
    if state.is_column_load or state.is_relationship_load:
        return  # made by the ORM from a statement that was scoped
    assert isinstance(state.statement, HasTraverseInternals)
    refuse_unscopable(state.statement)
    if state.is_update:
        if isinstance(state.parameters, list):
            raise ScopeError("an UPDATE by a list of keys bypasses the organisation's criteria")
        values = getattr(state.statement, "_values", None) or {}
        if any(_key(column) == "org_id" for column in values):
            raise ScopeError("a row never changes its organisation")
    state.statement = state.statement.options(
        with_loader_criteria(OrgScoped, lambda cls: cls.org_id == org_id, include_aliases=True)
    )


@event.listens_for(OrgSession, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, OrgSession)
    org_id = session.org_id
    if state.execution_options.get("unscoped"):
        return
    if state.is_insert:
        assert isinstance(state.statement, Insert)
        _scope_insert(state, state.statement, org_id)
    else:
        _scope_query(state, org_id)


@event.listens_for(OrgSession, "before_flush")
def _stamp(session: OrgSession, context: UOWTransaction, instances: object) -> None:
    del context, instances
    org_id = session.org_id
    for row in session.new:
        if not isinstance(row, OrgScoped):
            raise ScopeError(f"{type(row).__name__} belongs to no organisation")
        if row.org_id is None:
            row.org_id = org_id
        elif row.org_id != org_id:
            raise ScopeError("a new row of another organisation")
    for row in (*session.dirty, *session.deleted):
        _refuse_foreign(row, org_id)


def _refuse_foreign(row: object, org_id: int) -> None:
    if not isinstance(row, OrgScoped):
        raise ScopeError(f"{type(row).__name__} belongs to no organisation")
    if row.org_id != org_id or inspect(row).attrs.org_id.history.has_changes():
        raise ScopeError("a row of another organisation")
