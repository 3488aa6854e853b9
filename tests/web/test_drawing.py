from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from web.drawing import FOLDER, Drawing, linked


@pytest.fixture
def drawing() -> Drawing:
    return Drawing(centre="<b>Centre</b>", number="+81 3-1234-5678", zone="Asia/Tokyo")


def test_a_page_tells_what_is_wrong_in_both_languages_and_dials_the_number(drawing: Drawing) -> None:
    page = bytes(drawing.gone("expired", "en", status=410).body).decode()
    assert page.index("This link has expired") < page.index("有効期限が切れました")
    assert 'href="tel:+81312345678"' in page


def test_the_name_of_the_centre_is_text(drawing: Drawing) -> None:
    page = bytes(drawing.gone("unknown", "ja", status=404).body).decode()
    assert "<b>Centre" not in page
    assert "&lt;b&gt;Centre" in page


def test_a_name_that_a_template_does_not_know_is_a_mistake(drawing: Drawing) -> None:
    with pytest.raises(UndefinedError):
        drawing.page("code.html", "ja")


def test_links_in_a_message_can_be_followed_and_nothing_else_becomes_markup() -> None:
    html = linked('<i>https://a.example/l/x_Y-1</i> javascript:alert(1) "><script>')
    assert str(html).count("<") == 2
    assert 'href="https://a.example/l/x_Y-1"' in html
    assert "&lt;script&gt;" in html


def test_times_are_those_of_the_centre(drawing: Drawing) -> None:
    assert drawing.exact(datetime(2026, 11, 24, 20, 0, tzinfo=UTC)) == "2026-11-25T05:00:00+09:00"


def test_colours_are_named_by_their_part_and_stand_in_one_place() -> None:
    sheets = {name: (FOLDER / "static" / name).read_text("utf-8") for name in ("tokens.css", "page.css", "console.css")}
    assert 20 <= len(re.findall(r"^  --", sheets["tokens.css"], re.MULTILINE)) <= 30
    defined = set(re.findall(r"(--[a-z-]+):", sheets["tokens.css"]))
    for name in ("page.css", "console.css"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", sheets[name])
        assert set(re.findall(r"var\((--[a-z-]+)\)", sheets[name])) <= defined
