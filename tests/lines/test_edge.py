"""The edge with a real Kamailio in front of real SIPp lines."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from edges import running
from namespaces import inside, town
from phone import SDP, Call, Phone
from sipp import BUSY, HANGS_UP, RINGS, Sipp

from telephony.edge import Edge, alive, release

pytestmark = pytest.mark.real


def NOTHING(_: object) -> bool:
    return False


@dataclass
class House:
    """An edge with its lines and its reserve."""

    edge: Edge
    folder: Path
    lines: list[Sipp]
    reserve: Sipp | None

    @property
    def door(self) -> tuple[str, int]:
        return self.edge.host, self.edge.sip_port

    def phone(self, **how: object) -> Phone:
        return Phone(self.door, **how)  # type: ignore[arg-type]

    def reached(self) -> set[str]:
        """Call-IDs that came to any line."""
        return set().union(*(line.calls() for line in [*self.lines, *([self.reserve] if self.reserve else [])]))


@pytest.fixture
def house(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Callable[..., House]]:
    """Makes a House: ``house(2, reserve=True, scenario=..., **fields of Edge)``."""
    with contextlib.ExitStack() as stack:

        def make(count: int = 2, *, reserve: bool = False, scenario: str | None = None, **fields: object) -> House:
            how = {"scenario": scenario} if scenario else {}
            lines = [stack.enter_context(Sipp(tmp_path / f"line{i}", free_port(), **how)) for i in range(count)]
            spare = stack.enter_context(Sipp(tmp_path / "reserve", free_port())) if reserve else None
            edge = Edge(
                **{
                    "host": "127.0.0.1",
                    "sip_port": free_port(),
                    "inner": ("127.0.0.1", free_port()),
                    "lines": tuple(line.address for line in lines),
                    "reserve": spare.address if spare else None,
                    "trusted": ("127.0.0.0/8",),
                    **fields,
                }  # type: ignore[arg-type]
            )
            folder = stack.enter_context(running(edge, tmp_path / "edge"))
            return House(edge, folder, lines, spare)

        yield make


def fill(phone: Phone, count: int) -> list:
    """Calls one after another; each is answered before the next begins."""
    calls = []
    for _ in range(count):
        call = phone.call()
        final = call.answer()
        calls.append((call, final.status if final else None))
    return calls


def test_calls_go_to_the_line_with_the_fewest(house):
    here = house(3)
    with here.phone() as phone:
        calls = fill(phone, 6)
        assert [status for _, status in calls] == [200] * 6
        assert [len(line.calls()) for line in here.lines] == [2, 2, 2]
        leaving = here.lines[1].calls()
        for call, _ in calls:
            if call.id in leaving:
                assert call.bye().status == 200
        fill(phone, 2)
        assert [len(line.calls()) for line in here.lines] == [2, 4, 2]


def test_when_all_lines_are_busy_the_reserve_answers_and_then_the_caller_is_told_when_to_try_again(house):
    here = house(2, reserve=True, calls_of_reserve=2, retry_after=17)
    with here.phone() as phone:
        assert [status for _, status in fill(phone, 6)] == [200] * 6
        assert here.reserve.calls() == set()
        last = fill(phone, 2)
        assert here.reserve.calls() == {call.id for call, _ in last}
        refused = phone.call().answer()
        assert (refused.status, refused.header("Retry-After")) == (503, "17")
        assert last[0][0].bye().status == 200
        assert phone.call().answer().status == 200


def test_without_a_reserve_the_caller_is_told_when_to_try_again(house):
    here = house(1, retry_after=30)
    with here.phone() as phone:
        fill(phone, 3)
        refused = phone.call().answer()
    assert (refused.status, refused.header("Retry-After")) == (503, "30")


def test_when_a_line_is_killed_the_next_calls_go_elsewhere_at_once(house):
    here = house(2)
    here.lines[0].kill()
    with here.phone() as phone:
        began = time.monotonic()
        assert [status for _, status in fill(phone, 3)] == [200] * 3
        assert time.monotonic() - began < 3 * here.edge.answer_within + 1
    assert len(here.lines[1].calls()) == 3


def test_a_line_killed_again_and_again_has_all_its_room_each_time_it_is_back(house):
    here = house(2, reserve=True, calls_of_reserve=1)
    first = here.lines[0]
    with here.phone() as phone:
        calls = [call for call, _ in fill(phone, 6)]
        for _ in range(3):
            # The edge takes calls younger than two seconds for those of the new process, so these must be older.
            phone.wait(NOTHING, 2.5)
            mine = first.calls()
            lost, calls = [c for c in calls if c.id in mine], [c for c in calls if c.id not in mine]
            assert len(lost) == 3
            first.kill()
            first.start()
            assert all(call.ended(4) for call in lost), "the callers of a killed line are left in silence"
            again = fill(phone, 3)
            assert [status for _, status in again] == [200] * 3
            calls += [call for call, _ in again]
        assert here.reserve.calls() == set()
        assert [status for _, status in fill(phone, 2)] == [200, 503]


def test_the_end_of_a_lost_call_is_told_again_until_the_caller_has_heard_it(house):
    here = house(1)
    with here.phone() as phone:
        call = phone.call()
        assert call.answer().status == 200
        phone.polite = False
        assert release(here.folder, f"sip:127.0.0.1:{here.lines[0].port}") == 1
        assert call.ended()
        phone.polite = True
        assert call.ended()


def test_a_line_that_says_busy_hands_the_call_to_the_next(house):
    here = house(2, reserve=True, scenario=BUSY)
    with here.phone() as phone:
        assert phone.call().answer().status == 200
    assert len(here.reserve.calls()) == 1


def test_cancelled_calls_hold_no_line(house):
    here = house(1, scenario=RINGS)
    with here.phone() as phone:
        for _ in range(5):
            call = phone.call()
            assert phone.wait(lambda m: m.status == 180)
            call.cancel()
            assert call.answer().status == 487


def test_a_caller_who_never_acknowledges_blocks_nobody_else(house):
    here = house(3, trusted=("127.0.0.3/32",), unacked_per_source=4)
    with here.phone(host="127.0.0.2") as rude, here.phone(host="127.0.0.3") as caller:
        answers = [rude.call().answer(ack=False).status for _ in range(9)]
        assert answers == [200] * 4 + [503] * 5
        assert [status for _, status in fill(caller, 5)] == [200] * 5


def test_calls_never_acknowledged_give_their_line_back(house):
    here = house(1, ack_within=2)
    with here.phone() as phone:
        rude = [phone.call() for _ in range(3)]
        assert [call.answer(ack=False).status for call in rude] == [200] * 3
        assert phone.call().answer().status == 503
        assert all(call.ended(6) for call in rude)
        assert phone.call().answer().status == 200


def test_a_flood_is_not_answered_and_others_are(house):
    here = house(1, trusted=("127.0.0.3/32",), requests_per_two_seconds=30)
    with here.phone(host="127.0.0.2") as flood, here.phone(host="127.0.0.3") as caller:
        sent = [flood.request("OPTIONS") for _ in range(120)]
        assert caller.call().answer().status == 200
        answered = 0
        while flood.wait(lambda m: m.status == 200, 0.3):
            answered += 1
        assert 0 < answered <= 60 < len(sent)


def test_a_scanner_gets_no_answer(house):
    here = house(1)
    with here.phone(agent="friendly-scanner") as scanner, here.phone() as caller:
        scanner.call()
        scanner.request("OPTIONS")
        scanner.request("REGISTER")
        assert caller.call().answer().status == 200
        assert scanner.wait(lambda _: True, 0.5) is None
    assert len(here.reached()) == 1


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("REGISTER", 403),
        ("SUBSCRIBE", 405),
        ("MESSAGE", 405),
        ("PUBLISH", 405),
        ("REFER", 481),
        ("INFO", 481),
        ("NOTIFY", 481),
    ],
)
def test_what_is_no_call_is_refused(house, method, status):
    here = house(1)
    with here.phone() as phone:
        request = phone.request(method)
        assert phone.wait(lambda m: m.header("Call-ID") == request).status == status
    assert here.reached() == set()


def test_nobody_reaches_a_third_party_through_the_edge(house):
    here = house(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim, here.phone() as phone:
        victim.bind(("127.0.0.1", 0))
        victim.setblocking(False)
        there = f"127.0.0.1:{victim.getsockname()[1]}"
        edge = f"<sip:127.0.0.1:{here.edge.sip_port};lr>"

        preloaded = phone.call(headers=f"Route: {edge}, <sip:{there};lr>\r\n")
        assert preloaded.answer().status == 403
        call = Call(phone, "110")
        for method in ("BYE", "INVITE", "REFER", "MESSAGE"):
            phone.send(call.text(method, to_tag="x", headers=f"Route: {edge}\r\n", ruri=f"sip:110@{there}"))
            call.id += "x"
        # Even within a real call, what is asked of another place goes to the line.
        mine = phone.call()
        assert mine.answer().status == 200
        assert mine.within("REFER", headers=f"Refer-To: <sip:110@{there}>\r\n").status == 403
        assert mine.within("INFO", ruri=f"sip:110@{there}").status == 200
        mine.route.append(f"<sip:{there};lr>")
        assert mine.bye().status == 200
        with pytest.raises(BlockingIOError):
            victim.recv(65536)


def test_a_line_cannot_dial_out_through_the_edge(house):
    here = house(1)
    here.lines[0].kill()
    with Phone(here.edge.inner, port=here.lines[0].port) as line, here.phone() as stranger:
        assert line.call("110").answer().status == 403
    with Phone(here.edge.inner) as stranger:
        stranger.call()
        assert stranger.wait(lambda _: True, 0.5) is None


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_call_with_keys_by_info_goes_through_and_ends(house, transport):
    here = house(1)
    with here.phone(transport=transport) as phone:
        call = phone.call()
        assert call.answer().status == 200
        info = call.within(
            "INFO", headers="Content-Type: application/dtmf-relay\r\n", body="Signal=5\r\nDuration=160\r\n"
        )
        assert info.status == 200
        assert call.bye().status == 200
    assert [method for method, _ in here.lines[0].requests if method != "OPTIONS"] == ["INVITE", "ACK", "INFO", "BYE"]


def test_a_call_comes_in_over_tls_and_goes_to_the_line_without(house, tmp_path, free_port):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=edge"]
    subprocess.run([*made, "-out", certificate, "-keyout", key], check=True, capture_output=True, timeout=20)
    here = house(1, tls_certificate=certificate, tls_key=key, tls_port=free_port())
    with Phone((here.edge.host, here.edge.tls_port), transport="tls") as phone:
        call = phone.call()
        final = call.answer()
        assert final.status == 200
        assert "transport=tls" in final.all("Record-Route")[-1]
        assert call.bye().status == 200
    assert [method for method, _ in here.lines[0].requests if method != "OPTIONS"] == ["INVITE", "ACK", "BYE"]


def test_a_call_comes_in_over_ipv6(house):
    here = house(1, host="::1", trusted=())
    with here.phone(host="::1") as phone:
        call = phone.call()
        assert call.answer().status == 200
        assert call.bye().status == 200


def test_what_the_lines_might_not_survive_never_reaches_them(house):
    here = house(1)
    with here.phone() as phone, here.phone(transport="tcp") as over_tcp:
        for raw in torture(phone):
            phone.send(raw)
        for raw in torture(over_tcp)[:10]:
            over_tcp.send(raw)
        phone.wait(lambda m: m.status == 0 or m.status < 400, 1.0)
        assert {m.status for m in phone.heard} <= {400, 413, 414, 415, 416, 420, 481, 483, 488, 505, 513}
        good = phone.call()
        assert good.answer().status == 200
        # Within a call as well, where an answer is not possible for ACK.
        bad = SDP.format(host="a" * 300)
        assert good.within("INVITE", body=bad).status == 488
        assert good.within("UPDATE", body=bad).status == 488
        assert good.bye().status == 200
    assert here.reached() == {good.id}
    assert [method for method, call in here.lines[0].requests if call == good.id] == ["INVITE", "ACK", "BYE"]
    assert alive(here.folder)


def test_a_caller_behind_the_public_address_is_told_that_address(tmp_path, free_port):
    with town() as place:
        edge = Edge(
            host=place.centre_address,
            advertise=place.advertised,
            sip_port=5060,
            inner=("127.0.0.1", 15059),
            lines=(("127.0.0.1", 15060),),
        )
        with (
            inside(place.centre),
            Sipp(tmp_path / "line", 15060, scenario=HANGS_UP),
            running(edge, tmp_path / "edge", namespace=place.centre),
        ):
            with inside(place.caller):
                phone = Phone((place.advertised, 5060), host=place.caller_address)
            with phone:
                call = phone.call()
                final = call.answer()
                assert final.status == 200
                routes = final.all("Record-Route")
                assert place.advertised in routes[-1]
                assert not any(place.centre_address in value for _, value in final.headers)
                assert call.ended()


def torture(phone: Phone) -> list[bytes]:
    """INVITEs (and others) that are broken, each in another way."""
    good = SDP.format(host="127.0.0.1")
    bodies = [
        *(SDP.format(host="a" * length) for length in (101, 253, 254, 255, 300, 1000, 2500)),
        good.replace("c=IN IP4 127.0.0.1", "c=IN IP4 " + "1." * 150),
        good.replace("c=IN IP4 127.0.0.1", "c=IN  IP4 " + "b" * 260),
        good.replace("c=IN IP4", "c=XX YY"),
        good.replace("o=- 1 1 IN IP4 127.0.0.1", "o=" + "u" * 400),
        good.replace("o=- 1 1 IN IP4 127.0.0.1\r\n", ""),
        good + "c=IN IP4 " + "d" * 254 + "\r\n",
        good.replace("\r\nc=", "\rc=").replace("127.0.0.1\r\nt", "c" * 254 + "\r\nt"),
        good.replace("s=-\r\n", "s=-\x00\r\nc=IN IP4 " + "e" * 254 + "\r\n"),
        good.replace("v=0", "v=9"),
        good.replace("v=0\r\n", ""),
        "",
        "v=0",
        "\r\n" * 50,
        "m=audio",
        good.replace("40000", "99999999999999999999"),
        good.replace("40000", "-1"),
        good.replace(" RTP/AVP 0 8 101", ""),
        good.replace("0 8 101", " ".join(str(n % 128) for n in range(200))),
        good.replace("audio", "video"),
        good + "m=audio 40000 RTP/AVP 0\r\n" * 40,
        good + "a=x\r\n" * 300,
        good + "a=rtpmap:0 PCMU/0\r\n",
        good + "a=rtpmap:0 " + "P" * 200 + "/8000\r\n",
        good + "a=rtpmap:9999999999 PCMU/8000\r\n",
        good + "a=ptime:0\r\n",
        good + "a=ptime:99999\r\n",
        good + "a=" + "y" * 1200 + "\r\n",
        good + "=\r\n",
        good + "zzzz\r\n",
    ]
    raw = [Call(phone, "1").text("INVITE", body=body or " ").encode() for body in bodies]
    plain = [Call(phone, "1").text("INVITE", body=good) for _ in range(16)]
    raw += [
        text.encode()
        for text in (
            plain[0].replace("Max-Forwards: 70", "Max-Forwards: 0"),
            plain[1].replace("Max-Forwards: 70", "X-Long: " + "x" * 3000),
            plain[2].replace("SIP/2.0\r\nVia", "SIP/9.0\r\nVia", 1),
            plain[3].replace("CSeq: 1 INVITE", "CSeq: 99999999999 BYE"),
            plain[4].replace("Call-ID: ", "Call-ID: " + "i" * 300),
            plain[5].replace("sip:0901234567@", "sip:" + "0" * 400 + "@"),
            plain[6].replace("INVITE sip:1@", "INVITE sip:" + "1" * 400 + "@"),
            plain[7].replace("INVITE sip:1@", "INVITE http://1@"),
            plain[8].replace("Contact:", "X-Contact:"),
            plain[9].replace("From:", "X-From:"),
            plain[10].replace("Content-Type: application/sdp", "Content-Type: application/octet-stream"),
            plain[11].replace("Content-Type: application/sdp", "Content-Type: multipart/mixed;boundary=b"),
            plain[12].replace("User-Agent: ", "User-Agent: \x01\x02"),
            plain[13].replace("Max-Forwards: 70", "Max-Forwards: 70\r\n" + "X: y\r\n" * 300),
            plain[14].replace("Content-Length: ", "Content-Length: 9"),
        )
    ]
    raw += [b"\x00" * 200, b"INVITE", b"\r\n\r\n\r\n", b"\xff" * 1400, os.urandom(900), b"SIP/2.0 200 OK\r\n\r\n"]
    return raw
