"""The badge tells the truth, and the most urgent truth first."""

import pytest

from localstore.records import DocState, Hold
from sync.badge import document_badge, overall_badge
from sync.status import BadgeState

CALM = {"typing": False, "not_saved": None, "offline": False, "signed_out": False}
DIRTY = DocState(dirty=True)


class TestOneDocument:
    @pytest.mark.parametrize(
        ("state", "facts", "says"),
        [
            (DocState(), {}, "synced"),
            (DIRTY, {}, "saved here"),
            (DocState(in_flight=True), {}, "saved here"),
            (DIRTY, {"typing": True}, "typing…"),
            (DIRTY, {"offline": True}, "offline, 3 waiting"),
            (DIRTY, {"signed_out": True}, "sign in"),
            (DocState(hold=Hold.CONFLICT), {}, "conflict"),
            (DocState(hold=Hold.GONE), {}, "deleted by someone else"),
            (DocState(hold=Hold.REJECTED, detail="subject too long"), {}, "rejected: subject too long"),
            (DocState(hold=Hold.CONFLICT), {"not_saved": "disk full"}, "NOT SAVED: disk full"),
            (DocState(hold=Hold.REJECTED, detail="x"), {"offline": True, "typing": True}, "rejected: x"),
        ],
    )
    def test_says_what_is_true(self, state, facts, says):
        assert document_badge(state, waiting=3, **CALM | facts).text == says

    def test_says_since_when_it_is_synced(self):
        badge = document_badge(DocState(), waiting=0, synced_at=1_790_000_000.0, **CALM)
        assert badge.state is BadgeState.SYNCED
        assert badge.text.startswith("synced ")
        assert badge.text[-3] == ":"


class TestEverything:
    def says(self, states, connected=True, **facts) -> str:
        return overall_badge(states, connected=connected, synced_at=None, **CALM | facts).text

    def test_counts_what_waits_for_the_network_and_what_waits_for_a_person(self):
        waiting = [DIRTY, DIRTY, DocState(dirty=True, hold=Hold.CONFLICT)]
        assert self.says(waiting[:2], offline=True) == "offline, 2 waiting"
        assert self.says(waiting, offline=True) == "1 conflict"
        assert self.says([*waiting, DocState(hold=Hold.GONE)]) == "2 conflicts"

    def test_does_not_claim_to_be_synced_before_it_was_connected(self):
        assert self.says([], connected=False) == "connecting…"
        assert self.says([]) == "synced"
