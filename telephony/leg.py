"""One SIP call, as the pj thread sees it. Nobody outside that thread may hold one.

The last reference must go inside ``onCallState(DISCONNECTED)``: a later destructor would hang up whatever new call has
been given the same slot. So ``gone`` means to the owner: forget this leg before you return.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pjsua2 as pj

from telephony.ports import Port, Sound
from telephony.quality import mos
from telephony.source import address, lock, unlock
from telephony.stack import Stack, upcall

LEAST_PACKETS = 10
"""Received in a second, below which the far end counts as silent."""
NETWORK_DELAY = 0.02
"""Seconds of coding and sending that are in every call's delay, beside round trip and jitter buffer."""


class Owner(Protocol):
    def transfer_told(self, leg: Leg, status: int, final: bool) -> None:
        """How a transfer goes: a SIP status, and whether it is the last."""

    def confirmed(self, leg: Leg) -> None:
        """200 and ACK have been exchanged."""

    def media_changed(self, leg: Leg) -> None:
        """Sound flows, flows elsewhere, or has stopped (hold)."""

    def keyed(self, leg: Leg, digit: str, method: Literal["rfc4733", "info"]) -> None: ...

    def gone(self, leg: Leg, status: int) -> None:
        """Over: drop the leg."""


@dataclass(frozen=True, slots=True)
class Negotiated:
    """codec: name and rate. keys_by_rtp: RFC 4733 in both directions."""

    codec: str = ""
    keys_by_rtp: bool = True
    secure: bool = False


class Leg(pj.Call):  # type: ignore[misc]
    """sound: the frames of this call. speaks: ``sound.spoken`` is sent to the far end, as players otherwise are."""

    def __init__(
        self,
        stack: Stack,
        owner: Owner,
        name: str,
        call_id: int = pj.PJSUA_INVALID_ID,
        *,
        sound: Sound | None = None,
        speaks: bool = False,
    ) -> None:
        super().__init__(stack.account, call_id)
        self.name = name
        self.sound, self._speaks = sound or Sound(), speaks
        self.port: Port | None = None
        self.held = False
        self.is_confirmed = self.is_settled = False  # settled: offer and answer have been exchanged
        self.reason: str | None = None  # why we end it, if we do
        self.packets = 0
        self._stack, self._owner = stack, owner
        self._index: int | None = None
        self._source: tuple[str, int] | None = None
        self._locked: int | None = None  # our RTP port, while it hears one address alone
        self._guarded_packets = 0
        self._quality: dict[str, float] = {}

    # -- what the owner asks --------------------------------------------------------------------------------------

    def media(self) -> Any | None:
        """The call's side of the bridge, or None while it has none."""
        if self._index is None:
            return None
        with contextlib.suppress(pj.Error):
            return self.getAudioMedia(self._index)
        return None

    def end(self, reason: str, status: int = 0) -> None:
        """Hang up, or refuse what is not yet answered."""
        if self.reason is not None:
            return
        self.reason = reason
        operation = pj.CallOpParam(True)
        operation.statusCode = status
        with contextlib.suppress(pj.Error):  # it may be over already
            self.hangup(operation)

    def transfer(self, target: str, conversation: str) -> bool:
        """Ask the far end to call ``target`` instead of us. False when it cannot even be asked."""
        operation = pj.CallOpParam(True)
        header = pj.SipHeader()
        header.hName, header.hValue = "X-Denwaban-Conversation", conversation
        operation.txOption.headers.append(header)
        try:
            self.xfer(f"<{target}>", operation)
        except pj.Error:
            return False
        return True

    def negotiated(self) -> Negotiated:
        if self._index is None:
            return Negotiated()
        with contextlib.suppress(pj.Error):
            stream = self.getStreamInfo(self._index)
            keys = stream.audTxEventPt > 0 and stream.audRxEventPt > 0
            secure = stream.proto not in (pj.PJMEDIA_TP_PROTO_RTP_AVP, pj.PJMEDIA_TP_PROTO_RTP_AVPF)
            return Negotiated(f"{stream.codecName}/{stream.codecClockRate}", keys, secure)
        return Negotiated()

    def guard(self) -> None:
        """Once a second: hear the far end alone, as soon as its sound came from one address for a second.

        After a re-INVITE, or when that address falls silent, everybody is heard until it is clear again who it is.
        """
        if self._index is None or self.held:
            return
        with contextlib.suppress(pj.Error):
            info = self.getMedTransportInfo(self._index)
            source, here = address(info.srcRtpName), address(info.localRtpName)
            heard = self.packets - self._guarded_packets
            self._guarded_packets = self.packets
            if self._locked is not None and heard < LEAST_PACKETS:
                self.unguard()
            elif self._locked is None and here and source and source == self._source and heard >= LEAST_PACKETS:
                self._locked = here[1] if lock(here[1], source) else None
            self._source = source

    def unguard(self) -> None:
        if self._locked is not None:
            unlock(self._locked)
        self._locked = self._source = None

    def count(self) -> int:
        """RTP packets and RTCP reports received so far; what was counted last goes into ``quality``."""
        if self._index is None:
            return self.packets
        with contextlib.suppress(pj.Error):
            statistics = self.getStreamStat(self._index)
            rtcp, jitter_buffer = statistics.rtcp, statistics.jbuf
            received, round_trip = rtcp.rxStat, rtcp.rttUsec.mean / 1e6
            expected = received.pkt + received.loss
            spoiled = (received.loss + received.discard + jitter_buffer.discard) / expected if expected else 0.0
            delay = NETWORK_DELAY + round_trip / 2 + jitter_buffer.avgDelayMsec / 1000
            self.packets = received.pkt + rtcp.txStat.updateCount
            self._quality = {
                "packets": float(received.pkt),
                "sent": float(rtcp.txStat.pkt),
                "lost": float(received.loss),
                "discarded": float(received.discard + jitter_buffer.discard),
                "jitter": round(received.jitterUsec.mean / 1e6, 5),
                "round_trip": round(round_trip, 5),
                "mos": mos(spoiled, delay) if received.pkt else 1.0,
            }
        return self.packets

    def quality(self) -> dict[str, float]:
        return dict(self._quality)

    # -- what the library tells -----------------------------------------------------------------------------------

    @upcall
    def onCallState(self, parameters: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.is_confirmed = True
            self._owner.confirmed(self)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._index = None
            self._owner.gone(self, int(info.lastStatusCode))
            if self.port is not None:
                self._stack.ports.give(self.port, time.monotonic())
                self.port = None

    @upcall
    def onStreamDestroyed(self, parameters: Any) -> None:  # noqa: N802
        self.count()

    @upcall
    def onCallMediaState(self, parameters: Any) -> None:  # noqa: N802
        info = self.getInfo()  # must stay referenced: its media items point into it
        self._index, held = None, False
        for index in range(len(info.media)):
            media = info.media[index]
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            held = media.status in (pj.PJSUA_CALL_MEDIA_REMOTE_HOLD, pj.PJSUA_CALL_MEDIA_LOCAL_HOLD)
            if media.status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD):
                self._index = index
                break
        self.held, self.is_settled = held or self._index is None, True
        self.unguard()
        self._wire()
        self._owner.media_changed(self)

    def _wire(self) -> None:
        media = self.media()
        if media is None:
            return
        if self.port is None:
            self.port = self._stack.ports.take(self.sound)
        if self.port is not None:
            media.startTransmit(self.port)
            if self._speaks:
                self.port.startTransmit(media)

    @upcall
    def onDtmfDigit(self, parameters: Any) -> None:  # noqa: N802
        method = "info" if parameters.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rfc4733"
        self._owner.keyed(self, str(parameters.digit), method)  # type: ignore[arg-type]

    @upcall
    def onCallTransferStatus(self, parameters: Any) -> None:  # noqa: N802
        parameters.cont = not parameters.finalNotify
        self._owner.transfer_told(self, int(parameters.statusCode), bool(parameters.finalNotify))

    @upcall
    def onCallTransferRequest(self, parameters: Any) -> None:  # noqa: N802
        # An accepted REFER would have us dial, at our cost, whatever the caller names.
        parameters.statusCode = pj.PJSIP_SC_DECLINE

    @upcall
    def onCallReplaceRequest(self, parameters: Any) -> None:  # noqa: N802
        parameters.statusCode = pj.PJSIP_SC_DECLINE
