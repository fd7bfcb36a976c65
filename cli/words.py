"""The words after a verb: each one that is missing is asked for by name."""

import argparse

from cli.failures import USAGE, CommandError


def word(options: argparse.Namespace, place: int, what: str) -> str:
    """The word at this place. Raises `CommandError` that says what is needed."""
    if len(options.words) <= place:
        message = f"handbill {options.command} {options.what} needs {what}."
        raise CommandError(message, USAGE)
    found: str = options.words[place]
    return found
