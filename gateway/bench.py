"""``denwaban bench``: measures this machine by real calls to a family of its own, and prints one JSON object.

The measuring process shares the machine's cores with what it measures; docs/benchmarks.md says how each figure is
taken. Nothing here is compared with anything but the goal that stands beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from gateway import bench_calls, bench_restart, bench_rules, bench_screens, bench_turns
from gateway.bench_machine import machine, versions
from gateway.errors import Complaint
from gateway.settings import Settings

Figure = Callable[[argparse.Namespace, Settings], Awaitable[dict[str, Any]]]


async def _setup(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_calls.setup(options.calls[0])


async def _answer(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_turns.answer()


async def _barge(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_turns.barge()


async def _screen(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_screens.screen()


async def _speech(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    if options.speech is None:
        raise Complaint("--speech names no folder of recorded speech")
    from gateway import bench_matters, bench_speech  # recognition engines: not for those who measure calls

    heard = bench_speech.run(options.speech, settings)
    return {"heard": heard, "understood": bench_matters.run(options.speech, settings)}


async def _slots(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    from gateway import bench_slots

    return await bench_slots.run(settings)


async def _intents(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    from gateway import bench_intents

    return await bench_intents.run(settings)


async def _page(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_screens.page()


async def _restart(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_restart.restart()


async def _calls(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return await bench_calls.calls(options.calls, options.seconds)


async def _rules(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return bench_rules.rules()


FIGURES: dict[str, tuple[str, Figure]] = {
    "setup": ("INVITE to 200 and to the first sound", _setup),
    "answer": ("end of the caller's speech to the first sound of the answer", _answer),
    "barge": ("the caller's first sound to the last sound of the prompt", _barge),
    "screen": ("tap to the changed voice, answer to the changed page", _screen),
    "calls": ("calls held with their sound on time, and what they cost", _calls),
    "speech": ("what is recognised and understood of recorded speech (--speech FOLDER)", _speech),
    "intents": ("wishes in own words understood from held-out phrases, typed and spoken", _intents),
    "slots": ("values of every kind understood from held-out answers, typed and spoken", _slots),
    "rules": ("proving a tree of 2,000 nodes, and steps of the engine a second", _rules),
    "page": ("weight of the smartphone page, and what it needs to be usable", _page),
    "restart": ("kill -9 of the hub to the call going on", _restart),
}


def main(argv: Sequence[str], settings: Settings) -> int:
    options = _parser().parse_args(argv)
    names = list(FIGURES) if options.figure == "all" else [options.figure]
    result: dict[str, Any] = {"machine": machine() | {"versions": versions()}, "figures": {}}
    code = 0
    for name in names:
        print(f"denwaban bench: {name}: {FIGURES[name][0]}", file=sys.stderr)
        try:
            result["figures"][name] = asyncio.run(_taken(FIGURES[name][1], options, settings))
        except Complaint as complaint:
            # One figure that cannot be taken does not cost the others.
            result["figures"][name] = {"error": str(complaint)}
            code = 1
        except asyncio.CancelledError:
            return 1
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))
    return code


async def _taken(figure: Figure, options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    # Ended from outside, it still ends the family that it started.
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await figure(options, settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="denwaban bench", description=__doc__)
    parser.add_argument("figure", nargs="?", default="all", choices=[*FIGURES, "all"])
    parser.add_argument("--speech", type=Path, help="folder of recorded speech with a manifest.tsv")
    parser.add_argument("--calls", type=_counts, default=[20, 50, 100], help="calls held at once: 20,50,100")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each number of calls is held")
    parser.add_argument("--json", action="store_true", help="on one line, for programs")
    return parser


def _counts(text: str) -> list[int]:
    counts = [int(part) for part in text.split(",")]
    if not counts or min(counts) < 1 or max(counts) > 300:
        raise ValueError
    return counts
