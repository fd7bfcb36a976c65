"""The block document: drafts may be unfinished, unknown blocks survive, newer documents are left alone."""

import copy
import json
import runpy

import pytest
from pydantic import ValidationError

from contract import blocks
from contract.block_types import KNOWN
from contract.blocks import (
    Columns,
    NewerDocumentError,
    dump_document,
    empty_document,
    is_valid,
    load_document,
)

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
            ({"version": 1, "blocks": [{"type": "list", "items": [7]}]}, ("blocks", 0, "list", "items", 0)),
            (
                {"version": 1, "blocks": [{"type": "social", "links": [{"network": "myspace", "href": ""}]}]},
                ("blocks", 0, "social", "links", 0, "network"),
            ),
            (
                {
                    "version": 1,
                    "blocks": [{"type": "columns", "cells": [[], [{"type": "button", "href": 3}]]}],
                },
                ("blocks", 0, "columns", "cells", 1, 0, "button", "href"),
            ),
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


class TestColumns:
    @pytest.mark.parametrize("inner", ["columns", "footer"])
    def test_only_leaves_stand_in_them(self, inner):
        raw = {"version": 1, "blocks": [{"type": "columns", "cells": [[{"type": inner}], []]}]}
        with pytest.raises(ValidationError, match="does not match any of the expected tags"):
            load_document(raw)

    @pytest.mark.parametrize("ratio", ["1:1", "1:2", "2:1", "1:1:1"])
    def test_the_ratio_says_how_many_there_are(self, ratio):
        cells = [[] for _ in ratio.split(":")]
        assert Columns(ratio=ratio, cells=cells).cells == cells
        with pytest.raises(ValidationError, match=f"columns of {ratio} have {len(cells)} cells"):
            Columns(ratio=ratio, cells=[*cells, []])

    def test_an_unknown_block_inside_is_kept_and_named(self):
        raw = {"version": 1, "blocks": [{"type": "columns", "cells": [[POLL], []]}]}
        document = load_document(copy.deepcopy(raw))
        assert document.unknown_types() == ["poll"]
        assert dump_document(document)["blocks"][0]["cells"] == [[POLL], []]

    def test_ids_are_unique_and_counted_through_them(self):
        inside = {"type": "columns", "cells": [[{"type": "text", "id": "same"}], []]}
        with pytest.raises(ValidationError, match="two blocks have the id same"):
            load_document({"version": 1, "blocks": [inside, {"type": "text", "id": "same"}]})
        full = {"type": "columns", "cells": [[{"type": "text"}] * 20, [{"type": "text"}] * 20]}
        with pytest.raises(ValidationError, match="200 blocks"):
            load_document({"version": 1, "blocks": [full] * 5})


class TestMigrating:
    def test_an_older_document_climbs_every_step_before_it_is_read(self, monkeypatch):
        monkeypatch.setattr(
            blocks,
            "MIGRATIONS",
            {
                -1: lambda raw: raw | {"version": 0, "title": raw["headline"]},
                0: lambda raw: {"version": 1, "subject": raw["title"]},
            },
        )
        raw = {"version": -1, "headline": "Hello"}
        assert load_document(raw).subject == "Hello"
        assert raw == {"version": -1, "headline": "Hello"}


def test_the_published_schema_is_that_of_the_contract():
    script = runpy.run_path("docs/make_schema.py")
    assert script["TARGET"].read_text(encoding="utf-8") == script["schema"](), "run docs/make_schema.py"


def test_the_published_schema_knows_every_type_of_block():
    published = runpy.run_path("docs/make_schema.py")["TARGET"].read_text(encoding="utf-8")
    definitions = json.loads(published)["$defs"].values()
    types = {
        shape["properties"]["type"].get("const")
        for shape in definitions
        if "type" in shape.get("properties", {})
    }
    assert set(KNOWN) <= types


def test_a_new_campaign_begins_with_what_sending_needs():
    assert [block.type for block in empty_document().blocks] == ["text", "footer"]
