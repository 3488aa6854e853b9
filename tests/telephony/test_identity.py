from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.identity import LONGEST_NAME, identify


def invite(*headers: str, sender: str = '"x" <sip:09012345678@example.jp>;tag=1') -> str:
    lines = ["INVITE sip:0312345678@192.0.2.1 SIP/2.0", f"From: {sender}", "To: <sip:0312345678@192.0.2.1>", *headers]
    return "\r\n".join(lines) + "\r\n\r\nv=0\r\n"


def test_the_number_comes_from_from_when_no_one_asserts_it() -> None:
    who = identify(invite("Call-ID: abc@host"))
    assert (who.caller, who.called, who.privacy, who.sip_call_id) == ("09012345678", "0312345678", False, "abc@host")


def test_what_the_trunk_asserts_is_worth_more_than_what_the_caller_claims() -> None:
    asserted = "P-Asserted-Identity: <tel:+81-90-1111-2222>"
    assert identify(invite(asserted)).caller == "+819011112222"


def test_an_asserted_number_is_found_beside_an_asserted_name() -> None:
    asserted = "P-Asserted-Identity: <sip:alice@example.jp>, <tel:+819011112222>"
    assert identify(invite(asserted)).caller == "+819011112222"


@pytest.mark.parametrize("privacy", ["id", "user;id", "header", "ID ; critical", "full"])
def test_a_number_whose_owner_asks_for_privacy_is_not_told(privacy: str) -> None:
    who = identify(invite(f"Privacy: {privacy}", "P-Asserted-Identity: <tel:+819011112222>"))
    assert (who.caller, who.privacy) == (None, True)


def test_privacy_none_hides_nothing() -> None:
    assert identify(invite("Privacy: none")).caller == "09012345678"


@pytest.mark.parametrize(
    "sender",
    [
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1',
        "<sip:unknown@192.0.2.9>;tag=1",
        "<sip:09012345678@anonymous.invalid>;tag=1",
    ],
)
def test_an_anonymous_caller_is_withheld(sender: str) -> None:
    who = identify(invite(sender=sender))
    assert (who.caller, who.privacy) == (None, True)


def test_184_withholds_and_186_presents() -> None:
    assert identify(invite(sender="<sip:18409012345678@h>")).privacy
    assert identify(invite(sender="<sip:18609012345678@h>")).caller == "09012345678"


def test_the_first_diversion_is_told() -> None:
    assert identify(invite("Diversion: <sip:0120000000@h>;reason=no-answer")).diverted == "0120000000"


def test_compact_and_folded_headers_are_read() -> None:
    text = "INVITE sip:1@h SIP/2.0\r\nf:\r\n <sip:0311112222@h>;tag=1\r\nt: <sip:100@h>\r\ni: x\r\n\r\n"
    who = identify(text)
    assert (who.caller, who.called, who.sip_call_id) == ("0311112222", "100", "x")


def test_a_number_in_a_display_name_is_not_believed() -> None:
    assert identify(invite(sender='"<sip:110@police>" <sip:0311112222@h>;tag=1')).caller == "0311112222"


def test_headers_smuggled_into_the_body_are_not_read() -> None:
    assert identify(invite() + "P-Asserted-Identity: <tel:+81110>\r\n\r\n").caller == "09012345678"


def test_an_escaped_line_break_does_not_come_out() -> None:
    assert identify(invite(sender="<sip:0311%0d%0aX-Evil@h>;tag=1")).caller is None


@pytest.mark.parametrize(
    ("sender", "contact", "host"),
    [
        ("<sip:0311112222@trunk.example.jp>;tag=1", "", "trunk.example.jp"),
        ("<sip:0311112222@192.0.2.7:5070>;tag=1", "", "192.0.2.7:5070"),
        ("<sip:0311112222@[2001:db8::7]>;tag=1", "", "[2001:db8::7]"),
        ('"x" <sip:anonymous@anonymous.invalid>;tag=1', "<sip:a@192.0.2.8;transport=tcp>", "192.0.2.8"),
        ("<sip:anonymous@anonymous.invalid>;tag=1", "", None),
        ("<sip:0311112222@-x>;tag=1", "", None),
    ],
)
def test_where_a_call_comes_from_is_told_for_what_is_to_be_called_there(
    sender: str, contact: str, host: str | None
) -> None:
    assert identify(invite(*([f"Contact: {contact}"] if contact else []), sender=sender)).host == host


@given(st.text(max_size=400) | st.lists(st.text(max_size=60)).map("\r\n".join))
def test_garbage_gives_no_one_and_never_raises(text: str) -> None:
    for message in (text, "INVITE sip:1@h SIP/2.0\r\n" + text, invite(text), invite(sender=text.replace("\r\n", " "))):
        who = identify(message)
        for user in (who.caller, who.called, who.diverted):
            assert user is None or (0 < len(user) <= LONGEST_NAME and user.isascii() and user.isprintable())
        assert who.host is None or (who.host.isascii() and not set(who.host) & set(" <>;?@\r\n"))
