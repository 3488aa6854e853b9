from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import office as offices
import pytest
import pytest_asyncio
from office import Office, answer, raw, silence
from record import Clock

from errands import webhooks as module
from errands.destinations import Allowed
from errands.errors import CallError
from errands.signing import signature
from errands.webhooks import LARGEST, Webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    async with offices.office() as made:
        yield made


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less patience, so that a test of it takes less."""
    monkeypatch.setattr(module, "WITHIN", 0.6)
    monkeypatch.setattr(module, "PATIENCE", 0.25)
    monkeypatch.setattr(module, "PAUSES", (0.0, 0.01, 0.02))


def webhooks(clock: Clock, **options: Any) -> Webhooks:
    options = {"secrets": {"order": SECRET}, "allowed": Allowed(["127.0.0.1"]), **options}
    return Webhooks(clock, **options)


async def call(hooks: Webhooks, url: str) -> dict[str, Any]:
    return await hooks.call("order", url, {"values": {"code": "0012"}}, id="msg_1")


async def failure(hooks: Webhooks, url: str) -> str:
    with pytest.raises(CallError) as failed:
        await call(hooks, url)
    return failed.value.reason


async def test_a_webhook_is_asked_by_a_signed_message_and_its_answer_is_read(office: Office, clock: Clock) -> None:
    office.replies = [answer({"order": {"state": "発送済み"}})]
    assert await call(webhooks(clock), office.url + "?a=b") == {"order": {"state": "発送済み"}}
    (asked,) = office.asked
    assert asked.target == "/orders?a=b"
    assert asked.message == {"values": {"code": "0012"}}
    stamp = asked.headers["webhook-timestamp"]
    assert int(stamp) == int(clock().timestamp())
    assert asked.headers["webhook-id"] == "msg_1"
    assert asked.headers["webhook-signature"] == signature(SECRET, "msg_1", int(stamp), asked.body)
    assert asked.headers["host"] == f"127.0.0.1:{office.port}"


async def test_without_a_secret_it_is_called_in_a_trial_alone(office: Office, clock: Clock) -> None:
    assert await failure(webhooks(clock, secrets={}), office.url) == "refused"
    assert office.asked == []
    assert await call(webhooks(clock, secrets={}, signed=False), office.url) == {}
    assert "webhook-signature" not in office.asked[0].headers


@pytest.mark.parametrize("kind", ["text/html", "image/png", "application/octet-stream; charset=shift_jis"])
async def test_what_it_calls_its_answer_does_not_matter(office: Office, clock: Clock, kind: str) -> None:
    office.replies = [answer({"a": "b"}, kind=kind)]
    assert await call(webhooks(clock), office.url) == {"a": "b"}


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_a_passing_failure_is_tried_twice_more_with_the_same_id(
    office: Office, clock: Clock, status: int
) -> None:
    office.replies = [answer(status=status), answer(status=status), answer({"a": "b"})]
    assert await call(webhooks(clock), office.url) == {"a": "b"}
    assert [asked.headers["webhook-id"] for asked in office.asked] == ["msg_1"] * 3
    office.replies = [answer(status=status)]
    assert await failure(webhooks(clock), office.url) == "status"
    assert len(office.asked) == 6


@pytest.mark.parametrize("status", [400, 401, 404, 410, 303, 304, 204 + 100])
async def test_a_lasting_failure_is_not_tried_again(office: Office, clock: Clock, status: int) -> None:
    office.replies = [answer(status=status)]
    assert await failure(webhooks(clock), office.url) == "status"
    assert len(office.asked) == 1


async def test_one_that_was_silent_is_asked_again_and_one_that_stays_silent_is_left_in_time(
    office: Office, clock: Clock, hurried: None
) -> None:
    office.replies = [silence, answer({"a": "b"})]
    assert await call(webhooks(clock), office.url) == {"a": "b"}
    office.replies = [silence]
    began = time.monotonic()
    assert await failure(webhooks(clock), office.url) == "timeout"
    assert time.monotonic() - began < 5
    assert [asked.headers["webhook-id"] for asked in office.asked] == ["msg_1"] * len(office.asked)


async def test_one_that_drips_is_left_in_time(office: Office, clock: Clock, hurried: None) -> None:
    for head, piece in ((b"", b"H"), (HEAD + b"Content-Length: 1000\r\n\r\n", b" "), (HEAD, b"X: y\r\n")):
        office.replies = [office.endless(head, piece, 0.02)]
        assert await failure(webhooks(clock), office.url) in ("timeout", "bad_answer")


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD + b"Content-Length: 100000000\r\n\r\n", b" " * 65_536),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b" " * 0x8000 + b"\r\n"),
        (HEAD + b"Connection: close\r\n\r\n", b"{" * 65_536),
    ],
)
async def test_an_answer_that_is_huge_or_never_ends_is_cut(
    office: Office, clock: Clock, head: bytes, piece: bytes
) -> None:
    office.replies = [office.endless(head, piece)]
    assert await failure(webhooks(clock), office.url) == "too_large"
    assert len(office.asked) == 1
    assert office.sent < 20_000_000  # what the kernels' buffers hold at most


async def test_an_answer_may_be_as_large_as_the_limit(office: Office, clock: Clock) -> None:
    office.replies = [answer(b" " * (LARGEST - 2) + b"{}")]
    assert await call(webhooks(clock), office.url) == {}
    office.replies = [answer(b" " * (LARGEST - 1) + b"{}")]
    assert await failure(webhooks(clock), office.url) == "too_large"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(b"<html>"), "bad_answer"),
        (answer([1]), "bad_answer"),
        (answer(b"\x1f\x8b\x08", Content_Encoding="gzip"), "bad_answer"),
        (raw(b"SSH-2.0-server\r\n\r\n"), "bad_answer"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 40_000), "bad_answer"),
        (raw(HEAD + b"Content-Length: 10\r\n\r\n{}"), "bad_answer"),
        (raw(HEAD + b"Content-Length: -1\r\n\r\n{}"), "bad_answer"),
        (raw(b""), "unreachable"),
    ],
)
async def test_an_answer_that_is_none_has_its_reason(office: Office, clock: Clock, reply: Any, reason: str) -> None:
    office.replies = [reply]
    assert await failure(webhooks(clock), office.url) == reason


async def test_a_host_that_takes_no_connection_is_unreachable(clock: Clock, free_port: Any) -> None:
    assert await failure(webhooks(clock), f"http://127.0.0.1:{free_port()}/") == "unreachable"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_followed_with_the_same_message(office: Office, clock: Clock, status: int) -> None:
    office.replies = [answer(status=status, Location="/new"), answer({"a": "b"})]
    assert await call(webhooks(clock), office.url) == {"a": "b"}
    first, second = office.asked
    assert (second.target, second.body, second.headers["webhook-id"]) == ("/new", first.body, "msg_1")


async def test_the_third_redirect_is_one_too_many(office: Office, clock: Clock) -> None:
    office.replies = [answer(status=307, Location="/round")]
    assert await failure(webhooks(clock), office.url) == "status"
    assert len(office.asked) == 3


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/", "//127.0.0.2:{port}/", "http://[::1]:{port}/", "http://2130706434:{port}/",
        "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "http://office:{port}@127.0.0.2/",
        "http://localhost:{port}/", "http://[::ffff:127.0.0.2]:{port}/", "http://[bad", "https://10.0.0.1/",
    ],
)  # fmt: skip
async def test_a_redirect_to_where_nothing_may_lead_is_refused(office: Office, clock: Clock, location: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2"]

    office.replies = [answer(status=307, Location=location.format(port=office.port))]
    assert await failure(webhooks(clock, resolve=resolve), office.url) == "refused"
    assert len(office.asked) == 1


async def test_a_name_is_resolved_once_and_what_was_checked_is_what_is_called(office: Office, clock: Clock) -> None:
    resolved: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"] if len(resolved) == 1 else ["127.0.0.2"]

    url = f"http://office.example.jp:{office.port}/orders"
    await call(webhooks(clock, resolve=rebinding), url)
    assert resolved == ["office.example.jp"]
    assert office.asked[0].headers["host"] == f"office.example.jp:{office.port}"
    assert await failure(webhooks(clock, resolve=rebinding), url) == "refused"
    assert len(office.asked) == 1


async def test_a_name_server_that_does_not_answer_is_left_in_time(clock: Clock, hurried: None) -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    assert await failure(webhooks(clock, resolve=never), "https://office.example.jp/") == "timeout"


async def test_the_certificate_has_to_be_for_the_name_that_was_called(clock: Clock, tmp_path: Path) -> None:
    server, client = offices.certificate(tmp_path, "office.example.jp")

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with offices.office(server) as office:
        hooks = webhooks(clock, resolve=resolve, tls=client)
        assert await call(hooks, f"https://office.example.jp:{office.port}/") == {}
        assert await failure(hooks, f"https://other.example.jp:{office.port}/") == "unreachable"
        strict = webhooks(clock, resolve=resolve)  # trusts only what the system trusts
        assert await failure(strict, f"https://office.example.jp:{office.port}/") == "unreachable"
        assert len(office.asked) == 1


async def test_of_several_addresses_the_next_is_tried(office: Office, clock: Clock) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    hooks = webhooks(clock, resolve=resolve, allowed=Allowed(["127.0.0.0/8"]))
    assert await call(hooks, f"http://office.example.jp:{office.port}/") == {}
