from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import customer_list
from conversation.customer_list import Refused, read
from conversation.errors import UnusableList

LIST = "customer_id,name,number,member\r\n0001,山田 太郎,090-1234-5678,0012\r\nC2,佐藤 花子,,0013\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_list_is_read_in_the_encodings_that_spreadsheets_write(encoding: str, separator: str) -> None:
    found = read(LIST.replace(",", separator).encode(encoding))
    assert found.rows == (
        {"customer_id": "0001", "name": "山田 太郎", "number": "090-1234-5678", "member": "0012"},
        {"customer_id": "C2", "name": "佐藤 花子", "member": "0013"},
    )
    assert found.refusals == 0


def test_japanese_headings_quotes_and_lines_within_a_value_are_understood() -> None:
    found = read('顧客番号,氏名,住所\n1,"山田, 太郎","東京都\n千代田区"\n'.encode())
    assert found.rows == ({"customer_id": "1", "name": "山田, 太郎", "address": "東京都 千代田区"},)


def test_a_formula_is_a_text() -> None:
    assert read(b"customer_id,rank\n1,=1+1\n").rows[0]["rank"] == "=1+1"


def test_empty_lines_and_columns_without_heading_are_passed_over() -> None:
    found = read("customer_id,name,,\n\n1,山田,,\n,,,\n".encode())
    assert (found.rows, found.refusals) == (({"customer_id": "1", "name": "山田"},), 0)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("1,山田", Refused(2, "cells")),
        ("1,山田,0012,0312345678,1980-01-01,ヤマダ,1000001,x", Refused(2, "cells")),
        (",山田,0012,0312345678,1980-01-01,ヤマダ,1000001", Refused(2, "no_id", "customer_id")),
        ("1,山田,0012,312345678,1980-01-01,ヤマダ,1000001", Refused(2, "number", "number")),
        ("1,山田,0012,0312345678,1980-13-01,ヤマダ,1000001", Refused(2, "birthday", "birthday")),
        ("1,山田,0012,0312345678,1980-01-01,山田,1000001", Refused(2, "kana", "kana")),
        ("1,山田,0012,0312345678,1980-01-01,ヤマダ,100001", Refused(2, "postal_code", "postal_code")),
        ("1," + "山" * 201 + ",0012,0312345678,1980-01-01,ヤマダ,1000001", Refused(2, "long", "name")),
        ("1,山\x1b田,0012,0312345678,1980-01-01,ヤマダ,1000001", Refused(2, "signs", "name")),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number_and_the_others_are_taken(
    line: str, refused: Refused
) -> None:
    head = "customer_id,name,member,number,birthday,kana,postal_code"
    found = read(f"{head}\n{line}\n9,佐藤,0013,0312345679,1981-01-01,サトウ,1000002\n".encode())
    assert found.refused == (refused,)
    assert [row["customer_id"] for row in found.rows] == ["9"]


def test_of_a_customer_who_stands_there_twice_the_first_line_counts() -> None:
    found = read(b"customer_id,rank\n1,gold\n2,gold\n1,none\n")
    assert [row["rank"] for row in found.rows] == ["gold", "gold"]
    assert found.refused == (Refused(4, "twice", "customer_id"),)


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"", "empty", ""),
        (b"name\nx\n", "no_id", "customer_id"),
        (b"customer_id,name,name\n", "twice", "name"),
        ("customer_id,契約\n".encode(), "heading", "2"),
        (b"customer_id" + b",a" * 30, "columns", "30"),
        (b'customer_id,name\n1,"open\n', "form", "2"),
        (b'customer_id,name\n1,"a"b\n', "form", "2"),
        ("customer_id\n1\n".encode("utf-16"), "encoding", ""),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "encoding", ""),
        (b"customer_id\n" + b"x" * 200_000, "form", "2"),
        (b"x" * 10_000_001, "large", "10"),
        (b"customer_id\n" + b"".join(b"%d\n" % n for n in range(50_001)), "rows", "50000"),
    ],
)
def test_a_file_of_which_nothing_can_be_taken_says_why(data: bytes, reason: str, detail: str) -> None:
    with pytest.raises(UnusableList) as refused:
        read(data)
    assert (refused.value.reason, refused.value.detail) == (reason, detail)


def test_of_many_refused_lines_the_first_are_told() -> None:
    found = read(b"customer_id,rank\n" + b"1\n" * 300)
    assert (len(found.refused), found.refusals) == (customer_list.TOLD, 300)


@given(st.binary(max_size=300))
def test_no_file_breaks_it(data: bytes) -> None:
    with suppress(UnusableList):
        assert len(read(b"customer_id,name\n" + data).rows) <= 300
