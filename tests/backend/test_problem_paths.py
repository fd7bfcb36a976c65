"""Places in errors are places in the JSON that was sent."""

from typing import Any

import pytest

from backend.problem_paths import sent_path

BUTTON = {"contentJson": {"blocks": [{"href": 1}]}}
TEXT = {"contentJson": {"blocks": [{"text": 1}]}}
STEPS = {"steps": [{"contentJson": {"blocks": [{}, {}]}}]}
PAIR = {"dslJson": {"not": {"not": {}}}}


@pytest.mark.parametrize(
    ("location", "sent", "path"),
    [
        (("contentJson", "blocks", 0, "button", "href"), BUTTON, "contentJson.blocks.0.href"),
        (("contentJson", "blocks", 0, "text", "text"), TEXT, "contentJson.blocks.0.text"),
        (
            ("steps", 0, "contentJson", "blocks", 1, "unknown", "id"),
            STEPS,
            "steps.0.contentJson.blocks.1.id",
        ),
        (
            ("contentJson", "blocks", 0, "columns", "cells", 1, 0, "button", "href"),
            {"contentJson": {"blocks": [{"cells": [[], [{"href": 1}]]}]}},
            "contentJson.blocks.0.cells.1.0.href",
        ),
        (
            ("contentJson", "blocks", 0, "text", "showIf", "all", "all", 0, "comparison", "op"),
            {"contentJson": {"blocks": [{"showIf": {"all": [{"op": 1}]}}]}},
            "contentJson.blocks.0.showIf.all.0.op",
        ),
        (("name",), {}, "name"),
        (
            ("dslJson", "all", "all", 0, "comparison", "op"),
            {"dslJson": {"all": [{"op": 1}]}},
            "dslJson.all.0.op",
        ),
        (("dslJson", "not", "not", "not", "not", "comparison", "op"), PAIR, "dslJson.not.not.op"),
        (("dslJson", "all", "extra"), {"dslJson": {"all": [], "extra": 1}}, "dslJson.extra"),
        (("dslJson", "not", "not", "comparison"), {"dslJson": {"not": 7}}, "dslJson.not"),
        (("dslJson", "comparison", "value", "float"), {"dslJson": {"value": "x"}}, "dslJson.value"),
        ((), {}, ""),
        (("a", 5), {"a": []}, "a.5"),
        (("name",), None, ""),
    ],
)
def test_tags_of_unions_are_left_out(location: tuple[Any, ...], sent: Any, path: str) -> None:
    assert sent_path(location, sent) == path
