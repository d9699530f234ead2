"""Rows of one block on the sheet Cash flow: spending, loans, write-off, exit; and their patterns by age on Inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.finance import CONVENTIONS, owed_shares, spending

from .bill import Bill
from .book import Book, Grid
from .inputs import Inputs
from .paid import Payments


class Block:
    """Writes one block; its rows are called after it, such as ``shell.capex``."""

    def __init__(
        self,
        book: Book,
        grid: Grid,
        inputs: Inputs,
        bill: Bill,
        paid: Payments,
        result: Any,
        plan_of: Any,
        laid: Any,
    ) -> None:
        self.book, self.grid, self.inputs, self.plan, self.laid = book, grid, inputs, plan_of, laid
        self.name, self.years, self.index = plan_of.name, result.inputs.terms.period_years, result.book.price_index
        self.within = CONVENTIONS[result.inputs.terms.convention]
        self.bridge, self.paid = self.name.startswith("bridge_"), paid
        self.like = "power" if self.bridge else self.name  # machines of a bridge have the terms of plants
        self.last = plan_of.exit_periods
        self.parts = [(inputs.at(f"usd_{self.name}"), self.name)] if self.bridge else bill.parts(self.name)
        self.capex = f"({'+'.join(usd for usd, _ in self.parts)})"
        self.standing = (
            "1" if self.bridge else f"IF({self.capex}=0,1,{bill.total(self.name)}/({self.capex}+({self.capex}=0)))"
        )
        self.loaned = f"{self._of('debt')}*(1-{self._of('grant')})"
        self.rate = f"((1+{self._of('loan')})^{self.years}-1)"
        grid.heading(self.name)
        self._patterns()
        self._spent()
        self._loans()
        self._written()

    def _of(self, what: str) -> str:
        """Address of an input of this block; a bridge gets neither grant nor credit."""
        if self.bridge and what in ("grant", "credit"):
            return "0"
        return self.inputs.at(f"{what}_{self.name}")

    def _at(self, row: str, t: int) -> str:
        return self.grid.at(f"{self.name}.{row}", t)

    def _usd(self, row: str, label: str, values: Any, formula: Any) -> None:
        self.grid.row(f"{self.name}.{row}", label, values, formula, total=True)

    def _share(self, row: str, label: str, values: Any, formula: Any = None, *, total: bool = True) -> None:
        key = f"{self.name}.{row}"
        self.grid.row(key, label, values, formula, unit="1", total=total, form=self.book.number)

    def _per_period(self, rate: Any) -> float:
        return float(np.expm1(np.log1p(float(rate)) * self.years))

    def _patterns(self) -> None:
        """What a cohort causes at each age; the loan and the value at the exit are formulas."""
        i, k, p = self.inputs, f"{self.name}.", self.plan
        owed = owed_shares(
            rate_per_period=self._per_period(p.interest_per_year),
            tenor_periods=float(p.tenor_years) / self.years,
            exit_periods=self.last,
        )
        tenor = f"({self._of('tenor')}/{self.years})"

        def share(j: int) -> str:
            left, rate = f"MAX({tenor}-{j},0)", self.rate
            return f"IF({rate}=0,{left}/{tenor},(1-(1+{rate})^-{left})/(1-(1+{rate}+({rate}=0))^-{tenor}))"

        steps = range(self.last)
        i.pattern(k + "owed", f"{self.name}: owed before each payment", owed[:-1], [share(j) for j in steps])
        paid = [f"{share(j)}-{share(j + 1)}" for j in steps]
        i.pattern(k + "repaid", f"{self.name}: repaid at each payment", -np.diff(owed), paid)
        i.pattern(k + "left", f"{self.name}: owed at the exit", owed[-1:], [share(self.last)])
        i.pattern(k + "depreciation", f"{self.name}: written off at each age", p.depreciation)
        i.pattern(k + "exit", f"{self.name}: real value at the exit over cost", [float(p.exit_value)], [self._exit()])

    def _exit(self) -> str:
        """Value of the rest of the life, as `finance.value_left`; hardware has its residual value."""
        if self.bridge:
            return self.inputs.at(f"back_{self.name}")
        if self.like == "it":
            return f"{self._of('residual')}*{self.standing}"
        if self.like == "power" and float(self.plan.exit_value) == 0.0:
            return "0"
        wacc = self.inputs.at("wacc_shell" if self.like == "shell" else "wacc_power")
        real = f"((1+{wacc})/(1+{self.inputs.at('inflation')})-1)"
        life, end = self._of("life"), self._of("residual")
        left = f"MAX({life}-{self.last * self.years},0)"
        share = f"IF({real}=0,{left}/{life},(1-(1+{real})^-{left})/(1-(1+{real}+({real}=0))^-{life}))"
        return f"{self.inputs.at('realised')}*({share}*(1-{end})+{end})*{self.standing}"

    def _spent(self) -> None:
        p, b, capex = self.plan, self.laid, self.capex
        self._share("added", "comes on line", p.added, lambda t: self._over(lambda kind: self.paid.placed(kind, t)))
        spent = spending(added=p.added, shares=p.spending, latest=p.latest)
        self._share("spent", "paid", spent, lambda t: self._over(lambda kind: self.paid.at(kind, t)))
        self._usd(
            "capex", "capital", b.capex_usd, lambda t: f"{capex}*{self._at('spent', t)}*{self.grid.at('index', t)}"
        )
        self._usd("grant", "grants", b.grant_usd, lambda t: f"{self._of('grant')}*{self._at('capex', t)}")
        self._usd("vat", "VAT paid", b.vat_paid_usd, lambda t: f"{self._of('vat')}*{self._at('capex', t)}")
        new = self._begun("index")
        self._usd("cost", "cost of what comes on line", b.cost_usd, lambda t: new(t) if p.added[t] else "0")
        self._usd(
            "credit",
            "tax credits",
            b.credit_usd,
            lambda t: f"{self._of('credit')}*{self._at('cost', t - 1)}" if t else "0",
        )
        self._usd("exit", "sold at the exit", b.exit_usd, self._sold)

    def _sold(self, t: int) -> str:
        if t < self.last:
            return "0"
        value = self.inputs.age(f"{self.name}.exit", 0)
        return f"{self.capex}*{value}*{self.grid.at('index', t)}*{self._at('added', t - self.last)}"

    def _over(self, share: Any) -> str:
        """Formula of a share of the block: that of each part, weighted by cost."""
        if len(self.parts) == 1:
            return str(share(self.parts[0][1]))
        return f"({'+'.join(f'{usd}*{share(kind)}' for usd, kind in self.parts)})/{self.capex}"

    def _begun(self, row: str) -> Any:
        """Formula of what is paid for what comes on line in a quarter, each payment times the same quarter of a row."""

        def formula(t: int) -> str:
            found = (f"{usd}*{self.paid.weighted(kind, t, self.grid.whole(row))}" for usd, kind in self.parts)
            return f"({'+'.join(found)})"

        return formula

    def _aged(self, row: str, pattern: str, t: int) -> str:
        """Sum over the cohorts before quarter t of what each causes at its age."""
        back = min(self.last, t)
        if not back:
            return "0"
        cohorts = self.grid.span(f"{self.name}.{row}", t - back, t - 1)
        return f"SUMPRODUCT({cohorts},{self.inputs.latest(f'{self.name}.{pattern}', back)})"

    def _loans(self) -> None:
        b, rate = self.laid, self.rate
        slowed = self.index * (1.0 + self._per_period(self.plan.construction_rate)) ** -np.arange(self.grid.count)
        self._share(
            "slowed",
            "price index over interest so far",
            slowed,
            lambda t: f"{self.grid.at('index', t)}/(1+{rate})^{t}",
            total=False,
        )
        new = self._begun(f"{self.name}.slowed")
        self._usd("drawn", "loans drawn", b.drawn_usd, lambda t: f"{self.loaned}*{self._at('capex', t)}")
        self._usd(
            "converted",
            "turned into term loans",
            b.converted_usd,
            lambda t: f"{self.loaned}*(1+{rate})^{t + self.within!r}*{new(t)}" if self.plan.added[t] else "0",
        )
        self.grid.row(
            f"{self.name}.building",
            "construction loan",
            b.construction_usd,
            lambda t: (
                (f"{self._at('building', t - 1)}*(1+{rate})+" if t else "")
                + f"{self._at('drawn', t)}*(1+{rate})^{self.within!r}-{self._at('converted', t)}"
            ),
        )
        self._usd("interest", "interest", b.interest_usd, lambda t: f"{rate}*{self._aged('converted', 'owed', t)}")
        self._usd("repaid", "repaid", b.repaid_usd, lambda t: self._aged("converted", "repaid", t))
        left = self.inputs.age(f"{self.name}.left", 0)
        self._usd(
            "redeemed",
            "redeemed at the exit",
            b.redeemed_usd,
            lambda t: f"{self._at('converted', t - self.last)}*{left}" if t >= self.last else "0",
        )
        self.grid.row(
            f"{self.name}.owed",
            "owed",
            b.owed_usd,
            lambda t: (
                (f"{self._at('owed', t - 1)}+" if t else "")
                + f"{self._at('converted', t)}-{self._at('repaid', t)}-{self._at('redeemed', t)}"
            ),
        )

    def _written(self) -> None:
        b, kept = self.laid, f"(1-{self._of('grant')}-{self.inputs.at('credit_basis')}*{self._of('credit')})"

        def part(row: str, t: int) -> str:
            return self._aged(row, "depreciation", t)

        self._usd("written", "written off", b.written_off_usd, lambda t: f"{kept}*{part('cost', t)}")
        self._usd(
            "written_interest",
            "interest of the building time written off",
            b.interest_written_off_usd,
            lambda t: f"{part('converted', t)}-{self.loaned}*{part('cost', t)}",
        )
