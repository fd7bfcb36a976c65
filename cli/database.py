"""`handbill db`: the backend's own program does it; the client never opens the backend's database."""

import argparse

from cli.backend_commands import replace_process
from localstore.folders import data_folder, private_folder


def database(options: argparse.Namespace) -> int:
    """Set up, show or upgrade the backend's database."""
    words = [f"db-{options.what}"]
    if options.what != "setup":
        words += ["--data-dir", str(private_folder(data_folder(options.data_dir)))]
    if options.what == "status":
        return replace_process(*words, *(["--json"] if options.json else []))
    if options.admin_url:
        words += ["--admin-url", options.admin_url]
    if options.passwords_stdin:
        words.append("--passwords-stdin")
    return replace_process(*words)
