"""The API of what callers meet: versions, publishing to a share, going back, and the tests that stand before it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from conversation import gate
from conversation.errors import Changed
from conversation.library import Golden
from conversation.versions import Version
from ivr import golden
from ivr.errors import BadConversation, BrokenTree
from web.api import Api, about, who
from web.api_shapes import (
    Published,
    Publishing,
    Ran,
    RolledBack,
    Shared,
    Sharing,
    TestShape,
    VersionShape,
    problem_shapes,
    ran_shape,
)
from web.api_trees import Id, conflict
from web.errors import ApiRefused
from web.workbench import data

READY_WITHIN = 5.0
"""Seconds that publishing waits for its version to be in service; longer, and the page asks again."""


def router(api: Api) -> APIRouter:
    routes, library, versions, bench = api.routes(), api.library, api.versions, api.bench

    @routes.get("/trees/{tree}/versions", openapi_extra=about("trees.read"))
    async def listed(tree: Id) -> list[VersionShape]:
        return [_shape(one, api) for one in await versions.of(tree)]

    @routes.post("/trees/{tree}/publish", openapi_extra=about("trees.change"))
    async def publish(request: Request, tree: Id, given: Publishing) -> Published:
        draft = await library.draft(tree)
        if draft.revision != given.revision:
            raise await conflict(api, tree, draft)
        verdict = await bench.do(gate.examine, bench.load, draft.source, await library.tests(tree))
        if verdict.tree is None:
            raise ApiRefused(422, "problems", problems=[one.model_dump() for one in problem_shapes(verdict.problems)])
        if not verdict.opens:
            failed = [{"name": one.name, "diff": one.diff} for one in verdict.outcomes if not one.passed]
            raise ApiRefused(422, "tests", tests=failed)
        try:
            version = await versions.publish(
                tree,
                draft.revision,
                draft.source,
                verdict.tree.digest,
                share=given.share,
                note=given.note.strip(),
                by=who(request).id,
            )
        except Changed:
            raise await conflict(api, tree, draft) from None
        return Published(version=version, ready=await api.service.changed(READY_WITHIN))

    @routes.post("/trees/{tree}/share", openapi_extra=about("trees.change"))
    async def share(request: Request, tree: Id, given: Sharing) -> Shared:
        source = await versions.source(tree, given.version)
        # It was sound when it was published; this release may see more.
        problems = await bench.do(bench.refused, source)
        if problems:
            raise ApiRefused(422, "problems", problems=[one.model_dump() for one in problem_shapes(problems)])
        await versions.show(tree, given.version, given.share, who(request).id)
        return Shared(ready=await api.service.changed(READY_WITHIN))

    @routes.post("/trees/{tree}/rollback", openapi_extra=about("trees.change"))
    async def roll_back(request: Request, tree: Id) -> RolledBack:
        back, version = await versions.roll_back(tree, who(request).id)
        return RolledBack(tree=back, version=version, ready=await api.service.changed(READY_WITHIN))

    @routes.get("/trees/{tree}/tests", openapi_extra=about("trees.read"))
    async def tests(tree: Id) -> list[TestShape]:
        return [TestShape(name=one.name, text=one.text) for one in await library.tests(tree)]

    @routes.post("/trees/{tree}/tests", status_code=201, openapi_extra=about("trees.change"))
    async def keep(request: Request, tree: Id, given: TestShape) -> TestShape:
        draft = await library.draft(tree)
        text = gate.normal(given.text)
        await bench.do(_readable, text, draft.source)
        await library.keep_test(tree, Golden(given.name, text), who(request).id)
        return TestShape(name=given.name, text=text)

    @routes.delete("/trees/{tree}/tests/{name:path}", status_code=204, openapi_extra=about("trees.change"))
    async def drop(request: Request, tree: Id, name: str) -> Response:
        await library.drop_test(tree, name, who(request).id)
        return Response(status_code=204)

    @routes.post("/trees/{tree}/tests/run", openapi_extra=about("trees.read"))
    async def run(tree: Id) -> list[Ran]:
        draft = await library.draft(tree)
        verdict = await bench.do(gate.examine, bench.load, draft.source, await library.tests(tree))
        if verdict.tree is None:
            raise ApiRefused(422, "problems", problems=[one.model_dump() for one in problem_shapes(verdict.problems)])
        return [ran_shape(one) for one in verdict.outcomes]

    return routes


def _shape(version: Version, api: Api) -> VersionShape:
    return VersionShape(
        version=version.version,
        digest=version.digest,
        at=version.at,
        by=version.by,
        note=version.note,
        share=version.share,
        live=version.live,
        ready=api.service.is_ready(version.digest),
    )


def _readable(text: str, source: str) -> None:
    """Raises ApiRefused for a conversation that cannot be read, naming the line."""
    try:
        zone = ZoneInfo(str(data(source).get("timezone", "Asia/Tokyo")))
    except (BrokenTree, KeyError, ValueError, OSError):
        zone = ZoneInfo("Asia/Tokyo")
    try:
        script = golden.parse(text, zone)
    except BadConversation as error:
        raise ApiRefused(422, "bad_test", why=str(error)) from None
    if not script.events:
        raise ApiRefused(422, "bad_test", why="nothing happens in it")
