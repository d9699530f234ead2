"""The verbs over HTTP, with the JSON of the command line; one module a verb, listed here."""

from fastapi import APIRouter

from gigawatt.web.api import plan

router = APIRouter()
router.include_router(plan.router)
