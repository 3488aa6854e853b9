"""A real line worker, a real hub's end of the link, real callers: SIPp, baresip, our own, and bare datagrams."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from worker import Caller, Datagrams, Hub, Worker, heard_between, pitch, strength

from telephony import tones
from telephony.orders import (
    Answered,
    Ended,
    HangUp,
    Heard,
    Keyed,
    Listen,
    Play,
    Played,
    Resume,
    SpeechBegan,
    TakeMessage,
    Taken,
    Took,
)

pytestmark = [pytest.mark.real]

PROMPT_HZ, OTHER_HZ = 600.0, 850.0


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker(tmp_path_factory.mktemp("line"))
    yield worker
    assert worker.stop() == 0


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """prompt: 1.2 s of 600 Hz, other: 0.6 s of 850 Hz, long: 5 s of 600 Hz, voice: about 1.5 s of speech."""
    folder = tmp_path_factory.mktemp("sounds")
    spoken = folder / "spoken.wav"
    subprocess.run(["espeak-ng", "-v", "en", "-w", str(spoken), "I have lost my card"], check=True, timeout=20)
    return {
        "prompt": tones.keep(folder, "prompt", tones.pcm(tones.tone(PROMPT_HZ, 1.2, 0.3))),
        "other": tones.keep(folder, "other", tones.pcm(tones.tone(OTHER_HZ, 0.6, 0.3))),
        "long": tones.keep(folder, "long", tones.pcm(tones.tone(PROMPT_HZ, 5.0, 0.3))),
        "voice": tones.keep(folder, "voice", tones.read_wav(spoken)),
    }


@pytest.fixture
async def hub(worker: Worker) -> AsyncIterator[Hub]:
    hub = Hub(worker.socket)
    await hub.start()
    await hub.connected()
    yield hub
    await hub.stop()


Dial = Callable[..., Any]


@pytest.fixture
async def dial(worker: Worker) -> AsyncIterator[Dial]:
    processes: list[asyncio.subprocess.Process] = []

    async def dial(*steps: str, number: str, options: tuple[str, ...] = ()) -> Caller:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "telephony.caller", f"127.0.0.1:{worker.port}", "--from", number, "--json"),
            *(*options, "--longest", "40", "--steps", *steps),
            stdout=subprocess.PIPE,
        )
        processes.append(process)
        return Caller(process)

    yield dial
    for process in processes:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def datagrams(worker: Worker) -> Iterator[Callable[..., Datagrams]]:
    made: list[Datagrams] = []

    def make(port: int = worker.port) -> Datagrams:
        made.append(Datagrams(port))
        return made[-1]

    yield make
    for phone in made:
        phone.close()


async def test_a_call_is_answered_and_the_prompt_is_heard_to_its_end(
    hub: Hub, dial: Dial, sounds: dict[str, Path], tmp_path: Path
) -> None:
    record = tmp_path / "heard.wav"
    caller = await dial("hear:0.5", "hangup", number="0311110001", options=("--record", str(record)))
    call = await hub.answered("0311110001")
    hub.order(Play(call=call, play=1, files=(str(sounds["prompt"]), str(sounds["other"]))))
    report = await caller.report()
    ended: Ended = await hub.fact(Ended, call)
    assert report["status"] == 200
    assert hub.of(call, Answered)[0].codec == "PCMU/8000"
    assert [(fact.play, fact.complete) for fact in hub.of(call, Played)] == [(1, True)]
    assert ended.reason == "hangup"
    assert ended.quality["packets"] > 50
    assert ended.quality["mos"] > 4
    (start, end), *rest = report["heard"]
    assert not rest, "the two files follow each other without a gap"
    assert end - start == pytest.approx(1.8, abs=0.15)
    assert pitch(heard_between(record, report, start + 0.2, start + 1.0)) == pytest.approx(PROMPT_HZ, abs=5)
    assert pitch(heard_between(record, report, end - 0.5, end - 0.1)) == pytest.approx(OTHER_HZ, abs=5)


@pytest.mark.parametrize(
    ("options", "codec", "secure"),
    [(("--codec", "g722", "--tcp"), "G722/16000", False), (("--codec", "pcma", "--srtp"), "PCMA/8000", True)],
)
async def test_other_codecs_tcp_and_encrypted_sound_work_the_same(
    hub: Hub, dial: Dial, sounds: dict[str, Path], options: tuple[str, ...], codec: str, secure: bool, tmp_path: Path
) -> None:
    record = tmp_path / "heard.wav"
    number = f"03111110{len(codec)}"
    caller = await dial("hear:0.4", "key:5", "hangup", number=number, options=(*options, "--record", str(record)))
    call = await hub.answered(number)
    hub.order(Play(call=call, play=1, files=(str(sounds["prompt"]),)))
    report = await caller.report()
    await hub.fact(Ended, call)
    assert (report["codec"], report["secure"]) == (codec, secure)
    assert hub.of(call, Answered)[0].codec == codec
    assert [fact.digit for fact in hub.of(call, Keyed)] == ["5"]
    start, end = report["heard"][0]
    assert pitch(heard_between(record, report, start + 0.2, end - 0.2)) == pytest.approx(PROMPT_HZ, abs=5)


async def test_each_key_counts_once_and_the_first_stops_the_prompt(
    hub: Hub, dial: Dial, sounds: dict[str, Path]
) -> None:
    caller = await dial("wait:0.5", "key:1", "info:2", "keys:33", "info:4", "hangup", number="0311110003")
    call = await hub.answered("0311110003")
    hub.order(Play(call=call, play=7, files=(str(sounds["long"]),)))
    report = await caller.report()
    await hub.fact(Ended, call)
    assert [(key.digit, key.method) for key in hub.of(call, Keyed)] == [
        ("1", "rfc4733"),
        ("2", "info"),
        ("3", "rfc4733"),
        ("3", "rfc4733"),
        ("4", "info"),
    ]
    assert [(fact.play, fact.complete) for fact in hub.of(call, Played)] == [(7, False)]
    assert report["heard"][0][1] - report["heard"][0][0] < 2.0


async def test_speech_pauses_the_prompt_and_without_an_ear_it_is_told_as_unheard(
    hub: Hub, dial: Dial, sounds: dict[str, Path]
) -> None:
    caller = await dial("wait:0.5", f"say:{sounds['voice']}", "hear:0.6", "hangup", number="0311110004")
    call = await hub.answered("0311110004")
    hub.order(Listen(call=call, listen=3, hint={"language": "en", "mode": "choice"}))
    hub.order(Play(call=call, play=1, files=(str(sounds["long"]),)))
    began: SpeechBegan = await hub.fact(SpeechBegan, call)
    heard: Heard = await hub.fact(Heard, call)
    hub.order(Resume(call=call))
    await hub.fact(Played, call, play=1, complete=True)
    report = await caller.report()
    assert (began.listen, began.barged) == (3, True)
    assert (heard.listen, heard.result, heard.barged) == (3, None, True)
    assert began.at < heard.spoken_until < heard.at
    paused_at, spoke_at = report["heard"][0][1], report["said"][0][0]
    assert paused_at - spoke_at < 0.6
    total = sum(end - start for start, end in report["heard"])
    assert total == pytest.approx(5.0, abs=0.4), "the prompt went on where it had stopped"


async def test_a_message_is_recorded_in_pieces_that_add_up_to_what_was_said(
    hub: Hub, dial: Dial, sounds: dict[str, Path]
) -> None:
    steps = ("hear:0.2", f"say:{sounds['voice']}", f"say:{sounds['other']}", "wait:0.3", "key:#", "wait:0.3", "hangup")
    caller = await dial(*steps, number="0311110005")
    call = await hub.answered("0311110005")
    hub.order(TakeMessage(call=call, recording="r1", silence=5.0))
    took: Took = await hub.fact(Took, call)
    report = await caller.report()
    pieces: list[Taken] = hub.of(call, Taken)
    assert [piece.piece for piece in pieces] == list(range(len(pieces)))
    assert len(pieces) >= 3
    pcm = b"".join(base64.b64decode(piece.pcm) for piece in pieces)
    assert took.reason == "key"
    assert took.seconds == pytest.approx(len(pcm) / 16_000, abs=0.02)
    assert hub.of(call, Keyed) == []
    said = report["said"][-1][1] - report["said"][0][0]
    loud = [at for at in range(0, len(pcm) - 319, 320) if tones.level(pcm[at : at + 320]) >= 150]
    assert (loud[-1] - loud[0]) / 16_000 == pytest.approx(said, abs=0.2)
    assert pitch(pcm[loud[-1] - 16 * 450 : loud[-1] - 16 * 100]) == pytest.approx(OTHER_HZ, abs=10)


async def test_a_caller_hears_a_waiting_sound_while_the_hub_is_away_and_nothing_is_lost(
    hub: Hub, dial: Dial, sounds: dict[str, Path], tmp_path: Path
) -> None:
    record = tmp_path / "heard.wav"
    steps = ("hear:0.3", "key:1", "wait:2.5", "key:2", "wait:0.7", "hear:0.5", "hangup")
    caller = await dial(*steps, number="0311110006", options=("--record", str(record)))
    call = await hub.answered("0311110006")
    hub.order(Play(call=call, play=1, files=(str(sounds["prompt"]),)))
    await hub.fact(Played, call, play=1)
    hub.acknowledges = False
    await hub.fact(Keyed, call, digit="1")
    await hub.stop()
    await asyncio.sleep(2.0)
    hub.acknowledges = True
    await hub.start()
    await hub.connected()
    assert [fact["call"] for fact in hub.hellos[-1]["calls"]] == [call]
    await hub.fact(Keyed, call, digit="2")
    hub.order(Play(call=call, play=2, files=(str(sounds["other"]), str(sounds["other"]))))
    await hub.fact(Played, call, play=2)
    report = await caller.report()
    await hub.fact(Ended, call)
    assert [key.digit for key in hub.of(call, Keyed)] == ["1", "2"]
    assert hub.repeated >= 1, "what was not acknowledged came again, and was known"
    spans = report["heard"]
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(spans)]
    assert max(gaps) < 2.0
    waiting = heard_between(record, report, spans[1][0] + 0.05, spans[1][0] + 0.35)
    assert pitch(waiting) == pytest.approx(tones.WAITING_HZ[0], abs=10)
    end = spans[-1][1]
    assert pitch(heard_between(record, report, end - 0.5, end - 0.1)) == pytest.approx(OTHER_HZ, abs=5)


async def test_a_call_on_hold_comes_back_with_its_sound(hub: Hub, dial: Dial, sounds: dict[str, Path]) -> None:
    caller = await dial("hear:0.3", "hold:1", "hear:0.3", "key:9", "wait:0.3", "hangup", number="0311110007")
    call = await hub.answered("0311110007")
    hub.order(Play(call=call, play=1, files=(str(sounds["other"]),)))
    await hub.fact(Played, call, play=1)
    await asyncio.sleep(1.6)
    hub.order(Play(call=call, play=2, files=(str(sounds["prompt"]),)))
    report = await caller.report()
    await hub.fact(Ended, call)
    assert [fact.play for fact in hub.of(call, Played) if fact.complete] == [1, 2]
    assert [key.digit for key in hub.of(call, Keyed)] == ["9"]
    start, end = report["heard"][-1]
    assert end - start == pytest.approx(1.2, abs=0.15)


async def test_beyond_three_callers_the_next_is_refused_and_told_when_to_try_again(
    hub: Hub, datagrams: Callable[..., Datagrams]
) -> None:
    phones = [datagrams() for _ in range(4)]
    outcomes = []
    for phone in phones:
        phone.send("INVITE", body=phone.sdp())
        outcomes.append(await asyncio.to_thread(phone.receive, "INVITE"))
        phone.send("ACK", sequence=1)
    assert [status for status, _ in outcomes] == [200, 200, 200, 503]
    assert re.search(r"(?m)^Retry-After: \d+", outcomes[3][1])
    for phone in phones[:3]:
        phone.send("BYE")
        assert (await asyncio.to_thread(phone.receive, "BYE"))[0] == 200
    again = datagrams()
    again.send("INVITE", body=again.sdp())
    assert (await asyncio.to_thread(again.receive, "INVITE"))[0] == 200
    again.send("ACK", sequence=1)
    again.send("BYE")
    assert (await asyncio.to_thread(again.receive, "BYE"))[0] == 200


async def test_calls_that_never_acknowledge_free_their_lines(hub: Hub, datagrams: Callable[..., Datagrams]) -> None:
    for _ in range(3):
        phone = datagrams()
        phone.send("INVITE", body=phone.sdp())
        assert (await asyncio.to_thread(phone.receive, "INVITE"))[0] == 200
    before = len(hub.facts)

    async def free() -> str:
        while True:
            phone = datagrams()
            phone.send("INVITE", body=phone.sdp())
            status, _ = await asyncio.to_thread(phone.receive, "INVITE")
            phone.send("ACK", sequence=1)
            if status == 200:
                phone.send("BYE")
                await asyncio.to_thread(phone.receive, "BYE")
                return phone.number
            await asyncio.sleep(0.5)

    await hub.answered(await asyncio.wait_for(free(), 15))
    assert sum(isinstance(fact, Answered) for fact in hub.facts[before:]) == 1, "only a confirmed call is a call"


async def test_a_cancel_that_crosses_the_answer_leaves_no_call_behind(
    hub: Hub, datagrams: Callable[..., Datagrams]
) -> None:
    phone = datagrams()
    phone.send("INVITE", body=phone.sdp())
    phone.send("CANCEL", sequence=1)
    status, _ = await asyncio.to_thread(phone.receive, "INVITE")
    phone.send("ACK", sequence=1)
    if status == 200:
        phone.send("BYE")
        assert (await asyncio.to_thread(phone.receive, "BYE"))[0] == 200
    else:
        assert status == 487


async def test_a_transfer_that_a_caller_asks_for_is_declined_and_the_call_goes_on(
    hub: Hub, datagrams: Callable[..., Datagrams]
) -> None:
    phone = datagrams()
    phone.send("INVITE", body=phone.sdp())
    await asyncio.to_thread(phone.receive, "INVITE")
    phone.send("ACK", sequence=1)
    phone.send("REFER", "Refer-To: <sip:00990012345@127.0.0.1:9>")
    assert (await asyncio.to_thread(phone.receive, "REFER"))[0] == 603
    other = datagrams()
    other.send("OPTIONS")
    assert (await asyncio.to_thread(other.receive, "OPTIONS"))[0] == 200
    phone.send("BYE")
    assert (await asyncio.to_thread(phone.receive, "BYE"))[0] == 200


async def test_a_call_whose_sound_is_dead_is_ended_but_not_one_on_hold(
    sounds: dict[str, Path], datagrams: Callable[..., Datagrams], tmp_path: Path
) -> None:
    worker = Worker(tmp_path, media_timeout=1.5, recycle_after=2)
    hub = Hub(worker.socket)
    try:
        await hub.start()
        await hub.connected()
        held, dead = datagrams(worker.port), datagrams(worker.port)
        for phone, direction in ((held, "inactive"), (dead, "sendrecv")):
            phone.send("INVITE", body=phone.sdp(direction=direction))
            assert (await asyncio.to_thread(phone.receive, "INVITE"))[0] == 200
            phone.send("ACK", sequence=1)
        ended: Ended = await hub.fact(Ended, reason="media timeout")
        assert sum(isinstance(fact, Ended) for fact in hub.facts) == 1
        assert ended.quality["packets"] == 0
        # Two calls were all that this worker was for: it has taken no more since, and goes when the last has ended.
        late = datagrams(worker.port)
        late.send("INVITE", body=late.sdp())
        assert (await asyncio.to_thread(late.receive, "INVITE"))[0] == 503
        held.send("BYE")
        await asyncio.to_thread(held.receive, "BYE")
        assert await asyncio.to_thread(worker.process.wait, 15) == 0
        assert sum(isinstance(fact, Ended) for fact in hub.facts) == 2
    finally:
        await hub.stop()
        if worker.process.poll() is None:
            worker.stop()


async def test_a_stranger_does_not_speak_into_a_call_and_a_caller_who_moves_is_heard_again(
    hub: Hub, datagrams: Callable[..., Datagrams]
) -> None:
    phone = datagrams()
    phone.send("INVITE", body=phone.sdp())
    _, answer = await asyncio.to_thread(phone.receive, "INVITE")
    phone.send("ACK", sequence=1)
    call = await hub.answered(phone.number)
    port = int(re.findall(r"m=audio (\d+)", answer)[0])
    own, stranger = phone.talker(port, 600.0), phone.talker(port, 850.0)
    try:
        await own.talk(3.0)
        hub.order(TakeMessage(call=call, recording="g", longest=1.5, silence=60.0))
        stranger.follow(own, ahead=5)
        await asyncio.gather(own.talk(3.0), stranger.talk(3.0, at_once=25))
        await hub.fact(Took, call, recording="g")
        await stranger.talk(3.5)
        hub.order(TakeMessage(call=call, recording="moved", longest=1.5, silence=60.0))
        await stranger.talk(2.5)
        await hub.fact(Took, call, recording="moved")
    finally:
        own.close()
        stranger.close()
    for recording, hertz in (("g", 600.0), ("moved", 850.0)):
        pieces = [piece for piece in hub.of(call, Taken) if piece.recording == recording]
        pcm = b"".join(base64.b64decode(piece.pcm) for piece in pieces)
        assert pitch(pcm) == pytest.approx(hertz, abs=8)
        assert strength(pcm, 1450.0 - hertz) < 0.05 * strength(pcm, hertz)
    phone.send("BYE")
    assert (await asyncio.to_thread(phone.receive, "BYE"))[0] == 200
    ended: Ended = await hub.fact(Ended, call)
    assert ended.quality["packets"] < 700


SIPP = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a short call with a session timer">
<send retrans="500"><![CDATA[
INVITE sip:100@[remote_ip]:[remote_port] SIP/2.0
{head}
To: <sip:100@[remote_ip]:[remote_port]>
CSeq: 1 INVITE
Contact: <sip:0366660000@[local_ip]:[local_port]>
Supported: timer
Session-Expires: 90
Content-Type: application/sdp
Content-Length: [len]

v=0
o=u 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="200" rrs="true">
  <action><ereg regexp=".+" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="1"/></action>
</recv>
<Reference variables="1"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
{head}
To: <sip:100@[remote_ip]:[remote_port]>[peer_tag_param]
CSeq: 1 ACK
Content-Length: 0

]]></send>
<pause milliseconds="200"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
{head}
To: <sip:100@[remote_ip]:[remote_port]>[peer_tag_param]
CSeq: 2 BYE
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""
SIPP_HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:0366660000@[local_ip]:[local_port]>;tag=[pid]T[call_number]
Call-ID: [call_id]
Max-Forwards: 70"""


async def test_forty_short_calls_of_sipp_are_all_answered_told_and_ended(
    hub: Hub, worker: Worker, tmp_path: Path
) -> None:
    (tmp_path / "calls.xml").write_text(SIPP.replace("{head}", SIPP_HEAD))
    sipp = await asyncio.create_subprocess_exec(
        *("sipp", "-sf", "calls.xml", f"127.0.0.1:{worker.port}", "-i", "127.0.0.1", "-nostdin"),
        *("-m", "40", "-r", "8", "-l", "2", "-timeout", "20"),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(sipp.wait(), 25) == 0
    mine = [fact.call for fact in hub.facts if isinstance(fact, Answered) and fact.caller == "0366660000"]
    assert len(set(mine)) == len(mine) == 40
    for call in mine:
        assert (await hub.fact(Ended, call)).reason == "hangup"


async def test_baresip_hears_us_and_is_heard(hub: Hub, worker: Worker, sounds: dict[str, Path], tmp_path: Path) -> None:
    modules = "".join(f"module {name}.so\n" for name in ("g711", "aufile", "menu", "account"))
    settings = f"module_path /usr/lib/baresip/modules\n{modules}sip_listen 127.0.0.1:0\n"
    (tmp_path / "config").write_text(f"{settings}audio_source aufile,{sounds['long']}\n")
    (tmp_path / "accounts").write_text("<sip:0355550000@127.0.0.1>;regint=0;audio_codecs=pcma\n")
    (tmp_path / "contacts").write_text("")
    baresip = await asyncio.create_subprocess_exec(
        *("baresip", "-f", str(tmp_path), "-e", f"/dial sip:100@127.0.0.1:{worker.port}", "-t", "20"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        call = await hub.answered("0355550000")
        hub.order(TakeMessage(call=call, recording="b", longest=1.5))
        took: Took = await hub.fact(Took, call)
        hub.order(HangUp(call=call))
        ended: Ended = await hub.fact(Ended, call)
    finally:
        with contextlib.suppress(ProcessLookupError):
            baresip.terminate()
        out, _ = await baresip.communicate()
    assert took.reason == "longest"
    pcm = b"".join(base64.b64decode(piece.pcm) for piece in hub.of(call, Taken))
    assert pitch(pcm) == pytest.approx(PROMPT_HZ, abs=5)
    assert (ended.reason, ended.quality["lost"]) == ("ours", 0)
    assert b"incoming rtp for 'audio' established" in out


async def test_a_port_that_is_taken_ends_the_worker_with_a_reason(worker: Worker, tmp_path: Path) -> None:
    second = Worker(tmp_path, sip_port=worker.port)
    assert await asyncio.to_thread(second.process.wait, 20) == 1
