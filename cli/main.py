"""The `handbill` entry point.

Opening the client is the common case and must be quick: the backend process is started first, then
Textual is imported and the first screen painted from this computer. Everything else is a command whose
module is imported only when it is asked for.
"""

import sys

CRASHED = 70

sys.modules["httpx._main"] = None  # type: ignore[assignment]
"""httpx would load a command line of its own, with all it draws with: a fifth of a short command."""


def main(argv: list[str] | None = None) -> int:
    """Run a command line; the exit code."""
    words = sys.argv[1:] if argv is None else argv
    from cli.failures import said

    with said() as outcome:
        outcome.code = _run(words)
    return outcome.code


def _run(words: list[str]) -> int:
    if not words:
        from cli.open_client import open_client

        return open_client()
    from cli.options import parse

    options = parse(words)
    if options.command is None:
        from cli.open_client import open_client

        return open_client(data_dir=options.data_dir, server=options.server)
    from cli.dispatch import dispatch

    return dispatch(options)


if __name__ == "__main__":
    sys.exit(main())
