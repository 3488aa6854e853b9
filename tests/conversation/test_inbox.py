from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record import NUMBER, Clock, Place, Trees, called, joined, pressed
from sqlalchemy import text

from conversation.errors import Conflict, UnknownConversation
from conversation.inbox import Delivery, Inbox
from ivr.events import Chose, Event, Filled, Joined, Left, Pressed, Spoke, Waited


@pytest.fixture
def inbox(place: Place, trees: Trees, clock: Clock) -> Inbox:
    return Inbox(place.open(), trees, clock)


async def test_an_event_is_answered_with_what_the_rules_order(inbox: Inbox, clock: Clock) -> None:
    conversation = await inbox.open(language="ja", number=NUMBER)
    delivery = await inbox.post(conversation, joined(clock))
    assert (delivery.conversation, delivery.seq, delivery.repeated) == (conversation, 1, False)
    assert [action.kind for action in delivery.actions][-1] == "Ask"
    assert await inbox.state(conversation) == delivery.state


async def test_the_same_key_is_answered_as_the_first_time_and_done_once(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock)
    heard: list[Delivery] = []
    inbox.subscribe(heard.append)
    first = await inbox.post(conversation, pressed(clock, "1"), key="line:17")
    second = await inbox.post(conversation, pressed(clock, "1"), key="line:17")
    assert second.repeated
    assert (second.seq, second.actions, second.state) == (first.seq, first.actions, first.state)
    assert heard == [first]


async def test_two_posts_with_one_key_at_once_are_done_once(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock)
    posts = [inbox.post(conversation, pressed(clock, "1"), key="line:17") for _ in range(5)]
    deliveries = await asyncio.gather(*posts)
    assert sorted(delivery.repeated for delivery in deliveries) == [False, True, True, True, True]
    assert [line.kind for line in await inbox.timeline(conversation)].count("Pressed") == 1


async def test_a_key_is_still_known_after_a_restart(place: Place, trees: Trees, clock: Clock) -> None:
    inbox = Inbox(place.open(), trees, clock)
    conversation = await called(inbox, clock)
    first = await inbox.post(conversation, pressed(clock, "1"), key="line:17")
    await place.close()
    again = await Inbox(place.open(), trees, clock).post(conversation, pressed(clock, "1"), key="line:17")
    assert again.repeated
    assert (again.seq, again.actions) == (first.seq, first.actions)


async def test_a_key_of_another_conversation_is_a_conflict_and_changes_nothing(inbox: Inbox, clock: Clock) -> None:
    one, other = await called(inbox, clock), await called(inbox, clock)
    await inbox.post(one, pressed(clock, "1"), key="line:17")
    before = await inbox.timeline(other)
    with pytest.raises(Conflict):
        await inbox.post(other, pressed(clock, "1"), key="line:17")
    assert await inbox.timeline(other) == before
    assert (await inbox.post(other, pressed(clock, "1"), key="line:18")).seq == before[-1].seq + 1


async def test_two_hundred_posts_at_once_keep_the_order_in_which_they_came(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock)
    heard: list[int] = []
    inbox.subscribe(lambda delivery: heard.append(delivery.seq), conversation)
    events = [Spoke(at=clock(), channel="voice", text=str(number)) for number in range(200)]
    deliveries = await asyncio.gather(*(inbox.post(conversation, event) for event in events))
    seqs = [delivery.seq for delivery in deliveries]
    assert seqs == sorted(set(seqs)) == heard
    lines = await inbox.timeline(conversation)
    assert [line.payload["text"] for line in lines if line.kind == "Spoke"] == [str(number) for number in range(200)]
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))


async def test_a_clock_that_steps_back_does_not_break_the_order(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock, "4")
    clock.forward(hours=-1)
    await inbox.post(conversation, pressed(clock, "9"))
    pressed_in_order = [line.payload["digit"] for line in await inbox.timeline(conversation) if line.kind == "Pressed"]
    assert pressed_in_order == ["4", "9"]


async def test_a_listener_that_fails_harms_no_other(inbox: Inbox, clock: Clock) -> None:
    heard: list[str] = []

    def fails(_: Delivery) -> None:
        raise RuntimeError("broken")

    inbox.subscribe(fails)
    inbox.subscribe(lambda delivery: heard.append(delivery.event.kind))
    await called(inbox, clock, "1")
    assert heard == ["Joined", "Pressed"]


async def test_a_listener_hears_its_own_conversation_until_it_leaves(inbox: Inbox, clock: Clock) -> None:
    one, other = await called(inbox, clock), await called(inbox, clock)
    heard: list[str] = []
    leave = inbox.subscribe(lambda delivery: heard.append(delivery.conversation), one)
    await inbox.post(one, pressed(clock, "1"))
    await inbox.post(other, pressed(clock, "1"))
    leave()
    leave()
    await inbox.post(one, pressed(clock, "1"))
    assert heard == [one]


async def test_who_goes_away_while_posting_leaves_no_half_done_event(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock)
    posting = asyncio.ensure_future(inbox.post(conversation, pressed(clock, "4"), key="gone"))
    await asyncio.sleep(0)
    posting.cancel()
    again = await inbox.post(conversation, pressed(clock, "4"), key="gone")
    assert again.repeated
    assert [line.kind for line in await inbox.timeline(conversation)].count("Pressed") == 1


async def test_a_conversation_goes_on_after_a_restart_on_the_tree_that_it_began_with(
    place: Place, clock: Clock
) -> None:
    inbox = Inbox(place.open(), Trees(), clock)
    conversation = await called(inbox, clock, "1")
    state, tree = await inbox.state(conversation), await inbox.tree(conversation)
    await place.close()
    newer = Trees(note="\n# A newer version.\n")
    again = Inbox(place.open(), newer, clock)
    assert newer.current().digest != tree.digest
    assert (await again.tree(conversation)).digest == tree.digest
    assert await again.state(conversation) == state
    assert (await again.tree(await again.open(language="ja"))).digest == newer.current().digest


async def test_the_memory_for_conversations_is_bounded_and_those_that_left_it_come_back(
    here: Place, trees: Trees, clock: Clock
) -> None:
    inbox = Inbox(here.open(), trees, clock, cache=3)
    conversations = [await called(inbox, clock, "4") for _ in range(10)]
    assert len(inbox._lives) <= 3
    for conversation in conversations:
        assert (await inbox.post(conversation, pressed(clock, "9"))).seq > 2


async def test_an_unknown_conversation_is_said_to_be_unknown(inbox: Inbox, clock: Clock) -> None:
    for wanted in (inbox.post("nothing", pressed(clock, "1")), inbox.state("nothing"), inbox.timeline("nothing")):
        with pytest.raises(UnknownConversation):
            await wanted


async def test_a_number_finds_its_latest_unfinished_conversation_within_the_time(
    inbox: Inbox, clock: Clock, place: Place, trees: Trees
) -> None:
    await called(inbox, clock)
    clock.forward(minutes=10)
    latest = await called(inbox, clock)
    assert await inbox.recent_of(NUMBER, timedelta(hours=1)) == latest
    assert await inbox.recent_of("+819000000000", timedelta(hours=1)) is None
    assert await Inbox(place.stores[0], trees, clock).recent_of(NUMBER, timedelta(hours=1)) == latest
    clock.forward(hours=2)
    assert await inbox.recent_of(NUMBER, timedelta(hours=1)) is None


async def test_a_finished_conversation_is_not_taken_up_by_number(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock)
    await inbox.post(conversation, Left(at=clock(), channel="voice"))
    assert await inbox.recent_of(NUMBER, timedelta(hours=1)) == conversation
    clock.forward(minutes=1)
    finished = await called(inbox, clock, "42")
    assert next(one for one in await inbox.conversations(10) if one.id == finished).finished
    assert await inbox.recent_of(NUMBER, timedelta(hours=1)) == conversation


async def test_a_call_names_its_conversation_and_can_move_to_another(
    inbox: Inbox, clock: Clock, place: Place, trees: Trees
) -> None:
    one, other = await called(inbox, clock), await called(inbox, clock)
    await inbox.bind(one, "call", "c-1")
    assert await inbox.by_ref("call", "c-1") == one
    await inbox.bind(other, "call", "c-1")
    assert await inbox.by_ref("call", "c-1") == other
    assert await Inbox(place.stores[0], trees, clock).by_ref("call", "c-1") == other
    assert await inbox.by_ref("page", "c-1") is None


async def test_the_list_shows_the_latest_first_and_goes_on_before(inbox: Inbox, clock: Clock) -> None:
    made = []
    for _ in range(5):
        clock.forward(minutes=1)
        made.append(await called(inbox, clock))
    first = await inbox.conversations(3)
    assert [summary.id for summary in first] == made[:1:-1]
    rest = await inbox.conversations(3, before=first[-1].last)
    assert [summary.id for summary in rest] == made[1::-1]
    assert rest[0].opened.tzinfo is not None


async def test_nothing_that_was_said_or_a_number_is_readable_in_the_database(
    here: Place, trees: Trees, clock: Clock
) -> None:
    inbox = Inbox(here.open(), trees, clock)
    conversation = await called(inbox, clock)
    await inbox.post(conversation, Spoke(at=clock(), channel="voice", text="住所変更したい wonderland"))
    await here.close()
    stored = b"".join(file.read_bytes() for file in here.folder.iterdir() if file.is_file())
    assert "住所変更したい".encode() not in stored
    assert b"wonderland" not in stored
    assert NUMBER[3:].encode() not in stored


async def test_an_entry_moved_to_another_place_is_refused(inbox: Inbox, clock: Clock, place: Place) -> None:
    conversation = await called(inbox, clock, "1")
    swap = text(
        "UPDATE entry SET payload = (SELECT payload FROM entry WHERE conversation_id = :id AND seq = 2) "
        "WHERE conversation_id = :id AND seq = 1"
    )
    await place.stores[0].perform(lambda connection: connection.execute(swap, {"id": conversation}) and None)
    with pytest.raises(Exception, match="not what was written at"):
        await inbox.timeline(conversation)


KEYS = st.sampled_from("0123456789*#")
VOICE = st.one_of(
    st.builds(lambda digit: ("Pressed", digit), KEYS),
    st.builds(lambda choice: ("Spoke", choice), st.sampled_from(["address_change", "lost", "yes", "no", ""])),
    st.just(("Waited", "")),
    st.just(("Left", "")),
    st.just(("Joined", "")),
    st.builds(lambda node: ("Chose", node), st.sampled_from(["matter", "nowhere"])),
    st.builds(lambda node: ("Filled", node), st.sampled_from(["matter", "order_number"])),
)


def made(kind: str, value: str, clock: Clock) -> Event:
    at = clock()
    match kind:
        case "Pressed":
            return Pressed(at=at, channel="voice", digit=value)
        case "Spoke":
            return Spoke(at=at, channel="voice", text="x", confidence=0.9, choice=value or None)
        case "Waited":
            return Waited(at=at, channel="voice", seconds=6.0)
        case "Left":
            return Left(at=at, channel="voice")
        case "Joined":
            return joined(clock)
        case "Chose":
            return Chose(at=at, channel="page", node=value, option="lost")
        case _:
            return Filled(at=at, channel="page", node=value, value="123")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(VOICE, max_size=25))
async def test_a_replay_gives_the_live_state(
    here: Place, trees: Trees, clock: Clock, history: list[tuple[str, str]]
) -> None:
    if not here.stores:
        here.open()
    inbox = Inbox(here.stores[0], trees, clock)
    conversation = await inbox.open(language="ja", number=NUMBER)
    for kind, value in [("Joined", ""), *history]:
        await inbox.post(conversation, made(kind, value, clock))
    replayed = Inbox(here.stores[0], trees, clock)
    assert await replayed.state(conversation) == await inbox.state(conversation)
    following = await replayed.post(conversation, pressed(clock, "0"))
    assert following.seq == len(await replayed.timeline(conversation)) - len(following.actions)


async def test_what_has_to_be_performed_is_known_until_it_was(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock, "11")
    (effect,) = await inbox.pending_effects()
    assert (effect.conversation, effect.action.kind) == (conversation, "SendLink")
    line = next(line for line in await inbox.timeline(conversation) if line.seq == effect.seq)
    assert (line.kind, line.payload["to"]) == ("SendLink", NUMBER)
    await inbox.effect_done(conversation, effect.seq)
    assert await inbox.pending_effects() == []


async def test_a_joining_of_the_page_is_kept_with_its_channel(inbox: Inbox, clock: Clock) -> None:
    conversation = await called(inbox, clock)
    await inbox.post(conversation, Joined(at=clock(), channel="page"))
    lines = [line for line in await inbox.timeline(conversation) if line.kind == "Joined"]
    assert [line.channel for line in lines] == ["voice", "page"]
