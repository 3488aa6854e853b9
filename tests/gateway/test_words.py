from __future__ import annotations

from pathlib import Path

import pytest

from conversation.versions import Air, Published
from gateway.errors import Complaint
from gateway.settings import Settings
from gateway.words import InService, Words, loader, values
from ivr import demo
from ivr.errors import BrokenTree
from ivr.tree import load


def published(source: str, version: int = 1, origin: str = "") -> Published:
    return Published("t" * 32, version, load(source).digest, source, origin)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(Settings())


SECOND = demo.text() + "# second\n"


def test_the_tree_of_the_settings_is_in_service_from_the_start(words: Words) -> None:
    assert words.trees.service.live is words.own
    assert words.trees.choose("c") is words.own


def test_a_share_of_conversations_is_given_the_candidate_and_each_always_the_same(words: Words) -> None:
    service = words.service(Air(3, published(demo.text()), published(SECOND, 2), 25))
    assert (service.stamp, service.share) == (3, 25)
    words.trees.service = service
    ids = [f"{number:032x}" for number in range(400)]
    chosen = [words.trees.choose(one).source == SECOND for one in ids]
    assert 60 < sum(chosen) < 140
    assert chosen == [words.trees.choose(one).source == SECOND for one in ids]
    words.trees.service = InService(words.own)


def test_preparing_puts_nothing_in_service(words: Words) -> None:
    words.prepare(Air(4, published(SECOND)))
    assert words.trees.service.live is words.own
    assert words.trees.by_digest(load(SECOND).digest) is not None


def test_a_version_that_cannot_be_used_any_more_is_left_out(words: Words) -> None:
    broken = Published("t" * 32, 9, "0" * 64, "name: x\n", "")
    assert words.service(Air(5, broken)).live is words.own
    assert words.service(Air(6, published(SECOND), broken, 50)).trees[1:] == ()


def test_a_tree_that_nobody_prepared_is_understood_all_the_same(words: Words) -> None:
    tree = words.trees.from_source(demo.text() + "# of before\n")
    assert words.sense(tree.digest) is words.sense(tree.digest)


def test_a_message_that_does_not_fit_here_is_a_problem_of_the_tree() -> None:
    long = Settings(base_url="https://" + "a" * 60 + ".example.jp")
    with pytest.raises(BrokenTree) as error:
        loader(long)(demo.text())
    assert error.value.problems[0].path == ("sms",)


def test_numbers_are_named_as_they_are_read() -> None:
    assert values(Settings())["centre_number"].startswith("03")
    assert values(Settings(centre_number="abc"))["centre_number"] == "abc"


@pytest.mark.parametrize("content", [None, b"name: x\n", b"\xff\xfe"])
def test_a_file_that_cannot_be_used_is_a_complaint(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "tree.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Complaint, match=r"tree\.yaml"):
        Words(Settings(tree=file))
