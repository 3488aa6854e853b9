"""The API of trees and their drafts."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from conversation import changes, manuscript
from conversation.errors import Changed, UnknownTree
from conversation.library import Draft
from conversation.versions import Version
from ivr import demo, templates
from ivr.errors import BrokenTree
from web.api import Api, about, who
from web.api_shapes import (
    Compared,
    DraftShape,
    Made,
    NewDraft,
    NewTree,
    Problems,
    SavedDraft,
    SavedShape,
    Standing,
    TemplateShape,
    Text,
    TreeShape,
    Words,
    change_shapes,
    layout_shape,
    problem_shapes,
    saved_shape,
)
from web.errors import ApiRefused
from web.workbench import data, named

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


def router(api: Api) -> APIRouter:
    routes, library, bench = api.routes(), api.library, api.bench

    @routes.get("/templates", openapi_extra=about("trees.read"))
    async def ready() -> list[TemplateShape]:
        return await bench.do(_templates)

    @routes.get("/trees", openapi_extra=about("trees.read"))
    async def trees(request: Request) -> list[TreeShape]:
        await api.users.audit(who(request).id, "trees")
        kept, versions = await asyncio.gather(library.trees(), api.versions.of())
        return [
            TreeShape(
                id=one.id,
                name=one.name,
                draft=saved_shape(one.draft),
                **_standing([version for version in versions if version.tree == one.id]),
            )
            for one in kept
        ]

    @routes.post("/trees", status_code=201, openapi_extra=about("trees.change"))
    async def make(request: Request, given: NewTree) -> Made:
        if (given.template is None) == (given.source is None):
            raise ApiRefused(422, "shape", fields=["template", "source"])
        source = given.source
        if given.template is not None:
            if given.template not in {one.id for one in templates.templates()}:
                raise UnknownTree("no such template")
            source = demo.text(given.template)
        began, name = await bench.do(_begun, source or "", given.name)
        return Made(id=await library.make(began, name, who(request).id))

    @routes.get("/trees/{tree}/draft", openapi_extra=about("trees.read"))
    async def draft(request: Request, tree: Id) -> DraftShape:
        found = await library.draft(tree)
        await api.users.audit(who(request).id, "tree.opened", tree)
        return await bench.do(_draft_shape, api, found)

    @routes.put(
        "/trees/{tree}/draft",
        openapi_extra=about("trees.change"),
        responses={409: {"model": Changed409, "description": "Somebody else has saved"}},
    )
    async def save(request: Request, tree: Id, given: NewDraft) -> SavedDraft:
        base = await _base(api, tree, given.revision)
        source, name = await bench.do(_manuscript, base.source, given)
        layout = None if given.layout is None else {node: (at.x, at.y) for node, at in given.layout.items()}
        try:
            saved = await library.save(tree, given.revision, source, name, layout, who(request).id)
        except Changed:
            raise await conflict(api, tree, base) from None
        problems = problem_shapes(await bench.do(bench.problems, saved.source))
        return SavedDraft(
            revision=saved.revision,
            saved_at=saved.saved_at,
            saved_by=saved.saved_by,
            source=saved.source,
            problems=problems,
        )

    @routes.post("/check", openapi_extra=about("trees.read"))
    async def check(given: Text) -> Problems:
        def problems() -> Problems:
            return Problems(problems=problem_shapes(bench.problems(source_of(given))))

        return await bench.do(problems)

    @routes.get("/trees/{tree}/revisions", openapi_extra=about("trees.read"))
    async def revisions(tree: Id) -> list[SavedShape]:
        return [saved_shape(one) for one in await library.revisions(tree)]

    @routes.get("/trees/{tree}/revisions/{revision}", openapi_extra=about("trees.read"))
    async def revision(tree: Id, revision: int) -> DraftShape:
        found = await library.draft(tree, revision)
        return await bench.do(_draft_shape, api, found)

    @routes.get("/trees/{tree}/compare", openapi_extra=about("trees.read"))
    async def compare(tree: Id, left: str, right: str) -> Compared:
        """left, right: ``draft``, ``live``, the number of a version, or ``r`` and the number of a revision."""
        before, after = await _one_side(api, tree, left), await _one_side(api, tree, right)
        return Compared(changes=await bench.do(lambda: change_shapes(changes.changes(_read(before), _read(after)))))

    return routes


class Changed409(DraftShape):
    """Who was faster, what they saved, and what they changed since the revision that the page had."""

    error: str
    message: Words
    changes: list[Any]


async def conflict(api: Api, tree: str, base: Draft) -> ApiRefused:
    """The answer to who has an older revision."""
    latest = await api.library.draft(tree)
    shape = await api.bench.do(_draft_shape, api, latest)
    told = await api.bench.do(lambda: change_shapes(changes.changes(_read(base.source), shape.tree)))
    return ApiRefused(409, "changed", changes=[one.model_dump() for one in told], **shape.model_dump(mode="json"))


def source_of(given: Text) -> str:
    """The YAML of what was sent. Raises BrokenTree; ApiRefused when nothing was."""
    if (given.tree is None) == (given.source is None):
        raise ApiRefused(422, "shape", fields=["tree", "source"])
    return given.source if given.source is not None else manuscript.written(manuscript.plain(given.tree))


async def _base(api: Api, tree: str, revision: int) -> Draft:
    """What the page began with; when that is too long ago to be kept, the oldest that is."""
    try:
        return await api.library.draft(tree, revision)
    except UnknownTree:
        kept = await api.library.revisions(tree)
        if not kept:
            raise
        return await api.library.draft(tree, kept[-1].revision)


def _manuscript(before: str, given: NewDraft) -> tuple[str, str]:
    """The file to be saved, and the tree's name in it."""
    if given.source is not None and given.tree is not None:
        raise ApiRefused(422, "shape", fields=["tree", "source"])
    if given.tree is not None:
        tree = manuscript.plain(given.tree)
        return manuscript.rewritten(before, tree), named(tree)
    source = before if given.source is None else given.source
    return source, named(data(source))


def _begun(source: str, name: str | None) -> tuple[str, str]:
    tree = data(source)
    if name is None or name == tree.get("name"):
        return source, named(tree)
    return manuscript.rewritten(source, {**tree, "name": name}), name


def _draft_shape(api: Api, draft: Draft) -> DraftShape:
    return DraftShape(
        revision=draft.revision,
        saved_at=draft.saved_at,
        saved_by=draft.saved_by,
        source=draft.source,
        tree=data(draft.source),
        layout=layout_shape(draft),
        problems=problem_shapes(api.bench.problems(draft.source)),
    )


def _templates() -> list[TemplateShape]:
    return [
        TemplateShape(
            id=one.id,
            title=Words(ja=one.title["ja"], en=one.title["en"]),
            about=Words(ja=one.about["ja"], en=one.about["en"]),
            nodes=len(data(demo.text(one.id)).get("nodes", {})),
        )
        for one in templates.templates()
    ]


def _standing(versions: list[Version]) -> dict[str, Any]:
    live = next((one for one in versions if one.live), None)
    candidate = next((one for one in versions if one.share and not one.live), None)
    return {
        "live": Standing(version=live.version, share=live.share) if live else None,
        "candidate": Standing(version=candidate.version, share=candidate.share) if candidate else None,
        "versions": len(versions),
    }


async def _one_side(api: Api, tree: str, side: str) -> str | None:
    """The source that is meant; None for a tree of which nothing is live."""
    if side == "draft":
        return (await api.library.draft(tree)).source
    if side == "live":
        air = await api.versions.air()
        await api.library.draft(tree)
        return air.live.source if air is not None and air.live.tree == tree else None
    number = side.removeprefix("r")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise ApiRefused(422, "shape", fields=["left", "right"])
    if side.startswith("r"):
        return (await api.library.draft(tree, int(number))).source
    return await api.versions.source(tree, int(number))


def _read(source: str | None) -> dict[str, Any]:
    try:
        return {} if source is None else data(source)
    except BrokenTree:
        return {}
