"""The command line: ``denwaban COMMAND``. Every command has ``--help``; exit code 0 is well, 1 is not, 2 is misuse."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from pydantic import ValidationError

from gateway import family, logs
from gateway.settings import Settings

# What a command's own module parses: (first docstring line, how to run it).
TOOLS = {
    "check": "check a tree and say the path that fails",
    "talk": "talk to a tree by typing",
    "trees": "list, bring in, publish and take back the trees that callers meet",
    "call": "call a SIP address, speak, press keys, print what is heard",
    "customers": "bring in the customer list, or show who is on it",
    "models": "list, install or verify speech models",
    "bench": "measure this machine and print JSON",
    "doctor": "say what is missing and how to get it",
}
ROLES = ("hub", "line", "ear", "mouth", "edge")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            place = ".".join(str(p) for p in problem["loc"]) or "settings"
            print(f"denwaban: {place}: {problem['msg']} (set DENWABAN_{place.upper()})", file=sys.stderr)
        return 2
    if arguments and arguments[0] in TOOLS:
        return _tool(arguments[0])(arguments[1:], settings)
    options = _parser().parse_args(arguments)
    if options.dev:
        settings = settings.model_copy(update={"dev": True})
    several = options.command in ("line", "ear", "mouth")
    logs.start(f"{options.command}{options.index}" if several else options.command, settings.log_level)
    if options.parent:
        family.die_with(options.parent)
    if options.command == "serve":
        return asyncio.run(family.run(settings))
    return _run(_role(options, settings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="denwaban", description="電話番: answers a company's telephone.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start everything on this machine and bring back what dies")
    roles = [commands.add_parser(role, help=f"run the {role} alone") for role in ROLES]
    for command in (serve, *roles):
        command.add_argument("--dev", action="store_true", help="a trial: secrets are made, messages go to a page")
        command.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
        command.add_argument("--index", type=int, default=0, help="which of several")
    roles[1].add_argument("--reserve", action="store_true", help="the line that says that all others are busy")
    for name, what in TOOLS.items():
        commands.add_parser(name, help=what)
    return parser


def _tool(name: str) -> Callable[[Sequence[str], Settings], int]:
    # A command loads what it needs and no more: `check` must not wait for a speech engine.
    tool: Callable[[Sequence[str], Settings], int] = importlib.import_module(f"gateway.{name}").main
    return tool


def _role(options: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, None]:
    role = importlib.import_module(f"gateway.{options.command}")
    started: Coroutine[Any, Any, None]
    match options.command:
        case "line":
            started = role.run(settings, options.index, reserve=options.reserve)
        case "ear" | "mouth":
            started = role.run(settings, options.index)
        case _:
            started = role.run(settings)
    return started


def _run(role: Coroutine[Any, Any, None]) -> int:
    """Until it returns, or SIGTERM or SIGINT cancels it. A Complaint is one clear line, not a trace."""
    from gateway.errors import Complaint

    async def until_told() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):
                loop.add_signal_handler(number, task.cancel)
        await role

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError:
        return 0
    except Complaint as complaint:
        print(f"denwaban: {complaint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
