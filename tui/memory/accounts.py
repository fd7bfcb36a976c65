"""Sending accounts, DKIM keys and suppressed addresses in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract.accounts import AccountState, SendingAccount, SendingAccountList, SendingAccountTried
from contract.deliverability import CheckState, Deliverability, DomainCheck
from contract.dkim import DkimAlgorithm, DkimKey
from contract.problems import ConflictError, InvalidError, MissingError
from contract.suppressions import BY_HAND, COMPLAINT, Suppression, SuppressionList
from sync.errors import RefusedError

if TYPE_CHECKING:
    from datetime import datetime

    from tui.memory.hub import Hub

_PAGE = 50


class MemoryAccounts:
    """`working` holds the hosts and ports that let one in; `saved` and `acts` what was asked."""

    remembered = False

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.all: list[SendingAccount] = []
        self.signed: list[DkimKey] = []
        self.installation: str | None = "127.0.0.1:2525"
        self.working: set[tuple[str, int]] = set()
        self.in_use: dict[str, str] = {}
        self.saved: list[dict[str, Any]] = []
        self.acts: list[tuple[str, str, str]] = []
        self.tested: list[str] = []

    async def list(self) -> SendingAccountList:
        self._hub.reach_server()
        return SendingAccountList(accounts=list_(self.all), installation=self.installation)

    def find(self, id: str) -> SendingAccount:
        """Raises as the server would refuse."""
        for account in self.all:
            if account.id == id:
                return account
        raise RefusedError(MissingError("There is no such account."))

    def put(self, account: SendingAccount, **more: object) -> SendingAccount:
        """In the place of the one with its id, or as a new one."""
        changed = account.model_copy(update=more)
        if any(known.id == account.id for known in self.all):
            self.all[:] = [changed if known.id == account.id else known for known in self.all]
        else:
            self.all.append(changed)
        return changed

    async def save(self, id: str | None, settings: dict[str, Any]) -> SendingAccount:
        self._hub.reach_server()
        self.saved.append(settings)
        if settings.get("host") == "":
            raise RefusedError(InvalidError("host: this must not be empty"))
        shown = {name: value for name, value in settings.items() if name != "password"}
        if id is None:
            defaults = {"port": 587, "tls": "starttls", "fromName": "", "isDefault": not self.all}
            made = SendingAccount.model_validate({**defaults, **shown, "id": str(len(self.all) + 1)})
            return self.put(made)
        known = self.find(id).model_dump(mode="json", by_alias=True)
        return self.put(SendingAccount.model_validate(known | shown))

    async def test(self, id: str) -> SendingAccountTried:
        self._hub.reach_server()
        self.tested.append(id)
        account = self.find(id)
        if (account.host, account.port) in self.working:
            return SendingAccountTried(works=True)
        return SendingAccountTried(
            works=False, reason=f"{account.host}:{account.port} refused the connection"
        )

    async def act(self, id: str, verb: str, reason: str = "") -> SendingAccount:
        self._hub.reach_server()
        account = self.find(id)
        self.acts.append((id, verb, reason))
        if verb == "default":
            for other in self.all:
                self.put(other, is_default=other.id == id)
            return self.find(id)
        if verb == "pause":
            because = "by ana@shop.example" + (f": {reason}" if reason else "")
            return self.put(account, state=AccountState.PAUSED, paused_reason=because)
        return self.put(account, state=AccountState.READY, paused_reason=None, rests_until=None)

    async def delete(self, id: str) -> None:
        self._hub.reach_server()
        account = self.find(id)
        if campaign := self.in_use.get(id):
            raise RefusedError(ConflictError(f"“{campaign}” is on its way through this account: cancel it."))
        self.all.remove(account)

    async def check(self, id: str) -> Deliverability:
        self._hub.reach_server()
        account = self.find(id)
        domain = account.from_email.partition("@")[2]
        checks = [
            DomainCheck(name="SPF", state=CheckState.OK, detail=f"{domain} lets {account.host} send"),
            DomainCheck(
                name="DMARC",
                state=CheckState.WRONG,
                detail=f"{domain} publishes no policy",
                record_name=f"_dmarc.{domain}",
                record_value="v=DMARC1; p=none",
            ),
        ]
        return Deliverability(account_id=id, domain=domain, checks=checks)

    async def keys(self, id: str) -> list_[DkimKey]:
        self._hub.reach_server()
        return [key for key in self.signed if key.account_id == id]

    async def make_key(self, id: str, algorithm: str) -> DkimKey:
        self._hub.reach_server()
        domain = self.find(id).from_email.partition("@")[2]
        number = len(self.signed) + 1
        selector = f"hb20260302-{number}"
        made = DkimKey(
            id=str(number),
            account_id=id,
            selector=selector,
            algorithm=DkimAlgorithm(algorithm),
            active=False,
            record_name=f"{selector}._domainkey.{domain}",
            record_value=f"v=DKIM1; k={algorithm}; p=" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" * 4,
            created_at=self._hub.clock.now(),
        )
        self.signed.append(made)
        return made

    async def activate_key(self, key_id: str) -> None:
        self._hub.reach_server()
        self.signed[:] = [
            key.model_copy(update={"active": True}) if key.id == key_id else key for key in self.signed
        ]

    async def delete_key(self, key_id: str) -> None:
        self._hub.reach_server()
        self.signed[:] = [key for key in self.signed if key.id != key_id]


class MemorySuppressions:
    """`all`: the newest first."""

    remembered = False

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.all: list[Suppression] = []

    def put(self, email: str | None, reason: str, since: datetime, source: str | None = None) -> Suppression:
        """One more, on top."""
        made = Suppression(
            hash=f"{len(self.all):064x}", reason=reason, since=since, email=email, source_name=source
        )
        self.all.insert(0, made)
        return made

    async def page(self, cursor: str | None, query: str, reason: str) -> SuppressionList:
        self._hub.reach_server()
        fitting = [
            row
            for row in self.all
            if reason in ("", row.reason) and query.casefold() in (row.email or "").casefold()
        ]
        start = int(cursor or 0)
        counts: dict[str, int] = {}
        for row in self.all:
            counts[row.reason] = counts.get(row.reason, 0) + 1
        return SuppressionList(
            suppressions=fitting[start : start + _PAGE],
            next_cursor=str(start + _PAGE) if start + _PAGE < len(fitting) else None,
            total=len(fitting),
            reasons=dict(sorted(counts.items(), key=lambda pair: -pair[1])),
        )

    async def add(self, email: str) -> Suppression:
        self._hub.reach_server()
        return self.put(email, BY_HAND, self._hub.clock.now())

    async def undo(self, hash: str) -> None:
        self._hub.reach_server()
        row = next(row for row in self.all if row.hash == hash)
        if row.reason == COMPLAINT:
            raise RefusedError(ConflictError("This person complained about our mail: that is never undone."))
        self.all.remove(row)


list_ = list
"""`MemoryAccounts.list` hides the name inside its class."""
