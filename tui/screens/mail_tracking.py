"""What the organisation tracks, as far as it is known here: it makes the mails that leave larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render_preview.tracking import Tracking, tracking_at

if TYPE_CHECKING:
    from contract.members import Organisation
    from tui.services import Services


class MailTracking:
    """Nothing until the server, or what is remembered of it, has said so."""

    def __init__(self, services: Services) -> None:
        self._rules = services.rules
        self._org: Organisation | None = None

    async def learn(self) -> None:
        """Raises `ServiceError`."""
        self._org = await self._rules.show()

    def fresh(self) -> Tracking | None:
        """For one mail."""
        org = self._org
        return tracking_at(org.public_url, clicks=org.track_clicks, opens=org.track_opens) if org else None
