"""Whether the addresses in a mail lead anywhere: asked from this computer, before the mail goes out.

Only HEAD is asked, with a GET that is dropped after its first line where a server does not know HEAD. At most
three redirects are followed, ten seconds are waited, and no private address is ever asked, not even behind a
redirect: a mail must not make its author's computer knock on doors of the network it stands in.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

import httpx

SECONDS = 10.0
MOST_REDIRECTS = 3
AT_ONCE = 4
HEADERS = {"User-Agent": "Handbill link check"}
NO_HEAD = (403, 404, 405, 501)
"""Answers to HEAD that some servers give although a GET succeeds."""

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host. Raises `OSError` where it has none."""


async def resolve(host: str, port: int) -> list[str]:
    """By the computer's own resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class LinkCheck:
    """`tui.services.Links`. `transport` is for tests; with None httpx makes its own."""

    def __init__(self, resolve: Resolve = resolve, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._resolve = resolve
        self._transport = transport
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def trouble(self, url: str) -> str | None:
        """What is wrong with it as a sentence; None if something is there."""
        try:
            async with self._turns, asyncio.timeout(SECONDS):
                return await self._follow(httpx.URL(url))
        except TimeoutError:
            return f"no answer within {SECONDS:.0f} seconds"
        except (httpx.InvalidURL, UnicodeError):
            return "this is not a web address"
        except httpx.HTTPError as error:
            return f"it cannot be reached ({type(error).__name__})"

    async def _follow(self, url: httpx.URL) -> str | None:
        for _ in range(MOST_REDIRECTS + 1):
            if refusal := await self._refusal(url):
                return refusal
            answer = await self._ask(url)
            if answer.next_request is None:
                return None if answer.status_code < 400 else f"it answers {answer.status_code}"
            url = answer.next_request.url
        return f"more than {MOST_REDIRECTS} redirects"

    async def _refusal(self, url: httpx.URL) -> str | None:
        """Why this address is not asked."""
        if url.scheme not in ("http", "https"):
            return f"it leads to {url.scheme or 'no'} address"
        try:
            addresses = await self._resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        except OSError:
            return f"no host {url.host} is found from here"
        if not all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in addresses):
            return "it leads into a private network, where readers cannot follow"
        return None

    async def _ask(self, url: httpx.URL) -> httpx.Response:
        options = {"timeout": SECONDS, "headers": HEADERS, "trust_env": False}
        async with httpx.AsyncClient(transport=self._transport, **options) as client:  # type: ignore[arg-type]
            answer = await client.head(url)
            if answer.status_code not in NO_HEAD:
                return answer
            async with client.stream("GET", url) as streamed:
                return streamed
