from collections.abc import Callable

from textual.app import App, ComposeResult

from tui.theme import OTHER_THEMES
from tui.widgets.list_rows import Column, Row, fit_cell, widths
from tui.widgets.paged_list import PAGE, PagedList

MILLION = 1_000_000


class ListApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[PagedList.PageNeeded] = []
        self.answer = True

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return OTHER_THEMES

    def compose(self) -> ComposeResult:
        yield PagedList([Column("Name", 10, grow=1), Column("Number", 9, right=True)])

    def on_mount(self) -> None:
        self.list.focus()
        self.list.open()

    @property
    def list(self) -> PagedList:
        return self.query_one(PagedList)

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        self.asked.append(event)
        if self.answer:
            self.give(event)

    def give(self, event: PagedList.PageNeeded, name: Callable[[int], str] = "person {}".format) -> None:
        numbers = range(event.offset, min(MILLION, event.offset + event.limit))
        rows = [Row(str(n), (name(n), f"{n:,}")) for n in numbers]
        event.list.show_page(event.offset, rows, MILLION, event.generation)


class TestAMillionRows:
    async def test_asks_only_for_pages_around_what_is_seen(self) -> None:
        app = ListApp()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            await pilot.press("G")
            await pilot.pause()
            assert app.list.row is not None
            assert app.list.row.cells[0] == "person 999999"
            assert {event.offset for event in app.asked} == {0, MILLION - PAGE}

    async def test_moving_within_a_page_asks_for_nothing(self) -> None:
        app = ListApp()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            before = len(app.asked)
            await pilot.press("j", "j", "k", "pagedown")
            assert len(app.asked) == before
            assert app.list.cursor == 20

    async def test_holds_a_bounded_number_of_pages(self) -> None:
        app = ListApp()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            for page in range(60):
                app.list.cursor = page * PAGE
                await pilot.pause()
            assert len(app.list._pages) <= 40


class TestAnswers:
    async def test_an_answer_to_an_older_question_is_dropped(self) -> None:
        app = ListApp()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            app.answer = False
            app.list.open()
            await pilot.pause()
            stale = app.asked[-1]
            app.list.open()
            await pilot.pause()
            app.give(stale, name="stale {}".format)
            assert app.list.total == 0
            app.give(app.asked[-1])
            assert app.list.row is not None
            assert app.list.row.cells[0] == "person 0"

    async def test_a_failed_page_is_asked_for_again_when_scrolled_to(self) -> None:
        app = ListApp()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            app.answer = False
            app.list.cursor = 500
            await pilot.pause()
            failed = app.asked[-1]
            app.list.page_failed(failed.offset, failed.generation)
            app.list.cursor = 505
            app.answer = True
            app.list.scroll_to(y=510, animate=False)
            await pilot.pause()
            assert app.list.row is not None
            assert app.list.row.cells[0] == "person 505"


class TestMarks:
    async def test_marks_survive_scrolling_until_forgotten(self) -> None:
        app = ListApp()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            await pilot.press("space", "down", "space")
            app.list.cursor = 5_000
            await pilot.pause()
            assert sorted(app.list.marks) == ["0", "2"]
            assert [row.key for row in app.list.chosen] == ["0", "2"]
            await pilot.press("U")
            assert [row.key for row in app.list.chosen] == ["5000"]


class TestColumns:
    def test_what_is_left_goes_to_the_columns_that_grow(self) -> None:
        columns = [Column("a", 10, grow=1), Column("b", 10), Column("c", 10, from_width=80)]
        assert widths(columns, 60) == [48, 10, 0]
        assert widths(columns, 100) == [76, 10, 10]

    def test_wide_characters_are_cut_at_a_cell(self) -> None:
        assert fit_cell("美咲美咲", 5) == "美咲…"
        assert fit_cell("ab", 5, right=True) == "   ab"

    def test_control_characters_never_reach_the_terminal(self) -> None:
        assert fit_cell("a\x1b[31m\nb", 9) == "a [31m b "
