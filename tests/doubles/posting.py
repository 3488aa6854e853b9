"""A hub's record in a process of its own, to be killed: posts events and prints each key once it was acknowledged.

python posting.py URL SPOOL post CONVERSATION FIRST       until killed
python posting.py URL SPOOL fill                          on a small disk that is filled meanwhile
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from record import MASTER, Trees, joined, pressed

from conversation.errors import NotKept
from conversation.inbox import Inbox
from conversation.store import Store


def now() -> datetime:
    return datetime.now(UTC)


def say(*words: object) -> None:
    print(*words, flush=True)


async def post(store: Store, conversation: str, first: int) -> None:
    inbox = Inbox(store, Trees(), now)
    if conversation == "new":
        conversation = await inbox.open(language="ja")
        await inbox.post(conversation, joined(now))
        say("conversation", conversation)

    async def poster(number: int) -> None:
        while True:
            key = f"line:{number}"
            await inbox.post(conversation, pressed(now, "9"), key=key)
            say("kept", key)
            number += 4

    await asyncio.gather(*(poster(first + lane) for lane in range(4)))


async def fill(store: Store, folder: Path) -> None:
    inbox = Inbox(store, Trees(), now)
    conversation = await inbox.open(language="ja")
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            say("full")
    kept = 0
    try:
        while True:
            await inbox.post(conversation, joined(now), key=f"line:{kept}")
            kept += 1
    except NotKept:
        say("not kept after", kept, store.health().state)
    ballast.unlink()
    say("settled", await store.settled(20), store.health().state)
    await inbox.post(conversation, joined(now), key="line:after")
    lines = await inbox.timeline(conversation)
    say(
        "found",
        sum(line.kind == "Joined" for line in lines),
        [line.seq for line in lines] == [*range(1, len(lines) + 1)],
    )


async def main(url: str, spool: str, what: str, *rest: str) -> None:
    reserved = 64 << 10 if what == "fill" else 16 << 20
    store = Store.open(url, MASTER, spool=Path(spool), reserved=reserved)
    if what == "post":
        await post(store, rest[0], int(rest[1]))
    else:
        await fill(store, Path(spool).parent)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
