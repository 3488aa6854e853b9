"""What a channel does without, node by node, with a way round: notes, for nothing of it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ivr import slots
from ivr.actions import Limits
from ivr.errors import Problem
from ivr.nodes import AskNode, TransferNode, VoicemailNode
from ivr.proof.ground import Ground


def notes(ground: Ground) -> Iterator[Problem]:
    for name, node in ground.tree.nodes.items():
        match node:
            case VoicemailNode():
                yield ground.found("screen_no_message", name)
            case TransferNode():
                yield ground.found("screen_no_transfer", name)
            case AskNode() if node.is_value and not _is_keyed(node):
                if ground.tree.sms:
                    yield ground.found("keys_no_value", name, slot=node.slot)
                elif not node.optional:
                    yield ground.found("keys_no_value_no_sms", name, slot=node.slot)
            case _:
                pass


def _is_keyed(node: AskNode) -> bool:
    limits = Limits(pattern=node.pattern or "", highest=node.highest or "")
    return bool(slots.keys(node.slot, node.least, node.most, limits)[1])
