"""`python -P -m backend`: serve, worker, mailcatcher, org-*, user-*, db-*, backup, restore.

Exit code 2 for a wrong setting or argument, 1 for anything that cannot be done; always one sentence on
standard error, never a traceback for what a person can mend.

Each command is loaded when it is asked for: a copy of the database needs neither the API nor the sender.
While it is loaded nobody looks for garbage, of which there is none yet: a tenth of the start went into that.
"""

import gc
import sys
from importlib import import_module
from types import ModuleType

from backend.command_line import parser
from backend.refusals import RefusalError, SettingsError
from contract.problems import ProblemError

COMMANDS = {
    "serve": "backend.serve",
    "worker": "backend.worker_process",
    "mailcatcher": "backend.mailcatcher",
    "db-setup": "backend.database_commands",
    "db-status": "backend.database_commands",
    "db-upgrade": "backend.database_commands",
    "backup": "backend.backup.commands",
    "restore": "backend.backup.commands",
    "org-create": "backend.administration",
    "user-add": "backend.administration",
    "user-password": "backend.administration",
}
"""Where the `main` of each is; it raises what is turned into sentences here."""

sys.modules["rich"] = None  # type: ignore[assignment]
"""structlog would load it, and all it needs, to colour tracebacks: an eighth of the start. Ours are plain."""


def _explain(error: Exception) -> str | None:
    """The sentence for what a person can mend; None for a mistake of ours."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError | RefusalError | ProblemError):
        return str(error)
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return f"the database cannot be used: {str(error.orig).strip().splitlines()[0]}"
    return None


def _loaded(command: str) -> ModuleType:
    """What is loaded stays for good, and is not looked through again."""
    gc.disable()
    try:
        return import_module(COMMANDS[command])
    finally:
        gc.freeze()
        gc.enable()


def main(arguments: list[str]) -> int:
    """The exit code."""
    options = parser().parse_args(arguments)
    try:
        _loaded(options.command).main(options)
    except SettingsError as error:
        sys.stderr.write(f"handbill: {error}\n")
        return 2
    except Exception as error:
        words = _explain(error)
        if words is None:
            raise
        sys.stderr.write(f"handbill: {words}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
