"""Pages for people, rendered on the server; one module a page, listed here."""

from fastapi import APIRouter

from gigawatt.web.pages import compare, contract, explain, files, papers, plan, programme, questions, runs, saved, start

router = APIRouter()
for module in (start, plan, runs, questions, explain, papers, compare, programme, saved, files, contract):
    router.include_router(module.router)
