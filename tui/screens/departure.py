"""Sending and what is like it: now, at a time, as a test, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import RefusedError
from tui import goto
from tui.moments import say_when
from tui.schedule import Schedule
from tui.screens.countdown import SECONDS, Countdown
from tui.screens.dialogs import AskText, Confirm
from tui.screens.offer import Offer
from tui.screens.place import Place
from tui.screens.schedule_dialog import ChosenTime, ScheduleDialog
from tui.text import count_words

if TYPE_CHECKING:
    from contract.campaigns import Campaign
    from contract.delivery import Funnel
    from tui.editing.readers import Reader
    from tui.editing.session import DraftSession
    from tui.services import Services


def check_addresses(text: str) -> str | None:
    """What is wrong with a list of addresses; None if nothing is."""
    found = [part for part in text.replace(",", " ").replace(";", " ").split() if part]
    if not found:
        return "Type at least one address."
    if len(found) > 20:
        return "At most 20 addresses, please."
    odd = next((part for part in found if part.count("@") != 1 or part.startswith("@")), None)
    return f"“{odd}” is not an address: it looks like ana@example.com." if odd else None


class Departure(Place):
    """The `do_` methods of whoever may let a campaign go; nothing goes that was not counted a moment ago."""

    def __init__(self, services: Services, session: DraftSession) -> None:
        super().__init__(services)
        self.session = session
        self.reader: Reader | None = None
        self.funnel: Funnel | None = None
        self.busy = False

    def show_anew(self) -> None:
        """Show where the campaign stands now."""
        raise NotImplementedError

    def refused(self, error: RefusedError) -> None:
        """Show why the server did not take it."""
        raise NotImplementedError

    async def do_send(self) -> None:
        counted = self.funnel
        assert counted is not None
        people = count_words(counted.will_send, "contact")
        words = f"“{self.session.name}” goes out in {SECONDS} seconds. Until then you can take it back."

        def answered(yes: bool | None) -> None:
            if yes:
                self._ask(None, counted)

        await self.app.push_screen(Confirm(f"Mail {people} now?", words, f"Send to {people}"), answered)

    async def do_schedule(self) -> None:
        counted = self.funnel
        assert counted is not None

        def answered(chosen: ChosenTime | None) -> None:
            if chosen is not None:
                self._ask(chosen, counted)

        await self.app.push_screen(ScheduleDialog(self.services.clock, self.services.rules), answered)

    def _ask(self, chosen: ChosenTime | None, counted: Funnel) -> None:
        if not self.busy:
            self.busy = True
            self.ask_server(lambda: self._send(chosen, counted))

    async def _send(self, chosen: ChosenTime | None, counted: Funnel) -> None:
        try:
            sent = await self.services.sending.send(
                self.session.id,
                at=chosen.at if chosen else None,
                undo_seconds=0 if chosen else SECONDS,
                audience_hash=counted.audience_hash,
                in_each_zone=chosen.in_each_zone if chosen else False,
            )
        except RefusedError as error:
            self.refused(error)
            return
        finally:
            self.busy = False
        self.session.look()
        self.show_anew()
        await (self._scheduled(sent) if chosen else self._counting_down())

    async def _counting_down(self) -> None:
        async def undo() -> None:
            await self.services.sending.act(self.session.id, "unschedule")

        async def answered(answer: str | None) -> None:
            self.session.look()
            self.show_anew()
            if answer == "undone":
                self.say("Taken back. It is a draft again, and nobody was mailed.")
            elif answer == "outbox":
                await self._to_outbox()

        words = f"“{self.session.name}” is about to go out"
        await self.app.push_screen(Countdown(self.services.clock, words, undo), answered)

    async def _scheduled(self, sent: Campaign) -> None:
        """As the server answered: the campaign itself comes back to this computer a moment later."""
        schedule, now = Schedule(sent.send_at, sent.local_time, sent.starts_at), self.services.clock.now()
        until = f"It can be taken back to a draft until {say_when(schedule.first, now)}."
        question = Offer(f"Scheduled for {schedule.whose(now)}", until, "Show the outbox")

        async def answered(yes: bool | None) -> None:
            if yes:
                await self._to_outbox()

        await self.app.push_screen(question, answered)

    async def _to_outbox(self) -> None:
        """The review is over; coming back, the person finds the campaign."""
        if self.app.screen is self:
            _ = self.app.pop_screen()
        await self.app.go(goto.Target("outbox"))  # type: ignore[attr-defined]

    def do_unschedule(self) -> None:
        async def unschedule() -> None:
            await self.services.sending.act(self.session.id, "unschedule")
            self.say("It is a draft again. Nobody was mailed.")
            self.session.look()
            self.show_anew()

        self.ask_server(unschedule)

    async def do_test(self) -> None:
        def answered(text: str | None) -> None:
            if text:
                self.ask_server(lambda: self._test(text.replace(",", " ").replace(";", " ").split()))

        contact = self.reader if self.reader and self.reader.contact_id else None
        whom = f"{contact.name} ({contact.email})" if contact else "a sample"
        ask = AskText(
            "Test mail",
            f"Marked [Test], to these addresses only, with the values of {whom}.",
            placeholder="ana@example.com, ben@example.com",
            check=check_addresses,
        )
        await self.app.push_screen(ask, answered)

    async def _test(self, to: list[str]) -> None:
        contact_id = self.reader.contact_id if self.reader else ""
        accepted = await self.services.sending.test(self.session.id, to, contact_id or None)
        missed = [address for address in to if address not in accepted]
        if accepted:
            self.say(f"Test mail sent to {', '.join(accepted)}.")
        if missed:
            self.say(f"Not accepted: {', '.join(missed)}.", severity="warning")
