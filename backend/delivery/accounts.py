"""Through which server an organisation's mail leaves, and in whose name.

The account chosen for a campaign is used or none: nobody gets mail from another sender than was looked at.
Where none was chosen the organisation's default sends; without any account, the installation's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.entry import inside_organisation
from backend.db.models.account import SendingAccount
from backend.db.models.dkim import DkimKey
from backend.db.models.org import Org
from backend.delivery.dkim import AccountKey
from backend.delivery.mailer import ServerLogin
from contract.dkim import DkimAlgorithm

DEFAULT_LANES = 4
DEFAULT_SENDER = "news@localhost"
DEFAULT_PORTS = {"none": 25, "starttls": 587, "implicit": 465}

accounts = cast(Table, SendingAccount.__table__)
dkim_keys = cast(Table, DkimKey.__table__)
orgs = cast(Table, Org.__table__)

_SETTINGS = (orgs.c.name, orgs.c.daily_cap, orgs.c.track_opens, orgs.c.track_clicks)
"""What an organisation has set for all its accounts."""

Unseal = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Account:
    """`id` 0 is the installation's own. `rate` in mails per second, `daily_cap` in mails; 0 = no limit."""

    org_id: int
    id: int
    login: ServerLogin
    from_email: str
    from_name: str = ""
    rate: float = 0.0
    lanes: int = DEFAULT_LANES
    daily_cap: int = 0
    org_daily_cap: int = 0
    bounce_address: str = ""
    keys: tuple[AccountKey, ...] = ()
    name: str = ""
    paused: bool = False
    paused_because: str = ""
    track_opens: bool = False
    track_clicks: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether its mails have to ask for their turn."""
        return bool(self.rate > 0 or self.daily_cap or self.org_daily_cap)

    @property
    def key(self) -> str:
        """One pump runs for each of these."""
        return f"{self.org_id}:{self.id}"

    @property
    def domain(self) -> str:
        """The sender's domain, which Message-IDs end with."""
        return self.from_email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class DefaultAccount:
    """The account of the installation, from `HANDBILL_SMTP_URL`."""

    login: ServerLogin
    from_email: str = DEFAULT_SENDER
    from_name: str = ""
    rate: float = 0.0
    lanes: int = DEFAULT_LANES


def parse_smtp_url(url: str) -> DefaultAccount:
    """`smtp://user:password@host:587?tls=starttls&from=news@example.com&name=News&rate=50&lanes=8`.

    `smtps://` is implicit TLS. Without `tls` a sign-in asks for STARTTLS and none goes without. Raises
    `ValueError` in words for the person who set it.
    """
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    implied = "implicit" if parts.scheme == "smtps" else "starttls" if parts.username else "none"
    tls = query.get("tls", implied)
    if tls not in DEFAULT_PORTS:
        raise ValueError("HANDBILL_SMTP_URL: tls must be none, starttls or implicit.")
    username = unquote(parts.username or "")
    sender = query.get("from") or (username if "@" in username else DEFAULT_SENDER)
    try:
        rate, lanes = float(query.get("rate", 0)), int(query.get("lanes", DEFAULT_LANES))
    except ValueError:
        raise ValueError("HANDBILL_SMTP_URL: rate and lanes must be numbers.") from None
    if rate < 0 or not 1 <= lanes <= 50:
        raise ValueError("HANDBILL_SMTP_URL: rate must not be negative, lanes 1 to 50.")
    port = parts.port or DEFAULT_PORTS[tls]
    login = ServerLogin(parts.hostname or "localhost", port, tls, username, unquote(parts.password or ""))
    return DefaultAccount(login, sender, query.get("name", ""), rate, lanes)


class Accounts:
    """Finds the account for a mail."""

    def __init__(self, default: DefaultAccount | None, unseal: Unseal) -> None:
        self._default = default
        self._unseal = unseal

    def use_default(self, default: DefaultAccount | None) -> None:
        """For a default that is known only once it runs, such as the local mail catcher."""
        self._default = default

    @property
    def installation(self) -> str | None:
        """Where mails of an organisation without accounts leave, as `host:port`."""
        login = self._default.login if self._default is not None else None
        return f"{login.host}:{login.port}" if login is not None else None

    async def find(self, connection: AsyncConnection, org_id: int, account_id: int | None) -> Account | None:
        """The chosen account; else the organisation's default, else the installation's; or none at all."""
        async with inside_organisation(connection, org_id):
            return await self._find(connection, org_id, account_id)

    async def _find(self, connection: AsyncConnection, org_id: int, account_id: int | None) -> Account | None:
        query = select(accounts).where(accounts.c.org_id == org_id)
        if account_id is not None:
            query = query.where(accounts.c.id == account_id)
        default_first = query.order_by(accounts.c.is_default.desc(), accounts.c.id).limit(1)
        chosen = (await connection.execute(default_first)).first()
        if chosen is None and account_id is not None:
            return None
        organisation = select(*_SETTINGS).where(orgs.c.id == org_id)
        org = (await connection.execute(organisation)).one()
        if chosen is not None:
            password = (self._unseal(chosen.password_sealed) or "") if chosen.password_sealed else ""
            login = ServerLogin(chosen.host, chosen.port, chosen.tls, chosen.username, password)
            return Account(
                org_id,
                chosen.id,
                login,
                chosen.from_email,
                chosen.from_name,
                chosen.rate,
                chosen.lanes,
                chosen.daily_cap,
                org.daily_cap,
                chosen.bounce_address,
                await self._keys(connection, org_id, chosen.id),
                chosen.name,
                chosen.paused_at is not None,
                chosen.paused_because,
                org.track_opens,
                org.track_clicks,
            )
        if self._default is None:
            return None
        default = self._default
        return Account(
            org_id,
            0,
            default.login,
            default.from_email,
            default.from_name or org.name,
            default.rate,
            default.lanes,
            org_daily_cap=org.daily_cap,
            track_opens=org.track_opens,
            track_clicks=org.track_clicks,
        )

    async def _keys(
        self, connection: AsyncConnection, org_id: int, account_id: int
    ) -> tuple[AccountKey, ...]:
        active = (
            select(dkim_keys.c.selector, dkim_keys.c.algorithm, dkim_keys.c.private_sealed)
            .where(dkim_keys.c.org_id == org_id, dkim_keys.c.account_id == account_id, dkim_keys.c.active)
            .order_by(dkim_keys.c.id)
        )
        return tuple(
            AccountKey(row.selector, DkimAlgorithm(row.algorithm), self._unseal(row.private_sealed))
            for row in await connection.execute(active)
        )
