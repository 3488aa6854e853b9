"""A real edge for a test: the role as it runs in production, with Kamailio, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from namespaces import inside

from gateway.edge import keep
from telephony.edge import Edge


@contextlib.contextmanager
def running(edge: Edge, folder: Path, *, namespace: str | None = None) -> Iterator[Path]:
    """Runs ``edge`` with its files in ``folder`` until the context is left. Gives ``folder``; raises what the role did.

    namespace: the network namespace to run it in.
    """
    up, failed = threading.Event(), []
    loop = asyncio.new_event_loop()

    def live() -> None:
        try:
            with inside(namespace):
                loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        except Exception as error:  # told to the test, in its own thread
            failed.append(error)
        finally:
            up.set()

    task = loop.create_task(keep(edge, folder, up.set))
    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    assert up.wait(20), "the edge did not come up"
    try:
        if failed:
            raise failed[0]
        yield folder
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(15)
        loop.close()
