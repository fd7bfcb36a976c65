"""Failures as sentences and exit codes: one place, for every command.

0 done   1 refused or failed   2 usage   3 offline   4 conflict   5 not signed in   70 crash
"""

import errno
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        case OSError() if _is_full(error):
            return FAILED
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


def _write_no_more() -> None:
    """What still waits for standard output would fail again when the program ends."""
    with suppress(OSError):  # standard output is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def said() -> Iterator[Outcome]:
    """Say a known failure in one sentence on stderr; a bug with where it happened, without locals."""
    outcome = Outcome()
    try:
        yield outcome
        sys.stdout.flush()  # what waits is written here, where a failure is still said
    except KeyboardInterrupt:
        outcome.code = 130
    except BrokenPipeError:
        _write_no_more()
        outcome.code = 128 + signal.SIGPIPE  # as of every program whose reader has enough (`| head`)
    except sqlite3.DatabaseError as error:
        print(
            f"handbill: the drafts on this computer cannot be read: {error}. Nothing was changed.",
            file=sys.stderr,
        )
        outcome.code = FAILED
    except Exception as error:  # noqa: BLE001 - whatever it is, the command ends with 70
        code = _code_of(error)
        if code is None:
            traceback.print_exc()
        print(f"handbill: {_sentence(error, code)}", file=sys.stderr)
        outcome.code = CRASHED if code is None else code


def _sentence(error: Exception, code: int | None) -> str:
    if _is_full(error):
        _write_no_more()
        return "the disk is full."
    return str(error) if code is not None else "this is a mistake of the program itself; please report it."


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
