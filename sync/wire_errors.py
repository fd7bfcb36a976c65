"""What an attempt to reach the server can come to, translated once at the boundary.

    TransportError
    |- NotSentError        surely not applied: the connection was never made
    `- UnknownOutcomeError may or may not have been applied: ask again with the same key

The same exception of the HTTP library was seen both with and without the write applied, so everything
but a refused connection counts as unknown.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx


class TransportError(Exception):
    """The server did not answer."""


class NotSentError(TransportError):
    """Nothing reached the server."""


class UnknownOutcomeError(TransportError):
    """It is not known whether the server applied it."""


_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the HTTP library's exceptions into ours."""
    try:
        yield
    except _NOT_SENT as error:
        raise NotSentError(f"{_place(error)} cannot be reached: {_said(error)}.") from error
    except httpx.HTTPError as error:
        raise UnknownOutcomeError(f"{_place(error)} did not answer: {_said(error)}.") from error


def _place(error: httpx.HTTPError) -> str:
    try:
        url = error.request.url
    except RuntimeError:  # it never came to a request
        return "The server"
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _said(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
