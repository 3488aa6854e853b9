"""Names that stand for something else in the file: known where they are used, and used where they are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr import problems
from ivr.errors import Problem
from ivr.nodes import HoursNode, Node, SubtreeNode, VoicemailNode, WebhookNode
from ivr.proof.ground import Ground


def names(ground: Ground) -> Iterator[Problem]:
    tree = ground.tree
    hours, webhooks = set(), set()
    for name, node in tree.nodes.items():
        if isinstance(node, HoursNode | VoicemailNode) and node.hours:
            hours.add(node.hours)
            if node.hours not in tree.hours:
                yield ground.found("no_hours", name, hours=node.hours)
        if isinstance(node, WebhookNode):
            webhooks.add(node.webhook)
            if node.webhook not in tree.webhooks:
                yield ground.found("no_webhook", name, webhook=node.webhook)
    for one in tree.hours.keys() - hours:
        yield problems.found("hours_unused", "", ("hours", one), name=one)
    for one in tree.webhooks.keys() - webhooks:
        yield problems.found("webhook_unused", "", ("webhooks", one), name=one)
    if ground.file is not None:
        used = set(_parts(ground.file.nodes.values()))
        while more := {name for one in used for name in _parts_of(ground, one)} - used:
            used |= more
        for one in ground.file.subtrees.keys() - used:
            yield problems.found("subtree_unused", "", ("subtrees", one), name=one)


def _parts_of(ground: Ground, name: str) -> Iterator[str]:
    part = ground.file.subtrees.get(name) if ground.file else None
    yield from _parts(part.nodes.values() if part else ())


def _parts(nodes: Iterable[Node]) -> Iterator[str]:
    yield from (node.subtree for node in nodes if isinstance(node, SubtreeNode))
