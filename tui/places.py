"""Which screen is which place. Each is imported when somebody first goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App

    from localstore.records import DocKind, Json
    from tui.editing.session import DraftSession
    from tui.screens.place import Place
    from tui.services import Services


def _campaigns(services: Services) -> Place:
    from tui.screens.campaigns import CampaignsScreen

    return CampaignsScreen(services)


def _segments(services: Services) -> Place:
    from tui.screens.segments import SegmentsSection

    return SegmentsSection(services)


def _contacts(services: Services) -> Place:
    from tui.screens.contacts import ContactsScreen

    return ContactsScreen(services)


def _sequences(services: Services) -> Place:
    from tui.screens.sequences import SequencesScreen

    return SequencesScreen(services)


def _outbox(services: Services) -> Place:
    from tui.screens.outbox import OutboxScreen

    return OutboxScreen(services)


def _mailbox(services: Services) -> Place:
    from tui.screens.mailbox import MailboxScreen

    return MailboxScreen(services)


def _accounts(services: Services) -> Place:
    from tui.screens.accounts import AccountsScreen

    return AccountsScreen(services)


def _suppressions(services: Services) -> Place:
    from tui.screens.suppressions import SuppressionsScreen

    return SuppressionsScreen(services)


def _rules(services: Services) -> Place:
    from tui.screens.rules import RulesScreen

    return RulesScreen(services)


MODES: dict[str, Callable[[Services], Place]] = {
    "campaigns": _campaigns,
    "segments": _segments,
    "contacts": _contacts,
    "sequences": _sequences,
    "outbox": _outbox,
    "mailbox": _mailbox,
    "accounts": _accounts,
    "suppressions": _suppressions,
    "rules": _rules,
}


async def open_sync(app: App[None]) -> None:
    """The sync status, on top of where one is."""
    from tui.screens.sync_status import SyncStatusScreen

    if not isinstance(app.screen, SyncStatusScreen):
        await app.push_screen(SyncStatusScreen(app.services))  # type: ignore[attr-defined]


async def open_composer(app: App[None], services: Services, id: str) -> None:
    """The campaign composer."""
    from tui.screens.composer import ComposerScreen

    await app.push_screen(ComposerScreen(services, id))


async def open_segment(app: App[None], services: Services, id: str) -> None:
    """A segment's filter and its members."""
    from tui.screens.segment import SegmentDetail  # brings pydantic with it

    await app.push_screen(SegmentDetail(services, id))


async def open_hold(app: App[None], services: Services, kind: DocKind, id: str) -> None:
    """The screen that ends a hold: question by question where both texts and their base are known."""
    seen = services.drafts.dispute(kind, id)
    draft = services.drafts.get(kind, id)
    conflict = draft is not None and draft.state.hold == "conflict"
    if conflict and seen is not None and None not in (seen.base, seen.mine, seen.theirs):
        from tui.screens.conflict import ConflictScreen

        await app.push_screen(ConflictScreen(services, kind, id, seen))
        return
    from tui.screens.hold import HoldScreen

    await app.push_screen(HoldScreen(services, kind, id))


async def open_history(
    app: App[None], services: Services, kind: DocKind | None = None, id: str | None = None
) -> None:
    """What was replaced, of one document or of all."""
    from tui.screens.history import HistoryScreen

    await app.push_screen(HistoryScreen(services, kind, id))


async def open_versions(
    app: App[None], services: Services, session: DraftSession, restored: Callable[[], Awaitable[None]]
) -> None:
    """What the server kept of a document. Bringing one back is a change like any other."""
    from tui.screens.versions import VersionsScreen

    async def bring_back(content: Json) -> None:
        await session.edit(lambda present: present | content)
        await restored()
        app.notify("It is back. Undo takes it away again.", markup=False)

    await app.push_screen(VersionsScreen(services, session, bring_back))


async def open_sign_in(app: App[None], services: Services) -> None:
    """Where one signs in to a team server."""
    from tui.screens.sign_in import SignInScreen

    if not isinstance(app.screen, SignInScreen):
        await app.push_screen(SignInScreen(services))


async def open_deliveries(app: App[None], services: Services, kind: DocKind, id: str) -> None:
    """Each mail of a campaign or a sequence by name."""
    from tui.screens.deliveries import DeliveriesScreen

    await app.push_screen(DeliveriesScreen(services, kind, id))


async def open_report(app: App[None], services: Services, kind: DocKind, id: str) -> None:
    """What became of a campaign or a sequence."""
    from tui.screens.report import ReportScreen

    await app.push_screen(ReportScreen(services, kind, id))
