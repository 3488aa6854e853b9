"""A stand-in for the hub's editor API, in memory: for working on the page without a hub, and for its tests.

    python web/ui/dev/server.py [PORT] [TREE.yaml]

Checks and conversations are the real ones; nothing is kept, and everybody is an admin.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from gateway.talk import Talk, _caller
from ivr import engine
from ivr.actions import Action, Ask, Say
from ivr.errors import BrokenTree
from ivr.events import Event, Pressed, Spoke, Waited
from ivr.golden import Writer
from ivr.source import read
from ivr.tree import Tree, load

DIST = Path(__file__).parent.parent / "dist"
TREES = Path(__file__).parent.parent.parent.parent / "ivr" / "trees"
VALUES = {"sms_sender": "050-1234-5678", "link_domain": "localhost", "centre_number": "03-1234-5678"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass
class Kept:
    """One tree. drafts: every revision's source. tests: name to golden conversation."""

    id: str
    drafts: list[str]
    layout: dict[str, Any] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    tests: dict[str, str] = field(default_factory=dict)
    by: str = "admin"


class Trial(Talk):
    """A conversation that tells its turns instead of printing them."""

    def __init__(self, tree: Tree, language: str, number: str, at: datetime) -> None:
        super().__init__(tree, language, _caller(number), at, Writer("Tried in the editor.", "tree", language, tree))
        self.turns: list[dict[str, Any]] = []

    def post(self, event: Event) -> None:
        if isinstance(event, Spoke):
            self.turns.append({"who": "caller", "text": event.text, "node": self.state.node})
        elif isinstance(event, Pressed):
            self.turns.append({"who": "caller", "text": event.digit, "node": self.state.node})
        elif isinstance(event, Waited):
            self.turns.append({"who": "note", "text": "…", "node": self.state.node})
        super().post(event)

    def follow(self, actions: Sequence[Action]) -> Any:
        for action in actions:
            if isinstance(action, Say | Ask):
                options = [{"key": o.key, "label": o.label} for o in getattr(action, "options", ())]
                self.turns.append({"who": "us", "text": action.text, "options": options, "node": action.node})
        return super().follow(actions)


def create(trees: dict[str, Kept]) -> FastAPI:
    app = FastAPI(openapi_url=None)
    counted = itertools.count(1)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    def kept(id: str) -> Kept:
        if id not in trees:
            raise HTTPException(404)
        return trees[id]

    @app.get("/api/me")
    async def me() -> Any:
        return {"name": "admin", "role": "admin", "language": "ja", "csrf": "stand-in"}

    @app.get("/api/templates")
    async def templates() -> Any:
        return [
            {
                "id": path.stem,
                "title": {"ja": read(path.read_text())["name"], "en": path.stem.capitalize()},
                "about": {"ja": "日本語と英語でご案内する窓口です。", "en": "A desk in Japanese and English."},
                "nodes": len(read(path.read_text())["nodes"]),
            }
            for path in sorted(TREES.glob("*.yaml"))
            if path.stem != "busy"
        ]

    @app.get("/api/trees")
    async def listed() -> Any:
        return [
            {
                "id": one.id,
                "name": str(_name(one.drafts[-1])),
                "draft": {"revision": len(one.drafts), "saved_at": _now(), "saved_by": one.by},
                "live": next(({"version": v["version"], "share": v["share"]} for v in one.versions if v["live"]), None),
                "versions": len(one.versions),
            }
            for one in trees.values()
        ]

    @app.post("/api/trees", status_code=201)
    async def make(request: Request) -> Any:
        body = await request.json()
        source = body.get("source")
        if body.get("template"):
            source = (TREES / f"{body['template']}.yaml").read_text()
        try:
            read(source or "")
        except BrokenTree as broken:
            return _error(422, "not_a_tree", broken)
        id = f"tree{next(counted)}"
        trees[id] = Kept(id, [source])
        return {"id": id}

    @app.get("/api/trees/{id}/draft")
    async def draft(id: str) -> Any:
        one = kept(id)
        return {**_drawn(one), "layout": one.layout, "problems": _problems(one.drafts[-1])}

    @app.put("/api/trees/{id}/draft")
    async def save(id: str, request: Request) -> Any:
        one, body = kept(id), await request.json()
        if body["revision"] != len(one.drafts):
            return JSONResponse({"error": "changed", **_drawn(one), "changes": []}, 409)
        source = body.get("source") or _yaml(body["tree"])
        try:
            read(source)
        except BrokenTree as broken:
            return _error(422, "not_a_tree", broken)
        one.drafts.append(source)
        one.layout = body.get("layout") or one.layout
        one.by = request.headers.get("x-who", "admin")
        return {"revision": len(one.drafts), "saved_at": _now(), "problems": _problems(source), "source": source}

    @app.post("/api/check")
    async def check(request: Request) -> Any:
        body = await request.json()
        return {"problems": _problems(body.get("source") or _yaml(body["tree"]))}

    @app.get("/api/trees/{id}/versions")
    async def versions(id: str) -> Any:
        return kept(id).versions

    @app.get("/api/trees/{id}/compare")
    async def compare(id: str, left: str, right: str) -> Any:
        one = kept(id)
        trees_ = [_side(one, side) for side in (left, right)]
        return {"changes": list(_changes(*trees_))}

    @app.post("/api/trees/{id}/publish")
    async def publish(id: str, request: Request) -> Any:
        one, body = kept(id), await request.json()
        if problems := _problems(one.drafts[-1]):
            return JSONResponse({"error": "problems", "problems": problems}, 422)
        if body["share"] == 100:
            for version in one.versions:
                version["live"] = False
        digest = hashlib.sha256(one.drafts[-1].encode()).hexdigest()
        row = {
            "version": len(one.versions) + 1,
            "digest": digest,
            "at": _now(),
            "by": "admin",
            "note": body.get("note", ""),
            "share": body["share"],
            "live": True,
        }
        one.versions.insert(0, row)
        one.sources.insert(0, one.drafts[-1])
        return {"version": row["version"]}

    @app.post("/api/trees/{id}/share")
    async def share(id: str, request: Request) -> Any:
        body = await request.json()
        for version in kept(id).versions:
            if version["version"] == body["version"]:
                version["share"] = body["share"]
            elif body["share"] == 100:
                version["live"] = False
        return {}

    @app.post("/api/trees/{id}/rollback")
    async def rollback(id: str) -> Any:
        one = kept(id)
        lives = [v for v in one.versions if v["live"]]
        if lives:
            lives[0]["live"] = False
        older = [v for v in one.versions if v["version"] < lives[0]["version"]] if lives else []
        if not older:
            return JSONResponse({"error": "nothing_before", "message": {"ja": "前の版がありません。", "en": "None before."}}, 409)
        older[0].update(live=True, share=100)
        return {"version": older[0]["version"]}

    @app.get("/api/trees/{id}/tests")
    async def tests(id: str) -> Any:
        return [{"name": name, "text": text} for name, text in kept(id).tests.items()]

    @app.post("/api/trees/{id}/tests", status_code=201)
    async def add_test(id: str, request: Request) -> Any:
        body = await request.json()
        kept(id).tests[body["name"]] = body["text"]
        return {}

    @app.delete("/api/trees/{id}/tests/{name}")
    async def drop_test(id: str, name: str) -> Any:
        kept(id).tests.pop(name, None)
        return {}

    @app.post("/api/trees/{id}/tests/run")
    async def run_tests(id: str) -> Any:
        return [{"name": name, "passed": True, "diff": ""} for name in kept(id).tests]

    @app.post("/api/trees/{id}/try")
    async def tried(id: str, request: Request) -> Any:
        body = await request.json()
        try:
            tree = load(body.get("source") or _yaml(body["tree"]), values=VALUES)
        except BrokenTree as broken:
            return JSONResponse({"error": "problems", "problems": [_problem(p) for p in broken.problems]}, 422)
        trial = Trial(tree, tree.known(body["language"]), body.get("number", ""), datetime.now(UTC))
        with contextlib.redirect_stdout(io.StringIO()):
            trial.run(iter(body["lines"]))
        shown = engine.showing(tree, trial.state)
        return {
            "golden": trial.writer.text,
            "turns": trial.turns,
            "node": trial.state.node,
            "finished": trial.state.finished,
            "expects": getattr(shown, "expects", ""),
        }

    @app.get("/api/trees/{id}/confusing")
    async def confusing(id: str) -> Any:
        return [
            {
                "node": "matter",
                "language": "ja",
                "first": {"option": "address_change", "example": "住所の手続き"},
                "second": {"option": "lost", "example": "再発行"},
                "likeness": 0.71,
            }
        ]

    @app.get("/editor")
    @app.get("/editor/{path:path}")
    async def page(path: str = "") -> Response:
        found = DIST / path
        return FileResponse(found if path.startswith("assets/") and found.is_file() else DIST / "index.html")

    return app


def _drawn(one: Kept) -> dict[str, Any]:
    source = one.drafts[-1]
    return {
        "revision": len(one.drafts),
        "source": source,
        "tree": read(source),
        "saved_at": _now(),
        "saved_by": one.by,
    }


def _side(one: Kept, side: str) -> dict[str, Any]:
    if side == "draft":
        return read(one.drafts[-1])
    for version, source in zip(one.versions, one.sources, strict=True):
        if side == str(version["version"]) or (side == "live" and version["live"]):
            return read(source)
    raise HTTPException(404)


def _changes(left: dict[str, Any], right: dict[str, Any]) -> Any:
    before, after = left["nodes"], right["nodes"]
    for node in {**before, **after}:
        if before.get(node) != after.get(node):
            kind = "changed" if node in before and node in after else "added" if node in after else "removed"
            fields = [{"path": [], "before": before.get(node), "after": after.get(node)}]
            yield {"node": node, "kind": kind, "fields": fields}


def _problems(source: str) -> list[dict[str, Any]]:
    try:
        load(source, values=VALUES)
    except BrokenTree as broken:
        return [_problem(problem) for problem in broken.problems]
    return []


def _problem(problem: Any) -> dict[str, Any]:
    return {"node": problem.node, "path": list(problem.path), "reason": problem.reason, "kind": None}


def _error(status: int, error: str, broken: BrokenTree) -> JSONResponse:
    words = str(broken)
    return JSONResponse({"error": error, "message": {"ja": words, "en": words}}, status)


def _yaml(tree: Any) -> str:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=120)


def _name(source: str) -> Any:
    return read(source).get("name", "")


def _now() -> str:
    return datetime.now(UTC).isoformat()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    given = {f"file{n}": Kept(f"file{n}", [Path(name).read_text()]) for n, name in enumerate(sys.argv[2:], 1)}
    uvicorn.run(create(given), host="127.0.0.1", port=port, log_level="warning")
