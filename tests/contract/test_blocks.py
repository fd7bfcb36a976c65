"""The block document: drafts may be unfinished, unknown blocks survive, newer documents are left alone."""

import copy

import pytest
from pydantic import ValidationError

from contract.blocks import NewerDocumentError, dump_document, empty_document, is_valid, load_document

POLL = {"id": "p1", "type": "poll", "question": "Tea?", "options": [{"label": "yes", "votes": 3}]}


class TestLoading:
    def test_the_smallest_draft(self):
        document = load_document({"version": 1, "subject": "Hello", "blocks": []})
        assert document.subject == "Hello"

    def test_a_block_from_the_future_is_kept_as_it_is(self):
        raw = {"version": 1, "blocks": [POLL, {"type": "text", "id": "t", "text": "Hi"}]}
        document = load_document(copy.deepcopy(raw))
        assert document.unknown_types() == ["poll"]
        assert dump_document(document)["blocks"][0] == POLL

    def test_a_document_from_the_future_is_refused_in_words(self):
        with pytest.raises(NewerDocumentError, match="version 9"):
            load_document({"version": 9, "blocks": "anything"})

    @pytest.mark.parametrize(
        ("raw", "place"),
        [
            ({"blocks": []}, ("version",)),
            ({"version": 1, "blocks": [{"type": "button", "href": 3}]}, ("blocks", 0, "button", "href")),
            (
                {"version": 1, "blocks": [{"type": "spacer", "height": 1000}]},
                ("blocks", 0, "spacer", "height"),
            ),
            ({"version": 1, "blocks": [{"type": "text", "id": "a b"}]}, ("blocks", 0, "text", "id")),
            ({"version": 1, "theme": {"accent": "red"}}, ("theme", "accent")),
            ({"version": 1, "surprise": 1}, ("surprise",)),
        ],
    )
    def test_a_fault_is_named_by_its_place(self, raw, place):
        with pytest.raises(ValidationError) as caught:
            load_document(raw)
        assert caught.value.errors()[0]["loc"] == place
        assert not is_valid(raw)

    def test_two_blocks_never_share_an_id(self):
        twice = [{"type": "text", "id": "same"}, {"type": "divider", "id": "same"}]
        with pytest.raises(ValidationError, match="two blocks have the id same"):
            load_document({"version": 1, "blocks": twice})

    def test_a_block_without_an_id_gets_one_that_stays(self):
        document = load_document({"version": 1, "blocks": [{"type": "text"}]})
        assert load_document(dump_document(document)) == document


def test_a_new_campaign_begins_with_what_sending_needs():
    assert [block.type for block in empty_document().blocks] == ["text", "footer"]
