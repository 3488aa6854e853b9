import asyncio
from contextlib import asynccontextmanager

from wire.facts import FactSource, serve_facts
from wire.frames import pack


class Hub:
    """The other end, as a hub would be: keeps what it is told, acknowledges when asked to."""

    def __init__(self, path, acknowledge=True):
        self.path, self.acknowledge = str(path), acknowledge
        self.told, self.peers, self.news = [], [], asyncio.Condition()

    async def handle(self, peer):
        self.peers.append(peer)
        async for number, fact in peer.facts():
            async with self.news:
                self.told.append((peer.origin, number, fact))
                self.news.notify_all()
            if self.acknowledge:
                peer.ack(number)

    async def until(self, count):
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: len(self.told) >= count), 10)

    @asynccontextmanager
    async def open(self):
        server = await serve_facts(self.path, self.handle)
        try:
            yield self
        finally:
            server.close()
            for peer in self.peers:
                peer._writer.close()


@asynccontextmanager
async def source(path, **more):
    ups = asyncio.Queue()
    orders = asyncio.Queue()
    made = FactSource(
        str(path), "line-1", hello=lambda: {"index": 1}, on_order=orders.put_nowait, on_link=ups.put_nowait, **more
    )
    made.ups, made.orders = ups, orders
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_facts_told_before_the_hub_exists_reach_it_in_order(tmp_path):
    async with source(tmp_path / "hub") as line:
        for i in range(5):
            line.tell({"i": i})
        async with Hub(tmp_path / "hub").open() as hub:
            await hub.until(5)
    assert [(n, f["i"]) for _, n, f in hub.told] == [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]


async def test_an_unacknowledged_fact_is_said_again_to_the_next_hub_under_its_number(tmp_path):
    async with source(tmp_path / "hub") as line:
        async with Hub(tmp_path / "hub", acknowledge=False).open() as first:
            line.tell({"digit": "1"})
            await first.until(1)
        (tmp_path / "hub").unlink(missing_ok=True)
        async with Hub(tmp_path / "hub").open() as second:
            await second.until(1)
    assert first.told == second.told == [("line-1", 1, {"digit": "1"})]


async def test_an_acknowledged_fact_is_forgotten(tmp_path):
    async with Hub(tmp_path / "hub").open() as hub, source(tmp_path / "hub") as line:
        assert await line.ups.get() is True
        line.tell({"a": 1})
        await hub.until(1)
        while line.pending:
            await asyncio.sleep(0)
        assert line.pending == 0


async def test_orders_reach_the_line(tmp_path):
    async with Hub(tmp_path / "hub").open() as hub, source(tmp_path / "hub") as line:
        await line.ups.get()
        line.tell({"a": 1})
        await hub.until(1)
        hub.peers[0].order({"kind": "Drain"})
        assert await asyncio.wait_for(line.orders.get(), 10) == {"kind": "Drain"}


async def test_a_stranger_that_speaks_no_hello_is_let_go_and_others_are_served(tmp_path):
    async with Hub(tmp_path / "hub").open() as hub:
        reader, writer = await asyncio.open_unix_connection(hub.path)
        writer.write(pack({"fact": {}, "n": 1}))
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        async with source(tmp_path / "hub") as line:
            line.tell({"a": 1})
            await hub.until(1)
    assert [f for _, _, f in hub.told] == [{"a": 1}]
