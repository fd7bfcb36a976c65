"""Fixtures of the matrix."""

from tests.backend.matrix.fixtures import world, world_url

__all__ = ["world", "world_url"]
