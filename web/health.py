"""For those who watch the service: alive, ready, and the figures. Nothing here names a customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse


def router(health: Callable[[], dict[str, Any]], metrics: Callable[[], str]) -> APIRouter:
    """health: ``{"ready": bool, ...}`` with a line per part. metrics: Prometheus text (exposition format 0.0.4)."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"alive": True})

    @routes.get("/readyz")
    async def ready() -> JSONResponse:
        found = health()
        return JSONResponse(found, 200 if found.get("ready") else 503)

    @routes.get("/metrics")
    async def figures() -> PlainTextResponse:
        return PlainTextResponse(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes
