"""The shared world, for requests that nobody sends in good faith."""

from tests.backend.matrix.fixtures import world, world_url

__all__ = ["world", "world_url"]
