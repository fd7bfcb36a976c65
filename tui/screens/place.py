"""What every place has in common: one top line, its content, one hint line, and the same manners.

Manners: no field takes the focus by itself; a command that cannot run says why; a reading worker that fails
becomes a sentence; the sync engine's changes reach only the place in sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from tui.commands import Commanded, in_scope
from tui.screens.asking import Asking
from tui.screens.editor_hints import editor_hints
from tui.text import plain
from tui.widgets.autosave_badge import AutosaveBadge
from tui.widgets.breadcrumbs import BreadcrumbPortal
from tui.widgets.hint_footer import HintFooter

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from localstore.records import DocKind
    from sync.errors import ServiceError
    from tui.keymap import KeyChoice
    from tui.services import Services
    from tui.widgets.paged_list import PagedList


class Place(Commanded, Asking, Screen[None]):
    """A screen of the app. Subclasses set `SCOPE`, `BINDINGS = bindings(SCOPE)`, `crumb` and `body`."""

    AUTO_FOCUS = ""
    SCOPE: ClassVar[str] = ""
    FOCUS: ClassVar[str] = "PagedList"
    """The selector of what has the focus when the place opens; empty for nothing."""

    DEFAULT_CSS = """
    Place { background: $background; }
    Place > #top { height: 1; padding: 0 1; background: $surface; }
    Place > #content { height: 1fr; padding: 1 1 0 1; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def crumb(self) -> str:
        """The place's name in the breadcrumbs; may be somebody's text."""
        return self.SCOPE.capitalize()

    @property
    def document(self) -> tuple[DocKind, str] | None:
        """The document this place edits, if it is about one: the badge then speaks of it."""
        return None

    def body(self) -> ComposeResult:
        """The widgets between top line and hint line."""
        raise NotImplementedError

    def changed(self) -> None:
        """Lists, drafts or the badge may read differently: show them again. Called when shown, too."""

    @property
    def unsaved(self) -> str | None:
        """What would be lost by leaving, in a sentence; only where nothing is stored while one types."""
        return None

    async def flush(self) -> None:
        """Store whatever waits; called before the place is left and before the program ends.

        Raises `ServiceError` if it cannot be stored: then the place is not left.
        """

    def apply_goto(self, filters: dict[str, str], words: str) -> None:
        """Show what was asked for after `:`."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield BreadcrumbPortal()
            yield AutosaveBadge()
        with Vertical(id="content"):
            yield from self.body()
        yield HintFooter()

    async def on_mount(self) -> None:
        self._unsubscribe = self.services.sync.subscribe(self._sync_changed)
        if self.FOCUS and (found := self.query(self.FOCUS)):
            found.first().focus()

    async def on_unmount(self) -> None:
        if self._unsubscribe:
            self._unsubscribe()

    def on_screen_resume(self) -> None:
        self.show_frame()
        self.changed()

    def _sync_changed(self) -> None:
        in_front = self.app.place is self  # type: ignore[attr-defined]  # Textual counts the one behind as current
        if in_front and self.query(AutosaveBadge):
            self.show_badge()
            self.changed()

    def show_list(self, rows: PagedList, why_empty: str) -> None:
        """The list, or the sentence that says why it is empty and what to do next."""
        rows.display = not why_empty
        empty = self.query_one(".empty", Static)
        empty.display = bool(why_empty)
        empty.update(plain(why_empty))
        if rows.display and self.focused is None:
            rows.focus()

    def show_frame(self) -> None:
        """Breadcrumbs, badge and hints again."""
        stack = [screen.crumb for screen in self.app.screen_stack if isinstance(screen, Place)]
        self.query_one(BreadcrumbPortal).show(stack)
        self.show_badge()
        self.show_hints()

    def show_badge(self) -> None:
        """The badge again."""
        badge = self.services.sync.badge(*(self.document or (None, None)))
        self.query_one(AutosaveBadge).show(str(badge.state), badge.text)

    def show_hints(self) -> None:
        """The hint line again, after what can be done here has changed."""
        keys: KeyChoice = self.app.keys  # type: ignore[attr-defined]
        verbs = [c.verb for c in in_scope(self.SCOPE) if c.hint]
        typing = self.focused is not None and self.focused.check_consume_key("question_mark", "?")
        hints = editor_hints(self.SCOPE, verbs, keys, self.why_not, typing=typing)
        self.query_one(HintFooter).show(hints)

    def on_descendant_focus(self) -> None:
        """In a field, keys that are letters are typed."""
        self.show_hints()

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # places override it
        """A worker of this group could not do it: say so."""
        self.say(str(error), severity="error")

    async def on_autosave_badge_asked(self) -> None:
        signed_out = self.query_one(AutosaveBadge).state == "sign-in"
        await self.app.run_action(f"command('app.{'signin' if signed_out else 'sync'}')")
