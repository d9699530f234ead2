"""Who pays: the contract, the guarantee in its place, operating models side by side, home demand."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import customer_charts as charts
from gigawatt.report import customer_words as words
from gigawatt.report.page.parts import chart, para, table


def customers(plan: Plan) -> str:
    if not plan.tables.get("customers"):
        return ""
    parts = [para(x) for x in words.sentences(plan)]
    parts += [
        table(words.PRICE_HEADER, words.price_rows(plan), numbers=(1, 2, 3, 4, 5), caption="Price beside cost"),
        chart(charts.ageing(plan)),
    ]
    generations = words.generation_rows(plan)
    if generations:
        caption = "Generation by generation, the same question"
        parts.append(table(words.GENERATION_HEADER, generations, numbers=(1, 2, 3, 4), caption=caption))
    caption = "Price that lenders need, USD per accelerator-hour, by length of contract and tenant"
    parts += [
        table(words.TENOR_HEADER, words.tenor_rows(plan), numbers=(1, 2, 3), caption=caption),
        chart(charts.guarantee(plan)),
        table(
            words.MODEL_HEADER,
            words.model_rows(plan),
            numbers=(4, 5, 6),
            css="dense",
            caption="The same campus under five operating models",
        ),
        table(words.BEARS_HEADER, words.bears_rows(plan), css="dense", caption="Who bears what"),
        table(
            words.ANNOUNCED_HEADER,
            words.announced_rows(plan),
            numbers=(2, 3, 4),
            css="dense",
            caption="Announced contracts beside this plan: other chips, years and places, so a check and no target",
        ),
        para(words.lease_sentence(plan), "note"),
    ]
    return "".join(parts)
