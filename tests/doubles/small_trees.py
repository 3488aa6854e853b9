"""Small trees, told in YAML by their nodes alone, and what is found wrong with them."""

from __future__ import annotations

import re
from datetime import date

from ivr.errors import Problem
from ivr.problems import reasons
from ivr.tree import examine

TUESDAY = date(2026, 11, 24)
HEAD = {
    "name": "small",
    "languages": "[ja, en]",
    "start": "hello",
    "person": "message",
}
HELLO = """
  hello:
    menu: {ja: どちらですか。, en: "Which one?"}
    save: matter
    options:
      - {id: one, key: 1, label: {ja: 住所の件, en: address}, next: first}
      - {id: two, key: 2, label: {ja: 注文の件, en: order}, next: bye}
"""
BYE = """
  bye:
    goodbye: {ja: 失礼いたします。, en: Goodbye.}
"""
ENDS = f"""{BYE}
  message:
    voicemail: {{ja: ご伝言をどうぞ。, en: Please leave a message.}}
"""


def small(nodes: str = "", *, hello: str = HELLO, ends: str = ENDS, **head: str) -> str:
    """A menu that leads to ``first`` and to goodbye, a message as the person, and these nodes."""
    if "office" in nodes:
        head = {"webhooks": "{office: https://office.example.jp/}", **head}
    top = "".join(f"{name}: {value}\n" for name, value in (HEAD | head).items() if value)
    first = (
        ""
        if "\n  first:" in f"\n{nodes}" or "first" not in hello
        else "  first: {say: {ja: はい。, en: Yes.}, next: bye}\n"
    )
    return f"{top}nodes:{hello}{first}{nodes.rstrip()}{ends}"


def ask(name: str, slot: str, to: str, **more: str) -> str:
    fields = "".join(f", {field}: {value}" for field, value in more.items())
    label = "" if slot in ("yesno", "choice") else ", label: {ja: 値, en: value}"
    return f"  {name}: {{ask: {{ja: どうぞ。, en: Please.}}, slot: {slot}, next: {to}{label}{fields}}}\n"


def say(name: str, to: str, text: str = "はい。") -> str:
    return f'  {name}: {{say: {{ja: "{text}", en: "{text}"}}, next: {to}}}\n'


def decide(name: str, otherwise: str, *cases: tuple[str, str]) -> str:
    listed = "".join(f'      - {{when: "{when}", next: {to}}}\n' for when, to in cases)
    return f"  {name}:\n    decide:\n{listed}    otherwise: {otherwise}\n"


def told(text: str, kind: str, today: date | None = TUESDAY) -> list[Problem]:
    """What is found of this kind; all that is found is in words that are filled in, in every language."""
    found = examine(text, today=today)
    for problem in found:
        assert all(
            words and "{" not in re.sub(r"\{(x|customer_name)\}", "", words) for words in reasons(problem).values()
        ), problem
    return [problem for problem in found if problem.kind == kind]


def kinds(text: str, today: date | None = TUESDAY, level: str = "problem") -> set[str]:
    return {problem.kind for problem in examine(text, today=today) if problem.level == level}
