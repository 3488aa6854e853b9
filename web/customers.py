"""The customer list: who is on it, a little of each, and bringing a new list in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from conversation import customer_list
from conversation.customers import Customers
from conversation.errors import UnusableList
from conversation.users import User, Users
from web.console import desk
from web.cookies import Cookies
from web.drawing import Drawing
from web.security import check_form, upload
from web.signin import Door

PATH = "/console/customers"
LARGEST = customer_list.LARGEST + 10_000
"""Bytes of the form: the file, and what is around it."""
ON_A_PAGE = 50


def router(customers: Customers, users: Users, door: Door, drawing: Drawing, cookies: Cookies, zone: str) -> APIRouter:
    routes = APIRouter()

    async def page(request: Request, user: User, token: str, *, status: int = 200, **told: Any) -> Response:
        values = {"imported": None, "fault": None, **told}
        return drawing.page(
            "console_customers.html",
            cookies.language(request),
            status=status,
            here="customers",
            **desk(request, user, token, zone),
            customers=await customers.listed(ON_A_PAGE),
            count=await customers.count(),
            **values,
        )

    @routes.get(PATH)
    async def shown(request: Request) -> Response:
        user, token = await door.user(request, "customers.read")
        await users.audit(user.id, "customers")
        return await page(request, user, token)

    @routes.post(PATH)
    async def brought_in(request: Request) -> Response:
        user, token = await door.user(request, "customers.change")
        form, data = await upload(request, "list")
        check_form(cookies.session(request), form.get("token", ""))
        if not data:
            return await page(request, user, token, status=422, fault=UnusableList("no_file"))
        try:
            imported = await customers.import_csv(data)
        except UnusableList as fault:
            return await page(request, user, token, status=422, fault=fault)
        await users.audit(user.id, "customers.imported")
        return await page(request, user, token, imported=imported)

    return routes
