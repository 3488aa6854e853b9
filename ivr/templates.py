"""The ready trees that an admin can start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """title, about: by language."""

    id: str
    title: Mapping[str, str]
    about: Mapping[str, str]


def templates() -> tuple[Template, ...]:
    return (
        Template(
            "demo",
            {"ja": "総合サポート窓口", "en": "Support centre"},
            {
                "ja": "住所変更、紛失、ご注文の状況、営業時間をご案内し、担当者におつなぎします。",
                "en": "Change of address, lost cards, orders and opening hours, with a person behind it.",
            },
        ),
    )
