"""Calls put through by a real line worker behind a real Kamailio: to telephones of bare SIP, to baresip and SIPp."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from edges import running
from phone import Call, Message, Phone
from sipp import BUSY, Sipp
from worker import Hub, Worker

from telephony import tones
from telephony.edge import Edge
from telephony.orders import Answered, Ended, HangUp, Transfer, Transferred

pytestmark = pytest.mark.real

PATIENCE = 2
CONVERSATION = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker(tmp_path_factory.mktemp("line"), transfer_patience=PATIENCE)
    yield worker
    assert worker.stop() == 0


@pytest.fixture
async def hub(worker: Worker) -> AsyncIterator[Hub]:
    hub = Hub(worker.socket)
    await hub.start()
    await hub.connected()
    yield hub
    await hub.stop()


@pytest.fixture
def door(worker: Worker, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[tuple[str, int]]:
    """Where Kamailio listens."""
    edge = Edge(
        host="127.0.0.1",
        sip_port=free_port(),
        inner=("127.0.0.1", free_port()),
        lines=(("127.0.0.1", worker.port),),
        trusted=("127.0.0.0/8",),
    )
    with running(edge, tmp_path / "edge"):
        yield edge.host, edge.sip_port


@dataclass
class Caller:
    """A telephone in a call, driven step by step from beside the event loop."""

    phone: Phone
    call: Call
    name: str

    async def asked(self) -> Message:
        """The REFER, when it comes."""
        found = await asyncio.to_thread(self.phone.wait, lambda m: m.start.startswith("REFER"), 8.0)
        assert found is not None, [m.start for m in self.phone.heard]
        return found

    def answer(self, request: Message, status: str) -> None:
        copied = [f"{k}: {v}" for k, v in request.headers if k.lower() in ("via", "from", "to", "call-id", "cseq")]
        contact = f"Contact: <sip:caller@{self.phone.address}>"
        self.phone.send("\r\n".join([f"SIP/2.0 {status}", *copied, contact, "Content-Length: 0", "", ""]))

    async def notify(self, body: str, state: str = "terminated;reason=noresource", **more: Any) -> int:
        """Tells how the transfer goes; the answer to that."""
        kind = "" if not body else f"Content-Type: {more.get('kind', 'message/sipfrag;version=2.0')}\r\n"
        headers = f"Event: refer\r\nSubscription-State: {state}\r\n{kind}"
        final = await asyncio.to_thread(self.call.within, "NOTIFY", 5.0, headers=headers, body=body)
        return final.status if final else 0


@pytest.fixture
async def dial(hub: Hub, door: tuple[str, int]) -> AsyncIterator[Callable[[], Any]]:
    phones: list[Phone] = []

    async def dial() -> Caller:
        before = {fact.call for fact in hub.facts}
        phone = Phone(door)
        phones.append(phone)
        call = phone.call()
        final = await asyncio.to_thread(call.answer, 5.0)
        assert final is not None
        assert final.status == 200
        async with asyncio.timeout(8):
            while not (new := [f.call for f in hub.facts if isinstance(f, Answered) and f.call not in before]):
                await hub.news()
        return Caller(phone, call, new[0])

    yield dial
    for phone in phones:
        phone.__exit__()


async def test_a_call_is_put_through_to_a_number_where_it_came_from_and_told_its_conversation(hub: Hub, dial) -> None:
    caller = await dial()
    hub.order(Transfer(call=caller.name, to="+81311112222", conversation=CONVERSATION))
    refer = await caller.asked()
    assert refer.header("Refer-To") == f"<sip:+81311112222@{caller.phone.address}>"
    assert refer.header("X-Denwaban-Conversation") == CONVERSATION
    caller.answer(refer, "202 Accepted")
    assert await caller.notify("SIP/2.0 100 Trying\r\n", "active;expires=60") == 200
    assert await caller.notify("SIP/2.0 200 OK\r\n") == 200
    told: Transferred = await hub.fact(Transferred, caller.name)
    assert told.status == 200
    assert hub.of(caller.name, Ended) == []
    hub.order(HangUp(call=caller.name))
    assert await asyncio.to_thread(caller.call.ended, 5.0)


@pytest.mark.parametrize("status", [486, 603])
async def test_a_transfer_that_is_refused_there_leaves_the_caller_with_us(hub: Hub, dial, status: int) -> None:
    caller = await dial()
    hub.order(Transfer(call=caller.name, to="sip:0311112222@127.0.0.1", conversation=CONVERSATION))
    refer = await caller.asked()
    caller.answer(refer, "202 Accepted")
    assert await caller.notify(f"SIP/2.0 {status} No\r\n") == 200
    assert (await hub.fact(Transferred, caller.name)).status == status
    assert (await asyncio.to_thread(caller.call.bye)).status == 200


async def test_a_telephone_that_refuses_to_be_transferred_leaves_the_caller_with_us(hub: Hub, dial) -> None:
    caller = await dial()
    hub.order(Transfer(call=caller.name, to="0311112222", conversation=CONVERSATION))
    caller.answer(await caller.asked(), "603 Decline")
    assert (await hub.fact(Transferred, caller.name)).status == 603
    assert (await asyncio.to_thread(caller.call.bye)).status == 200


async def test_a_transfer_that_nobody_answers_is_over_after_a_while_and_may_be_tried_again(hub: Hub, dial) -> None:
    caller = await dial()
    hub.order(Transfer(call=caller.name, to="0311112222", conversation=CONVERSATION))
    caller.answer(await caller.asked(), "202 Accepted")
    assert (await hub.fact(Transferred, caller.name)).status == 408
    hub.order(Transfer(call=caller.name, to="0311113333", conversation=CONVERSATION))
    again = await caller.asked()
    assert "0311113333" in again.header("Refer-To")
    caller.answer(again, "603 Decline")
    assert (await hub.fact(Transferred, caller.name, status=603)).status == 603
    assert (await asyncio.to_thread(caller.call.bye)).status == 200


async def test_two_orders_at_once_are_one_transfer(hub: Hub, dial) -> None:
    caller = await dial()
    for _ in range(2):
        hub.order(Transfer(call=caller.name, to="0311112222", conversation=CONVERSATION))
    caller.answer(await caller.asked(), "603 Decline")
    await hub.fact(Transferred, caller.name)
    assert (await asyncio.to_thread(caller.call.bye)).status == 200
    await hub.fact(Ended, caller.name)
    assert len(hub.of(caller.name, Transferred)) == 1


async def test_news_that_no_transfer_could_have_never_reach_the_line(hub: Hub, dial) -> None:
    caller = await dial()
    hub.order(Transfer(call=caller.name, to="0311112222", conversation=CONVERSATION))
    caller.answer(await caller.asked(), "202 Accepted")
    assert await caller.notify("SIP/2.0 999 " + "x" * 700) == 400
    assert await caller.notify("HTTP/1.1 200 OK\r\n") == 400
    assert await caller.notify("SIP/2.0 200 OK\r\n", kind="text/plain") == 400
    assert await caller.notify("SIP/2.0 200 OK\r\n") == 200
    assert (await hub.fact(Transferred, caller.name)).status == 200
    assert (await asyncio.to_thread(caller.call.bye)).status == 200


@pytest.fixture
async def baresip(door: tuple[str, int], tmp_path: Path) -> AsyncIterator[Callable[[], Any]]:
    """A real telephone that calls, and that goes where it is transferred to."""
    folder = tmp_path / "baresip"
    folder.mkdir()
    modules = "".join(f"module {name}.so\n" for name in ("g711", "aufile", "menu", "account"))
    voice = tones.keep(folder, "voice", tones.pcm(tones.tone(440.0, 20.0, 0.1)))
    settings = f"module_path /usr/lib/baresip/modules\n{modules}sip_listen 127.0.0.1:0\naudio_source aufile,{voice}\n"
    (folder / "config").write_text(settings)
    (folder / "accounts").write_text("<sip:0355550009@127.0.0.1>;regint=0;audio_codecs=pcma\n")
    (folder / "contacts").write_text("")
    processes: list[asyncio.subprocess.Process] = []

    async def start() -> None:
        to = f"sip:100@{door[0]}:{door[1]}"
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-f", str(folder), "-e", f"/dial {to}", "-t", "30"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        processes.append(process)

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_baresip_goes_where_it_is_put_through_to(
    hub: Hub, baresip, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with Sipp(tmp_path / "office", free_port()) as office:
        await baresip()
        call = await hub.answered("0355550009")
        hub.order(Transfer(call=call, to=f"sip:office@127.0.0.1:{office.port}", conversation=CONVERSATION))
        told: Transferred = await hub.fact(Transferred, call)
        hub.order(HangUp(call=call))
        ended: Ended = await hub.fact(Ended, call)
        reached = [method for method, _ in office.requests]
    assert told.status == 200
    assert ended.reason in ("ours", "hangup")
    assert "INVITE" in reached
    assert "BYE" not in reached, "the caller talks on with the office"


async def test_baresip_comes_back_from_an_office_that_is_busy(
    hub: Hub, baresip, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with Sipp(tmp_path / "office", free_port(), scenario=BUSY) as office:
        await baresip()
        call = await hub.answered("0355550009")
        hub.order(Transfer(call=call, to=f"sip:office@127.0.0.1:{office.port}", conversation=CONVERSATION))
        told: Transferred = await hub.fact(Transferred, call)
    assert told.status == 486
    assert hub.of(call, Ended) == []
    hub.order(HangUp(call=call))
    await hub.fact(Ended, call)
