"""The edge's configuration as text."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from telephony.edge import (
    CONTROL,
    BadEdge,
    Edge,
    EdgeMissing,
    EdgeRefused,
    alive,
    check,
    configuration,
    lines_list,
    program,
    release,
    taken,
    write,
)

PLAIN = Edge(
    host="192.0.2.1",
    sip_port=5060,
    inner=("127.0.0.1", 15059),
    lines=(("127.0.0.1", 15060), ("127.0.0.1", 15061)),
    reserve=("127.0.0.1", 15062),
)


def text(**changes: object) -> str:
    return configuration(replace(PLAIN, **changes), Path("/run/denwaban"))


def test_callers_and_lines_have_doors_of_their_own():
    lines = text().splitlines()
    assert [line for line in lines if line.startswith("listen=")] == [
        "listen=udp:192.0.2.1:5060",
        "listen=tcp:192.0.2.1:5060",
        "listen=udp:127.0.0.1:15059",
    ]


def test_callers_are_told_the_advertised_address_and_lines_are_not():
    lines = text(advertise="phone.example.jp").splitlines()
    assert "listen=udp:192.0.2.1:5060 advertise phone.example.jp:5060" in lines
    assert "listen=tcp:192.0.2.1:5060 advertise phone.example.jp:5060" in lines
    assert "listen=udp:127.0.0.1:15059" in lines


def test_ipv6_addresses_stand_in_brackets():
    inner, lines = ("::1", 15059), (("::1", 15060),)
    six = replace(PLAIN, host="2001:db8::1", advertise="2001:db8::2", inner=inner, lines=lines, reserve=None)
    written = configuration(six, Path("/run/denwaban"))
    assert "listen=udp:[2001:db8::1]:5060 advertise [2001:db8::2]:5060\n" in written
    assert '$var(line) = "sip:[::1]:15060"; route(WEIGH);' in written
    assert lines_list(six) == "1 sip:[::1]:15060\n"


def test_tls_comes_with_a_certificate_only():
    assert "tls" not in text()
    written = text(tls_certificate=Path("/etc/denwaban/cert.pem"), tls_key=Path("/etc/denwaban/key.pem"))
    assert "listen=tls:192.0.2.1:5061\n" in written
    assert 'modparam("tls", "private_key", "/etc/denwaban/key.pem")' in written
    assert 'modparam("tls", "tls_method", "TLSv1.2+")' in written


def test_the_reserve_is_a_set_of_its_own_and_may_be_absent():
    assert lines_list(PLAIN) == "1 sip:127.0.0.1:15060\n1 sip:127.0.0.1:15061\n2 sip:127.0.0.1:15062\n"
    assert "$var(set) = 2" in text()
    assert "$var(set) = 2" not in text(reserve=None)


def test_limits_are_written_as_they_were_given():
    written = text(retry_after=77, calls_per_line=2, unacked_per_source=9, answer_within=0.25, longest_call=61)
    for expected in (
        "Retry-After: 77\\r\\n",
        "$var(room) = 2;",
        ">= 9)",
        'modparam("tm", "fr_timer", 250)',
        'dlg_set_timeout("61")',
    ):
        assert expected in written


def test_only_the_networks_that_were_named_are_spared_the_limits():
    assert "is_in_subnet" not in text()
    assert 'is_in_subnet("$si", "203.0.113.0/24")' in text(trusted=("203.0.113.0/24", "2001:db8::/32"))


def test_no_log_sentence_of_the_configuration_carries_what_a_caller_sent():
    sentences = [line.strip() for line in text().splitlines() if "xlog(" in line and not line.startswith("loadmodule")]
    assert sentences
    # In an event or a probe these are the line's own address.
    assert set(re.findall(r"\$[a-z]+(?:\([^)]*\))?", " ".join(sentences))) == {"$ru", "$var(line)"}


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "localhost"},
        {"host": '127.0.0.1"\nloadmodule "app_lua.so'},
        {"host": "fe80::1%eth0"},
        {"host": "0.0.0.0"},
        {"advertise": "a b"},
        {"advertise": "x:5060\nlisten=udp:0.0.0.0"},
        {"advertise": "-x.example"},
        {"sip_port": 0},
        {"sip_port": 70000},
        {"sip_port": "5060"},
        {"inner": ("0.0.0.0", 15059)},
        {"inner": ("192.0.2.1", 5060)},
        {"inner": ("127.0.0.1", 15060)},
        {"inner": ("::1", 15059)},
        {"lines": ()},
        {"lines": (("127.0.0.1", 15060), ("127.0.0.1", 15060))},
        {"lines": (("line.example", 15060),)},
        {"reserve": ("127.0.0.1", 15061)},
        {"retry_after": 0},
        {"retry_after": "30\r\nX: y"},
        {"calls_per_line": True},
        {"answer_within": 0.0},
        {"trusted": ("203.0.113.1/24",)},
        {"trusted": ('10.0.0.0/8") || ("1" == "1',)},
        {"tls_certificate": Path("cert.pem")},
        {"tls_certificate": Path('a".pem'), "tls_key": Path("key.pem")},
        {"tls_certificate": Path("cert.pem"), "tls_key": Path("a\nb.pem")},
    ],
)
def test_a_value_that_makes_no_sense_or_would_write_configuration_is_refused(changes):
    with pytest.raises(BadEdge):
        replace(PLAIN, **changes)


def test_a_folder_that_would_write_configuration_is_refused(tmp_path):
    with pytest.raises(BadEdge):
        write(PLAIN, tmp_path / 'run"')


def test_a_refusal_does_not_quote_the_value():
    with pytest.raises(BadEdge) as refusal:
        replace(PLAIN, advertise="not a name 0901234567")
    assert "0901234567" not in str(refusal.value)


@pytest.mark.real
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"reserve": None},
        {"advertise": "203.0.113.5"},
        {"host": "0.0.0.0", "advertise": "203.0.113.5"},
        {"host": "::1", "trusted": ("10.0.0.0/8", "2001:db8::/32")},
        {"lines": tuple(("127.0.0.1", 20000 + n) for n in range(100))},
        {"inner": ("::1", 15059), "lines": (("::1", 15060),), "reserve": None},
    ],
)
def test_kamailio_takes_what_is_written(tmp_path, changes):
    check(write(replace(PLAIN, **changes), tmp_path / "edge"))


@pytest.mark.real
def test_kamailio_takes_a_certificate(tmp_path):
    (tmp_path / "cert.pem").touch()
    (tmp_path / "key.pem").touch()
    edge = replace(PLAIN, tls_certificate=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem")
    check(write(edge, tmp_path / "edge"))


@pytest.mark.real
def test_a_broken_configuration_is_refused_with_kamailios_words(tmp_path):
    path = write(PLAIN, tmp_path / "edge")
    path.write_text(path.read_text() + "nonsense\n")
    with pytest.raises(EdgeRefused, match=r"syntax error|parse"):
        check(path)


def test_a_machine_without_kamailio_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(EdgeMissing, match=r"setup\.sh"):
        program()


def test_an_address_that_another_program_has_is_named(free_port):
    edge = replace(PLAIN, host="127.0.0.1", sip_port=free_port(), inner=("127.0.0.1", free_port()))
    assert taken(edge) is None
    for kind, name in ((socket.SOCK_DGRAM, "udp"), (socket.SOCK_STREAM, "tcp")):
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(("127.0.0.1", edge.sip_port))
            if kind == socket.SOCK_STREAM:
                other.listen()
            assert taken(edge) == f"{name}:127.0.0.1:{edge.sip_port}"
    assert taken(edge) is None


def test_an_address_of_another_machine_is_named():
    with pytest.raises(BadEdge, match=r"192\.0\.2\.1 is no address of this machine"):
        taken(PLAIN)


def test_an_edge_that_does_not_run_is_not_alive(tmp_path):
    assert not alive(tmp_path)
    (tmp_path / CONTROL).touch()
    assert not alive(tmp_path)
    with pytest.raises(OSError, match=r".*"):
        release(tmp_path, "sip:127.0.0.1:15060")
