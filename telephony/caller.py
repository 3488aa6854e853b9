"""The test caller: a real SIP call that speaks, presses keys, listens, and says what it noticed.

One process makes one call (the SIP library is one a process). Sound is timed frame by frame in the bridge's clock, so
that "last voiced sample sent to first voiced sample heard" can be read off; the caller's own jitter buffer is in it.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import functools
import inspect
import json
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pjsua2 as pj

from telephony import script, tones
from telephony.errors import BadScript, LineError
from telephony.leg import Leg
from telephony.ports import FRAME_BYTES, SILENCE, Sound
from telephony.script import Report, Spans, Step
from telephony.stack import CODECS, Stack, StackSettings

Speak = Callable[[str], Path | Awaitable[Path]]
Tell = Callable[[dict[str, Any]], object]
KEY_GAP = 0.3
POLL = 0.01
NAMES = {"pcmu": CODECS[0], "pcma": CODECS[1], "g722": CODECS[2]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """target: SIP URI or host:port. record: WAV of what was heard. patience: seconds a ``hear`` waits at most."""

    target: str
    number: str = "0312345678"
    withheld: bool = False
    steps: tuple[Step, ...] = ()
    codec: Literal["pcmu", "pcma", "g722"] = "pcmu"
    tcp: bool = False
    srtp: bool = False
    record: Path | None = None
    answer_within: float = 10.0
    patience: float = 30.0
    longest: float = 300.0

    @property
    def uri(self) -> str:
        uri = self.target if self.target.startswith(("sip:", "sips:")) else f"sip:{self.target}"
        return f"{uri};transport=tcp" if self.tcp and "transport=" not in uri else uri

    @property
    def host(self) -> str:
        return self.target.removeprefix("sip:").rpartition("@")[2].partition(";")[0].partition(":")[0]


class TimedSound(Sound):
    """Keeps the moment of every frame, both ways."""

    __slots__ = ("heard_at", "said_at")

    def __init__(self) -> None:
        super().__init__()
        self.heard_at: collections.deque[tuple[float, bytes]] = collections.deque()
        self.said_at: collections.deque[tuple[float, bytes]] = collections.deque()

    def hear(self, pcm: bytes) -> None:
        self.heard_at.append((time.monotonic(), pcm))

    def say(self) -> bytes:
        if not self.spoken:
            return SILENCE
        pcm = self.spoken.popleft()
        self.said_at.append((time.monotonic(), pcm))
        return pcm


class Caller:
    """One call. ``await run()`` gives its Report; ``tell`` hears of each thing as it happens."""

    def __init__(self, dial: Dial, *, tell: Tell | None = None, speak: Speak | None = None) -> None:
        self._dial, self._tell_to, self._speak = dial, tell, speak
        self.report = Report()
        self._began = 0.0
        self._leg: Leg | None = None
        self._sound = TimedSound()
        self._ears, self._mouth = Spans(), Spans(gap=0.4)
        self._answered, self._over = asyncio.Event(), asyncio.Event()
        self._recorded: list[bytes] = []
        self._ours = ""
        self._stack: Stack

    async def run(self) -> Report:
        """Raises CannotListen, BadScript."""
        here = _address_towards(self._dial.host)
        settings = StackSettings(
            host=here,
            media_host=here,
            rtp_low=30_000 + os.getpid() % 1000 * 20,
            rtp_ports=400,
            codecs=(NAMES[self._dial.codec],),
            srtp="mandatory" if self._dial.srtp else "off",
        )
        self._stack = Stack(settings, self._account)
        self._stack.start()
        await self._stack.ready
        self._began = time.monotonic()
        self._stack.post(self._dial_out)
        listening = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(self._dial.longest):
                await self._talk()
        except TimeoutError:
            await self._hang_up("too long")
        finally:
            listening.cancel()
            self._notice()
            for spans, kept in ((self._ears, self.report.heard), (self._mouth, self.report.said)):
                if (span := spans.close()) is not None:
                    kept.append(self._rounded(span))
            await self._stack.stop()
        if self._dial.record is not None:
            self._dial.record.write_bytes(tones.wav(b"".join(self._recorded)))
        return self.report

    # -- the script -----------------------------------------------------------------------------------------------

    async def _talk(self) -> None:
        if not await self._within(self._answered, self._dial.answer_within):
            await self._hang_up("no answer")
            return
        for step in self._dial.steps:
            if self._over.is_set():
                return
            await self._do(step)
        await self._over.wait()

    async def _do(self, step: Step) -> None:
        match step.verb:
            case "say":
                await self._say(tones.read_wav(Path(step.value)))
            case "text":
                await self._say(tones.read_wav(await self._spoken(step.value)))
            case "tone":
                for digit in step.value:
                    await self._say(tones.key(digit))
            case "key" | "keys" | "info":
                for digit in step.value:
                    self._in_call(functools.partial(_press, digit=digit, info=step.verb == "info"))
                    await self._within(self._over, KEY_GAP)
            case "wait":
                await self._within(self._over, step.seconds)
            case "hear":
                if not await self._hear(step.seconds):
                    await self._hang_up("silence")
            case "hold":
                self._in_call(lambda leg: leg.setHold(pj.CallOpParam(True)))
                await self._within(self._over, step.seconds)
                self._in_call(_unhold)
            case "hangup":
                await self._hang_up("ours")

    async def _spoken(self, text: str) -> Path:
        if self._speak is None:
            raise BadScript("there is no voice here to speak a text with")
        made = self._speak(text)
        return await made if inspect.isawaitable(made) else made

    async def _say(self, pcm: bytes) -> None:
        frames = [pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for at in range(0, len(pcm), FRAME_BYTES)]
        self._sound.spoken.extend(frames)
        while self._sound.spoken and not self._over.is_set():  # noqa: ASYNC110 -- the clock thread empties it
            await asyncio.sleep(POLL)
        self._notice()
        if (span := self._mouth.close()) is not None:
            span = self._rounded(span)
            self.report.said.append(span)
            self._tell("voice_ended", span[1])

    async def _hear(self, silence: float) -> bool:
        began = time.monotonic()
        while not self._over.is_set():
            now, last = time.monotonic(), self._ears.last
            if last is not None and last > began and now - last >= silence:
                return True
            if now - began > self._dial.patience:
                return False
            await asyncio.sleep(POLL)
        return True

    async def _hang_up(self, why: str) -> None:
        self._ours = self._ours or why
        self._in_call(lambda leg: leg.end("ours"))
        await self._within(self._over, 6.0)

    async def _within(self, event: asyncio.Event, seconds: float) -> bool:
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        return True

    # -- what is noticed ------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            self._notice()
            await asyncio.sleep(POLL)

    def _notice(self) -> None:
        while self._sound.said_at:
            at, pcm = self._sound.said_at.popleft()
            if (span := self._mouth.feed(tones.level(pcm), at)) is not None and not isinstance(span, str):
                self.report.said.append(self._rounded(span))
        while self._sound.heard_at:
            at, pcm = self._sound.heard_at.popleft()
            if self._dial.record is not None:
                self._recorded.append(pcm)
            heard = self._ears.feed(tones.level(pcm), at)
            if heard == "began":
                since = round(at - self._began, 3)
                if self.report.first_audio is None:
                    self.report.first_audio = since
                    self._tell("first_audio", since)
            elif heard is not None and not isinstance(heard, str):
                span = self._rounded(heard)
                self.report.heard.append(span)
                self._tell("heard_audio", span[1], start=span[0], end=span[1])

    def _rounded(self, span: tuple[float, float]) -> tuple[float, float]:
        return round(span[0] - self._began, 3), round(span[1] - self._began, 3)

    def _tell(self, event: str, at: float, **more: object) -> None:
        if self._tell_to is not None:
            self._tell_to({"event": event, "t": at, **more})

    # -- in the pj thread -----------------------------------------------------------------------------------------

    def _account(self, stack: Stack) -> Any:
        user = f"sip:{self._dial.number}@{stack.settings.host}"
        account = pj.Account()
        account.create(
            stack.account_settings('"Anonymous" <sip:anonymous@anonymous.invalid>' if self._dial.withheld else user)
        )
        return account

    def _dial_out(self) -> None:
        leg = self._leg = Leg(self._stack, self, "caller", sound=self._sound, speaks=True)
        operation = pj.CallOpParam(True)
        operation.opt.audioCount, operation.opt.videoCount = 1, 0
        if self._dial.withheld:
            header = pj.SipHeader()
            header.hName, header.hValue = "Privacy", "id"
            operation.txOption.headers.append(header)
        try:
            leg.makeCall(self._dial.uri, operation)
        except pj.Error as error:
            self._leg = None
            self._stack.tell(self._ended, 0, str(error.reason), time.monotonic())

    def _in_call(self, job: Callable[[Leg], object]) -> None:
        self._stack.post(lambda: job(self._leg) if self._leg is not None else None)

    def confirmed(self, leg: Leg) -> None:
        agreed = leg.negotiated()
        self._stack.tell(self._picked_up, time.monotonic(), agreed.codec, agreed.secure)

    def media_changed(self, leg: Leg) -> None:
        """Nothing to do: the leg connects its own sound."""

    def transfer_told(self, leg: Leg, status: int, final: bool) -> None:
        """Nothing to do: a test caller transfers nobody."""

    def keyed(self, leg: Leg, digit: str, method: Literal["rfc4733", "info"]) -> None:
        self._stack.tell(self._key, digit, method, time.monotonic())

    def gone(self, leg: Leg, status: int) -> None:
        self._leg = None
        self._stack.tell(self._ended, status, "", time.monotonic())

    # -- back in asyncio ------------------------------------------------------------------------------------------

    def _picked_up(self, at: float, codec: str, secure: bool) -> None:
        self.report.answered, self.report.codec, self.report.secure = round(at - self._began, 3), codec, secure
        self._tell("answered", self.report.answered, codec=codec, secure=secure)
        self._answered.set()

    def _key(self, digit: str, method: str, at: float) -> None:
        self.report.keys += digit
        self._tell("key", round(at - self._began, 3), digit=digit, method=method)

    def _ended(self, status: int, trouble: str, at: float) -> None:
        report = self.report
        if self._over.is_set():
            return
        report.ended, report.status = round(at - self._began, 3), status
        report.reason = self._ours or trouble or ("far end" if report.answered is not None else "refused")
        self._tell("ended", report.ended, reason=report.reason, status=status)
        self._over.set()
        self._answered.set()


def _press(leg: Leg, *, digit: str, info: bool) -> None:
    press = pj.CallSendDtmfParam()
    press.digits, press.duration = digit, 120
    press.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if info else pj.PJSUA_DTMF_METHOD_RFC2833
    leg.sendDtmf(press)


def _unhold(leg: Leg) -> None:
    operation = pj.CallOpParam(True)
    operation.opt.flag = pj.PJSUA_CALL_UNHOLD
    leg.reinvite(operation)


def _address_towards(host: str) -> str:
    """Our own address as that host would see it; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))
        except OSError as error:
            raise BadScript(f"there is no way to {host}: {error}") from error
        return str(probe.getsockname()[0])


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="denwaban call", description="Make a real SIP call and say what it was like.", epilog=script.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("target", metavar="TARGET", help="SIP URI or host:port")
    parser.add_argument("--from", dest="number", default="0312345678", metavar="NUMBER", help="who calls")
    parser.add_argument("--steps", nargs="*", default=["hear:1.5", "hangup"], metavar="STEP", help="see below")
    parser.add_argument("--record", type=Path, metavar="OUT.wav", help="keep what is heard")
    parser.add_argument("--codec", choices=sorted(NAMES), default="pcmu")
    parser.add_argument("--tcp", action="store_true", help="SIP over TCP")
    parser.add_argument("--srtp", action="store_true", help="encrypted sound (SDES)")
    parser.add_argument("--withheld", action="store_true", help="hide the number")
    parser.add_argument("--patience", type=float, default=30.0, metavar="SECONDS", help="that hear: waits at most")
    parser.add_argument("--longest", type=float, default=300.0, metavar="SECONDS", help="of the whole call")
    parser.add_argument("--json", action="store_true", help="JSON lines, the last one the whole report")
    return parser


def main(argv: Sequence[str] | None = None, speak: Speak | None = None) -> int:
    """0 when the call was answered and went through the script, 1 when not, 2 for a script that makes no sense."""
    options = arguments().parse_args(argv)

    def tell(event: dict[str, Any]) -> None:
        if options.json:
            print(json.dumps(event, ensure_ascii=False), flush=True)
        else:
            rest = " ".join(f"{name}={value}" for name, value in event.items() if name not in ("event", "t"))
            print(f"{event['t']:8.3f}  {event['event']:<12} {rest}", flush=True)

    async def call() -> Report:
        dial = Dial(
            target=options.target,
            number=options.number,
            withheld=options.withheld,
            steps=tuple(script.parse(step) for step in options.steps),
            codec=options.codec,
            tcp=options.tcp,
            srtp=options.srtp,
            record=options.record,
            patience=options.patience,
            longest=options.longest,
        )
        return await Caller(dial, tell=tell, speak=speak).run()

    try:
        report = asyncio.run(call())
    except LineError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"event": "report", **report.dump()}), flush=True)
    return 0 if report.answered is not None and report.reason in ("ours", "far end") else 1


if __name__ == "__main__":
    raise SystemExit(main())
