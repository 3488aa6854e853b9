"""A web server of model archives, as good or bad as a test wants."""

from __future__ import annotations

import contextlib
import http.server
import io
import stat
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Shelf:
    """files: path to content. breaks: send only so many bytes of it, once. requests: (path, Range) as they came."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    breaks: dict[str, int] = field(default_factory=dict)
    tags: bool = True
    requests: list[tuple[str, str]] = field(default_factory=list)


@contextlib.contextmanager
def shelf() -> Iterator[Shelf]:
    here = Shelf()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.requests.append((self.path, self.headers.get("Range", "")))
            content = here.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            tag = f'"{hash(content)}"'
            begin = 0
            if self.headers.get("Range") and self.headers.get("If-Range") == tag:
                begin = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            self.send_response(206 if begin else 200)
            self.send_header("Content-Length", str(len(content) - begin))
            if here.tags:
                self.send_header("ETag", tag)
            self.end_headers()
            until = here.breaks.pop(self.path, len(content))
            self.wfile.write(content[begin:until])

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def archive(entries: dict[str, bytes] | list[tuple[str, bytes]], *, link: str = "") -> bytes:
    """A zip; link: an entry of this name that is a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            packing.writestr(name, content)
        if link:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            packing.writestr(entry, "/etc/passwd")
    return out.getvalue()


def model(salt: bytes = b"") -> bytes:
    """What the ear takes for a Vosk model by its form, inside one folder as its publisher packs it."""
    return archive(
        {"vosk-model-small-ja-0.22/am/final.mdl": b"weights" + salt, "vosk-model-small-ja-0.22/README": b"x"}
    )
