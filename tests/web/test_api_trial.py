from __future__ import annotations

from typing import Any

import httpx
import pytest
from screens import House

from ivr import demo, golden
from ivr.source import read
from ivr.tree import load

pytestmark = pytest.mark.real


async def the_tree(admin: httpx.AsyncClient) -> str:
    return str((await admin.get("/api/trees")).json()[0]["id"])


async def tried(admin: httpx.AsyncClient, *lines: str, **more: Any) -> Any:
    body = {"language": "ja", "at": "2026-11-24 10:00", "lines": lines, **more}
    return (await admin.post(f"/api/trees/{await the_tree(admin)}/try", json=body)).json()


async def test_lines_that_are_typed_are_held_as_a_conversation(house: House) -> None:
    async with await house.caller() as admin:
        begun = await tried(admin)
        assert begun["turns"][0]["who"] == "us"
        assert (begun["node"], begun["expects"], begun["finished"]) == ("matter", "open", False)
        assert {"key": "1", "label": "住所変更"} in begun["turns"][-1]["options"]
        on = await tried(admin, "引っ越しました", "いいえ")
        assert [turn["text"] for turn in on["turns"] if turn["who"] == "caller"] == ["引っ越しました", "いいえ"]
        assert "address_change" in on["golden"]
        english = await tried(admin, "1", language="en")
        assert "address" in english["golden"]


async def test_what_was_tried_can_be_kept_as_a_test_and_passes(house: House) -> None:
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        text = (await tried(admin, "1", "はい", "open", "fill 12345678"))["golden"]
        kept = await admin.post(f"/api/trees/{tree}/tests", json={"name": "tried", "text": text})
        assert kept.status_code == 201
        assert (await admin.post(f"/api/trees/{tree}/tests/run")).json()[0]["passed"]
    loaded = load(demo.text())
    assert golden.parse(text, loaded.zone).events


async def test_a_draft_that_is_not_saved_can_be_tried(house: House) -> None:
    source = demo.text().replace("お電話ありがとうございます。", "試しのご挨拶です。", 1)
    async with await house.caller() as admin:
        assert "試しのご挨拶です" in (await tried(admin, source=source))["turns"][0]["text"]
        assert "試しのご挨拶です" in (await tried(admin, tree=read(source)))["turns"][0]["text"]
        broken = await tried(admin, source=source.replace("next: matter", "next: nowhere", 1))
        assert (broken["error"], broken["problems"][0]["node"]) == ("problems", "greeting")


async def test_what_is_not_understood_is_told_and_the_conversation_goes_on(house: House) -> None:
    async with await house.caller() as admin:
        found = await tried(admin, "at noon", "1", number="")
        notes = [turn["text"] for turn in found["turns"] if turn["who"] == "note"]
        assert "2026-11-24 10:00" in notes[0]
        assert "withheld" in found["golden"]
        assert found["node"] != "matter"


@pytest.mark.parametrize(
    "body",
    [
        {"lines": ["x"] * 201},
        {"lines": ["x" * 401]},
        {"at": "noon"},
        {"language": "Japanese"},
        {"number": "0" * 33},
        {"source": "a: b", "tree": {}},
        {"lines": "text"},
    ],
)
async def test_a_trial_of_the_wrong_shape_is_refused(house: House, body: dict[str, Any]) -> None:
    async with await house.caller() as admin:
        assert (await tried(admin, **{"lines": [], **body}))["error"] == "shape"


async def test_sound_is_heard_within_limits(house: House) -> None:
    async with await house.caller() as admin:
        path = f"/api/trees/{await the_tree(admin)}/hear"
        heard = await admin.post(path, params={"language": "ja"}, content=bytes(32_000))
        assert heard.json() == {"text": "2"}
        assert (await admin.post(path, params={"language": "ja"}, content=bytes(240_002))).status_code == 413
        assert (await admin.post(path, params={"language": "ja"}, content=bytes(3))).status_code == 422
        assert (await admin.post(path, content=bytes(2))).status_code == 422
        house.studio.is_there = False
        deaf = await admin.post(path, params={"language": "ja"}, content=bytes(2))
        assert (deaf.status_code, deaf.json()["error"]) == (503, "no_ear")


async def test_what_is_said_can_be_listened_to(house: House) -> None:
    async with await house.caller() as admin:
        said = await admin.get("/api/say", params={"language": "ja", "text": "はい"})
        assert said.headers["content-type"] == "audio/wav"
        assert said.content.startswith(b"RIFF")
        for text in ("", "x" * 601):
            assert (await admin.get("/api/say", params={"language": "ja", "text": text})).status_code == 422
        house.studio.is_there = False
        mute = await admin.get("/api/say", params={"language": "ja", "text": "はい"})
        assert (mute.status_code, mute.json()["error"]) == (503, "no_mouth")


async def test_who_listens_without_end_is_asked_to_wait(house: House) -> None:
    async with await house.caller() as admin:
        ask = {"language": "ja", "text": "はい"}
        answers = [(await admin.get("/api/say", params=ask)).status_code for _ in range(40)]
        assert answers[0] == 200
        assert answers[-1] == 429


async def test_examples_that_confuse_two_answers_are_shown(house: House) -> None:
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        assert (await admin.get(f"/api/trees/{tree}/confusing")).json() == []
        draft = (await admin.get(f"/api/trees/{tree}/draft")).json()
        for option in draft["tree"]["nodes"]["matter"]["options"][:2]:
            option["words"]["ja"].append("カードの件")
        await admin.put(f"/api/trees/{tree}/draft", json={"revision": draft["revision"], "tree": draft["tree"]})
        (found,) = (await admin.get(f"/api/trees/{tree}/confusing")).json()
    assert (found["node"], found["language"], found["likeness"]) == ("matter", "ja", 1)
    assert found["first"] == {"option": "address_change", "example": "カードの件"}
    assert found["second"]["option"] == "lost"
