"""The deliverability doctor: what it finds wrong, and that it says so in words that help."""

import asyncio
from typing import Any

import pytest

from backend.ports_memory import MemoryNames
from tests.backend.conftest import Member, Server

ACCOUNT = {"name": "Main", "host": "smtp.shop.org", "port": 587, "fromEmail": "news@shop.org"}


@pytest.fixture
def names(server: Server) -> MemoryNames:
    """A domain where all is well."""
    names = server.ports.names
    assert isinstance(names, MemoryNames)
    names.hosts = {"smtp.shop.org": ["192.0.2.10"]}
    names.mx = {"shop.org": ["mx.shop.org"]}
    names.txt = {"shop.org": ["v=spf1 ip4:192.0.2.10 -all"], "_dmarc.shop.org": ["v=DMARC1; p=reject"]}
    return names


async def account(owner: Member, **more: Any) -> str:
    return str((await owner.ok("POST", "/sending-accounts", ACCOUNT | more))["account"]["id"])


async def states(owner: Member, id: str) -> dict[str, str]:
    return {check["name"]: check["state"] for check in await checks(owner, id)}


async def checks(owner: Member, id: str) -> list[dict[str, Any]]:
    found = await owner.ok("GET", f"/sending-accounts/{id}/deliverability")
    return list(found["deliverability"]["checks"])


async def about(owner: Member, id: str, name: str) -> dict[str, Any]:
    return next(check for check in await checks(owner, id) if check["name"] == name)


async def published(owner: Member, names: MemoryNames, id: str) -> dict[str, Any]:
    key = (
        await owner.ok("POST", "/dkim-keys", {"accountId": id, "algorithm": "ed25519", "selector": "hb1"})
    )["key"]
    names.txt[key["recordName"]] = [key["recordValue"]]
    return dict(key)


async def test_all_is_well(owner: Member, names: MemoryNames) -> None:
    id = await account(owner)
    key = await published(owner, names, id)
    assert (await about(owner, id, "DKIM hb1"))["state"] == "note"  # published, not used yet
    await owner.ok("POST", f"/dkim-keys/{key['id']}/activate")
    assert await states(owner, id) == {"SPF": "ok", "DKIM hb1": "ok", "DMARC": "ok", "Bounces": "ok"}


async def test_nothing_is_published_and_each_record_is_proposed(owner: Member, names: MemoryNames) -> None:
    names.txt, names.mx = {}, {}
    id = await account(owner)
    key = (await owner.ok("POST", "/dkim-keys", {"accountId": id, "algorithm": "ed25519"}))["key"]
    await owner.ok("POST", f"/dkim-keys/{key['id']}/activate")
    found = await checks(owner, id)
    assert {check["state"] for check in found} == {"wrong"}
    assert [(check["recordName"], check["recordValue"]) for check in found] == [
        ("shop.org", "v=spf1 a:smtp.shop.org ~all"),
        (key["recordName"], key["recordValue"]),
        ("_dmarc.shop.org", "v=DMARC1; p=none"),
        ("shop.org", ""),  # nobody but its owner knows where its mail should go
    ]


async def test_another_key_under_the_same_name(owner: Member, names: MemoryNames) -> None:
    id = await account(owner)
    key = await published(owner, names, id)
    await owner.ok("POST", f"/dkim-keys/{key['id']}/activate")
    names.txt[key["recordName"]] = ["v=DKIM1; k=ed25519; p=AAAA"]
    found = await about(owner, id, "DKIM hb1")
    assert found["state"] == "wrong"
    assert "another key, so every signature fails" in found["detail"]


async def test_a_foreign_return_path_needs_a_signature(owner: Member, names: MemoryNames) -> None:
    id = await account(owner, bounceAddress="b@bounces.org")
    names.mx["bounces.org"] = ["mx.bounces.org"]
    names.txt["bounces.org"] = ["v=spf1 ip4:192.0.2.10 -all"]
    assert "fail it" in (await about(owner, id, "DMARC"))["detail"]
    key = await published(owner, names, id)
    await owner.ok("POST", f"/dkim-keys/{key['id']}/activate")
    assert (await about(owner, id, "DMARC"))["state"] == "ok"


@pytest.mark.parametrize(
    ("sender", "policy", "state"),
    [
        ("news@mail.shop.org", ["v=DMARC1; p=reject; sp=none"], "ok"),
        ("news@mail.shop.org", ["v=DMARC1; p=rejekt"], "wrong"),
        ("news@mail.shop.org", [], "wrong"),
    ],
)
async def test_a_policy_further_up_counts(
    owner: Member, names: MemoryNames, sender: str, policy: list[str], state: str
) -> None:
    names.txt["_dmarc.shop.org"] = policy
    id = await account(owner, fromEmail=sender)
    assert (await about(owner, id, "DMARC"))["state"] == state


async def test_everyone_may_send_for_it(owner: Member, names: MemoryNames) -> None:
    names.txt["shop.org"] = ["v=spf1 +all"]
    found = await about(owner, await account(owner), "SPF")
    assert (found["state"], "every server" in found["detail"]) == ("wrong", True)


async def test_without_a_network_nothing_is_said_about_the_domain(owner: Member, names: MemoryNames) -> None:
    names.away = True
    found = await checks(owner, await account(owner))
    assert [check["state"] for check in found] == ["unknown", "note", "unknown", "unknown"]
    assert "is there a network?" in found[0]["detail"]


async def test_names_that_take_their_time_do_not_hold_the_request(
    owner: Member, names: MemoryNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: str) -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr("backend.accounts.deliverability.LONGEST_SECONDS", 0.05)
    monkeypatch.setattr(names, "texts", never)
    found = await checks(owner, await account(owner))
    assert [check["state"] for check in found] == ["unknown", "note", "unknown", "ok"]


@pytest.mark.parametrize(
    "given",
    [
        {"host": "127.0.0.1"},
        {"host": "localhost"},
        {"fromEmail": "news@shop.example"},
    ],
)
async def test_what_stays_here_is_not_looked_up(
    owner: Member, names: MemoryNames, given: dict[str, str]
) -> None:
    names.away = True
    assert [check["state"] for check in await checks(owner, await account(owner, **given))] == ["note"]


async def test_a_host_that_the_record_does_not_name(owner: Member, names: MemoryNames) -> None:
    names.txt["shop.org"] = ["v=spf1 ip4:198.51.100.0/24 -all"]
    assert (await about(owner, await account(owner), "SPF"))["state"] == "note"
