"""Asking the domain name system, behind a seam: what is not there is an empty answer, not an error."""

from typing import Protocol


class NamesError(Exception):
    """Nobody answered, or not sensibly; the text says what was asked and why, in a sentence."""


class Names(Protocol):
    """Names are ASCII, without the dot at the end. Every method raises `NamesError`."""

    async def texts(self, name: str) -> list[str]:
        """The TXT records, the strings of each joined."""

    async def addresses(self, name: str) -> list[str]:
        """IPv4 and IPv6 addresses."""

    async def mail_servers(self, name: str) -> list[str]:
        """The hosts of the MX records. The null MX (RFC 7505) is one of an empty name."""


class SystemNames:
    """Through the resolvers of this computer. `server`, an address and a port, asks that one instead."""

    def __init__(self, server: tuple[str, int] | None = None, longest: float = 5.0) -> None:
        self._server = server
        self._longest = longest

    async def _ask(self, name: str, kind: str) -> list[object]:
        # Loaded with the first question: most processes never ask one.
        import dns.asyncresolver
        import dns.exception
        import dns.resolver

        try:
            resolver = dns.asyncresolver.Resolver(configure=self._server is None)
            if self._server is not None:
                resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
            answer = await resolver.resolve(name, kind, lifetime=self._longest, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            why = "no answer" if isinstance(error, dns.exception.Timeout) else type(error).__name__
            message = f"{kind} of {name} could not be looked up ({why}); is there a network?"
            raise NamesError(message) from error
        return list(answer)

    async def texts(self, name: str) -> list[str]:
        found = await self._ask(name, "TXT")
        return [b"".join(getattr(row, "strings", ())).decode("utf-8", "replace") for row in found]

    async def addresses(self, name: str) -> list[str]:
        both = [*await self._ask(name, "A"), *await self._ask(name, "AAAA")]
        return [str(getattr(row, "address", "")) for row in both]

    async def mail_servers(self, name: str) -> list[str]:
        found = await self._ask(name, "MX")
        return [str(getattr(row, "exchange", "")).rstrip(".") for row in found]
