"""The in-memory twin of every Protocol in `tui/services.py`: lifelike, steady, with faults to switch on."""

from tui.memory.world import World, empty_world, lifelike_world

__all__ = ["World", "empty_world", "lifelike_world"]
