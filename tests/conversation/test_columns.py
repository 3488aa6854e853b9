from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.columns import masked, named, same


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("number", "+819012345678", "090-1234-5678"),
        ("number", "０９０（１２３４）５６７８".replace("（", "-").replace("）", "-"), "09012345678"),
        ("number", "+14155550100", "+1 415-555-0100"),
        ("member", "ab-12 34", "ＡＢ１２３４"),
        ("birthday", "1980-04-01", "昭和55年4月1日"),
        ("birthday", "1980/4/1", "S55.4.1"),
        ("birthday", "19800401", "3550401"),
        ("birthday", "2019-05-01", "令和元年5月1日"),
        ("name", "山田 太郎", "山田　太郎"),
        ("name", "髙橋 太郎|タカハシ タロウ", "髙橋太郎"),
        ("name", "John Smith", "JOHN SMITH"),
        ("kana", "ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ　たろう"),
        ("kana", "髙橋 太郎|タカハシ タロウ", "タカハシタロウ"),
        ("postal_code", "〒100-0001", "1000001|東京都千代田区千代田1-1"),
        ("address", "1000001|東京都千代田区千代田1-1", "東京都千代田区千代田１－１"),
        ("policy", "P-0012 34", "ｐ００１２３４"),
    ],
)
def test_the_same_value_written_otherwise_is_the_same(column: str, one: str, other: str) -> None:
    assert same(column, one) is not None
    assert same(column, one) == same(column, other)


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("member", "0012", "12"),
        ("number", "09012345678", "09012345679"),
        ("birthday", "1980-04-01", "1980-01-04"),
        ("policy", "0012", "012"),
        ("kana", "ヤマダ", "ヤマタ"),
    ],
)
def test_different_values_are_different_and_leading_zeros_stay(column: str, one: str, other: str) -> None:
    assert same(column, one) != same(column, other)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "9012345678"), ("number", "9.01E+09"), ("number", "110"), ("birthday", "0401"),
        ("birthday", "1980-02-30"), ("birthday", "昭和70年1月1日"), ("kana", "山田"), ("postal_code", "100000"),
        ("name", " "), ("member", ""), ("policy", "- -"),
    ],
)  # fmt: skip
def test_what_is_no_value_of_its_column_is_none(column: str, value: str) -> None:
    assert same(column, value) is None


@given(st.sampled_from(["number", "member", "birthday", "name", "kana", "postal_code", "address", "x"]), st.text())
def test_no_text_breaks_it(column: str, value: str) -> None:
    found = same(column, value)
    assert found is None or found


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("customer_id", "customer_id"), ("Customer ID", "customer_id"), ("顧客ＩＤ", "customer_id"), ("氏名", "name"),
        ("フリガナ", "kana"), ("電話番号", "number"), ("契約番号", None), ("policy-no", "policy_no"),
        ("1st", None), ("", None),
    ],
)  # fmt: skip
def test_headings_are_understood_in_english_and_japanese(heading: str, name: str | None) -> None:
    assert named(heading) == name


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("number", "09012345678", "090-****-5678"),
        ("number", "12345", "*****"),
        ("name", "山田 太郎", "山***"),
        ("name", "", ""),
    ],
)
def test_what_is_shown_of_a_customer_is_little(column: str, value: str, shown: str) -> None:
    assert masked(column, value) == shown
