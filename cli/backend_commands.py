"""Commands that run the backend as a process of its own: the client never imports it.

`-P` keeps a folder named backend in the person's current directory from being run instead.
"""

import argparse
import os
import sys

from cli import output
from localstore.folders import data_folder, private_folder
from sync.embedded import Embedded, demo_backend


def replace_process(*words: str) -> int:
    """Become the backend: signals, exit code and output are then its own."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "backend", *words])  # noqa: S606 - our own module


def _data(options: argparse.Namespace) -> str:
    return str(private_folder(data_folder(options.data_dir)))


def serve(options: argparse.Namespace) -> int:
    """The backend in the foreground."""
    words = ["serve", "--data-dir", _data(options)]
    if options.uds:
        words += ["--uds", options.uds]
    else:
        words += ["--host", options.host, "--port", str(options.port)]
    if options.no_worker:
        words.append("--no-worker")
    return replace_process(*words)


def worker(options: argparse.Namespace) -> int:
    """Send in the foreground, beside other workers on one PostgreSQL."""
    return replace_process("worker", "--data-dir", _data(options))


def administer(options: argparse.Namespace) -> int:
    """Organisations and users, straight in the database, beside a running backend or without one."""
    flags = ["--data-dir", _data(options), "--password-stdin"] + (["--json"] if options.json else [])
    if options.command == "org":
        return replace_process("org-create", options.name, "--owner-email", options.owner_email, *flags)
    if options.what == "password":
        return replace_process("user-password", "--email", options.email, *flags)
    who = ["--org", options.org, "--email", options.email, "--role", options.role]
    return replace_process("user-add", *who, *flags)


def backend(options: argparse.Namespace) -> int:
    """Say whether the embedded backend runs, or end it."""
    data = private_folder(data_folder(options.data_dir))
    embedded = demo_backend(data) if options.demo else Embedded(data)
    if options.what == "stop":
        output.words("Stopped." if embedded.stop() else "It was not running.")
        return 0
    pid = embedded.pid()
    output.words(f"Running, process {pid}." if pid else "Not running.")
    return 0 if pid else 1


def backup(options: argparse.Namespace) -> int:
    """Backup and restore."""
    flags = ["--data-dir", _data(options)] + (["--json"] if options.json else [])
    if options.admin_url:
        flags += ["--admin-url", options.admin_url]
    return replace_process(options.command, options.file, *flags)
