"""Which licence accelerators need in each country, and how long it takes."""

from __future__ import annotations

from pathlib import Path

from fact_cells import Row, fact, read

# Country group D as of 8 July 2026, read in a transcription of the supplement (GitHub, dmarcgo, versioned jurisdiction
# context); it differs from the reference, where the group was recalled, in these
GROUPS_NOW = {"BLR": "D:1;D:4;D:5", "CUB": "D:5;E:2", "CYP": "A:6", "KHM": "D:1", "NIC": "D:1;D:5"}
READ = "group D as of July 2026 read in a transcription of the supplement"
RULE = "15 CFR 742.6(a)(6)(iii), ECCN 3A090 and 4A090; country groups: 15 CFR 740 Supplement 1"


def export_facts(reference: Path) -> list[Row]:
    rows = []
    for r in map(regrouped, read(reference / "export_controls.csv")):
        iso3 = {"_HQ": "operator-d5-or-macau", "_DRAFT": "draft-2026"}.get(r["iso3"], r["iso3"])
        fact_class = {"high": "B", "medium": "B", "low": "C"}[r["confidence"]]
        source, year = export_source(r), (r["in_force_since"] or r["source_date"])[:4]
        note = export_note(r)
        where = f"{RULE}; group {r['country_groups']}" if iso3 == r["iso3"] else r["legal_basis"]
        rows.append(
            fact(
                f"export.{iso3}.licence_class",
                r["licence_class"],
                "",
                "",
                "text",
                year,
                fact_class,
                source,
                where,
                note,
            )
        )
        allied = r["class_if_us_or_a5_headquartered_operator"]
        if allied:
            rows.append(
                fact(
                    f"export.{iso3}.licence_class_allied",
                    allied,
                    "",
                    "",
                    "text",
                    year,
                    fact_class,
                    source,
                    where,
                    "operator headquartered in the US or group A:5",
                )
            )
        if r["months_central"]:
            measured = r["iso3"] in ("ARE", "SAU")
            note = "as observed in 2025" if measured else "range: ours, by analogy with the Gulf licences of 2025"
            if r["licence_class"] == "none_needed":
                note = "range: ours; end-user checks only"
            rows.append(
                fact(
                    f"lead.export_licence.{iso3}",
                    r["months_central"],
                    r["months_low"],
                    r["months_high"],
                    "month",
                    2026,
                    "A" if measured else "C",
                    "gulf-licences" if measured else "assumption",
                    "licences of November 2025" if measured else "analogy",
                    note,
                )
            )
    return rows


def regrouped(r: Row) -> Row:
    """A row with the country groups of today. A country that left group D:5 but not D:1 is judged case by case."""
    now = {**r, "country_groups": GROUPS_NOW.get(r["iso3"], r["country_groups"])}
    if r["iso3"] == "KHM":
        now |= {"licence_class": "case_by_case", "confidence": "medium", "in_force_since": "2026-02-03"}
        now |= {"class_if_us_or_a5_headquartered_operator": "licence_presumed_approval"}
        now |= {"months_low": "3", "months_central": "6", "months_high": "12"}  # as others of group D:1
    return now


def export_source(r: Row) -> str:
    return {
        "ARE": "gulf-licences",
        "SAU": "gulf-licences",
        "CHN": "fr-2026-1684",
        "HKG": "fr-2026-1684",
        "MAC": "fr-2026-1684",
        "KHM": "bis-cambodia",
        "SYR": "mofo-syria",
        "_HQ": "hl-bis-guidance",
        "_DRAFT": "gts-draft-rule",
    }.get(r["iso3"], "bis-742-6")


def export_note(r: Row) -> str:
    """Our own words for what the row says."""
    if r["iso3"] == "_HQ":
        return "follows the owner: a campus of such an owner is denied in an open country too"
    if r["iso3"] == "_DRAFT":
        return "reported by the press, not found adopted; up to 1,000 GB300 simple, above 200,000 allies only"
    if r["iso3"] == "UKR":
        return "Crimea and the occupied parts of Donetsk and Luhansk regions are embargoed (15 CFR 746.6)"
    if r["licence_class"] == "none_needed":
        known = {"A:1", "A:5", "A:6"} & set(r["country_groups"].split(";"))
        of = "group read in the supplement as of June 2026" if known else READ
        return f"open by destination; end-user checks stay; {of}"
    if r["licence_class"] == "embargoed":
        return "embargo or policy of denial"
    if r["iso3"] == "KHM":
        return f"left group D:5 in February 2026; {READ}; large volumes needed a government agreement so far"
    if r["licence_class"] == "presumption_of_denial":
        return READ
    return f"{READ}; large volumes needed a government agreement so far"
