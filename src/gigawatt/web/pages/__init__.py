"""Pages for people, rendered on the server; one module a page, listed here."""

from fastapi import APIRouter

from gigawatt.web.pages import plan, start

router = APIRouter()
router.include_router(start.router)
router.include_router(plan.router)
