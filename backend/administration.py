"""Local administration: it opens the database itself, beside a running backend or without one."""

import argparse
import asyncio
import json
import sys

from backend.auth.changing import set_password
from backend.auth.passwords import Passwords
from backend.auth.queries import user_by_email
from backend.begin import begin
from backend.db.engine import Database, make_engine
from backend.db.schema import prepare_database
from backend.orgs.service import add_user, create_org
from backend.refusals import SettingsError
from backend.settings import Settings
from contract.clock import Clock, SystemClock
from contract.problems import MissingError
from contract.roles import Role

MIN_PASSWORD = 10


async def org_create(
    settings: Settings, clock: Clock, name: str, owner_email: str, password: str
) -> dict[str, str]:
    """A new organisation and its owner."""
    database = Database(make_engine(settings.database_url))
    try:
        await prepare_database(database.engine)
        hashed = await Passwords().hash(password)
        async with database.system_writer() as session:
            org_id, user_id = await create_org(session, name, owner_email, hashed, clock.now())
    finally:
        await database.close()
    return {"orgId": str(org_id), "userId": str(user_id)}


async def user_password(settings: Settings, clock: Clock, email: str, password: str) -> dict[str, str]:
    """A new password for someone who lost the old one. Raises `MissingError`."""
    database = Database(make_engine(settings.database_url))
    try:
        await prepare_database(database.engine)
        async with database.system_reader() as session:
            user = await user_by_email(session, email)
        if user is None:
            raise MissingError(f"nobody signs in as {email}")
        hashed = await Passwords().hash(password)
        await set_password(database, user.id, hashed, clock.now())
    finally:
        await database.close()
    return {"userId": str(user.id)}


async def user_add(
    settings: Settings, clock: Clock, *, org_id: int, email: str, role: Role, password: str
) -> dict[str, str]:
    """A new member. Raises `ProblemError`."""
    database = Database(make_engine(settings.database_url))
    try:
        await prepare_database(database.engine)
        hashed = await Passwords().hash(password)
        async with database.system_writer() as session:
            user_id = await add_user(
                session, org_id, email=email, role=role, password_hash=hashed, now=clock.now()
            )
    finally:
        await database.close()
    return {"orgId": str(org_id), "userId": str(user_id)}


def _password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_PASSWORD:
        raise SettingsError(f"The password is too short: expected at least {MIN_PASSWORD} characters.")
    return password


def main(options: argparse.Namespace) -> None:
    """`org-create`, `user-add` and `user-password`."""
    settings = begin(options)
    password, clock = _password(), SystemClock()
    if options.command == "org-create":
        made = asyncio.run(org_create(settings, clock, options.name, options.owner_email, password))
    elif options.command == "user-password":
        made = asyncio.run(user_password(settings, clock, options.email, password))
    else:
        role = Role(options.role)
        made = asyncio.run(
            user_add(settings, clock, org_id=options.org, email=options.email, role=role, password=password)
        )
    words = {"orgId": "organisation", "userId": "user"}
    said = ", ".join(f"{words[name]} {id}" for name, id in made.items())
    sys.stdout.write((json.dumps(made) if options.json else said) + "\n")
