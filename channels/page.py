"""The page's binding: what is tapped and typed becomes events, what the engine wants shown becomes a view.

A page has all the time in the world: it never posts ``Waited``. It counts as there (``Joined``) once it proves to be
alive, not when some preview robot fetches it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Literal

from conversation.inbox import Delivery, Inbox
from deflect.links import Links, Page
from ivr import answers, slots
from ivr.actions import Ask, Limits
from ivr.engine import Showing, showing
from ivr.events import Chose, Event, Filled, Joined, Spoke


class Taken(Enum):
    """What became of an answer."""

    YES = "yes"
    LATE = "late"
    """The question had changed before it came; nothing was answered."""
    WRONG = "wrong"
    """It cannot be an answer to this question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one page shows now. match: the two digits of a page that is not trusted yet, then nothing else is shown.

    limits: of the question, as values. today: in the zone of the tree.
    """

    page: Page
    showing: Showing
    call: Literal["on", "ended"]
    recording: bool
    match: str | None
    languages: tuple[str, ...]
    limits: Limits
    today: date

    @property
    def ask(self) -> Ask | None:
        return self.showing.ask


class PageChannel:
    """All open pages of this hub."""

    def __init__(self, inbox: Inbox, links: Links, clock: Callable[[], datetime]) -> None:
        self._inbox, self._links, self._clock = inbox, links, clock

    async def find(self, token: str) -> Page:
        """Raises deflect.errors.UnknownLink, ExpiredLink or RevokedLink."""
        return await self._links.find(token)

    async def view(self, page: Page) -> View:
        state = await self._inbox.state(page.conversation)
        tree = await self._inbox.tree(page.conversation)
        today = self._clock().astimezone(tree.zone).date()
        shown = showing(tree, state)
        return View(
            page=page,
            showing=shown,
            limits=slots.resolved(shown.ask.expects, shown.ask.limits, today) if shown.ask else Limits(),
            today=today,
            call="on" if state.voice else "ended",
            recording=state.stage == "recording",
            match=None if page.trusted else page.match,
            languages=tree.languages,
        )

    async def arrive(self, page: Page) -> None:
        """The page proved to be alive. However often it is told, a page joins once."""
        if not page.trusted:
            return
        joined = Joined(at=self._clock(), channel="page")
        await self._inbox.post(page.conversation, joined, key=f"page:{page.id}:joined")

    async def choose(self, page: Page, *, node: str, option: str, form: str) -> Taken:
        """An option was tapped on a page that showed ``node``. form: names the very form; sent twice it counts once."""
        return await self._answer(page, Chose(at=self._clock(), channel="page", node=node, option=option), form)

    async def fill(self, page: Page, *, node: str, value: str, form: str) -> Taken:
        """Something was typed, in any width and with any separators; nothing passes over an optional question."""
        return await self._answer(page, Filled(at=self._clock(), channel="page", node=node, value=value), form)

    async def amiss(self, page: Page, value: str) -> slots.Why | None:
        """Why this cannot be an answer to the present question; None when it can."""
        view = await self.view(page)
        return answers.typed(view.ask, value, view.today)[1] if view.ask else None

    async def person(self, page: Page, *, form: str) -> None:
        """The customer wants a person; only the call can lead there."""
        await self._command(page, "person", form)

    async def speak(self, page: Page, language: Literal["ja", "en"], *, form: str) -> None:
        """The customer wants another language, here and on the call."""
        await self._command(page, language, form)

    async def _command(self, page: Page, command: Literal["person", "ja", "en"], form: str) -> None:
        await self.arrive(page)
        wish = Spoke(at=self._clock(), channel="page", text="", command=command, confidence=1.0)
        await self._post(page, wish, form)

    def watch(self, page: Page, told: Callable[[Delivery], None]) -> Callable[[], None]:
        """Be told of everything that happens in the page's conversation; the answer ends it."""
        return self._inbox.subscribe(told, page.conversation)

    async def _answer(self, page: Page, event: Chose | Filled, form: str) -> Taken:
        await self.arrive(page)
        before = (await self.view(page)).ask
        # A late tap is posted too: the record shows it, and the engine answers nothing with it.
        delivery = await self._post(page, event, form)
        if delivery.repeated or delivery.actions:
            return Taken.YES
        same = before is not None and before.node == event.node
        return Taken.WRONG if same and isinstance(event, Filled) else Taken.LATE

    async def _post(self, page: Page, event: Event, form: str) -> Delivery:
        return await self._inbox.post(page.conversation, event, key=f"page:{page.id}:{form}")
