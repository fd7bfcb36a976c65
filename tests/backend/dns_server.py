"""A domain name server on this computer that knows what a test puts in."""

import socket
import threading
from typing import Self

import dns.message
import dns.rcode
import dns.rrset


class DnsServer:
    """Answers by UDP. `zone`: texts of records by name and type; `silent` ones get no answer at all."""

    def __init__(self, zone: dict[tuple[str, str], list[str]], silent: frozenset[str] = frozenset()) -> None:
        self._zone = zone
        self._silent = silent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.address: tuple[str, int] = self._socket.getsockname()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.address)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, sender = self._socket.recvfrom(4096)
            if not wire:
                return
            if (answer := self._answer(dns.message.from_wire(wire))) is not None:
                self._socket.sendto(answer.to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
        if name in self._silent:
            return None
        answer = dns.message.make_response(query)
        found = self._zone.get((name, kind))
        if found:
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, found))
        elif not any(known == name for known, _ in self._zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
