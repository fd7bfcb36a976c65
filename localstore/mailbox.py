"""Reading the mail catcher's maildir: what really arrived, as the person will see it."""

import mailbox
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail the catcher took. `to` is the envelope recipient; `date` as the header says it."""

    key: str
    to: str
    sender: str
    subject: str
    date: str
    text: str
    html: str
    message_id: str


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part is not None else ""


def parse_mail(key: str, raw: bytes) -> CaughtMail:
    """A stored mail as the reader shows it."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    return CaughtMail(
        key=key,
        to=str(message.get("X-Envelope-To", message.get("To", ""))),
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        date=str(message.get("Date", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=str(message.get("Message-ID", "")),
    )


def _by_age(folder: Path) -> list[Path]:
    files = [path for sub in ("new", "cur") for path in (folder / sub).glob("*") if path.is_file()]
    return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def read_mails(folder: Path, limit: int = 200) -> list[CaughtMail]:
    """The newest mails of a maildir, newest first."""
    return [parse_mail(path.name, path.read_bytes()) for path in _by_age(folder)[:limit]]


def count_mails(folder: Path) -> int:
    """How many mails a maildir holds."""
    return len(mailbox.Maildir(folder, create=False)) if folder.is_dir() else 0
