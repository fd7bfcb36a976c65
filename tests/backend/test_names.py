"""Looking names up, at a real server."""

import pytest

from backend.names import NamesError, SystemNames
from tests.backend.dns_server import DnsServer

ZONE = {
    ("shop.example", "TXT"): ['"v=spf1 " "include:_spf.provider.example ~all"', '"another=one"'],
    ("shop.example", "MX"): ["20 second.shop.example.", "10 mx.shop.example."],
    ("mx.shop.example", "A"): ["192.0.2.7"],
    ("mx.shop.example", "AAAA"): ["2001:db8::7"],
    ("quiet.example", "MX"): ["0 ."],
}


async def test_what_is_there_is_read_and_what_is_not_is_empty() -> None:
    with DnsServer(ZONE) as server:
        names = SystemNames(server.address)
        # The records of a name have no order (RFC 1034, section 3.6).
        assert sorted(await names.texts("shop.example")) == [
            "another=one",
            "v=spf1 include:_spf.provider.example ~all",
        ]
        assert sorted(await names.mail_servers("shop.example")) == ["mx.shop.example", "second.shop.example"]
        assert await names.mail_servers("quiet.example") == [""]
        assert sorted(await names.addresses("mx.shop.example")) == ["192.0.2.7", "2001:db8::7"]
        assert await names.addresses("quiet.example") == []
        assert await names.texts("nowhere.example") == []


async def test_nobody_answers() -> None:
    with DnsServer(ZONE, silent=frozenset({"shop.example"})) as server:
        names = SystemNames(server.address, longest=0.2)
        with pytest.raises(NamesError, match=r"MX of shop\.example could not be looked up \(no answer\)"):
            await names.mail_servers("shop.example")


async def test_a_name_that_is_none() -> None:
    with DnsServer(ZONE) as server, pytest.raises(NamesError, match="could not be looked up"):
        await SystemNames(server.address).texts(f"{'x' * 70}.example")
