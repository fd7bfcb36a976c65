"""Whether a content can be sent: the same rules that the editor shows, asked again by the server."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from backend.db.fields import known_fields
from backend.tracks import find_tracks
from backend.work import Work
from contract.blocks import NewerDocumentError, load_document
from contract.problems import FieldError, NotReadyError
from render_preview.lint import Location, lint
from render_preview.tracking import tracking_at


def _places(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(id of a block, where it is in the content)."""
    for at, block in enumerate(content.get("blocks", [])):
        yield block.get("id", ""), f"blocks.{at}"
        for column, cell in enumerate(block.get("cells", [])):
            for inner, leaf in enumerate(cell):
                yield leaf.get("id", ""), f"blocks.{at}.cells.{column}.{inner}"


def _place(content: dict[str, Any], location: Location, prefix: str) -> str:
    way = [prefix, *map(str, location.path)]
    if location.block_id is not None:
        place = dict(_places(content)).get(location.block_id)
        way = [prefix, place, *way[1:]] if place else [prefix]
    return ".".join(way)


async def content_errors(work: Work, content: dict[str, Any], prefix: str) -> list[FieldError]:
    """Everything that stands against sending, with its place below `prefix`."""
    try:
        document = load_document(content)
    except (NewerDocumentError, ValidationError):
        return [FieldError(path=prefix, message="This was written by a newer version of Handbill.")]
    url = work.ports.delivery.public_url
    tracks = await find_tracks(work.session, work.actor.org_id, url)
    tracking = tracking_at(url, clicks=tracks.clicks, opens=tracks.opens)
    findings = lint(document, known_fields=await known_fields(work.session), tracking=tracking)
    return [
        FieldError(path=_place(content, finding.location, prefix), message=finding.message)
        for finding in findings
        if finding.level == "error"
    ]


def refuse(errors: list[FieldError]) -> None:
    """Raise `NotReadyError` if there are any."""
    if errors:
        raise NotReadyError(f"This cannot be sent yet: {errors[0].message}", errors=errors)
