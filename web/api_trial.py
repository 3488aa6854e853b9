"""The API of trying a tree: typing what a caller would do, being heard, hearing it, and what it may confuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from channels.typing import Exchange, NotUnderstood, Typing, caller
from ivr.engine import present
from ivr.errors import BrokenTree
from ivr.golden import CLOCK, Writer
from ivr.nodes import AskNode, MenuNode, QuestionNode
from ivr.tree import TreeFile
from meaning import addresses
from meaning.lexicon import LANGUAGES
from web.api import Api, about
from web.api_shapes import (
    ConfusingShape,
    Example,
    Heard,
    OptionShape,
    Text,
    Tried,
    Trying,
    TurnShape,
    problem_shapes,
)
from web.api_trees import Id, source_of
from web.errors import ApiRefused
from web.security import client
from web.workbench import data

LONGEST_SOUND = 15 * 8000 * 2
"""Bytes of 16-bit mono at 8 kHz."""
LONGEST_SAID = 600
TITLE = "A conversation that was tried in the editor."
RAW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Language = Annotated[str, Query(pattern=r"^[a-z]{2}$")]


def router(api: Api) -> APIRouter:
    routes, library, bench = api.routes(), api.library, api.bench

    async def source(tree: str, given: Text) -> str:
        if given.tree is None and given.source is None:
            return (await library.draft(tree)).source
        return await bench.do(source_of, given)

    @routes.post("/trees/{tree}/try", openapi_extra=about("trees.read"))
    async def attempt(request: Request, tree: Id, given: Trying) -> Tried:
        """The conversation that these lines make, from its beginning."""
        text, at, words = await source(tree, given), api.clock(), api.cookies.language(request)
        return await bench.do(_tried, api, text, given, at, words)

    @routes.post("/trees/{tree}/hear", openapi_extra={**about("trees.change"), **RAW})
    async def hear(request: Request, tree: Id, language: Language) -> Heard:
        """Sound in 16-bit mono at 8 kHz, at most 15 seconds."""
        api.sounds.take(client(request))
        if api.hear is None:
            raise ApiRefused(503, "no_ear")
        pcm = await request.body()
        if len(pcm) > LONGEST_SOUND:
            raise ApiRefused(413, "large")
        if len(pcm) % 2:
            raise ApiRefused(422, "shape", fields=["body"])
        await library.draft(tree)
        text = await api.hear(pcm, language)
        if text is None:
            raise ApiRefused(503, "no_ear")
        return Heard(text=text)

    @routes.get("/say", openapi_extra=about("trees.read"), response_class=Response)
    async def say(
        request: Request, language: Language, text: Annotated[str, Query(min_length=1, max_length=LONGEST_SAID)]
    ) -> Response:
        api.sounds.take(client(request))
        wav = None if api.say is None else await api.say(text, language)
        if wav is None:
            raise ApiRefused(503, "no_mouth")
        return Response(wav, media_type="audio/wav")

    @routes.get("/trees/{tree}/confusing", openapi_extra=about("trees.read"))
    async def confusing(tree: Id) -> list[ConfusingShape]:
        """Of the draft: examples of two answers to one question that are taken for one another."""
        if api.confusing is None:
            raise ApiRefused(503, "not_here")
        draft = await library.draft(tree)
        return await bench.do(lambda: list(_confusing(api, draft.source)))

    return routes


def _tried(api: Api, source: str, given: Trying, now: datetime, words: str) -> Tried:
    try:
        tree, sense = api.bench.learnt(source)
    except BrokenTree as broken:
        problems = [one.model_dump() for one in problem_shapes(broken.problems)]
        raise ApiRefused(422, "problems", problems=problems) from None
    try:
        at = datetime.strptime(given.at, CLOCK).replace(tzinfo=tree.zone) if given.at else now
    except ValueError:
        raise ApiRefused(422, "shape", fields=["at"]) from None
    language = tree.known(given.language)
    writer = Writer(TITLE, "tree", language, tree)
    typing = Typing(tree, language, caller(given.number.strip()), at, writer, sense, words=words, areas=addresses.areas)
    turns = [*_turns(typing, typing.begin())]
    for line in given.lines:
        turns.append(TurnShape(who="caller", text=line, node=typing.state.node))
        try:
            turns += _turns(typing, typing.type(line))
        except NotUnderstood as error:
            turns.append(TurnShape(who="note", text=str(error), node=typing.state.node))
    ask = present(tree, typing.state)
    return Tried(
        golden=writer.text,
        turns=turns,
        node=typing.state.node,
        finished=typing.state.finished,
        expects=ask.expects if ask is not None else None,
    )


def _turns(typing: Typing, exchanges: Iterator[Exchange]) -> Iterator[TurnShape]:
    for exchange in exchanges:
        for told in typing.told(exchange):
            options = [OptionShape(key=key, label=label) for key, label in told.options]
            yield TurnShape(who=told.who, text=told.text, node=told.node, spoken=told.spoken, options=options)


def _confusing(api: Api, source: str) -> Iterator[ConfusingShape]:
    assert api.confusing is not None
    try:
        file = TreeFile.model_validate(data(source))
    except ValidationError:
        raise ApiRefused(422, "problems", problems=_shapes(api, source)) from None
    for name, node in file.nodes.items():
        if not isinstance(node, MenuNode | QuestionNode | AskNode) or len(node.options) < 2:
            continue
        for language in (language for language in file.languages if language in LANGUAGES):
            examples = {
                option.id: (_label(option.label.get(language, "")), *option.words.get(language, ()))
                for option in node.options
            }
            for one in api.confusing(examples, language):
                (first, example), (second, other) = one.first, one.second
                yield ConfusingShape(
                    node=name,
                    language=language,
                    first=Example(option=first, example=example),
                    second=Example(option=second, example=other),
                    likeness=one.likeness,
                )


def _label(words: Any) -> str:
    return words if isinstance(words, str) else str(words.text)


def _shapes(api: Api, source: str) -> list[dict[str, Any]]:
    return [one.model_dump() for one in problem_shapes(api.bench.refused(source))]
