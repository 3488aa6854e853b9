"""A call between two machines: the centre behind one-to-one NAT tells callers the address that they can reach."""

from __future__ import annotations

import pytest
from namespaces import town
from observers import kinds, of_number

from gateway.household import Household

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]


async def test_sound_and_keys_pass_both_ways_to_an_advertised_address(tmp_path, prompts):
    with town() as here:
        settings = {
            "HOST": here.centre_address,
            "ADVERTISE": here.advertised,
            "LINES": "1",
            "RECOGNISER": "none",
            "RESERVE": "503",
        }
        centre = Household(tmp_path, settings, prompts, inside=("ip", "netns", "exec", here.centre))
        async with centre:
            *_, report = await centre.call(
                "wait:2",
                "key:4",
                "wait:3",
                "hangup",
                number="09013130001",
                target=f"{here.advertised}:{centre.settings['SIP_PORT']}",
                inside=("ip", "netns", "exec", here.caller),
            )
            timeline = await of_number(centre, "+819013130001")
    assert report["first_audio"] is not None
    assert [p["digit"] for p in kinds(timeline, "Pressed")] == ["4"]
    assert kinds(timeline, "Left")[0]["reason"] == "hangup"
