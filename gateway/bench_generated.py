"""Generated trees of any size, for measuring the rules: menus within menus, and at their ends matters of eleven nodes.

What a matter does is what trees do: a number, a look-up by webhook, conditions on both, hours, a part, a date, a
yes/no question, and back to whether there is anything else.
"""

from __future__ import annotations

from typing import Any

import yaml

PER_MATTER = 11
ACROSS = 5
"""Options of a menu."""
FIXED = 7
"""Nodes beside menus and matters."""

Nodes = dict[str, dict[str, Any]]


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True  # a tree's file has none


def generated(nodes: int) -> str:
    """The YAML of a sound tree of about so many nodes, and never more."""
    matters = max(1, (nodes - FIXED) // PER_MATTER)
    while matters > 1 and FIXED + PER_MATTER * matters + _menus(matters) > nodes:
        matters -= 1
    found: Nodes = dict(_frame())
    for number in range(matters):
        found |= _matter(number)
    tops = [f"m{number}" for number in range(matters)]
    level = 0
    while len(tops) > 1 or level == 0:
        groups = [tops[place : place + ACROSS] for place in range(0, len(tops), ACROSS)]
        for place, group in enumerate(groups):
            found[f"menu{level}_{place}"] = _menu(f"menu{level}_{place}", group)
        tops, level = [f"menu{level}_{place}" for place in range(len(groups))], level + 1
    found["greeting"]["next"] = tops[0]
    return yaml.dump(_file(found, tops[0]), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10_000)


def _menus(ends: int) -> int:
    """How many menus it takes to lead to so many ends."""
    level = -(-ends // ACROSS)
    return level if level <= 1 else level + _menus(level)


def _file(nodes: Nodes, home: str) -> dict[str, Any]:
    week = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    return {
        "name": "generated",
        "languages": ["ja", "en"],
        "start": "greeting",
        "home": home,
        "person": "desk",
        # Menus within menus take their time; that is not what is measured.
        "reach": {"questions": 9, "seconds": 200},
        "sms": {"ja": "こちら {url}", "en": "Here {url}"},
        "webhooks": {"office": "https://office.example.jp/look-up"},
        "hours": {"centre": week | {"sat": [], "sun": [], "holiday": []}},
        "nodes": nodes,
    }


def _frame() -> Nodes:
    return {
        "greeting": {"say": _text("お電話ありがとうございます。", "Thank you for calling."), "next": ""},
        "anything_else": {
            "ask": _text("ほかにご用件はございますか。", "Anything else?"), "slot": "yesno",
            "yes": "greeting", "no": "bye",
        },
        "desk": {"hours": "centre", "open": "agent", "closed": "sorry"},
        "agent": {"agent": _text("担当者におつなぎします。", "I'll find somebody."), "busy": "sorry"},
        "sorry": {"say": _text("担当者が出られません。", "Nobody is free."), "next": "message"},
        "message": {"voicemail": _text("ご伝言をどうぞ。", "Please leave a message.")},
        "bye": {"goodbye": _text("失礼いたします。", "Goodbye.")},
    }  # fmt: skip


def _menu(name: str, targets: list[str]) -> dict[str, Any]:
    options = [
        {"id": f"o{place}", "key": str(place), "label": _text(f"{target}の件", f"matter {target}"), "next": target}
        for place, target in enumerate(targets, 1)
    ]
    return {"menu": _text("ご用件をお選びください。", "Please choose."), "options": options, "save": name}


def _matter(number: int) -> Nodes:
    m = f"m{number}"
    return {
        m: {"say": _text("承ります。", "I can help."), "next": f"{m}_number"},
        f"{m}_number": {
            "ask": _text("番号をどうぞ。", "Your number?"), "slot": "digits", "least": 6, "most": 6,
            "label": _text("番号", "number"), "next": f"{m}_range",
        },
        f"{m}_range": {
            "decide": [
                {"when": f"{m}_number < 100000", "next": f"{m}_sure"},
                {"when": f"{m}_number >= 900000 and language == 'ja'", "next": "desk"},
            ],
            "otherwise": f"{m}_look",
        },
        f"{m}_look": {
            "webhook": "office", "send": [f"{m}_number"], "save": {f"{m}_state": "state"},
            "next": f"{m}_state", "failed": "desk",
        },
        f"{m}_state": {
            "decide": [
                {"when": f"{m}_state == 'done'", "next": f"{m}_told"},
                {"when": f"{m}_state in ('new', 'open') and not link_sent", "next": f"{m}_link"},
            ],
            "otherwise": f"{m}_day",
        },
        f"{m}_told": {"say": _text(f"{{{m}_state}}です。", f"It is {{{m}_state}}."), "next": "anything_else"},
        f"{m}_link": {"link": _text("リンクをお送りしますか。", "May I send a link?"), "next": f"{m}_day"},
        f"{m}_day": {
            "ask": _text("ご希望の日は。", "Which day?"), "slot": "date", "lowest": "today", "highest": "+90d",
            "label": _text("日", "day"), "next": f"{m}_open", "optional": True,
        },
        f"{m}_open": {"hours": "centre", "open": f"{m}_sure", "closed": f"{m}_back"},
        f"{m}_back": {
            "callback": _text("折り返しますか。", "Shall we call you back?"), "date": f"{m}_day",
            "next": "anything_else",
        },
        f"{m}_sure": {
            "ask": _text("よろしいですか。", "Is that right?"), "slot": "yesno",
            "yes": "anything_else", "no": f"{m}_number",
        },
    }  # fmt: skip


def _text(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}
