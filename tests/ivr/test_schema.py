from pathlib import Path

from ivr import schema


def test_the_published_schema_is_that_of_the_code():
    published = Path(__file__).parents[2] / "docs" / "tree.schema.json"
    assert published.read_text("utf-8") == schema.text(), "run: python -m ivr.schema > docs/tree.schema.json"


def test_the_schema_knows_every_kind_of_node():
    definitions = schema.schema()["$defs"]
    for kind in ("Say", "Menu", "Question", "Ask", "Link", "Voicemail", "Hours", "Decide", "Goodbye"):
        assert definitions[f"{kind}Node"]["additionalProperties"] is False
