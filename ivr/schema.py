"""The JSON Schema of tree files, published as ``docs/tree.schema.json``; a test keeps the two alike.

python -m ivr.schema > docs/tree.schema.json
"""

from __future__ import annotations

import json
from typing import Any

from ivr.tree import TreeFile


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Denwaban tree",
        **{key: value for key, value in TreeFile.model_json_schema().items() if key != "title"},
    }


def text() -> str:
    return json.dumps(schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(text(), end="")
