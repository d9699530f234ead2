"""The verbs over HTTP, with the JSON of the command line; one module for related verbs, listed here."""

from fastapi import APIRouter

from gigawatt.web.api import compare, facts, jobs, plan, plans, rooms, screen, uploads
from gigawatt.web.api.replies import FAULTS

router = APIRouter(responses=FAULTS)
for module in (plan, compare, screen, rooms, facts, uploads, jobs, plans):
    router.include_router(module.router)
