"""What we sign is checked by a foreign verifier over what a real server received."""

import base64
import re
from collections.abc import AsyncIterator

import dkim
import pytest

from backend.delivery.dkim import ONCE, AccountKey, SealedKeyError, Signer
from contract.dkim import DkimAlgorithm
from tests.backend.delivery.receiving import Received, Receiver, add_account, add_key, receiving
from tests.backend.delivery.world import World

RSA, SHORT = DkimAlgorithm.RSA, DkimAlgorithm.ED25519


@pytest.fixture
async def receiver(world: World) -> AsyncIterator[Receiver]:
    async with receiving(world) as found:
        yield found


async def sent(world: World, receiver: Receiver, *emails: str) -> list[Received]:
    await world.add_contacts(*(emails or ("ann@example.org",)), name="Zoë  von Ünten")
    await world.add_campaign()
    async with world.process() as process:
        await process.work()
    return receiver.mails


def verdicts(content: bytes, records: dict[str, str]) -> list[bool]:
    """Of each signature, as a receiver finds it that looks the records up."""

    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        record = records.get(name.decode().rstrip("."))
        return record.encode() if record else None

    def holds(number: int) -> bool:
        try:
            return bool(dkim.DKIM(content).verify(idx=number, dnsfunc=lookup))
        except dkim.ValidationError:
            return False

    return [holds(number) for number in range(len(re.findall(rb"(?m)^DKIM-Signature:", content)))]


class TestVerified:
    @pytest.mark.parametrize("algorithms", [(RSA,), (SHORT,), (RSA, SHORT)])
    async def test_every_mail_of_an_account_with_keys(self, world: World, receiver: Receiver, algorithms):
        await add_account(world, receiver.port)
        records: dict[str, str] = {}
        for algorithm in algorithms:
            records |= await add_key(world, f"s{algorithm}", algorithm)
        mails = await sent(world, receiver, "ann@example.org", "bo@example.org", "cy@example.org")
        assert [verdicts(mail.content, records) for mail in mails] == [[True] * len(algorithms)] * 3

    async def test_a_key_that_is_not_activated_signs_nothing(self, world: World, receiver: Receiver):
        await add_account(world, receiver.port)
        await add_key(world, "new", SHORT, active=False)
        [mail] = await sent(world, receiver)
        assert b"DKIM-Signature" not in mail.content

    async def test_whatever_is_changed_on_the_way_is_noticed(self, world: World, receiver: Receiver):
        await add_account(world, receiver.port)
        records = await add_key(world, "s", SHORT)
        [mail] = await sent(world, receiver)
        content = mail.content
        assert verdicts(content, records) == [True]
        changes = [
            content.replace(b"Main Street", b"Pain Street"),
            content.replace(b"List-Unsubscribe: <https://news", b"List-Unsubscribe: <https://evil"),
            content.replace(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
            *(name.encode() + b": added@evil.example\r\n" + content for name in ONCE),
        ]
        for changed in changes:
            assert changed != content
            assert verdicts(changed, records) == [False], changed[:60]

    async def test_headers_that_a_relay_folds_anew_still_verify(self, world: World, receiver: Receiver):
        await add_account(world, receiver.port)
        records = await add_key(world, "s", SHORT)
        [mail] = await sent(world, receiver)
        folded = mail.content.replace(b"To: ", b"to:\r\n\t").replace(b"; boundary", b";\r\n   boundary")
        assert verdicts(folded, records) == [True]


class TestAKeyThatCannotBeOpened:
    """The secret key was changed and the old one is not listed: better no mail than an unsigned one."""

    async def test_the_campaign_waits_and_says_why(self, world: World, receiver: Receiver):
        await add_account(world, receiver.port)
        await add_key(world, "s", SHORT)
        world.sending.tools.accounts._unseal = lambda sealed: None
        await world.add_contacts("ann@example.org")
        campaign = await world.add_campaign()
        async with world.process() as process:
            await process.work()
        found = await world.campaign(campaign)
        assert found.status == "PAUSED"
        assert "the DKIM key s cannot be opened" in (found.paused_reason or "")
        assert receiver.mails == []

    def test_there_is_no_signer(self):
        with pytest.raises(SealedKeyError):
            Signer("a@b.example", [AccountKey("s", SHORT, None)])


class TestBulkSenderRules:
    """What Gmail and Yahoo ask of who sends in bulk, as far as a mail itself can have it."""

    @pytest.fixture
    async def mail(self, world: World, receiver: Receiver) -> Received:
        await add_account(world, receiver.port, from_name="Acme", bounce_address="bounces@news.acme.example")
        await add_key(world, "s", RSA)
        [mail] = await sent(world, receiver)
        return mail

    async def test_one_click_unsubscribing_over_https_and_signed(self, mail: Received):
        signature = str(mail.parsed["DKIM-Signature"]).replace(" ", "")
        named = re.search(r"h=([^;]*)", signature)
        assert named is not None
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(named[1].split(":"))
        assert re.fullmatch(r"<https://news\.example\.com/u/[0-9a-z-]+>", mail.parsed["List-Unsubscribe"])
        assert mail.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    async def test_the_link_is_also_where_people_see_it(self, mail: Received):
        link = mail.parsed["List-Unsubscribe"].strip("<>")
        for kind in ("plain", "html"):
            part = mail.parsed.get_body((kind,))
            assert part is not None
            assert link in part.get_content()

    async def test_one_sender_whose_domain_signed_and_gets_the_bounces(self, mail: Received):
        [sender] = mail.parsed["From"].addresses
        assert sender.domain == "news.acme.example"
        assert "d=news.acme.example;" in str(mail.parsed["DKIM-Signature"])
        assert mail.sender.endswith("@news.acme.example"), "SPF is aligned with the sender"

    async def test_every_header_once_and_the_needed_ones_there(self, mail: Received):
        names = [name.lower() for name in mail.parsed.keys()]  # noqa: SIM118 - repeats are the point
        assert len(names) == len(set(names))
        needed = {"from", "to", "subject", "date", "message-id", "mime-version", "list-id", "feedback-id"}
        assert needed <= set(names)
        assert mail.parsed["Message-ID"].endswith("@news.acme.example>")
        assert mail.parsed["Date"].datetime is not None
        assert mail.parsed["To"] == mail.recipient

    async def test_lines_are_as_short_as_mail_allows(self, mail: Received):
        head, _, body = mail.content.partition(b"\r\n\r\n")
        assert max(map(len, body.split(b"\r\n"))) <= 76
        folded = [line for line in head.split(b"\r\n") if not line.startswith(b"List-Unsubscribe:")]
        assert max(map(len, folded)) <= 78

    async def test_the_key_is_long_enough(self, mail: Received):
        signature = re.search(r"b=([A-Za-z0-9+/= ]+)$", str(mail.parsed["DKIM-Signature"]))
        assert signature is not None
        assert len(base64.b64decode(signature[1])) * 8 == 2048


class TestReturnPath:
    async def test_each_mail_has_its_own(self, world: World, receiver: Receiver):
        await add_account(world, receiver.port, bounce_address="bounces@news.acme.example")
        mails = await sent(world, receiver, *(f"c{n}@example.org" for n in range(9)))
        paths = {mail.sender for mail in mails}
        assert len(paths) == 9
        assert all(re.fullmatch(r"bounces\+[0-9a-z-]+@news.acme.example", path) for path in paths)

    async def test_without_an_address_for_them_bounces_come_to_the_sender(
        self, world: World, receiver: Receiver
    ):
        await add_account(world, receiver.port)
        [mail] = await sent(world, receiver)
        assert mail.sender == "hello@news.acme.example"
