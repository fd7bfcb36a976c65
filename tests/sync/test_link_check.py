"""A link is asked for politely, never inside a private network, and never for long."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from sync import link_check
from sync.link_check import LinkCheck

PUBLIC = {"shop.example": ["93.184.216.34"], "old.example": ["2606:2800:220:1::1"]}
INSIDE = {"router.example": ["192.168.1.1"], "mixed.example": ["93.184.216.34", "127.0.0.1"]}


async def hosts(host: str, port: int) -> list[str]:
    del port
    try:
        return (PUBLIC | INSIDE)[host]
    except KeyError:
        raise OSError from None


class Web(httpx.MockTransport):
    """Answers by address, and remembers what was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.asked: list[tuple[str, str]] = []

        def note(request: httpx.Request) -> httpx.Response:
            self.asked.append((request.method, str(request.url)))
            return answer(request)

        super().__init__(note)


async def trouble(url: str, web: httpx.AsyncBaseTransport) -> str | None:
    return await LinkCheck(hosts, web).trouble(url)


async def test_something_is_there() -> None:
    web = Web(lambda _: httpx.Response(200))
    assert await trouble("https://shop.example/rye", web) is None
    assert web.asked == [("HEAD", "https://shop.example/rye")]


async def test_nothing_is_there() -> None:
    assert await trouble("https://shop.example/rye", Web(lambda _: httpx.Response(410))) == "it answers 410"


async def test_a_server_that_knows_no_head_is_asked_once_more() -> None:
    web = Web(lambda request: httpx.Response(405 if request.method == "HEAD" else 200))
    assert await trouble("https://shop.example/", web) is None
    assert [method for method, _ in web.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize(("redirects", "found"), [(3, None), (4, "more than 3 redirects")])
async def test_redirects_are_followed_three_times(redirects: int, found: str | None) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        step = int(request.url.path.strip("/") or 0)
        if step == redirects:
            return httpx.Response(200)
        return httpx.Response(302, headers={"location": f"/{step + 1}"})

    assert await trouble("https://shop.example/", Web(answer)) == found


@pytest.mark.parametrize("host", ["router.example", "mixed.example"])
async def test_private_addresses_are_not_asked(host: str) -> None:
    web = Web(lambda _: httpx.Response(200))
    assert "private network" in (await trouble(f"http://{host}/", web) or "")
    assert web.asked == []


async def test_not_behind_a_redirect_either() -> None:
    web = Web(lambda _: httpx.Response(301, headers={"location": "http://router.example/reboot"}))
    assert "private network" in (await trouble("https://shop.example/", web) or "")
    assert [url for _, url in web.asked] == ["https://shop.example/"]


async def test_a_redirect_to_something_that_is_no_web_address() -> None:
    web = Web(lambda _: httpx.Response(301, headers={"location": "ftp://shop.example/x"}))
    assert await trouble("https://shop.example/", web) == "it leads to ftp address"


async def test_an_unknown_host() -> None:
    web = Web(lambda _: httpx.Response(200))
    assert await trouble("https://nowhere.example/", web) == "no host nowhere.example is found from here"


async def test_a_server_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_check, "SECONDS", 0.01)

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    assert "no answer" in (await trouble("https://shop.example/", Silent()) or "")


@pytest.mark.parametrize("url", ["https://", "http://[::1", "https://a b/"])
async def test_rubbish_is_said_and_asked_nowhere(url: str) -> None:
    web = Web(lambda _: httpx.Response(200))
    assert await trouble(url, web)
    assert web.asked == []
