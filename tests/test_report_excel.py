"""The workbook, worked out again by an engine of its own: the plan's numbers, and what follows from changed inputs."""

import io

import numpy as np
import pytest

import gigawatt as gw
from gigawatt import finance, report
from gigawatt.scenario import read

openpyxl = pytest.importorskip("openpyxl")
formulas = pytest.importorskip("formulas")
pytestmark = pytest.mark.filterwarnings("ignore")  # the engine's own dependencies warn

HEADLINES = 12
SHORT = {"life.it": 1.0, "debt.tenor.it": 0.75, "finance.drawdown_months.grid": 6.0}  # few quarters: the engine is slow
SHORT |= {f"finance.drawdown_months.{b}": 6.0 for b in ("shell", "power")}
ASKED = {"place": "USA-TX", "power": "20 MW grid", "draws": 50}


def asked(**more):
    facts = SHORT | more.pop("facts", {})
    return gw.plan(read({**ASKED, **more, "facts": facts}))


@pytest.fixture(scope="module")
def plan():
    return asked()


@pytest.fixture(scope="module")
def engine(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    path.write_bytes(report.workbook(plan))
    return formulas.ExcelModel().loads(str(path)).finish()


def cell(sheet, address):
    return f"'[plan.xlsx]{sheet.upper()}'!{address}"


def worked_out(engine, **changed):
    """Headline figures by label after changing inputs given by cell."""
    targets = [cell("Financing", f"B{r}") for r in range(4, 4 + HEADLINES)]
    found = engine.calculate(inputs={cell(*k): v for k, v in changed.get("cells", {}).items()})
    return {t: float(np.asarray(found[t].value).ravel()[0]) for t in targets}


def in_the_plan(plan):
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(plan)), data_only=True)
    sheet = book["Financing"]
    return {cell("Financing", f"B{r}"): float(sheet.cell(r, 4).value) for r in range(4, 4 + HEADLINES)}


def row_of(plan, key):
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(plan)), data_only=True)
    label = plan.cash.given[key].label
    return next(r for r in range(4, 100) if book["Inputs"].cell(r, 1).value == label)


def test_the_engine_finds_the_plans_numbers_in_every_cell(plan, engine):
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(plan)), data_only=True)
    checked = 0
    for found in engine.calculate().values():
        ranges = getattr(found, "ranges", None)
        if not ranges or np.size(found.value) != 1:
            continue
        at = ranges[0]
        sheet = next((s for s in book.worksheets if s.title.upper() == at["sheet"].upper()), None)
        if sheet is None:
            continue
        shown, got = sheet.cell(int(at["r1"]), at["n1"]).value, np.asarray(found.value).ravel()[0]
        if isinstance(shown, (int, float)):
            checked += 1
            assert float(got) == pytest.approx(shown, rel=1e-6, abs=1e-3), f"{at['sheet']} {at['name']}"
    assert checked > 1000


def test_a_changed_price_moves_returns_and_not_the_price_that_is_needed(plan, engine):
    price = 1.1 * plan.cash.given["price"].value
    found = list(worked_out(engine, cells={("Inputs", f"B{row_of(plan, 'price')}"): price}).values())
    before = list(in_the_plan(plan).values())
    r = plan.cash
    own = {"book": r.book, "sales": r.inputs.sales, "terms": r.inputs.terms}
    cash = finance.cash_flow(**own, price_usd=price, price_path=r.inputs.path)
    expected = finance.returns(
        book=r.book,
        cash=cash,
        terms=r.inputs.terms,
        project_return_per_year=r.inputs.wacc,
        equity_return_per_year=r.inputs.equity_return,
    )
    assert found[:5] == pytest.approx(before[:5], rel=1e-9)  # capital, costs and prices needed do not move
    assert found[7] == pytest.approx(float(expected.irr_project), rel=1e-6)
    assert found[8] == pytest.approx(float(expected.irr_equity), rel=1e-6)
    assert found[10] == pytest.approx(float(expected.dscr_min), rel=1e-6)


def test_other_inputs_give_what_a_plan_with_them_gives(plan, engine):
    """Utilisation, cost of capital and price of the hardware at once: a new plan against the changed workbook."""
    facts = {"wacc.it.nonig": 0.12, "opex.idle_energy": 0.6, "finance.debt_share.it": 0.5}
    other = asked(facts=facts, utilisation=0.8)
    sheet = {k: ("Inputs", f"B{row_of(plan, k)}") for k in ("sold", "wacc_it", "idle", "debt_it")}
    values = {"sold": 0.8, "wacc_it": 0.12, "idle": 0.6, "debt_it": 0.5}
    found = worked_out(engine, cells={sheet[k]: values[k] for k in values})
    assert list(found.values()) == pytest.approx(list(in_the_plan(other).values()), rel=1e-6, abs=1e-3)


def test_a_dearer_accelerator_raises_capital_and_price(plan, engine):
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(plan)), data_only=True)
    r = next(i for i in range(4, 12) if book["Bill"].cell(i, 1).value == "accelerators")
    was = book["Bill"].cell(r, 3).value
    other = asked(facts={"accelerator.gb300-nvl72.price": 1.2 * gw.load_facts()["accelerator.gb300-nvl72.price"].value})
    now = next(b for b in other.cash.bill_blocks if b.name == "accelerators").usd_per_accelerator
    assert now > 1.1 * was
    found = worked_out(engine, cells={("Bill", f"C{r}"): float(now)})
    assert list(found.values()) == pytest.approx(list(in_the_plan(other).values()), rel=1e-6, abs=1e-3)


def test_a_refused_plan_is_a_workbook_too():
    refused = gw.plan(read({"place": "North Korea", "power": "100 MW", "draws": 50}))
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(refused)))
    assert "Answer" in book.sheetnames
