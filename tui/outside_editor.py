"""A text in the editor that VISUAL or EDITOR names, through a file that nobody else can read."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from sync.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable


class EditorError(ServiceError):
    """Why the editor gave no text, as a sentence."""


def edit_outside(text: str, check: Callable[[str], str | None], ending: str = ".md") -> str:
    """What the person made of it. Raises `EditorError`; words that cannot be taken are then kept in the file.

    `check` says what is wrong with a text, None if nothing is.
    """
    command = _command()
    path = keep_in_file(text, ending)
    folder = path.parent
    try:
        written = _edited(command, path, text, check)
    except EditorError as error:
        if not path.exists() or path.read_bytes() == text.encode():
            rmtree(folder)
            raise
        message = f"{error} What you wrote is kept in {path}"
        raise EditorError(message) from error
    rmtree(folder)
    return written


def keep_in_file(text: str, ending: str = ".md") -> Path:
    """Put a text where nobody else can read it."""
    path = Path(mkdtemp(prefix="handbill-")) / f"text{ending}"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _edited(command: list[str], path: Path, text: str, check: Callable[[str], str | None]) -> str:
    try:
        code = subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603  # theirs to name
    except OSError as error:
        message = f"The editor “{command[0]}” could not be started. Nothing was changed."
        raise EditorError(message) from error
    if code:
        message = f"The editor “{command[0]}” ended with an error ({code}). Nothing was changed."
        raise EditorError(message)
    written = _read(path, text)
    if wrong := check(written):
        raise EditorError(wrong)
    return written


def _command() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command:
        message = "No editor is named: set EDITOR, such as EDITOR=nano, before you start Handbill."
        raise EditorError(message)
    return command


def _read(path: Path, before: str) -> str:
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        message = "What the editor left cannot be read as text (UTF-8). Nothing was changed."
        raise EditorError(message) from error
    return text if before.endswith("\n") else text.removesuffix("\n")
