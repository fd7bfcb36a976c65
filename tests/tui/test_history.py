"""The line of undo steps, against a plain list of versions: saved at any moment, read again at any moment."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import ManualClock
from localstore.undo_line import NO_LINE, STEPS_KEPT, UndoLine, UndoMove
from tui.editing.history import History

DEEDS = ["put", "put", "burst", "burst", "undo", "undo", "redo", "save", "restart"]


class Saved:
    """What a store has of it: contents and line are written together."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content, self.line, self.waiting = content, NO_LINE, UndoMove(0)

    def take(self, history: History) -> None:
        self.waiting = self.waiting.then(history.taken_move())

    def save(self, history: History) -> None:
        self.line, self.content = self.line.moved(self.waiting, self.line.seq + 1), history.content
        self.waiting = UndoMove(self.line.at)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(DEEDS), max_size=30))
def test_whatever_is_done_each_step_goes_back_to_what_was_there(deeds: list[str]) -> None:
    history, saved = History(ManualClock(), {"n": 0}), Saved({"n": 0})
    versions, at, bursting = [0], 0, False
    for number, deed in enumerate(deeds, start=1):
        match deed:
            case "put":
                history.put({"n": number}, focus=f"f{number}")
                versions, at = [*versions[: at + 1], number], at + 1
            case "burst":
                history.put({"n": -number}, focus="b", burst="b")
                history.put({"n": number}, focus="b", burst="b")
                kept = versions[: at + (0 if bursting else 1)]
                versions, at = [*kept, number], len(kept)
            case "undo":
                found = history.undo()
                assert (found is None) == (at == 0)
                at = max(0, at - 1)
            case "redo":
                found = history.redo()
                assert (found is None) == (at == len(versions) - 1)
                at = min(len(versions) - 1, at + 1)
            case "restart":
                saved.take(history)
                saved.save(history)
                history = History(ManualClock(), saved.content)
                history.restart(saved.content, saved.line)
        nothing = deed == "save" or (deed in ("undo", "redo") and found is None)
        bursting = deed == "burst" or (bursting and nothing)
        assert history.content == {"n": versions[at]}
        assert (history.can_undo, history.can_redo) == (at > 0, at < len(versions) - 1)
        saved.take(history)
        if deed == "save":
            saved.save(history)


def test_the_place_of_the_change_is_shown_after_a_restart_too() -> None:
    history, saved = History(ManualClock(), {}), Saved({})
    history.put({"n": 1}, focus="one")
    history.put({"n": 2}, focus="two")
    saved.take(history)
    saved.save(history)
    history.restart(saved.content, saved.line)
    found = [history.undo(), history.undo(), history.redo(), history.redo()]
    assert [version and version.focus for version in found] == ["two", "one", "one", "two"]


def test_a_hundred_steps_are_kept() -> None:
    history, line = History(ManualClock(), {"n": 0}), NO_LINE
    for n in range(1, 4 * STEPS_KEPT):
        history.put({"n": n})
        line = line.moved(history.taken_move(), n)
    assert len(line.left) == STEPS_KEPT
    assert steps_back(history) == STEPS_KEPT
    history.restart({"n": n}, line)
    assert steps_back(history) == STEPS_KEPT


def steps_back(history: History) -> int:
    count = 0
    while history.undo():
        count += 1
    return count


def test_words_from_elsewhere_end_the_line() -> None:
    history = History(ManualClock(), {"n": 0})
    history.put({"n": 1})
    history.restart({"theirs": 1})
    assert not history.can_undo
    history.put({"theirs": 2})
    line = UndoLine(1, 5, {}).moved(history.taken_move(), 2)
    assert [one.content for one in line.left.values()] == [{"theirs": 1}]
