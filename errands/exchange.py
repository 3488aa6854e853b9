"""One HTTP/1.1 request and its answer, over a connection of its own to an address that was checked.

Nothing is followed, decoded or kept here, and no proxy is asked. How long it may take is for who calls.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

import h11

from errands.destinations import Destination
from errands.errors import BadAnswer, TooLarge, Unreachable

LARGEST_HEAD = 16_000
CONNECTS_WITHIN = 1.0
"""Seconds for one of several addresses."""
_PIECE = 16_384


@dataclass(frozen=True, slots=True)
class Answer:
    """body: read for 2xx alone."""

    status: int
    location: str = ""
    body: bytes = b""


async def post(
    wanted: Destination,
    addresses: Sequence[str],
    headers: Sequence[tuple[str, str]],
    body: bytes,
    *,
    tls: ssl.SSLContext,
    largest: int,
) -> Answer:
    """largest: bytes of an answer. Raises Unreachable, TooLarge, BadAnswer."""
    reader, writer = await _connected(wanted, addresses, tls)
    try:
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        request = h11.Request(
            method="POST",
            target=wanted.target,
            headers=[
                ("Host", wanted.authority),
                ("Content-Length", str(len(body))),
                ("Accept-Encoding", "identity"),
                ("Connection", "close"),
                *headers,
            ],
        )
        writer.write(http.send(request) + http.send(h11.Data(data=body)) + http.send(h11.EndOfMessage()))
        return await _answer(http, reader, largest)
    except h11.RemoteProtocolError:
        raise BadAnswer("a webhook answered what is no HTTP") from None
    except OSError:
        raise Unreachable("the connection to a webhook broke off") from None
    finally:
        # Not close: a peer that does not say goodbye would be waited for.
        writer.transport.abort()


async def _connected(
    wanted: Destination, addresses: Sequence[str], tls: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for address in addresses[:4]:
        try:
            async with asyncio.timeout(CONNECTS_WITHIN):
                if wanted.scheme == "https":
                    return await asyncio.open_connection(address, wanted.port, ssl=tls, server_hostname=wanted.host)
                return await asyncio.open_connection(address, wanted.port)
        except ssl.SSLCertVerificationError:
            raise Unreachable("the certificate of a webhook's host does not prove whose it is") from None
        except (OSError, TimeoutError):
            continue
    raise Unreachable("a webhook's host does not take connections")


async def _answer(http: h11.Connection, reader: asyncio.StreamReader, largest: int) -> Answer:
    status, location, body = 0, "", bytearray()
    while True:
        match http.next_event():
            case h11.NEED_DATA:
                data = await reader.read(_PIECE)
                if not data and http.their_state is h11.SEND_RESPONSE:
                    raise Unreachable("the connection to a webhook broke off")
                http.receive_data(data)
            case h11.Response() as response:
                status = response.status_code
                found = {name: value.decode("latin-1") for name, value in response.headers}
                if not 200 <= status < 300:
                    return Answer(status, found.get(b"location", ""))
                length = found.get(b"content-length", "0")
                if not length.isdecimal() or int(length) > largest:
                    raise TooLarge("a webhook's answer is too large")
                if found.get(b"content-encoding", "identity").casefold() != "identity":
                    raise BadAnswer("a webhook's answer is packed, though that was not asked for")
            case h11.Data(data=data):
                body += data
                if len(body) > largest:
                    raise TooLarge("a webhook's answer is too large")
            case h11.EndOfMessage() | h11.PAUSED | h11.ConnectionClosed():
                return Answer(status, location, bytes(body))
