"""Signing in to the team server. Drafts are here all the time; only the server asks who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.commands import bindings
from tui.screens.place import Place
from tui.text import plain, plain_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from sync.errors import ServiceError
    from tui.services import Services

_ABOUT = "What you typed is on this computer and goes to the server once you are signed in."


class SignInScreen(Place):
    """Two fields and what was wrong with them."""

    SCOPE = "signin"
    FOCUS = "#email"
    BINDINGS: ClassVar[list[BindingType]] = bindings("signin")
    DEFAULT_CSS = """
    SignInScreen #box { width: 60; max-width: 100%; height: auto; padding: 1 2; }
    SignInScreen Input { margin-bottom: 1; }
    SignInScreen #wrong { color: $error; height: auto; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._busy = False

    @property
    def crumb(self) -> str:
        return "Sign in"

    def body(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(plain_lines(f"{self.services.sync.server}\n{_ABOUT}\n"), markup=False)
            yield Static("E-mail", classes="quiet", markup=False)
            yield Input(self._last, id="email", select_on_focus=False)
            yield Static("Password", classes="quiet", markup=False)
            yield Input(password=True, id="password")
            yield Static("", id="wrong", markup=False)

    @property
    def _last(self) -> str:
        return self.services.sync.who.partition(" · ")[0]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "email":
            self.query_one("#password").focus()
        else:
            self.run_action_now()

    def run_action_now(self) -> None:
        """Ask the server, unless it is being asked."""
        reason = self.why_not("go")
        if reason:
            self._say_wrong(reason)
            return
        self._busy = True
        self._say_wrong("Asking the server …")
        self.ask_server(self._sign_in)

    def do_go(self) -> None:
        self.run_action_now()

    def why_not(self, verb: str) -> str | None:
        email, password = (self.query_one(f"#{field}", Input).value for field in ("email", "password"))
        if verb == "go" and not (email.strip() and password):
            return "Type your e-mail address and your password."
        return "The server is being asked." if self._busy else None

    async def _sign_in(self) -> None:
        email, password = (self.query_one(f"#{field}", Input).value for field in ("email", "password"))
        try:
            await self.services.sync.sign_in(email.strip(), password)
        finally:
            self._busy = False
        self.app.notify("You are signed in.", markup=False)
        await self.app.run_action("command('app.back')")

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # there is one group
        self._say_wrong(str(error))

    def _say_wrong(self, words: str) -> None:
        self.query_one("#wrong", Static).update(plain(words))
