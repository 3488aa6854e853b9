"""How good the sound of a call was, from what the SIP engine counted."""

from __future__ import annotations


def mos(lost_share: float, delay: float) -> float:
    """The mean opinion score, 1 to 4.5, that people would give a G.711 call.

    lost_share: packets lost or discarded, 0..1. delay: one way, mouth to ear, seconds.
    Source: ITU-T G.107 (the E-model) with the defaults of G.113 for G.711 with loss concealment (Ie 0, Bpl 25.1), delay
    impairment as simplified by Cole and Rosenbluth, 2001.
    """
    milliseconds = delay * 1000
    delay_impairment = 0.024 * milliseconds + (0.11 * (milliseconds - 177.3) if milliseconds > 177.3 else 0.0)
    percent = max(0.0, min(1.0, lost_share)) * 100
    loss_impairment = 95.0 * percent / (percent + 25.1)
    r = max(0.0, min(93.2, 93.2 - delay_impairment - loss_impairment))
    # The polynomial dips a little below 1 for small r.
    return max(1.0, round(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 2))
