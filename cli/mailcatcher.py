"""`handbill mailcatcher`: run the local mail catcher, or read what it caught."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from cli.failures import USAGE, CommandError
from localstore.folders import data_folder, private_folder
from localstore.mailbox import CaughtMail, read_mails


def mailcatcher(options: argparse.Namespace) -> int:
    """Run, list or show."""
    folder = Path(options.dir) if options.dir else data_folder(options.data_dir) / "mail"
    if options.what == "run":
        private_folder(folder)
        words = ["mailcatcher", "--smtp-port", str(options.smtp_port), "--dir", str(folder)]
        os.execv(sys.executable, [sys.executable, "-P", "-m", "backend", *words])  # noqa: S606
    mails = read_mails(folder, limit=10_000) if folder.is_dir() else []
    if options.what == "show":
        _show(mails, options)
    else:
        _list(mails, as_json=options.json)
    return 0


def _list(mails: list[CaughtMail], *, as_json: bool) -> None:
    for mail in mails:
        if as_json:
            print(json.dumps(asdict(mail), ensure_ascii=False))
        else:
            print(f"{mail.key}\t{mail.to}\t{mail.subject}")


def _show(mails: list[CaughtMail], options: argparse.Namespace) -> None:
    mail = next((mail for mail in mails if mail.key == options.key), None)
    if mail is None:
        message = f"There is no mail {options.key!r}; handbill mailcatcher list shows them."
        raise CommandError(message, USAGE if options.key is None else 1)
    if options.json:
        print(json.dumps(asdict(mail), ensure_ascii=False))
    else:
        print(f"To: {mail.to}\nFrom: {mail.sender}\nSubject: {mail.subject}\n\n{mail.text}")
