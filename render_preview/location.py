"""Where in a mail something stands, for whoever says so and for whoever goes there."""

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys and numbers that lead from some JSON to a value within."""


@dataclass(frozen=True, slots=True)
class Location:
    """A block, or the mail itself, and the way to a value within it in keys of the JSON.

    Without a path it is not known which value; without both it is the mail as a whole.
    """

    block_id: str | None = None
    path: Path = ()

    @property
    def field(self) -> str | int | None:
        """The property of the block, or of the mail, that the way begins with."""
        return self.path[0] if self.path else None
