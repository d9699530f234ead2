"""The plan in the language of the reader: sentences from its ids and numbers, never from its English sentences.

English readers get the plan's own words, which say more. Free text of the plan is told by the catalogue of sentences
(``retell``); what that does not know is passed on as ``Said(..., "en")``, so that a page can mark it: nothing is
dropped and nothing is translated by guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gigawatt import units
from gigawatt.web import retell
from gigawatt.web.language import DEFAULT, LANGUAGES, Language
from gigawatt.web.texts import ANSWERS, AUTHORITIES, GATES, N_, PLANTS, SIZED_BY, STAGES, TASKS, TECHNOLOGIES

Link = Callable[[str, str], str]  # kind and id ("figure:capex_usd", "fact:..."), text -> text or safe HTML


def plain_link(target: str, text: str) -> str:
    """No link at all: for files and tests."""
    return text


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and the language it is in."""

    text: str
    code: str


def free(code: str, text: str) -> Said:
    """Free English text of ours in a language, where its shape is known there."""
    told = retell.tell(code, text) if code in LANGUAGES else None
    return Said(text, DEFAULT) if told is None else Said(told, code)


@dataclass(frozen=True)
class Teller:
    """A plan's JSON, a language, and how a number links to what is behind it."""

    plan: Mapping[str, Any]
    lang: Language
    link: Link = plain_link

    # --- numbers and names of the plan --------------------------------------------------------------------------

    def value(self, figure_id: str) -> Any:
        """Central value of a figure, or None."""
        return self.plan["figures"].get(figure_id, {}).get("value")

    def figure(self, figure_id: str, *, with_range: bool = False) -> str:
        """A figure as text that opens to its source."""
        text = self.lang.figure(self.plan["figures"][figure_id], figure_id, with_range=with_range)
        return self.link(f"figure:{figure_id}", text)

    def fact(self, start: str, end: str = "") -> Mapping[str, Any] | None:
        """The first fact that the plan read whose id starts and ends so."""
        facts: Mapping[str, Any] = self.plan["trace"].get("facts", {})
        return next((facts[i] for i in facts if i.startswith(start) and i.endswith(end)), None)

    def fact_in(self, fact: Mapping[str, Any], unit: str) -> float:
        """Value of a fact in a unit; money is not converted."""
        return float(fact["value"]) * units.ratio(units.parse(fact["unit"]), units.parse(unit))

    def fact_text(self, fact: Mapping[str, Any], unit: str) -> str:
        """A fact as text that opens to its source."""
        shown = self.lang.show(self.fact_in(fact, unit), None, None, unit, significant=4)
        return self.link(f"fact:{fact['id']}", shown)

    @property
    def country(self) -> str:
        """The country's name in the language."""
        return self.lang.country(self.plan["question"]["place"]["iso3"])

    @property
    def place(self) -> str:
        """The country, with the site where one was named."""
        where = self.plan["question"]["place"]
        return f"{where['name'].partition(',')[0]}, {self.country}" if where.get("region") else self.country

    def authority(self, name: str) -> str:
        """An office in the language; proper names stay as they are."""
        known = AUTHORITIES.get(name)
        return self.lang.t(known) if known else name

    def technology(self, key: str) -> str:
        """A source of power in the language."""
        return self.lang.t(TECHNOLOGIES[key]) if key in TECHNOLOGIES else key.replace("_", " ")

    def task(self, row: Mapping[str, Any]) -> str:
        """A task of the schedule in the language; the size of a connection follows it."""
        key, mw = row["task"], megawatts(row["label"])
        if mw is not None and (key in STAGES or key.startswith("grid_")):
            return self.lang.t(STAGES.get(key, STAGES["grid"]), power=self.lang.mw(mw))
        known = TASKS.get(key) or PLANTS.get(key)
        return self.lang.t(known) if known else str(row["label"])

    def english(self, text: str) -> Said:
        """Free text of the plan: told by its shape where that is known, else in English."""
        return free(self.lang.code, text)

    def each(self, text: str) -> list[Said]:
        """The same sentence by sentence, so that one unknown sentence leaves the others told."""
        whole = self.english(text)
        return [whole] if whole.code != DEFAULT else [self.english(part) for part in retell.sentences(text)]

    def said(self, text: str) -> Said:
        """A sentence that was composed in the language."""
        return Said(text, self.lang.code)


def megawatts(label: str) -> float | None:
    """The size at the end of a task's label: ``grid connection, 1,000 MW``; None where it has none."""
    head, _, unit = label.rpartition(" ")
    number = head.rpartition(" ")[2].replace(",", "")
    scale = {"MW": 1.0, "kW": 1e-3, "GW": 1e3}.get(unit)
    return float(number) * scale if scale and number.replace(".", "", 1).isdigit() else None


def listed(lang: Language, names: Iterable[str]) -> str:
    """Names in a row with ``and`` before the last."""
    given = list(names)
    if len(given) < 2:
        return "".join(given)
    return lang.t("{most} and {last}", most=", ".join(given[:-1]), last=given[-1])


def headline(teller: Teller) -> Said:
    """The verdict and its condition in one sentence."""
    verdict, t = teller.plan["verdict"], teller.lang.t
    if teller.lang.code == DEFAULT:
        return teller.english(verdict["headline"])
    answer, size = verdict["answer"], teller.figure("facility_peak_mw")
    if teller.value("facility_peak_mw") is None:
        return teller.said(t("{answer}: only the chip licence could be judged", answer=t(ANSWERS[answer])))
    if by_ladder(teller.plan):
        size = teller.link("figure:facility_peak_mw", teller.lang.mw(teller.value("facility_peak_mw")))
        if answer == "no":
            return teller.said(t("No: not even the smallest campus works"))
        form = N_("Yes: up to {size}") if answer == "yes" else N_("Yes, up to {size}, if {who} confirm in writing")
        return teller.said(t(form, size=size, who=_addressees(teller)))
    if answer == "yes":
        return teller.said(t("Yes: every gate is open on sourced facts"))
    if answer == "no":
        from gigawatt.web.say_gates import gates

        closed = [g for g in gates(teller) if g["state"] == "no"]
        if not closed:
            return teller.english(verdict["headline"])
        first = closed[0]["sentences"][0]
        return Said(t("No: {why}", why=first.text) if first.code != DEFAULT else verdict["headline"], first.code)
    text = t("Yes, if {who} confirm in writing", who=_addressees(teller))
    hold = holdup(teller)
    return teller.said(text + (". " + t("The calendar hangs on: {task}", task=hold) if hold else ""))


def _addressees(teller: Teller) -> str:
    names = dict.fromkeys(teller.authority(s["to"]) for s in teller.plan["verdict"]["next_steps"])
    return listed(teller.lang, names) or teller.lang.t("somebody")


def by_ladder(plan: Mapping[str, Any]) -> bool:
    """Whether nothing in the question gave a size, so that the ladder answers."""
    asked = plan["question"]["words"]
    return not any(k in asked for k in ("budget", "power", "accelerators", "train", "serve"))


def summary(teller: Teller) -> Said:
    """What binds, what it needs, what is left."""
    verdict, t = teller.plan["verdict"], teller.lang.t
    if teller.lang.code == DEFAULT or teller.value("capex_usd") is None:
        return teller.english(verdict["summary"])
    need, peak = teller.figure("capex_usd", with_range=True), teller.figure("facility_peak_mw", with_range=True)
    binding = next((b["constraint"] for b in verdict["binding"] if b["constraint"] in SIZED_BY), "")
    if by_ladder(teller.plan):
        return teller.said(t("It needs {need}", need=need))
    if any(b["constraint"] == "goal" for b in verdict["binding"]):
        left = teller.figure("unspent_usd", with_range=True)
        return teller.said(
            t("The goal sets the size within the money: it needs {need}; {left} stay unspent", need=need, left=left)
        )
    if binding == "power" and teller.value("unspent_usd") is not None:
        left = teller.figure("unspent_usd", with_range=True)
        text = t("The power binds, not the money: it needs {need}; {left} stay unspent", need=need, left=left)
        budget = teller.plan["question"]["budget"]
        whole = float(budget["usd"]) / teller.value("capex_usd") * teller.value("facility_peak_mw")
        text += ". " + t("The whole sum would build {power}", power=teller.lang.mw(float(f"{whole:.2g}")))
        return teller.said(text)
    if binding == "budget":
        return teller.said(t("The money binds: it builds {peak}, all-in {need}", peak=peak, need=need))
    by = t(SIZED_BY[binding]) if binding else ""
    return teller.said(t("It is sized by {what}: {peak}, all-in {need}", what=by, peak=peak, need=need))


def reading(teller: Teller) -> Said:
    """How the question was understood, in one line."""
    question, t, lang = teller.plan["question"], teller.lang.t, teller.lang
    if lang.code == DEFAULT or teller.value("facility_peak_mw") is None:
        name, said = question["place"]["name"], question["reading"]
        return teller.english(said if said.startswith(f"{name}: ") else f"{name}: {said}")
    size = lang.mw(teller.value("facility_peak_mw"))
    parts = [t("{place}: a campus of {size} (peak, at the meter)", place=teller.place, size=size)]
    named = [p for p in question["power"] if p["source"] not in ("any", "")]
    if named:
        mixed = [t("{power} {source}", power=lang.mw(p["mw"]), source=teller.technology(p["source"])) for p in named]
        parts.append(t("power: {sources}", sources=" + ".join(mixed)))
    budget = question["budget"]
    if budget:
        given = lang.show(budget["amount"], None, None, budget["currency"])
        usd = "" if budget["currency"] == "USD" else f" ({lang.show(budget['usd'], None, None, 'USD')})"
        parts.append(t("budget: {money}", money=given + usd))
    by = question["words"].get("by")
    if by:
        parts.append(t("full power by {date}", date=lang.day(by)))
    if by_ladder(teller.plan):
        parts.append(t("the largest rung of the ladder, as no size was given"))
    return teller.said(" · ".join(parts))


def site_note(teller: Teller) -> Said | None:
    """Where the campus is taken to stand when no site was named; None where one was."""
    where = teller.plan["question"]["place"]
    note = str(where.get("note") or "")
    if not note or teller.lang.code == DEFAULT:
        return teller.english(note) if note else None
    if note.startswith("no site named") and where.get("site"):
        return teller.said(teller.lang.t("no site named: near {city}", city=where["site"]))
    return teller.english(note)


def holdup(teller: Teller) -> str:
    """The task that holds full power up, in the language; '' where there is none."""
    row = next((b for b in teller.plan["verdict"]["binding"] if b["constraint"] == "calendar"), None)
    found = task_in(teller, row["words"]) if row else None
    return teller.task(found) if found else ""


def task_in(teller: Teller, words: str) -> Mapping[str, Any] | None:
    """The task of the schedule that a row names: the longest label in it."""
    rows = sorted(teller.plan["schedule"], key=lambda r: -len(r["label"]))
    return next((r for r in rows if r["label"] in words), None)


def binding(teller: Teller) -> list[Said]:
    """What binds, one sentence a constraint."""
    rows = teller.plan["verdict"]["binding"]
    if teller.lang.code == DEFAULT:
        return [teller.english(b["words"]) for b in rows]
    return [_bound(teller, b) for b in rows]


def _bound(teller: Teller, row: Mapping[str, Any]) -> Said:
    t, lang, key = teller.lang.t, teller.lang, row["constraint"]
    if key == "calendar" and row["value"] is not None:
        task = holdup(teller)
        if task:
            form = N_("The calendar: {task}; the next path is shorter by {months}")
            return teller.said(t(form, task=task, months=lang.months(row["value"])))
    if key == "goal":
        return teller.said(t("The goal sizes the campus within the limits"))
    if key in SIZED_BY and row["value"] is not None and row["value"] == row["limit"]:
        return teller.said(t("The size is set by {what}", what=t(SIZED_BY[key])))
    refused = next((g for g in teller.plan["verdict"]["gates"] if g["gate"] == key and g["state"] == "no"), None)
    if refused and row["words"] in refused["words"] and row["words"] != refused["words"]:
        return teller.english(row["words"])  # one reason of several: the gate tells them all
    if refused:
        from gigawatt.web.say_gates import sentences

        return sentences(teller, refused)[0]
    if key in ("power", "budget") and row["unit"] == "accelerator":
        wanted, allowed = (lang.count(row[k]) for k in ("value", "limit"))
        form = N_("{what}: enough for {allowed} accelerators, {wanted} are asked for")
        return teller.said(t(form, what=t(SIZED_BY[key]), allowed=allowed, wanted=wanted))
    return teller.english(row["words"])


def relaxations(teller: Teller) -> list[Said]:
    """What would change the plan, and what each change buys."""
    rows = teller.plan["verdict"]["relaxations"]
    if teller.lang.code == DEFAULT:
        return [teller.english(r["words"]) for r in rows]
    return [_relaxed(teller, r) for r in rows]


def _relaxed(teller: Teller, row: Mapping[str, Any]) -> Said:
    t, lang, change = teller.lang.t, teller.lang, row["change"]
    if row["unit"] == "accelerator":
        more = lang.count(row["gains"])
        if row.get("facility_peak_mw"):
            size = lang.mw(float(f"{row['facility_peak_mw']:.2g}"))
            form = N_("Without this limit the whole sum builds {size}: {n} accelerators more")
            return teller.said(t(form, size=size, n=more))
        if change.endswith("more power"):
            return teller.said(t("A tenth more power: {n} accelerators more", n=more))
        return teller.said(t("A tenth more money: {n} accelerators more", n=more))
    if "usd_if_ready" in row:
        task = task_in(teller, change)
        if task is None or row["usd_if_ready"] is None:
            return teller.english(row["words"])
        known, late = (lang.usd(row[k], significant=3) for k in ("usd", "usd_if_ready"))
        form = N_(
            "{task}, if done at once: {months} sooner, worth {known} if known now, {late} once halls and racks stand"
        )
        months = lang.months(row["gains"])
        return teller.said(t(form, task=teller.task(task), months=months, known=known, late=late))
    mw, money = megawatts(change), lang.usd(abs(row.get("usd") or 0.0), significant=3)
    if mw is None:
        return teller.english(row["words"])
    curtailed = "curtailed" in change
    name = t(N_("A connection that may be curtailed, {power}") if curtailed else N_("Bridging power on site, {power}"),
             power=lang.mw(mw))  # fmt: skip
    sooner = t("first power {months} sooner", months=lang.months(row["gains"])) if row["gains"] >= 1.0 else ""
    better = (row.get("usd") or 0.0) > 0.0
    worth = t(
        N_("{money} better than a foreseen wait") if better else N_("{money} worse than a foreseen wait"), money=money
    )
    return teller.said(t("{what}: {gain}", what=name, gain=", ".join(x for x in (sooner, worth) if x)))


def ladder(teller: Teller) -> list[dict[str, Any]]:
    """The rungs with their names in the language and what decides each of them."""
    t, out = teller.lang.t, []
    for row in teller.plan["ladder"]:
        name = str(row["rung"])
        mw = row.get("facility_peak_mw") or 0.0
        if name == "national maximum":
            name = t("national maximum")
        elif name == "rent abroad instead":
            name = t("rent abroad instead")
        elif megawatts(name) is not None or name.endswith(" GW"):
            name = teller.lang.mw(mw)
        decides = t(GATES[row["binding"]]) if row.get("binding") in GATES else ""
        out.append({**row, "name": name, "answer_text": t(ANSWERS[row["answer"]]), "decides": decides})
    return out


def nearest(teller: Teller) -> Said | None:
    """For a no: the nearest plan that works."""
    found = teller.plan["verdict"]["nearest"]
    if not found:
        return None
    t, lang = teller.lang.t, teller.lang
    if lang.code == DEFAULT:
        return teller.english(found["words"])
    kind, mw = found["kind"], found.get("facility_peak_mw")
    answer = t(ANSWERS[found["answer"]]) if found.get("answer") in ANSWERS else ""
    if kind == "smaller" and mw:
        return teller.said(t("The nearest plan that works: {size} ({answer})", size=lang.mw(mw), answer=answer))
    if kind == "other_source" and mw:
        form = N_(
            "The nearest plan that works: {size} from the grid, with own solar and wind where they pay ({answer})"
        )
        return teller.said(t(form, size=lang.mw(mw), answer=answer))
    if kind == "later":
        date = found.get("full_power_date")
        return teller.said(t("The same campus, with full power in: {date}", date=lang.month(date))) if date else None
    if kind == "rent_abroad":
        return teller.said(t("No size works here: rent the same hours abroad"))
    if kind == "longer_run":
        return teller.said(t("The same run with more days, or a smaller one"))
    return teller.english(found["words"])
