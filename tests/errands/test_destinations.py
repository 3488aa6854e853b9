from __future__ import annotations

import ipaddress

import pytest

from errands.destinations import Allowed, by_system, destination, is_public
from errands.errors import Refused, Unreachable


async def nobody(host: str, port: int) -> list[str]:
    raise AssertionError("an address needs no resolving")


def known(*addresses: str):  # type: ignore[no-untyped-def]
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "target"),
    [
        ("https://office.example.jp/orders", "https", "office.example.jp", 443, "/orders"),
        ("https://OFFICE.example.jp.:8443", "https", "office.example.jp", 8443, "/"),
        ("http://office.example.jp/a?b=c d".replace(" ", "%20"), "http", "office.example.jp", 80, "/a?b=c%20d"),
        ("https://office.example.jp/注文?番号=1", "https", "office.example.jp", 443,
         "/%E6%B3%A8%E6%96%87?%E7%95%AA%E5%8F%B7=1"),
        ("https://日本.example/", "https", "xn--wgv71a.example", 443, "/"),
        ("https://[2606:4700::1111]/x", "https", "2606:4700::1111", 443, "/x"),
        ("https://[::ffff:8.8.8.8]/", "https", "8.8.8.8", 443, "/"),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(url: str, scheme: str, host: str, port: int, target: str) -> None:
    found = destination(url)
    assert (found.scheme, found.host, found.port, found.target) == (scheme, host, port, target)


@pytest.mark.parametrize(
    "url",
    [
        "", "office.example.jp", "ftp://office.example.jp/", "file:///etc/passwd", "gopher://127.0.0.1/",
        "https://", "https:///x", "https://user:secret@office.example.jp/", "https://office.example.jp@127.0.0.1/",
        "https://office.example.jp\\@127.0.0.1/", "https://office.example.jp/a b", "https://office.example.jp/\r\nX: y",
        "https://office.example.jp:0/", "https://office.example.jp:99999/", "https://office.example.jp:x/",
        "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0x7f.1/",
        "https://8.8.8.8.0x/", "https://１２７.０.０.１/", "https://[::1", "https://[fe80::1%25eth0]/",
        "https://-office.example/", "https://of fice/", "https://" + "a" * 254 + "/",
        "https://office.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        destination(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "fe80::1", "fec0::1",
        "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378::", "2001:db8::1",
        "100::1", "5f00::1",
    ],
)  # fmt: skip
async def test_an_address_that_is_not_public_is_refused_directly_and_behind_a_name(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        await Allowed().addresses(destination(f"https://{host}/"), nobody)
    with pytest.raises(Refused):
        await Allowed().addresses(destination("https://office.example.jp/"), known(address))
    with pytest.raises(Refused):  # one good address beside it does not help
        await Allowed().addresses(destination("https://office.example.jp/"), known("8.8.8.8", address))


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "203.0.114.1", "2606:4700::1111", "64:ff9b::808:808"])
async def test_a_public_address_is_called_by_tls(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    found = await Allowed().addresses(destination("https://office.example.jp/"), known(address))
    assert found == [address]
    with pytest.raises(Refused):
        await Allowed().addresses(destination("http://office.example.jp/"), known(address))


@pytest.mark.parametrize(
    ("entry", "url", "address"),
    [
        ("10.0.0.5", "http://10.0.0.5/", "10.0.0.5"),
        ("10.0.0.0/8", "http://orders.intra/", "10.9.9.9"),
        ("fd00::/8", "http://orders.intra/", "fd00::1"),
        ("[::1]", "http://[::1]:8080/", "::1"),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/", "127.0.0.1"),
        ("Orders.Intra", "http://orders.intra./", "192.168.1.1"),
        ("localhost", "http://localhost:8000/", "127.0.0.1"),
    ],
)
async def test_what_the_operator_allows_may_be_called_without_tls(entry: str, url: str, address: str) -> None:
    assert await Allowed([entry]).addresses(destination(url), known(address)) == [address]
    with pytest.raises(Refused):
        await Allowed([entry]).addresses(destination("https://other.example/"), known("192.168.77.7"))


@pytest.mark.parametrize("entry", ["", "10.0.0.5/8", "10.0.0", "http://intra/", "*.intra", "in tra", "0x7f.1"])
def test_a_wrong_entry_is_refused_at_once(entry: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Allowed([entry])


@pytest.mark.parametrize("found", [[], ["nonsense"], ["8.8.8.8", "fe80::1%eth0"]])
async def test_a_name_without_a_usable_address_is_unreachable(found: list[str]) -> None:
    with pytest.raises(Unreachable):
        await Allowed().addresses(destination("https://office.example.jp/"), known(*found))


async def test_the_system_knows_itself_and_no_name_that_is_reserved_for_nobody() -> None:
    assert "127.0.0.1" in await by_system("localhost", 80)
    with pytest.raises(Unreachable):
        await Allowed().addresses(destination("https://nobody.invalid/"), by_system)
