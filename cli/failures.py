"""Failures as sentences and exit codes: one place, for every command.

0 done   1 refused or failed   2 usage   3 offline   4 conflict   5 not signed in   70 crash
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

FAILED, USAGE, OFFLINE, CONFLICT, NOT_SIGNED_IN, CRASHED = 1, 2, 3, 4, 5, 70


@dataclass
class Outcome:
    """The exit code a command ends with."""

    code: int = 0


class CommandError(Exception):
    """A command cannot do what was asked; the text is a sentence."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def _code_of(error: BaseException) -> int | None:
    """The exit code of an error whose text is meant for people; None for a bug."""
    from localstore.folders import FolderError
    from localstore.schema import NewerStoreError
    from sync.errors import OfflineError, ServiceError, SignedOutError

    match error:
        case CommandError():
            return error.code
        case OfflineError():
            return OFFLINE
        case SignedOutError():
            return NOT_SIGNED_IN
        case FolderError() | NewerStoreError() | ServiceError():
            return FAILED
        case _:
            return _wire_code(error)


def _wire_code(error: BaseException) -> int | None:
    if "contract.problems" not in sys.modules:
        return None
    from contract.problems import ConflictError, ProblemError, UnauthenticatedError
    from sync.wire_errors import TransportError

    match error:
        case TransportError():
            return OFFLINE
        case UnauthenticatedError():
            return NOT_SIGNED_IN
        case ConflictError():
            return CONFLICT
        case ProblemError():
            return FAILED
        case _:
            return None


@contextmanager
def said() -> Iterator[Outcome]:
    """Say a known failure in one sentence on stderr; let a bug through, without locals."""
    outcome = Outcome()
    try:
        yield outcome
    except KeyboardInterrupt:
        outcome.code = 130
    except sqlite3.DatabaseError as error:
        print(
            f"handbill: the drafts on this computer cannot be read: {error}. Nothing was changed.",
            file=sys.stderr,
        )
        outcome.code = FAILED
    except Exception as error:
        code = _code_of(error)
        if code is None:
            raise
        print(f"handbill: {error}", file=sys.stderr)
        outcome.code = code
