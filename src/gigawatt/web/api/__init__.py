"""The verbs over HTTP, with the JSON of the command line; one module for related verbs, listed here."""

from fastapi import APIRouter

from gigawatt.web.api import compare, facts, jobs, places, plan, plans, quick, rooms, screen, uploads
from gigawatt.web.api.replies import FAULTS

router = APIRouter(responses=FAULTS)
for module in (plan, quick, places, compare, screen, rooms, facts, uploads, jobs, plans):
    router.include_router(module.router)
