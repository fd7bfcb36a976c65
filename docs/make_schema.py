"""Publish the block document as JSON Schema: `python docs/make_schema.py` after a change of the contract."""

import json
from pathlib import Path

from pydantic.json_schema import models_json_schema

from contract.blocks import Document

TARGET = Path(__file__).parent / "block-document.schema.json"


def schema() -> str:
    """The schema as it stands in the contract."""
    _, made = models_json_schema([(Document, "validation")], by_alias=True)
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Handbill block document, version 1",
        "$ref": "#/$defs/Document",
        "$defs": made["$defs"],
    }
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(schema(), encoding="utf-8")
