import csv
import io

import pytest

from web.sheets import cell, sheet


def test_a_sheet_is_a_file_that_spreadsheets_read_as_utf_8():
    answer = sheet("calls", ("名前", "数"), [("高橋", "=1+1")])
    assert answer.headers["content-disposition"] == 'attachment; filename="calls.csv"'
    text = bytes(answer.body).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["名前", "数"], ["高橋", "'=1+1"]]
    assert bytes(answer.body).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", ["=1+1", "+81", "-2", "@sum", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == "'" + text


def test_an_ordinary_cell_is_left_alone() -> None:
    assert cell("member") == "member"
