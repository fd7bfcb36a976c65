"""Blocks in columns are merged like any other: by their ids, wherever they stand."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract.block_types import SHARES
from contract.blocks import load_document
from sync.merge import merge

Doc = dict[str, Any]


def text(id: str, words: str = "") -> Doc:
    return {"id": id, "type": "text", "text": words or f"Words of {id}. "}


def columns(id: str, *cells: list[Doc], ratio: str = "1:1") -> Doc:
    return {"id": id, "type": "columns", "ratio": ratio, "cells": list(cells)}


def mail(*blocks: Doc) -> Doc:
    return {"name": "n", "contentJson": {"version": 1, "blocks": copy.deepcopy(list(blocks))}}


def blocks_of(doc: Doc) -> list[Doc]:
    found: list[Doc] = doc["contentJson"]["blocks"]
    return found


def spots(doc: Doc) -> list[list[Doc]]:
    """Every list a block can stand in."""
    return [blocks_of(doc), *(cell for block in blocks_of(doc) for cell in block.get("cells", []))]


def everything(doc: Doc) -> dict[str, Doc]:
    return {block["id"]: block for spot in spots(doc) for block in spot}


def shape(doc: Doc) -> list[Any]:
    """Ids, nested as the blocks are."""
    return [
        (block["id"], [[leaf["id"] for leaf in cell] for cell in block["cells"]])
        if "cells" in block
        else block["id"]
        for block in blocks_of(doc)
    ]


BASE = mail(text("a"), columns("c", [text("l")], [text("r")]), text("z"))


def _move(draw: st.DrawFn, doc: Doc) -> None:
    sources = [spot for spot in spots(doc) if any(block["type"] != "columns" for block in spot)]
    if not sources:
        return
    source = draw(st.sampled_from(sources))
    block = draw(st.sampled_from([block for block in source if block["type"] != "columns"]))
    source.remove(block)
    goal = draw(st.sampled_from(spots(doc)))
    goal.insert(draw(st.integers(0, len(goal))), block)


def _change_ratio(draw: st.DrawFn, doc: Doc) -> None:
    block = next((block for block in blocks_of(doc) if "cells" in block), None)
    if block is not None:
        block["ratio"] = draw(st.sampled_from(sorted(SHARES)))
        cells, wanted = block["cells"], len(SHARES[block["ratio"]])
        kept = [*cells[:wanted], *([] for _ in range(wanted - len(cells)))]
        kept[-1].extend(leaf for cell in cells[wanted:] for leaf in cell)
        block["cells"] = kept


def edit(draw: st.DrawFn, base: Doc, who: str) -> Doc:
    doc = copy.deepcopy(base)
    for n in range(draw(st.integers(0, 4))):
        spot = draw(st.sampled_from(spots(doc)))
        match draw(st.sampled_from(["write", "insert", "delete", "move", "ratio"])):
            case "insert":
                spot.insert(draw(st.integers(0, len(spot))), text(f"{who}{n}"))
            case "delete" if spot:
                spot.pop(draw(st.integers(0, len(spot) - 1)))
            case "write" if any("text" in block for block in spot):
                block = draw(st.sampled_from([block for block in spot if "text" in block]))
                block["text"] += f"Added {who}{n}. "
            case "move":
                _move(draw, doc)
            case "ratio":
                _change_ratio(draw, doc)
    return doc


@st.composite
def triples(draw: st.DrawFn) -> tuple[Doc, Doc, Doc]:
    left, right = ([text(f"{side}{n}") for n in range(draw(st.integers(0, 3)))] for side in "lr")
    base = mail(text("a"), columns("c", left, right), text("z"), columns("d", [text("e")], []))
    return base, edit(draw, base, "m"), edit(draw, base, "t")


class TestLaws:
    @given(triples())
    def test_what_one_side_did_alone_is_the_outcome(self, triple: tuple[Doc, Doc, Doc]) -> None:
        base, mine, theirs = triple
        for m, t, wanted in ((mine, base, mine), (base, theirs, theirs), (mine, mine, mine)):
            merged = merge(base, m, t)
            assert (merged.content, merged.conflicts) == (wanted, ())

    @given(triples())
    def test_it_does_not_matter_who_is_called_mine(self, triple: tuple[Doc, Doc, Doc]) -> None:
        base, mine, theirs = triple
        one, other = merge(base, mine, theirs), merge(base, theirs, mine)
        kinds = [sorted((c.kind, c.path) for c in side.conflicts) for side in (one, other)]
        assert kinds[0] == kinds[1]
        if not one.conflicts:
            assert one.content == other.content

    @given(triples())
    def test_the_outcome_is_a_document_with_every_word_once(self, triple: tuple[Doc, Doc, Doc]) -> None:
        base, mine, theirs = triple
        merged = merge(base, mine, theirs)
        load_document(merged.content["contentJson"])
        out, old = everything(merged.content), everything(base)
        asked = {path[2] for path in (c.path for c in merged.conflicts) if len(path) > 2}
        for side in (mine, theirs):
            for id, block in everything(side).items():
                added = block.get("text", "").removeprefix(old.get(id, {}).get("text", ""))
                assert id in asked or added in out.get(id, {}).get("text", "")
        for id in set(old) - set(everything(mine)) - set(everything(theirs)):
            assert id not in out


def test_two_people_write_in_two_columns_of_one_block() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    everything(mine)["l"]["text"] += "Mine. "
    everything(theirs)["r"]["text"] += "Theirs. "
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert everything(merged.content)["l"]["text"].endswith("Mine. ")
    assert everything(merged.content)["r"]["text"].endswith("Theirs. ")


def test_a_block_that_one_moves_into_a_column_and_another_rewrites_is_one_block() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    block = blocks_of(mine).pop(0)
    blocks_of(mine)[0]["cells"][1].append(block)
    everything(theirs)["a"]["text"] = "Rewritten. "
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert shape(merged.content) == [("c", [["l"], ["r", "a"]]), "z"]
    assert everything(merged.content)["a"]["text"] == "Rewritten. "


def test_columns_stay_while_somebody_writes_in_them() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    blocks_of(mine).pop(1)
    everything(theirs)["l"]["text"] += "Still here. "
    merged = merge(BASE, mine, theirs)
    assert [(c.kind, c.path[-1]) for c in merged.conflicts] == [("edit_delete", "l")]
    assert shape(merged.content) == ["a", ("c", [["l"], []]), "z"]


def test_a_third_column_that_went_leaves_what_was_added_to_it_in_the_second() -> None:
    base = mail(columns("c", [text("l")], [text("r")], [text("x")], ratio="1:1:1"))
    mine, theirs = copy.deepcopy(base), copy.deepcopy(base)
    blocks_of(mine)[0] |= {"ratio": "1:1", "cells": [[text("l")], [text("r"), text("x")]]}
    blocks_of(theirs)[0]["cells"][2].append(text("new"))
    merged = merge(base, mine, theirs)
    assert shape(merged.content) == [("c", [["l"], ["r", "x", "new"]])]


def test_the_same_block_moved_to_two_places_stands_in_one() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    for side, cell in ((mine, 0), (theirs, 1)):
        block = blocks_of(side).pop(0)
        blocks_of(side)[0]["cells"][cell].append(block)
    one, other = merge(BASE, mine, theirs), merge(BASE, theirs, mine)
    assert shape(one.content) == shape(other.content) == [("c", [["l", "a"], ["r"]]), "z"]


def test_cells_that_no_one_understands_are_one_value() -> None:
    base = mail({"id": "c", "type": "columns", "ratio": "1:1", "cells": "odd"})
    mine, theirs = copy.deepcopy(base), copy.deepcopy(base)
    blocks_of(mine)[0]["cells"] = "odder"
    assert merge(base, mine, theirs).content == mine
