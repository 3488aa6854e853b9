"""The API of users and their roles; the same as the console's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from web.api import Api, about, who
from web.api_shapes import AccountChange, AccountShape, Invited, NewAccount, account_shape

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


def router(api: Api) -> APIRouter:
    routes, users = api.routes(), api.users

    def link(token: str) -> str:
        return f"{api.base_url}/invited/{token}"

    @routes.get("/users", openapi_extra=about("users.read"))
    async def everyone(request: Request) -> list[AccountShape]:
        await users.audit(who(request).id, "users")
        return [account_shape(one) for one in await users.everyone()]

    @routes.post("/users", status_code=201, openapi_extra=about("users.change"))
    async def invite(request: Request, given: NewAccount) -> Invited:
        made, token = await users.invite(given.name, given.role, who(request).id)
        return Invited(id=made, link=link(token))

    @routes.patch("/users/{user}", openapi_extra=about("users.change"))
    async def change(request: Request, user: Id, given: AccountChange) -> list[AccountShape]:
        await users.change(user, who(request).id, role=given.role, closed=given.closed)
        return [account_shape(one) for one in await users.everyone()]

    @routes.post("/users/{user}/link", openapi_extra=about("users.change"))
    async def invite_again(request: Request, user: Id) -> Invited:
        """A new link to choose a password."""
        return Invited(id=user, link=link(await users.invite_again(user, who(request).id)))

    return routes
