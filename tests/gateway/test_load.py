import asyncio
import socket

import pytest

from gateway.bench_sounds import FRAME, SILENCE, tone, ulaw
from gateway.load import LoadCall, Measured, Pulse

OK = (
    "SIP/2.0 200 OK\r\nVia: {via}\r\nFrom: {from_}\r\nTo: {to};tag=them\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\n"
    "Contact: <sip:line@127.0.0.1:{sip}>\r\n"
    "Record-Route: <sip:first@127.0.0.1:{sip};lr>\r\nRecord-Route: <sip:second@127.0.0.1:{sip};lr>\r\n"
    "Content-Type: application/sdp\r\n\r\n"
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio {rtp} RTP/AVP 0 101\r\nc=IN IP4 127.0.0.1\r\n"
)
PLAIN = (
    "SIP/2.0 {status} So\r\nVia: {via}\r\nFrom: {from_}\r\nTo: {to};tag=them\r\nCall-ID: {call_id}\r\n"
    "CSeq: {cseq}\r\n\r\n"
)


class Exchange(asyncio.DatagramProtocol):
    """The smallest telephone exchange that a call can be made to; it drops the first ``lose`` messages."""

    def __init__(self, status: int = 200, lose: int = 0) -> None:
        self.status, self.lose = status, lose
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind(("127.0.0.1", 0))
        self.media.setblocking(False)

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        first, *lines = data.decode().partition("\r\n\r\n")[0].split("\r\n")
        heads = {}
        for line in lines:
            name, _, value = line.partition(":")
            heads.setdefault(name.lower(), value.strip())
        if self.lose:
            self.lose -= 1
            return
        self.requests.append((first, heads))
        method = first.split()[0]
        if method == "ACK":
            return
        template = OK if method == "INVITE" and self.status == 200 else PLAIN
        answer = template.format(
            via=heads["via"], from_=heads["from"], to=heads["to"], call_id=heads["call-id"], cseq=heads["cseq"],
            sip=self.transport.get_extra_info("sockname")[1], rtp=self.media.getsockname()[1],
            status=self.status if method == "INVITE" else 200,
        )  # fmt: skip
        self.transport.sendto(answer.encode(), address)

    def of(self, method):
        return [(first, heads) for first, heads in self.requests if first.startswith(method)]


@pytest.fixture
async def exchange():
    made = []

    async def build(**options):
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: Exchange(**options), local_addr=("127.0.0.1", 0)
        )
        made.append((transport, protocol))
        return protocol, transport.get_extra_info("sockname")

    yield build
    for transport, protocol in made:
        transport.close()
        protocol.media.close()


async def test_a_call_is_answered_acknowledged_and_hung_up(exchange):
    there, address = await exchange()
    call = LoadCall("127.0.0.1", address, "09010000001")
    assert await call.dial()
    assert call.on
    assert call.measured.invited <= call.measured.answered
    await call.hang_up()
    assert not call.on
    (bye, heads), *_ = there.of("BYE")
    assert bye.startswith("BYE sip:line@127.0.0.1:")
    assert heads["route"].startswith("<sip:second@"), "routes are taken from the last to the first"
    assert len(there.of("ACK")) == 1


async def test_a_lost_invite_is_sent_again(exchange):
    there, address = await exchange(lose=1)
    call = LoadCall("127.0.0.1", address, "09010000001")
    assert await call.dial()
    assert len(there.of("INVITE")) == 1
    await call.hang_up()


async def test_the_acknowledgement_of_a_refusal_belongs_to_its_invite(exchange):
    there, address = await exchange(status=486)
    call = LoadCall("127.0.0.1", address, "09010000001")
    assert not await call.dial()
    assert call.measured.status == 486
    await asyncio.wait_for(_until(lambda: there.of("ACK")), 5)
    assert there.of("ACK")[0][1]["via"] == there.of("INVITE")[0][1]["via"]
    await call.hang_up()
    assert not there.of("BYE")


async def test_what_is_said_is_sent_and_timed_and_then_the_rest_goes_on(exchange):
    there, address = await exchange()
    said = ulaw(tone(0.06))
    async with Pulse() as pulse:
        call = LoadCall("127.0.0.1", address, "09010000001")
        pulse.calls.append(call)
        assert await call.dial()
        call.say(said)
        assert await call.until_said(5)
        frames = [await _packet(there) for _ in range(12)]
    bodies = [frame[12:] for frame in frames]
    first = bodies.index(said[:FRAME])
    assert b"".join(bodies[first : first + 3]) == said
    assert bodies[first + 3] == SILENCE
    assert 0 < call.measured.said_from <= call.measured.said_until


async def test_a_key_is_one_event_with_one_time_and_three_ends(exchange):
    there, address = await exchange()
    async with Pulse() as pulse:
        call = LoadCall("127.0.0.1", address, "09010000001")
        pulse.calls.append(call)
        assert await call.dial()
        call.press("5")
        frames = [await _packet(there) for _ in range(14)]
    keys = [frame for frame in frames if frame[1] & 127 == 101]
    assert len(keys) == 8
    assert {frame[12] for frame in keys} == {5}
    assert len({frame[4:8] for frame in keys}) == 1, "RFC 4733, 2.5.1.2: the time of an event is when it began"
    assert [bool(frame[1] & 0x80) for frame in keys] == [True] + [False] * 7
    assert sum(bool(frame[13] & 0x80) for frame in keys) == 3
    assert call.measured.pressed > 0


async def test_late_packets_and_the_first_sound_are_seen(exchange):
    there, address = await exchange()
    call = LoadCall("127.0.0.1", address, "09010000001")
    assert await call.dial()
    caller = _media_of(there, call)
    loud = ulaw(tone(0.02))
    for number, payload in enumerate((SILENCE, loud, SILENCE)):
        if number == 2:
            await asyncio.sleep(0.06)
        there.media.sendto(bytes([0x80, 0]) + bytes([0, number]) + bytes(8) + payload, caller)
        await asyncio.wait_for(_until(lambda number=number: call.measured.packets > number), 5)
    seen = call.measured
    assert seen.packets == 3
    assert seen.late >= 1
    assert seen.longest > 0.04
    assert seen.first_packet < seen.first_sound == seen.sound_after(seen.first_packet)
    assert seen.silence_after(seen.first_sound) > seen.first_sound
    await call.hang_up()


def test_a_measurement_begins_anew_without_forgetting_what_was_heard():
    seen = Measured(packets=9, late=2, longest=0.5, previous=3.0, sounds=[(1.0, False), (2.0, True)])
    seen.count_anew()
    assert (seen.packets, seen.late, seen.longest, seen.previous) == (0, 0, 0.0, 0.0)
    assert seen.sound_after(1.5) == 2.0
    assert seen.sound_after(2.5) == 0.0


def _media_of(there, call):
    return call.host, call._rtp.getsockname()[1]


async def _packet(there):
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(there.media, 2048), 5)


async def _until(claim):
    while not claim():
        await asyncio.sleep(0.005)
