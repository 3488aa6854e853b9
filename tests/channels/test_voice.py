"""The voice, bound to a real inbox and a real tree; a line worker's end of the wire stands for the line."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record import EVERYTHING, Trees

from asr.errors import CannotSpeak
from asr.speech import Hypothesis, dump_hypothesis
from channels.transfers import Transfers
from channels.voice import Ladder, VoiceChannel
from channels.voice_call import Means
from conversation.inbox import Inbox
from conversation.recordings import Recordings
from conversation.store import Store
from ivr import engine
from ivr.actions import Ask
from ivr.events import Chose, NotConnected, Replied
from meaning.sense import Sense
from telephony import orders
from wire.facts import FactSource, serve_facts

WITHIN = 20


class Mouth:
    """Writes down what it is asked to speak; a text's file is named by its number."""

    def __init__(self):
        self.spoken, self.speeds, self.forgotten, self.dumb = [], [], [], False

    async def file(self, text, language, *, keep, speed=1.0):
        if self.dumb:
            raise CannotSpeak("away")
        self.spoken.append(text)
        self.speeds.append(speed)
        return Path(f"/said/{len(self.spoken) - 1}.wav")

    def forget(self, path):
        self.forgotten.append(path)


class Line:
    """A line worker as the hub sees one: numbered facts out, orders in."""

    def __init__(self, path, mouth, origin="line", calls=()):
        self.mouth, self.orders = mouth, asyncio.Queue()
        self.source = FactSource(
            str(path),
            origin,
            hello=lambda: {"index": 0, "pid": 1, "calls": [orders.dump_fact(c) for c in calls]},
            on_order=lambda order: self.orders.put_nowait(orders.load_order(order)),
            on_link=lambda up: None,
        )

    def tell(self, kind, call="c1", **more):
        at = datetime.now(UTC).timestamp()
        return self.source.tell(orders.dump_fact(kind(call=call, at=at, **more)))

    def answered(self, call="c1", caller="09012345678", **more):
        return self.tell(orders.Answered, call, sip_call_id="x", caller=caller, called="0312345678", **more)

    def hears(self, text, listen, *, barged=False, scores=(), confidence=0.95, call="c1"):
        result = dump_hypothesis(Hypothesis(text=text, confidence=confidence, scores=scores, engine="test"))
        self.tell(orders.Heard, call, listen=listen, result=result, spoken_until=0.0, barged=barged)

    async def next(self, kind):
        """The next order of this kind; what comes before it is passed over."""
        async with asyncio.timeout(WITHIN):
            while not isinstance(order := await self.orders.get(), kind):
                pass
        return order

    async def says(self):
        """What the next prompt says."""
        play = await self.next(orders.Play)
        return play, "".join(self.mouth.spoken[int(Path(f).stem)] for f in play.files if f.startswith("/said"))


class Centre:
    def __init__(self, folder, source=None):
        self.folder, self.mouth = folder, Mouth()
        self.trees, self.transfers = Trees(source=source), Transfers()
        asks = [a for a in engine.prompts(self.trees.current()) if isinstance(a, Ask)]
        self.sense = Sense(asks)
        self.transcribed = []

    @asynccontextmanager
    async def open(self):
        now = lambda: datetime.now(UTC)  # noqa: E731
        store = Store.open(f"sqlite:///{self.folder / 'r.db'}", bytes(32), spool=self.folder / "spool")
        self.inbox = Inbox(store, self.trees, now)
        means = Means(
            inbox=self.inbox,
            mouth=self.mouth,
            recordings=Recordings(self.folder / "recordings", store),
            sense=lambda digest: self.sense,
            known=lambda utterance: False,
            chime=Path("/chime.wav"),
            sounds=self.folder / "sounds",
            transcribe=lambda *about: self.transcribed.append(about),
            transfers=self.transfers,
        )
        self.voice = VoiceChannel(
            means, language="ja", country="JP", resume_within=timedelta(hours=1), busy_tree=self.trees.current
        )
        running = asyncio.create_task(self.voice.run())
        await asyncio.sleep(0)
        socket = self.folder / "hub"
        socket.unlink(missing_ok=True)
        server = await serve_facts(str(socket), self.voice.handle)
        try:
            yield self
        finally:
            server.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await store.close()

    @asynccontextmanager
    async def line(self, **more):
        line = Line(self.folder / "hub", self.mouth, **more)
        task = asyncio.create_task(line.source.run())
        try:
            yield line
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def timeline(self, call="c1"):
        conversation = await self.inbox.by_ref("call", call)
        return await self.inbox.timeline(conversation)

    async def post(self, kind, call="c1", **more):
        conversation = await self.inbox.by_ref("call", call)
        await self.inbox.post(conversation, kind(at=datetime.now(UTC), channel="system", **more))

    async def state(self, call="c1"):
        return await self.inbox.state(await self.inbox.by_ref("call", call))

    async def settled(self, line):
        async with asyncio.timeout(WITHIN):
            while line.source.pending:
                await asyncio.sleep(0.005)


@pytest.fixture
def centre(tmp_path):
    return Centre(tmp_path)


@pytest.fixture
def everything(tmp_path):
    """A centre whose tree has every kind of node."""
    return Centre(tmp_path, EVERYTHING.read_text("utf-8"))


async def test_an_answered_call_is_greeted_and_listened_to(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        listen = await line.next(orders.Listen)
        _, said = await line.says()
    assert "お電話ありがとうございます" in said
    assert (listen.hint["language"], listen.hint["mode"]) == ("ja", "free")


async def test_a_key_replaces_what_is_being_said(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        first, _ = await line.says()
        line.tell(orders.Keyed, digit="1")
        second, said = await line.says()
    assert second.play > first.play
    assert "住所変更" in said


async def test_spoken_words_are_understood_before_they_reach_the_inbox(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        listen = await line.next(orders.Listen)
        line.hears("引っ越したので住所を変えたいんですが", listen.listen)
        await line.says()
        _, said = await line.says()
        spoken = [x.payload for x in await centre.timeline() if x.kind == "Spoke"]
    assert "住所変更" in said
    assert (spoken[0]["choice"], spoken[0]["engine"]) == ("address_change", "test")


@pytest.mark.parametrize("text", ["うん", ""])
async def test_an_interjection_or_noise_does_not_derail_a_prompt(centre, text):
    async with centre.open(), centre.line() as line:
        line.answered()
        listen = await line.next(orders.Listen)
        await line.says()
        line.hears(text, listen.listen, barged=True)
        await line.next(orders.Resume)
        await centre.settled(line)
        assert not [x for x in await centre.timeline() if x.kind == "Spoke"]


async def test_an_answer_to_a_question_that_is_over_is_no_answer_to_the_next(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        old = await line.next(orders.Listen)
        line.tell(orders.Keyed, digit="1")
        await line.next(orders.Listen)
        line.hears("注文の状況を知りたい", old.listen)
        await centre.settled(line)
        assert not [x for x in await centre.timeline() if x.kind == "Spoke"]


async def test_a_command_of_a_closed_list_is_obeyed_only_when_the_ear_is_sure(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="1")
        listen = await line.next(orders.Listen)
        line.hears("重塞", listen.listen, scores=(("command:person", 0.97),), confidence=0.3)
        await centre.settled(line)
        (spoke,) = [x.payload for x in await centre.timeline() if x.kind == "Spoke"]
    assert spoke["command"] is None


async def test_an_ear_that_is_away_leads_to_another_try_and_never_to_silence(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        listen = await line.next(orders.Listen)
        await line.says()
        line.tell(orders.Heard, listen=listen.listen, result=None, spoken_until=0.0)
        _, said = await line.says()
    assert said


async def test_a_mouth_that_is_away_leaves_a_chime_and_working_keys(centre):
    centre.mouth.dumb = True
    async with centre.open(), centre.line() as line:
        line.answered()
        play = await line.next(orders.Play)
        assert set(play.files) == {"/chime.wav"}
        line.tell(orders.Keyed, digit="1")
        again = await line.next(orders.Play)
        assert again.play > play.play


async def test_silence_after_a_question_counts_from_the_end_of_the_prompt(centre, monkeypatch):
    async with centre.open(), centre.line() as line:
        line.answered()
        play, _ = await line.says()
        await centre.settled(line)
        assert not [x for x in await centre.timeline() if x.kind == "Waited"]
        asked = Ask(node="matter", text="?", language="ja", expects="open", patience=0.01)
        monkeypatch.setattr(centre.voice._calls["c1"], "_ask", asked)
        line.tell(orders.Played, play=play.play, complete=True)
        _, said = await line.says()
        assert [x for x in await centre.timeline() if x.kind == "Waited"]
    assert said


async def test_a_fact_told_twice_happens_once(centre):
    async with centre.open():
        async with centre.line() as line:
            line.answered()
            await line.says()
            line.tell(orders.Keyed, digit="1")
            await line.says()
            await centre.settled(line)
        async with centre.line() as again:  # the same origin, the same numbers: a break of the link
            again.answered()
            again.tell(orders.Keyed, digit="1")
            await centre.settled(again)
        pressed = [x for x in await centre.timeline() if x.kind == "Pressed"]
    assert len(pressed) == 1


async def test_a_new_hub_takes_up_a_call_that_is_still_on_and_says_where_it_is(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="1")
        await line.says()
        await centre.settled(line)
    alive = orders.Answered(call="c1", at=0.0, sip_call_id="x", caller="09012345678", called=None)
    async with centre.open(), centre.line(calls=(alive,)) as line:
        _, said = await line.says()
    assert said.startswith("お待たせいたしました。")
    assert "住所変更" in said


async def test_what_happened_while_there_was_no_hub_is_told_to_the_next_even_if_the_call_is_over(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        await line.says()
        await centre.settled(line)
    async with centre.open(), centre.line(origin="line") as line:
        line.source._number = 50  # the worker has told others before
        line.tell(orders.Keyed, digit="1")
        line.tell(orders.Ended, reason="hangup")
        await centre.settled(line)
        kinds = [x.kind for x in await centre.timeline()]
    assert kinds.count("Pressed") == 1
    assert kinds[-1] == "Left"


async def test_two_calls_of_one_number_at_once_do_not_share_a_conversation(centre):
    async with centre.open(), centre.line() as line:
        line.answered("c1")
        await line.says()
        line.answered("c2")
        await line.says()
        assert await centre.inbox.by_ref("call", "c1") != await centre.inbox.by_ref("call", "c2")


async def test_a_caller_who_calls_again_is_offered_the_matter_and_may_start_afresh(centre):
    async with centre.open(), centre.line() as line:
        line.answered("c1")
        await line.says()
        line.tell(orders.Keyed, "c1", digit="1")
        await line.says()
        line.tell(orders.Ended, "c1", reason="hangup")
        await centre.settled(line)
        line.answered("c2")
        _, said = await line.says()
        assert "住所変更" in said
        line.tell(orders.Keyed, "c2", digit="2")
        _, said = await line.says()
        assert await centre.inbox.by_ref("call", "c2") != await centre.inbox.by_ref("call", "c1")
    assert "お電話ありがとうございます" in said


async def test_a_message_is_kept_piece_by_piece_and_given_to_be_transcribed(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="0")
        play, _ = await line.says()
        line.tell(orders.Played, play=play.play, complete=True)
        take = await line.next(orders.TakeMessage)
        for piece in range(2):
            line.tell(orders.Taken, recording=take.recording, piece=piece, pcm="AAAA" * 100)
        line.tell(orders.Took, recording=take.recording, seconds=2.0, reason="key")
        await line.says()
        await centre.settled(line)
        assert [x for x in await centre.timeline() if x.kind == "Recorded"]
    assert [about[1] for about in centre.transcribed] == [take.recording]


async def test_what_is_said_of_this_caller_alone_is_forgotten_with_the_call(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        await line.says()
        conversation = await centre.inbox.by_ref("call", "c1")
        tapped = Chose(at=datetime.now(UTC), channel="page", node="matter", option="address_change")
        await centre.inbox.post(conversation, tapped)
        play, said = await line.says()
        assert said.startswith("画面で、住所変更、を承りました。")
        line.tell(orders.Ended, reason="hangup")
        await centre.settled(line)
    assert Path(play.files[0]) in centre.mouth.forgotten


async def test_a_call_is_put_through_when_all_is_said_and_ends_when_somebody_is_there(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="5")
        play, said = await line.says()
        assert said == "本社へおつなぎします。"
        line.tell(orders.Played, play=play.play, complete=True)
        transfer = await line.next(orders.Transfer)
        conversation = await everything.inbox.by_ref("call", "c1")
        assert (transfer.to, transfer.conversation) == ("+81312345678", conversation)
        line.tell(orders.Transferred, status=200)
        await line.next(orders.HangUp)
        await everything.settled(line)
        assert (await everything.state()).outcome == "connected"


@pytest.mark.parametrize(("status", "reason"), [(486, "busy"), (408, "failed"), (603, "failed"), (500, "failed")])
async def test_a_transfer_that_fails_brings_the_caller_back_into_the_tree(everything, status, reason):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="5")
        play, _ = await line.says()
        line.tell(orders.Played, play=play.play, complete=True)
        await line.next(orders.Transfer)
        line.tell(orders.Transferred, status=status)
        _, said = await line.says()
        assert "担当者におつなぎします。" in said
        (failed,) = [x.payload for x in await everything.timeline() if x.kind == "NotConnected"]
        assert failed["reason"] == reason


async def test_a_name_that_the_settings_do_not_know_puts_nobody_through(tmp_path):
    source = EVERYTHING.read_text("utf-8").replace('to: "+81312345678"', "to: head_office")
    centre = Centre(tmp_path, source)
    async with centre.open(), centre.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="5")
        play, _ = await line.says()
        line.tell(orders.Played, play=play.play, complete=True)
        _, said = await line.says()
        assert "担当者におつなぎします。" in said
        assert (await centre.state()).stage == "queueing"


async def test_a_new_hub_puts_through_whom_the_one_before_was_about_to(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="5")
        await line.says()
        await everything.settled(line)
    alive = orders.Answered(call="c1", at=0.0, sip_call_id="x", caller="09012345678", called=None)
    async with everything.open(), everything.line(calls=(alive,)) as line:
        assert (await line.next(orders.Transfer)).to == "+81312345678"


async def test_what_a_customer_waits_for_does_not_cut_off_what_was_said_before(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="6")
        play, said = await line.says()
        assert said == "担当者におつなぎします。"
        await everything.post(NotConnected, node="staff", reason="busy")
        line.tell(orders.Played, play=play.play, complete=True)
        _, said = await line.says()
        assert said == "ご伝言を録音いたします。"


async def test_what_a_customer_waits_for_is_said_as_soon_as_it_is_there(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="6")
        play, _ = await line.says()
        line.tell(orders.Played, play=play.play, complete=True)
        _, patience = await line.says()
        await everything.post(NotConnected, node="staff", reason="busy")
        _, said = await line.says()
    assert patience != said == "ご伝言を録音いたします。"


async def test_words_while_something_is_on_its_way_leave_the_prompt_going_on(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="6")
        play, _ = await line.says()
        line.tell(orders.Played, play=play.play, complete=True)
        listen = await line.next(orders.Listen)
        await line.says()
        line.hears("まだですか", listen.listen, barged=True, confidence=0.9)
        await line.next(orders.Resume)


async def test_a_webhooks_answer_is_told_while_the_customer_still_hears_that_it_is_looked_up(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        for digit in "4" + "1200#" + "4711#":
            line.tell(orders.Keyed, digit=digit)
        await everything.settled(line)
        assert (await everything.state()).stage == "calling"
        await everything.post(Replied, node="look_up", values=(("order_state", "発送済み"),))
        said = ""
        while "発送済み" not in said:
            _, said = await line.says()


async def test_a_caller_who_asks_for_it_is_spoken_to_slowly_and_waited_for_longer(centre):
    async with centre.open(), centre.line() as line:
        line.answered()
        listen = await line.next(orders.Listen)
        await line.says()
        assert set(centre.mouth.speeds) == {1.0}
        assert not listen.hint["slow"]
        already = len(centre.mouth.speeds)
        line.hears("ゆっくり", listen.listen, scores=(("command:slower", 0.9),))
        listen = await line.next(orders.Listen)
        await line.says()
    assert listen.hint["slow"]
    assert set(centre.mouth.speeds[already:]) == {0.8}


async def test_tomorrow_is_the_day_after_the_one_on_which_it_was_said_where_the_tree_is(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="2")
        listen = await line.next(orders.Listen)
        await line.says()
        line.hears("明日でお願いします", listen.listen)
        await line.says()
        await everything.settled(line)
        (spoke,) = [x.payload for x in await everything.timeline() if x.kind == "Spoke"]
    said = datetime.fromisoformat(spoke["at"]).astimezone(everything.trees.current().zone).date()
    assert spoke["value"] == (said + timedelta(days=1)).isoformat()


async def test_what_is_said_with_a_wish_is_not_asked_for_again_and_the_decision_is_kept(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        listen = await line.next(orders.Listen)
        await line.says()
        line.hears("明日の10時に予約したい", listen.listen)
        await line.says()
        await everything.settled(line)
        (spoke,) = [x.payload for x in await everything.timeline() if x.kind == "Spoke"]
    assert spoke["choice"] == "booking"
    assert ["time", "10:00"] in spoke["values"]
    assert spoke["nearest"]


async def test_a_correction_answers_the_question_before_in_one_breath(everything):
    async with everything.open(), everything.line() as line:
        line.answered()
        await line.says()
        line.tell(orders.Keyed, digit="4")
        listen = await line.next(orders.Listen)
        await line.says()
        line.hears("そうじゃなくて、予約したい", listen.listen)
        await line.says()
        await everything.settled(line)
        (spoke,) = [x.payload for x in await everything.timeline() if x.kind == "Spoke"]
        assert (spoke["command"], spoke["choice"]) == ("correct", "booking")
        assert (await everything.state()).node == "day"


def test_a_fact_is_acknowledged_only_when_all_before_it_are_done():
    ladder = Ladder()
    for number in (5, 6, 7):
        ladder.start(number)
    assert ladder.done(6) == 4
    assert ladder.done(5) == 6
    assert ladder.done(7) == 7
