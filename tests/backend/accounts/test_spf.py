"""Following SPF records as a receiver does."""

import pytest

from backend.accounts.spf import SpfError, follow_spf
from backend.ports_memory import MemoryNames

HOST = ["192.0.2.10"]


@pytest.fixture
def names() -> MemoryNames:
    names = MemoryNames()
    names.hosts = {"mx.shop.org": ["192.0.2.10"], "shop.org": ["198.51.100.1"]}
    names.mx = {"shop.org": ["mx.shop.org"]}
    names.txt = {"_spf.provider.org": ["v=spf1 ip4:203.0.113.0/24 -all"]}
    return names


@pytest.mark.parametrize(
    ("record", "addresses", "covers", "ends"),
    [
        ("v=spf1 ip4:192.0.2.10 -all", HOST, True, "fail"),
        ("v=spf1 ip4:192.0.2.0/28 ~all", HOST, True, "softfail"),
        ("v=spf1 mx ?all", HOST, True, "neutral"),
        ("v=spf1 a:mx.shop.org", HOST, True, ""),
        ("v=spf1 a -all", HOST, False, "fail"),
        ("v=spf1 a/8 -all", ["198.7.7.7"], True, "fail"),
        ("v=spf1 -ip4:192.0.2.10 +all", HOST, False, "pass"),
        ("v=spf1 include:_spf.provider.org ~all", ["203.0.113.9"], True, "softfail"),
        ("v=spf1 include:_spf.provider.org ~all", HOST, False, "softfail"),
        ("v=spf1 redirect=_spf.provider.org", ["203.0.113.9"], True, "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", ["2001:db8::7"], True, "fail"),
        ("V=SPF1 IP4:192.0.2.10 -ALL", HOST, True, "fail"),
        ("v=spf1 exists:%{i}.shop.org unknown=modifier -all", HOST, False, "fail"),
    ],
)
async def test_who_is_allowed(
    names: MemoryNames, record: str, addresses: list[str], covers: bool, ends: str
) -> None:
    names.txt["shop.org"] = ["google-site-verification=1", record]
    spf = await follow_spf(names, "shop.org", addresses)
    assert spf is not None
    assert (spf.covers, spf.ends) == (covers, ends)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (["v=spf1 -all", "v=spf1 mx -all"], "2 SPF records"),
        (["v=spf1 " + " ".join(f"a:h{n}.shop.org" for n in range(11))], "more than 10 lookups"),
        (["v=spf1 include:nowhere.org -all"], "names nowhere.org, which has none"),
        (["v=spf1 ipv4:192.0.2.1 -all"], "“ipv4:192.0.2.1”"),
        (["v=spf1 ip4:192.0.2.999 -all"], "no network"),
        (["v=spf1 include:shop.org -all"], "more than 10 lookups"),
    ],
)
async def test_where_a_receiver_gives_up(names: MemoryNames, records: list[str], words: str) -> None:
    names.txt["shop.org"] = records
    with pytest.raises(SpfError, match=words):
        await follow_spf(names, "shop.org", HOST)


async def test_none_at_all(names: MemoryNames) -> None:
    names.txt["shop.org"] = ["v=spf10 -all"]
    assert await follow_spf(names, "shop.org", HOST) is None
