"""Test mails: to the named addresses only, marked, and never in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from backend.delivery.letter import Letter
from backend.delivery.mailer import AccountTroubleError, Envelope, Mailer, SendingError
from contract.problems import NotReadyError
from render_preview.headers import HeaderError

TEST_MARK = "[Test]"
SAMPLE_VALUES = {"email": "sam@example.com", "name": "Sam Example", "status": "subscribed"}


async def _always() -> bool:
    return True


async def send_tests(
    mailer: Mailer,
    letter: Letter,
    values: Mapping[str, str],
    addresses: Sequence[str],
    now: datetime,
) -> list[str]:
    """The addresses whose mail the server took. Raises `NotReadyError` if none could be tried."""
    try:
        connection = await mailer.connect(letter.account.login)
    except AccountTroubleError as error:
        raise NotReadyError(f"The mail server cannot be used: {error.reason}") from error
    accepted: list[str] = []
    try:
        for address in addresses:
            sent_as = f"test-{uuid4().hex}@{letter.account.domain}"
            message = letter.render_test(values, address, sent_as, now)
            await connection.send(Envelope(letter.account.from_email, address), message, _always)
            accepted.append(address)
    except (SendingError, HeaderError) as error:
        if not accepted:
            raise NotReadyError(f"The test mail was not taken: {error}") from error
    finally:
        await connection.close()
    return accepted
