import pytest

from channels.transfers import Transfers, is_allowed

LIST = {"head_office": "sip:desk@pbx.example.jp:5070;transport=tcp", "branch": "0661234567", "fire": "119"}


@pytest.mark.parametrize(
    ("to", "target"),
    [
        ("+81312345678", "+81312345678"),
        ("0312345678", "0312345678"),
        ("branch", "0661234567"),
        ("head_office", "sip:desk@pbx.example.jp:5070;transport=tcp"),
        ("nobody", None),
        ("fire", None),
    ],
)
def test_a_call_goes_to_a_number_or_to_a_name_of_the_list(to, target):
    assert Transfers(named=LIST).target(to) == target


def test_numbers_are_called_at_the_trunk_and_addresses_where_they_are():
    transfers = Transfers(named=LIST, domain="trunk.example.jp")
    assert transfers.target("+81312345678") == "sip:+81312345678@trunk.example.jp"
    assert transfers.target("branch") == "sip:0661234567@trunk.example.jp"
    assert transfers.target("head_office") == LIST["head_office"]


@pytest.mark.parametrize(
    "number",
    [
        "110",
        "118",
        "119",
        "112",
        "911",
        "0110",
        "184110",
        "186119",
        "+81110",
        "+81186110",
        "sip:119@pbx",
        "sip:1.1-0@pbx",
    ],
)
def test_nobody_is_put_through_to_an_emergency_number_however_it_is_written(number):
    assert not is_allowed(number)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "1",
        "0" * 16,
        "tel:0312345678",
        "sip:@x",
        "sip:a@b?Replaces=x",
        "sip:a@b>;x",
        "sip:a@b\r\nX: y",
        "03-1234-5678",
    ],
)
def test_what_is_no_plain_number_or_address_is_nowhere_to_go(target):
    assert not is_allowed(target)


@pytest.mark.parametrize(
    "target", ["0312345678", "+15551234567", "110110", "sip:desk@10.0.0.5", "sips:1100@pbx.example"]
)
def test_ordinary_numbers_and_addresses_are_allowed(target):
    assert is_allowed(target)
