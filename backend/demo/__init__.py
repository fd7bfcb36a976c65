"""A lifelike organisation to try Handbill with: made once, into an empty database, always the same."""

from backend.demo.seed import ensure_demo

__all__ = ["ensure_demo"]
