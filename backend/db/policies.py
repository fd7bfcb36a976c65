"""The border again, drawn by PostgreSQL itself: roles, policies and privileges.

They follow from the mapped classes and are put in place anew after every migration, so that a table with
an organisation in it cannot be forgotten. Neither role owns a table, and the owner is held by the policies
as well.

- `handbill_app` sees rows of the organisation that its transaction named, and nothing without one. A
  signing-in user sees the own memberships, nothing else.
- `handbill_worker` also sees the ledger of mails of every organisation and, of campaigns, sequences and
  contacts, in which state they are; for addresses and content it becomes `handbill_app`
  (backend/db/entry.py).
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, text

import backend.db.models  # noqa: F401 - fills Base.metadata
from backend.db.base import Base
from backend.db.entry import APP_ROLE, ENTRANCE

WORKER_ROLE = "handbill_worker"
ROLES = (APP_ROLE, WORKER_ROLE)

_SET = "(SELECT nullif(current_setting('app.{name}', true), '')::bigint)"
_IN_ORGANISATION = f"org_id = {_SET.format(name='org_id')}"
_OWN = f"user_id = {_SET.format(name='user_id')}"

LEDGER = ("delivery", "enrolment", "quota", "send_tally")
"""What workers write in every organisation."""

STATES: Mapping[str, Sequence[str]] = {
    "campaign": (
        *("org_id", "id", "status", "send_at", "starts_at", "segment_id", "account_id"),
        *("revision", "started_at", "finished_at", "paused_reason"),
    ),
    "contact": ("org_id", "id", "status"),
    "org_feed": ("org_id", "seq"),
    "sequence": ("org_id", "id", "status", "segment_id", "account_id", "published_revision"),
}
"""Which columns workers read in every organisation."""


def scoped_tables() -> list[str]:
    """Every table with an organisation in it."""
    return [table.name for table in Base.metadata.sorted_tables if "org_id" in table.columns]


def _policy(table: str, name: str, rest: str) -> Iterator[str]:
    yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY {name} ON {table} {rest}"


def _border(table: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield from _policy(
        table, "in_organisation", f"USING ({_IN_ORGANISATION}) WITH CHECK ({_IN_ORGANISATION})"
    )


def _workers() -> Iterator[str]:
    for table in LEDGER:
        yield from _policy(table, "for_workers", f"TO {WORKER_ROLE} USING (true) WITH CHECK (true)")
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {WORKER_ROLE}"
    for table, columns in STATES.items():
        yield from _policy(table, "for_workers", f"FOR SELECT TO {WORKER_ROLE} USING (true)")
        yield f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {WORKER_ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON worker_session TO {WORKER_ROLE}"
    yield f"GRANT SELECT ON alembic_version TO {WORKER_ROLE}"


def _privileges() -> Iterator[str]:
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    for role in ROLES:
        yield f"REVOKE ALL ON {names}, alembic_version FROM {role}"
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO {APP_ROLE}"
    yield f"GRANT SELECT ON alembic_version TO {APP_ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}"


def _create_role(role: str, attributes: str) -> str:
    return (
        f"DO $$ BEGIN CREATE ROLE {role} LOGIN {attributes}; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )


def create_roles(connection: Connection) -> None:
    """Make both roles, without a password, unless they are there. Their clocks show UTC."""
    connection.exec_driver_sql(_create_role(APP_ROLE, "NOINHERIT"))
    connection.exec_driver_sql(_create_role(WORKER_ROLE, "NOINHERIT"))
    connection.exec_driver_sql(f"GRANT {APP_ROLE} TO {WORKER_ROLE}")
    for role in ROLES:
        connection.exec_driver_sql(f"ALTER ROLE {role} SET timezone TO 'UTC'")


def secure(connection: Connection) -> None:
    """Put policies, privileges and the entrance in place; they are the same however often this is done."""
    connection.exec_driver_sql(ENTRANCE)
    for table in scoped_tables():
        for statement in _border(table):
            connection.exec_driver_sql(statement)
    memberships = f"FOR SELECT TO {APP_ROLE} USING ({_OWN})"
    for statement in (*_policy("org_user", "own_memberships", memberships), *_privileges(), *_workers()):
        connection.exec_driver_sql(statement)


def let_owner_through(connection: Connection) -> None:
    """For the length of a migration: the owner must see the rows that it rewrites."""
    for table in scoped_tables():
        known = connection.execute(text("SELECT to_regclass(:table)"), {"table": table}).scalar()
        if known is not None:
            connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
