"""The programs we measure ourselves against, each in an environment of its own."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

HELLO = """
from textual.app import App
from textual.widgets import Input, Static
class Hello(App):
    def compose(self):
        yield Static("HELLO READY")
        yield Input()
Hello().run()
"""
LOREM = "offer gamma mail open discount segment bounce weekly launch digest customer update\n"


@dataclass(frozen=True)
class Peer:
    """`ready` matches its first usable screen; `typing` are the keys that lead into its editor."""

    name: str
    command: list[str]
    ready: str
    probe: str
    typing: list[str] = field(default_factory=list)


def _environment(name: str, *requirements: str) -> Path:
    """A virtual environment with one peer, made on first use and kept in the cache."""
    folder = user_cache_path("handbill-bench") / name
    if not (folder / "bin" / name).exists():
        print(f"installing {requirements[0]} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", *requirements]
        subprocess.run(pip, check=True)
    return folder


def posting() -> Peer:
    """An HTTP client on Textual; its cursor starts in the URL."""
    # With tree-sitter 0.26 it ends with a segmentation fault before its first screen.
    folder = _environment("posting", "posting==2.11.1", "tree-sitter<0.26")
    return Peer("posting 2.11.1", [str(folder / "bin" / "posting")], "No headers", "a")


def harlequin() -> Peer:
    """An SQL client on Textual; typing goes to its query editor, filled with 8 KB of text."""
    folder = _environment("harlequin", "harlequin==2.17.0")
    text = "\x1b[200~" + LOREM * 100 + "\x1b[201~"
    return Peer(
        "harlequin 2.17.0",
        [str(folder / "bin" / "harlequin")],
        "Run Query",
        "s",
        ["ctrl+a", "backspace", text],
    )


def hello() -> Peer:
    """The least that Textual can do."""
    return Peer("textual hello", [sys.executable, "-c", HELLO], "HELLO READY", "a")
