"""The commands of the editors: composer, sequence editor, preview and review."""

from tui.command import Command

EDITORS: tuple[Command, ...] = ()
