"""Keys by their tones in the sound, for telephones that tell them in no other way.

Tones, tolerances and twist are those of ITU-T Q.23 and Q.24. Energies at the eight frequencies come from one product of
the frame with sines and cosines, which is what Goertzel's recursion computes. Guards against speech that sounds like a
key ("talk-off"): both tones must stand out of their groups, hold nearly all of the sound's energy, be alike in
strength, have no second harmonic, and stay for two frames.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 8000
FRAME = 160
LOW = (697.0, 770.0, 852.0, 941.0)
HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
PAD = ("123A", "456B", "789C", "*0#D")

LEAST_POWER = 4e4
"""Mean square of a frame below which nothing is a key: about -38 dBm0 in 16 bits."""
SHARE = 0.62
"""Of the frame's energy that both tones hold together; speech spreads over more."""
STANDS_OUT = 4.0
NORMAL_TWIST, REVERSE_TWIST = 6.3, 2.5
"""High may be 8 dB below low, low 4 dB below high (Q.24 as practised)."""
HARMONIC = 0.12
FRAMES_ON, FRAMES_OFF = 2, 2

_times = np.arange(FRAME) / RATE
_frequencies = np.array([*LOW, *HIGH, *(2 * f for f in LOW), *(2 * f for f in HIGH)])
_angles = 2 * np.pi * np.outer(_frequencies, _times)
_basis = np.vstack([np.cos(_angles), np.sin(_angles)]) / FRAME


class Goertzel:
    """One a call."""

    def __init__(self) -> None:
        self._candidate: str | None = None
        self._run = self._off = 0
        self._pressed: str | None = None

    def feed(self, pcm: bytes) -> str | None:
        """A digit once per press, with its second frame. pcm: one frame of 20 ms."""
        digit = digit_in(pcm)
        if digit is not None and digit == self._pressed:
            self._off = 0
            return None
        if self._pressed is not None:
            self._off += 1
            if self._off >= FRAMES_OFF:
                self._pressed = None
        self._run = self._run + 1 if digit is not None and digit == self._candidate else 1
        self._candidate = digit
        if digit is not None and self._run >= FRAMES_ON:
            self._pressed, self._off = digit, 0
            return digit
        return None


def digit_in(pcm: bytes) -> str | None:
    """The key whose tones are this frame, or None."""
    if len(pcm) != FRAME * 2:
        return None
    samples: npt.NDArray[np.float64] = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    power = float(np.mean(samples * samples))
    if power < LEAST_POWER:
        return None
    projected = _basis @ samples
    # A sine of amplitude a projects to a/2; its mean square is a*a/2.
    energy = 2 * (projected[:16] ** 2 + projected[16:] ** 2)
    low, high = energy[:4], energy[4:8]
    row, column = int(np.argmax(low)), int(np.argmax(high))
    strong_low, strong_high = float(low[row]), float(high[column])
    others = max(float(np.max(np.delete(low, row))) * STANDS_OUT - strong_low, 0.0) + max(
        float(np.max(np.delete(high, column))) * STANDS_OUT - strong_high, 0.0
    )
    is_key = (
        others == 0.0
        and strong_low + strong_high >= SHARE * power
        and strong_high * NORMAL_TWIST >= strong_low
        and strong_low * REVERSE_TWIST >= strong_high
        and energy[8 + row] <= HARMONIC * strong_low
        and energy[12 + column] <= HARMONIC * strong_high
    )
    return PAD[row][column] if is_key else None
