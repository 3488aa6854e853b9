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
        return json.dumps(line, ensure_ascii=False, default=str)


def start(role: str, level: str) -> None:
    """Send this process's logs to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(role))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "alembic", "faster_whisper", "asyncio", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
