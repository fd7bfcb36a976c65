"""One compiled mail with everything that makes each recipient's copy that person's own."""

from collections.abc import Mapping
from datetime import datetime

from backend.delivery.accounts import Account
from backend.delivery.dkim import Signer
from backend.delivery.mailer import Envelope
from backend.delivery.signing import message_id
from backend.delivery.sources import Claimed
from backend.mail_links import MailClaim, Purpose, make_token, page_address, return_path
from contract.merge_tags import CLICK_TOKEN, NO_LINKS, OPEN_TOKEN
from render_preview.copy_faults import faults_of
from render_preview.wire import Rendered, WireTemplate

LINKS = {"preferences_url": Purpose.PREFERENCES, "view_url": Purpose.VIEW}
"""Reserved names that stand for a page; only those that a mail names are made."""
TOKENS = {CLICK_TOKEN: Purpose.CLICK, OPEN_TOKEN: Purpose.OPEN}
"""Of a mail that was compiled to be tracked."""


class Letter:
    """Safe to share between lanes. Raises `SealedKeyError` when it is made."""

    def __init__(
        self, template: WireTemplate, account: Account, secret: bytes, public_url: str | None
    ) -> None:
        self._template = template
        self.account = account
        self._secret = secret
        self._public_url = public_url
        self._signer = Signer(account.from_email, account.keys) if account.keys else None
        named = {tag.field for tag in template.parts.tags()}
        self._links = {name: purpose for name, purpose in LINKS.items() if name in named}
        self._tokens = {name: purpose for name, purpose in TOKENS.items() if name in named}

    def envelope(self, row: Claimed) -> Envelope:
        """Who it is from and to; where bounces have an address, each mail has its own."""
        if not self.account.bounce_address:
            return Envelope(self.account.from_email, row.address)
        claim = MailClaim(row.source.org_id, row.contact_id, row.id)
        return Envelope(return_path(self.account.bounce_address, self._secret, claim), row.address)

    def _unsubscribe(self, claim: MailClaim) -> str:
        """A signed page where this installation has a public address, else a mail to the sender."""
        if self._public_url:
            return page_address(self._public_url, self._secret, Purpose.UNSUBSCRIBE, claim)
        token = make_token(self._secret, Purpose.UNSUBSCRIBE, claim)
        return f"mailto:{self.account.from_email}?subject=unsubscribe%20{token}"

    def _own_links(self, claim: MailClaim) -> Mapping[str, str]:
        if not self._public_url or not (self._links or self._tokens):
            return NO_LINKS
        links = {
            name: page_address(self._public_url, self._secret, purpose, claim)
            for name, purpose in self._links.items()
        }
        for name, purpose in self._tokens.items():
            links[name] = make_token(self._secret, purpose, claim)
        return links

    def _sign(self, message: bytes, date: datetime) -> bytes:
        return self._signer.sign(message, date) if self._signer is not None else message

    def render(self, row: Claimed, date: datetime) -> bytes:
        """As it is sent. Raises `HeaderError` for a copy that cannot be mailed."""
        return self._sign(self.copy(row, date).message, date)

    def faults(self, row: Claimed, date: datetime) -> tuple[str, ...]:
        """What does not fit its place in this copy."""
        return faults_of(self._template.parts_for(row.values, date), row.values)

    def copy(self, row: Claimed, date: datetime) -> Rendered:
        """The mail before it is signed, and what is missing in it. Raises as `render` does."""
        claim = MailClaim(row.source.org_id, row.contact_id, row.id)
        sent_as = message_id(self._secret, row, self.account.domain)
        return self._rendered(row.values, row.address, sent_as, date, claim)

    def render_test(self, values: Mapping[str, str], address: str, sent_as: str, date: datetime) -> bytes:
        """A copy whose links do nothing. Raises `HeaderError`."""
        claim = MailClaim(self.account.org_id, 0, 0)
        return self._sign(self._rendered(values, address, sent_as, date, claim).message, date)

    def _rendered(
        self, values: Mapping[str, str], address: str, sent_as: str, date: datetime, claim: MailClaim
    ) -> Rendered:
        return self._template.render(
            values,
            to=address,
            message_id=sent_as,
            date=date,
            unsubscribe_url=self._unsubscribe(claim),
            own_links=self._own_links(claim),
        )
