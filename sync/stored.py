"""A disk that takes nothing becomes a sentence, wherever a person's deed has to be stored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sync.errors import NotSavedError


@asynccontextmanager
async def stored() -> AsyncIterator[None]:
    """Raises `NotSavedError` with the reason if what happens inside cannot be stored."""
    from localstore.engine import storage_sentence

    try:
        yield
    except Exception as error:
        sentence = storage_sentence(error)
        if sentence is None:
            raise
        message = f"Not saved: {sentence}. Nothing was changed."
        raise NotSavedError(message) from error
