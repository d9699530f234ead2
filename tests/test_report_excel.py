"""The workbook, worked out again by a spreadsheet engine: the plan's numbers, and what follows from changed inputs."""

import dataclasses
import io
import re

import pytest

import gigawatt as gw
from gigawatt import finance, report
from gigawatt.cli import main
from gigawatt.scenario import read

ironcalc = pytest.importorskip("ironcalc")
openpyxl = pytest.importorskip("openpyxl")
LINES = range(4, 17)  # of the sheet Financing


class Sheets:
    """A workbook in the engine: every cell is worked out from the inputs, none is read from the file."""

    def __init__(self, folder, plan):
        path = folder / "plan.xlsx"
        path.write_bytes(report.workbook(plan))
        self.book = ironcalc.load_from_xlsx(str(path), "en", "UTC")
        self.names = [s["name"] for s in self.book.get_worksheets_properties()]
        self.book.evaluate()

    def get(self, sheet, row, column):
        return self.book.get_cell_value(self.names.index(sheet), row, column)

    def find(self, sheet, label):
        return next(r for r in range(1, 120) if self.get(sheet, r, 1) == label)

    def change(self, sheet, label, column, value):
        row = self.find(sheet, label)
        self.book.set_user_input(self.names.index(sheet), row, column, repr(float(value)))
        self.book.evaluate()

    @property
    def worked_out(self):
        return {self.get("Financing", r, 1): self.get("Financing", r, 2) for r in LINES}

    @property
    def of_the_plan(self):
        return {self.get("Financing", r, 1): self.get("Financing", r, 4) for r in LINES}


def asked(place="France", **more):
    return gw.plan(read({"place": place, "power": "300 MW", "draws": 50, "as_of": "2026-11-23", **more}))


@pytest.fixture(scope="module")
def plan():
    return asked()


@pytest.fixture
def sheets(plan, tmp_path):
    return Sheets(tmp_path, plan)


def same(found, expected):
    assert found.keys() == expected.keys()
    for label, x in expected.items():
        assert found[label] == pytest.approx(x, rel=1e-6), label


CASES = (
    {},
    {"place": "USA-TX", "operating_model": "hyperscaler"},  # losses used at once
    {"place": "Kenya", "operating_model": "colocation", "power": "100 MW geothermal"},  # the price falls
    {"operating_model": "state", "facts": {"incentive.tax_credit.it": 0.1, "tax.holiday.default": 2}},
    {"facts": {"finance.inflation.USD": 0.0, "country.FRA.corporate_tax": 0.0}},
    {"place": "Norway", "power": "200 MW", "goal": "date", "as_of": "2026-11-23"},  # bridged
    {"place": "Texas", "power": "100 MW gas"},  # nothing of the grid
)


@pytest.mark.parametrize("question", CASES, ids=lambda q: " ".join(str(v) for v in q.values()) or "as it is")
def test_the_engine_finds_the_plans_headlines(question, tmp_path):
    made = asked(**question)
    sheets = Sheets(tmp_path, made)
    same(sheets.worked_out, sheets.of_the_plan)
    assert any(b.name.startswith("bridge_") for b in made.cash.inputs.blocks) == ("goal" in question)


def test_every_cell_is_what_the_file_shows_without_an_engine(plan, sheets):
    shown = openpyxl.load_workbook(io.BytesIO(report.workbook(plan)), data_only=True)
    written = openpyxl.load_workbook(io.BytesIO(report.workbook(plan)))
    checked = 0
    for sheet in written.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                kept = shown[sheet.title][cell.coordinate].value
                found = sheets.get(sheet.title, cell.row, cell.column)
                if isinstance(kept, (int, float)):
                    in_usd = row[1].value == "USD" or abs(kept) > 1e6
                    at = f"{sheet.title} {cell.coordinate}"
                    assert found == pytest.approx(kept, rel=1e-6, abs=1.0 if in_usd else 1e-9), at
                    checked += 1
    assert checked > 5000


def test_a_changed_price_moves_returns_and_not_the_price_that_is_needed(plan, sheets):
    price = 1.1 * plan.cash.given["price"].value
    before = sheets.worked_out
    sheets.change("Inputs", plan.cash.given["price"].label, 2, price)
    found = sheets.worked_out
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
    for label in before:
        if "price" in label or "cost" in label or "capital" in label:
            assert found[label] == pytest.approx(before[label], rel=1e-8), label
    assert found["return of the project, nominal"] == pytest.approx(float(expected.irr_project), rel=1e-6)
    assert found["return of the owners, nominal"] == pytest.approx(float(expected.irr_equity), rel=1e-6)
    assert found["debt cover, least"] == pytest.approx(float(expected.dscr_min), rel=1e-6)


def test_at_the_price_that_is_needed_the_owners_get_what_they_ask(tmp_path):
    """Without inflation the two prices and the path are one; the workbook's own price then gives the return asked."""
    plan = asked(facts={"finance.inflation.USD": 0.0})
    sheets = Sheets(tmp_path, plan)
    needed = sheets.worked_out["price that the owners need, flat in the money of its time"]
    assert needed == pytest.approx(sheets.worked_out["price that the owners need, constant money"], rel=1e-9)
    sheets.change("Inputs", plan.cash.given["price"].label, 2, needed)
    asked_for = float(plan.cash.inputs.equity_return)
    assert sheets.worked_out["return of the owners, nominal"] == pytest.approx(asked_for, rel=1e-6)


def test_other_inputs_give_what_a_plan_with_them_gives(plan, sheets, tmp_path):
    """Utilisation, cost of capital, loans and idle energy at once: a new plan against the changed workbook."""
    facts = {
        "wacc.it.nonig": 0.12,
        "opex.idle_energy": 0.6,
        "finance.debt_share.it": 0.5,
        "operating_model.anchor_lease.tenor": 4,
    }
    values = {"sold": 0.8, "wacc_it": 0.12, "idle": 0.6, "debt_it": 0.5, "tenor_it": 4.0}
    for key, value in values.items():
        sheets.change("Inputs", plan.cash.given[key].label, 2, value)
    other = Sheets(tmp_path, asked(facts=facts, utilisation=0.8))
    same(sheets.worked_out, other.of_the_plan)


def test_a_dearer_accelerator_raises_capital_and_price(plan, sheets, tmp_path):
    fact = "accelerator.gb300-nvl72.price"
    changed = asked(facts={fact: 1.2 * gw.load_facts()[fact].value})
    before = sheets.worked_out
    for b in changed.cash.bill_blocks:  # the network is priced with the accelerators
        sheets.change("Bill", b.name.replace("_", " "), 3, b.usd_per_accelerator)
    found = sheets.worked_out
    assert found["all-in capital"] > 1.05 * before["all-in capital"]
    same(found, Sheets(tmp_path, changed).of_the_plan)


def test_a_plan_without_money_is_a_workbook_too(plan):
    refused = dataclasses.replace(plan, cash=None)
    assert "Answer" in openpyxl.load_workbook(io.BytesIO(report.workbook(refused))).sheetnames


def test_saved_by_the_command(tmp_path):
    from click.testing import CliRunner

    path = tmp_path / "plan.XLSX"
    done = CliRunner().invoke(main, ["plan", "France", "--power", "20 MW", "--draws", "50", "--save", str(path)])
    assert done.exit_code in (0, 1), done.output
    assert re.search(rb"^PK", path.read_bytes()[:4])
