"""Logs: one JSON object a line; fixed sentences with fields; never what a customer said, keyed or typed."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """``{"at": ..., "level": ..., "role": ..., "what": sentence, field: value ...}``"""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self._line(record), ensure_ascii=False, default=str)

    def _line(self, record: logging.LogRecord) -> dict[str, object]:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "role": self._role,
            "what": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _KNOWN}
        if record.exc_info and record.exc_info[1] is not None:
            # The type and the place; a message may carry what a customer said.
            error, trace = record.exc_info[1], record.exc_info[2]
            line["error"] = type(error).__name__
            places = []
            while trace is not None:
                code = trace.tb_frame.f_code
                places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
                trace = trace.tb_next
            line["trace"] = places[-12:]
        return line


class Sentences(JsonLines):
    """The same for somebody who sits before a terminal: ``10:55:10  hub  prompts are made  made=248 wanted=248``."""

    def _shown(self, line: dict[str, object]) -> str:
        level, rest = line.pop("level"), {k: v for k, v in line.items() if k not in ("at", "role", "what")}
        mark = "" if level == "info" else f"{str(level).upper()}: "
        fields = " ".join(f"{name}={value}" for name, value in rest.items())
        text = f"{str(line['at'])[11:19]}  {line['role']!s:<8} {mark}{line['what']}  {fields}"
        return "".join(c if c.isprintable() else " " for c in text).rstrip()

    def format(self, record: logging.LogRecord) -> str:
        return self._shown(self._line(record))


def start(role: str, level: str) -> None:
    """Send this process's logs to stderr: sentences to a terminal, JSON to anything else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Sentences(role) if sys.stderr.isatty() else JsonLines(role))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "alembic", "faster_whisper", "asyncio", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
