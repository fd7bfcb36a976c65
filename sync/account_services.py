"""What screens ask about sending accounts and about addresses that are never written to."""

from contract.accounts import (
    SendingAccount,
    SendingAccountAnswer,
    SendingAccountList,
    SendingAccountTried,
)
from contract.deliverability import Deliverability, DeliverabilityAnswer
from contract.dkim import DkimKey, DkimKeyAnswer, DkimKeyList
from contract.suppressions import Suppression, SuppressionAnswer, SuppressionList
from sync.services import Json, Remote, in_words

ACCOUNTS, KEYS, SUPPRESSIONS = "/api/sending-accounts", "/api/dkim-keys", "/api/suppressions"
_PAGE = 200


class RemoteAccounts(Remote):
    """`tui.sending_services.Accounts`."""

    remembered = False

    async def list(self) -> SendingAccountList:
        async with in_words():
            found, self.remembered = await self.asked(SendingAccountList, ACCOUNTS)
            return found

    async def save(self, id: str | None, settings: Json) -> SendingAccount:
        method, path = ("POST", ACCOUNTS) if id is None else ("PATCH", f"{ACCOUNTS}/{id}")
        async with in_words():
            body = await self.act_once(method, path, settings)
            return SendingAccountAnswer.model_validate(body).account

    async def test(self, id: str) -> SendingAccountTried:
        async with in_words():
            return await self._workspace.api().post(SendingAccountTried, f"{ACCOUNTS}/{id}/test", {})

    async def act(self, id: str, verb: str, reason: str = "") -> SendingAccount:
        asked: Json = {"reason": reason} if reason else {}
        async with in_words():
            body = await self.act_once("POST", f"{ACCOUNTS}/{id}/{verb}", asked)
            return SendingAccountAnswer.model_validate(body).account

    async def delete(self, id: str) -> None:
        async with in_words():
            await self.act_once("DELETE", f"{ACCOUNTS}/{id}")

    async def check(self, id: str) -> Deliverability:
        async with in_words():
            found = await self._workspace.api().get(DeliverabilityAnswer, f"{ACCOUNTS}/{id}/deliverability")
            return found.deliverability

    async def keys(self, id: str) -> "list_[DkimKey]":
        async with in_words():
            found, _ = await self.asked(DkimKeyList, KEYS)
            return [key for key in found.keys if key.account_id == id]

    async def make_key(self, id: str, algorithm: str) -> DkimKey:
        async with in_words():
            body = await self.act_once("POST", KEYS, {"accountId": id, "algorithm": algorithm})
            return DkimKeyAnswer.model_validate(body).key

    async def activate_key(self, key_id: str) -> None:
        async with in_words():
            await self.act_once("POST", f"{KEYS}/{key_id}/activate")

    async def delete_key(self, key_id: str) -> None:
        async with in_words():
            await self.act_once("DELETE", f"{KEYS}/{key_id}")


class RemoteSuppressions(Remote):
    """`tui.sending_services.Suppressions`."""

    remembered = False

    async def page(self, cursor: str | None, query: str, reason: str) -> SuppressionList:
        wanted = {"cursor": cursor, "q": query or None, "reason": reason or None, "limit": _PAGE}
        async with in_words():
            found, self.remembered = await self.asked(SuppressionList, SUPPRESSIONS, **wanted)
            return found

    async def add(self, email: str) -> Suppression:
        async with in_words():
            body = await self.act_once("POST", SUPPRESSIONS, {"email": email})
            return SuppressionAnswer.model_validate(body).suppression

    async def undo(self, hash: str) -> None:
        async with in_words():
            await self.act_once("DELETE", f"{SUPPRESSIONS}/{hash}")


list_ = list
"""`RemoteAccounts.list` hides the name inside its class."""
