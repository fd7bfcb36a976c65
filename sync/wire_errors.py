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
        raise NotSentError(str(error) or type(error).__name__) from error
    except httpx.HTTPError as error:
        raise UnknownOutcomeError(str(error) or type(error).__name__) from error
