"""The hand-made reading of the reference's free text on programmes and campuses: which number means what.

Bases of money: ``all_in`` the whole campus; ``shell_power`` halls and power without accelerators; ``it`` accelerators
with their network; ``contribution`` public money beside private; ``payments`` what a customer pays over years;
``financing`` a stake or a loan; ``mixed`` a sum of unlike things; ``unknown`` not said. Of power: ``facility`` at the
meter, ``it``, ``grid`` the connection, ``unknown``. Of accelerators: ``packages`` or ``dies``.
``first_`` is the first phase, ``later_`` what the announcement holds out beyond its own money.
"""

from __future__ import annotations

from dataclasses import dataclass

BASES = {
    "money": ("all_in", "shell_power", "it", "contribution", "payments", "financing", "mixed", "unknown"),
    "it_mw": ("it",),
    "mw": ("facility", "it", "grid", "unknown"),
    "accelerators": ("packages", "dies"),
    "sites": ("",),
    "date": ("",),
}


@dataclass(frozen=True)
class Said:
    """One number of an announcement: the text that holds it, and what it means."""

    what: str
    column: str
    written: str
    basis: str = ""
    words: str = ""
    times: float = 1.0
    value: str = ""
    currency: str = ""
    year: str = ""
    cls: str = ""
    low: float | str = ""
    high: float | str = ""


@dataclass(frozen=True)
class Entry:
    """A programme or campus in our words, and what was said about it."""

    name: str
    place: str
    said: tuple[Said, ...]
    accelerator: str = ""
    build_type: str = ""
    status: str = ""
    year: str = "2025"


def money(written: str, basis: str, words: str = "", column: str = "capital_amount", what: str = "money", **more):  # type: ignore[no-untyped-def]
    return Said(what, column, written, basis, words, **more)


def mw(written: str, basis: str = "unknown", words: str = "", column: str = "power_mw", what: str = "mw", **more):  # type: ignore[no-untyped-def]
    return Said(what, column, written, basis, words, **more)


def chips(  # type: ignore[no-untyped-def]
    written: str,
    words: str = "",
    basis: str = "packages",
    column: str = "accelerator_count",
    what="accelerators",
    **more,
):
    return Said(what, column, written, basis, words, **more)


def day(what: str, column: str, written: str, value: str = "", words: str = "", **more):  # type: ignore[no-untyped-def]
    return Said(f"{what}_date", column, written, "", words, value=value or written, **more)


def it_mw(written: str):  # type: ignore[no-untyped-def]
    return Said("it_mw", "it_mw_full", written, "it", "Epoch AI", cls="C")


def sites(column: str, written: str, words: str = "", **more):  # type: ignore[no-untyped-def]
    return Said("sites", column, written, "", words, **more)


GB300, GB200, H100, RUBIN = "GB300", "GB200", "H100", "VR200"
USA, FRANCE, UNION = "United States", "France", "EU"

PROGRAMMES: dict[str, Entry] = {
    "stargate-us": Entry(
        "The Stargate Project",
        USA,
        (
            money("500e9", "all_in", "sites and compute, over four years; 100e9 at once"),
            money("400e9", "all_in", "September 2025: what is planned over three years, for nearly 7 GW", "status"),
            mw("10000"),
            mw("7", "unknown", "September 2025: nearly 7 GW", "status", times=1e3),
            mw("200", "unknown", "Abilene, two buildings", "first_phase", "first_mw"),
            mw("5", "unknown", "power of the over 2 M chips", "accelerator_count", "part_mw", times=1e3),
            chips("2000000", "for the first 5 GW and more", what="part_accelerators"),
            day("first", "first_phase_date", "2025-09", words="first building live"),
            day("full", "full_date", "2029-01", words="four years"),
        ),
        GB300,
        status="building",
    ),
    "stargate-us-oracle-4p5": Entry(
        "OpenAI and Oracle, 4.5 GW",
        USA,
        (
            money("300e9", "payments", "what OpenAI pays Oracle over about five years; over 300e9"),
            mw("4500"),
            mw("5", "unknown", "with Abilene", "accelerator_count", "part_mw", times=1e3),
            chips("2000000", "for more than 5 GW with Abilene", what="part_accelerators"),
        ),
        GB300,
        status="contract",
    ),
    "fr-109bn": Entry(
        "France: 109 billion euro of announcements",
        FRANCE,
        (
            money("109e9", "mixed", "sum of private announcements: some with accelerators, some buildings only"),
            mw("3000", "unknown", "the three campuses of 1 GW that are named; more is not"),
            day("first", "first_phase_date", "2026"),
            day("full", "full_date", "2031"),
        ),
        status="20e9 confirmed in May 2025",
    ),
    "fr-mgx-1gw": Entry(
        "Campus IA, Fouju",
        "Melun, France",
        (
            money("50e9", "all_in", "as confirmed for 1 GW, compute included"),
            money("30e9", "all_in", "low end of the first announcement"),
            mw("1000", "unknown", "February 2025"),
            mw("1400", "grid", "May 2025; most that the connection is to carry later"),
            mw("240", "grid", "fast-track connection", "first_phase", "first_mw"),
            money("8.5e9", "all_in", "first tranche", "first_phase", "first_money"),
            day("first", "first_phase_date", "2027", "2027-12", "240 MW of grid"),
            day("full", "full_date", "2029", "2029-12", "700 MW; the whole later"),
        ),
        status="fast-track connection signed in January 2026",
    ),
    "fr-fluidstack-1gw": Entry(
        "Fluidstack, 1 GW in France",
        FRANCE,
        (
            money("10e9", "all_in", "first phase, equity and debt, mostly accelerators"),
            mw("250", "unknown", "first phase"),
            mw("1000", "unknown", "by 2028", what="later_mw"),
            chips("120000", "first tranche, press"),
            chips("500000", "first phase in the end, press release"),
            day("full", "first_phase_date", "2026", "2026-12", "first phase"),
        ),
        GB200,
        status="memorandum; site taken over by another plan",
    ),
    "fr-brookfield": Entry(
        "Brookfield and Data4, France",
        FRANCE,
        (
            money("15e9", "shell_power", "the data centres; no accelerators named", "capital_scope"),
            money("20e9", "mixed", "by 2030; 5e9 of it for infrastructure around the data centres"),
            mw("1000", "unknown", "Cambrai, the most of that one site"),
            money("10e9", "shell_power", "Cambrai", "first_phase", "first_money"),
            mw("300", "unknown", "Cambrai", "first_phase", "first_mw"),
            day("full", "full_date", "2030"),
        ),
    ),
    "fr-amazon": Entry(
        "Amazon cloud, France",
        FRANCE,
        (
            money("6e9", "unknown", "cloud infrastructure; 1.2e9 of it was announced before"),
            day("full", "full_date", "2031"),
        ),
    ),
    "fr-apollo": Entry("Apollo, France", FRANCE, (money("5e9", "financing", "first tranche"),)),
    "fr-digital-realty": Entry(
        "Digital Realty, France",
        FRANCE,
        (
            money("5e9", "shell_power", "13 data centres in Marseille and Paris"),
            money("2.3e9", "shell_power", "confirmed in May 2025"),
            sites("capital_scope", "13", "data centres"),
        ),
    ),
    "fr-prologis": Entry(
        "Prologis, Paris region",
        FRANCE,
        (
            money("6.4e9", "mixed", "four data centres and 1e9 of warehouses"),
            mw("584"),
            sites("capital_scope", "4", "data centres"),
            day("full", "full_date", "2035"),
        ),
    ),
    "fr-evroc": Entry("Evroc, France", FRANCE, (money("4e9", "unknown", "amount recalled", cls="C"),)),
    "fr-iliad": Entry("Iliad, Scaleway and OPCore", FRANCE, (money("3e9", "unknown"),)),
    "fr-edf-sites": Entry(
        "EDF sites for data centres",
        FRANCE,
        (mw("2000", "grid", "amount recalled", cls="C"), sites("capital_scope", "4", "first sites; up to two more")),
    ),
    "fr-softbank": Entry(
        "SoftBank, France",
        FRANCE,
        (
            money("45e9", "shell_power", "first phase; no accelerators named"),
            mw("3100", "unknown", "first phase"),
            money("75e9", "shell_power", "whole", what="later_money"),
            mw("5000", "unknown", "whole", what="later_mw"),
            day("full", "full_date", "2031", words="first phase"),
        ),
        status="announced, not permitted",
    ),
    "eu-investai": Entry(
        "InvestAI",
        UNION,
        (
            money("200e9", "mixed", "to be mobilised for AI: 150e9 private and 50e9 public (split recalled)"),
            day("full", "full_date", "2030"),
        ),
    ),
    "eu-aigf": Entry(
        "EU AI gigafactories",
        UNION,
        (
            money("20e9", "contribution", "facility of InvestAI for 4 to 5 gigafactories, public and private"),
            chips("100000", "five of about 100,000 each", times=5),
            sites("capital_scope", "5", "4 to 5", low=4, high=5),
        ),
        status="call slipped by two quarters at least",
    ),
    "eu-ai-factories": Entry(
        "EuroHPC AI factories",
        UNION,
        (
            money("10e9", "mixed", "supercomputing investment of 2021 to 2027"),
            sites("first_phase", "19", "factories; at most 25,000 accelerators each"),
        ),
    ),
    "xai-colossus-1": Entry(
        "Colossus 1, first 100,000",
        "Memphis, Tennessee",
        (
            money("5.27e9", "all_in", "modelled by Epoch AI", cls="C", year="2024"),
            money("3.8e9", "it", "hardware, Epoch AI", cls="C", year="2024"),
            mw("150", "facility", "reported"),
            mw("181", "facility", "modelled by Epoch AI from the count", cls="C"),
            chips("100000", "running in September 2024"),
            day("first", "first_phase_date", "2024-09-02"),
            day("full", "full_date", "2024-09-02"),
        ),
        H100,
        "retrofit",
        "operating",
    ),
    "xai-colossus-1-230k": Entry(
        "Colossus 1, 230,000",
        "Memphis, Tennessee",
        (
            money("12.88e9", "all_in", "modelled by Epoch AI", cls="C", year="2025"),
            money("7.1e9", "it", "hardware of the first 200,000", cls="C", year="2025"),
            mw("442", "facility", "modelled by Epoch AI from the count", cls="C"),
            chips("230000", "150,000 H100, 50,000 H200, 30,000 GB200 (July 2025)", column="full_date"),
            day("first", "first_phase_date", "2024-09-02"),
            day("full", "full_date", "2025-07-22"),
        ),
        H100,
        "retrofit",
        "operating",
    ),
    "stargate-uae": Entry(
        "Stargate UAE",
        "Abu Dhabi",
        (
            mw("1000", "unknown", "within a campus of 5 GW"),
            mw("200", "unknown", "", "first_phase", "first_mw"),
            chips("100000", "for the first 200 MW", what="first_accelerators"),
            day("first", "first_phase_date", "2026 Q3", "2026-09", "owner; Epoch AI says December 2026"),
            day("full", "full_date", "2028-01", words="Epoch AI, optimistic; no date is confirmed", cls="C"),
        ),
        GB300,
        status="building",
    ),
    "stargate-uk": Entry(
        "Stargate UK",
        "United Kingdom",
        (
            chips("31000"),
            chips("8000", "to be explored", what="first_accelerators"),
            day("first", "first_phase_date", "2026 Q1", "2026-03", "target"),
        ),
    ),
    "stargate-india": Entry(
        "Stargate India",
        "India",
        (mw("100"), mw("1000", "unknown", "option", what="later_mw")),
        status="announced, terms undisclosed",
    ),
    "stargate-argentina": Entry(
        "Stargate Argentina",
        "Argentina",
        (
            money("25e9", "all_in", "up to; a government's figure"),
            mw("500"),
            mw("100", "unknown", "press", "first_phase", "first_mw"),
            day("first", "first_phase_date", "2027", words="press"),
        ),
        status="letter of intent",
    ),
    "stargate-korea": Entry("Stargate Korea", "South Korea", (mw("20", "unknown", "two sites, to begin with"),)),
    "jp-sakai": Entry(
        "SoftBank Sakai", "Japan", (mw("150"), mw("250", "unknown", "to 400", what="later_mw", low=250, high=400))
    ),
    "openai-nvidia-10gw": Entry(
        "OpenAI and NVIDIA, 10 GW",
        USA,
        (
            money("100e9", "financing", "NVIDIA's stake, gigawatt by gigawatt"),
            mw("10000"),
            chips("4", "4 to 5 million as NVIDIA counts", "dies", times=1.125e6, low=4e6, high=5e6),
            mw("1", "unknown", "", "first_phase", "first_mw", times=1e3),
            day("first", "first_phase_date", "2026 H2", "2026-12"),
        ),
        RUBIN,
        status="letter of intent",
    ),
    "openai-amd-6gw": Entry(
        "OpenAI and AMD, 6 GW",
        USA,
        (
            mw("6000"),
            mw("1", "unknown", "", "first_phase", "first_mw", times=1e3),
            day("first", "first_phase_date", "2026 H2", "2026-12"),
        ),
        "MI455X",
    ),
    "uk-aigz": Entry(
        "UK AI growth zones",
        "United Kingdom",
        (
            money("100e9", "mixed", "private money the zones may draw (November 2025)"),
            mw("500", "unknown", "least of one zone by 2030", what="first_mw"),
        ),
    ),
    "uk-microsoft": Entry("Microsoft, United Kingdom", "United Kingdom", (money("22e9", "unknown"),)),
    "sa-humain": Entry(
        "HUMAIN",
        "Saudi Arabia",
        (
            money("77e9", "unknown", "estimate of the programme"),
            mw("1900", "unknown", "by 2030"),
            mw("6000", "unknown", "by 2034", what="later_mw"),
            chips("600000", "planned"),
            chips("18000", "GB300, first order", what="first_accelerators"),
            day("first", "first_phase_date", "2026 Q2", "2026-06", "target"),
            day("full", "power_mw", "2030", words="1.9 GW"),
        ),
        GB300,
        status="building",
    ),
    "sa-xai-humain": Entry(
        "xAI and HUMAIN, 500 MW",
        "Saudi Arabia",
        (money("25e9", "all_in", "press"), mw("500"), mw("50", "unknown", "", what="first_mw")),
        GB300,
    ),
    "ae-5gw": Entry("UAE-US AI campus", "Abu Dhabi", (mw("5000"),)),
    "in-reliance": Entry(
        "Reliance and Jio, Jamnagar",
        "India",
        (
            money("110e9", "mixed", "seven years: data centres, energy, edge network"),
            mw("120", "unknown", "", "first_phase", "first_mw"),
            day("first", "first_phase_date", "2026 H2", "2026-12"),
        ),
    ),
    "in-indiaai": Entry(
        "IndiaAI mission",
        "India",
        (money("103.7e9", "mixed", "whole mission"), chips("38000", "rented at a subsidised price")),
    ),
    "kz-valley": Entry(
        "Data Center Valley, Ekibastuz",
        "Kazakhstan",
        (
            money("10e9", "unknown", "agreement named in the press"),
            mw("1000"),
            mw("100", "unknown", "prepared", "first_phase", "first_mw"),
        ),
        status="active",
    ),
    "au-southgate": Entry(
        "Project Southgate",
        "Australia",
        (
            money("73.3e9", "all_in", "to 2028, accelerators included"),
            mw("1600", "unknown", "by 2028"),
            money("4.5e9", "all_in", "Melbourne", what="first_money"),
            day("first", "first_phase_date", "2026-04", words="target"),
            day("full", "full_date", "2028"),
        ),
        GB300,
        status="building",
    ),
    "us-meta-hyperion": Entry(
        "Meta Hyperion",
        "Louisiana",
        (
            money("27e9", "shell_power", "halls with long-lived power and cooling, no servers"),
            mw("2262", "facility", "first phase"),
            money("200e9", "unknown", "press, after the expansion of 2026", what="later_money"),
            mw("5000", "it", "compute after the expansion", what="later_mw"),
            day("first", "first_phase_date", "2028-01", words="Epoch AI"),
            day("full", "full_date", "2030"),
        ),
        RUBIN,
        status="building",
    ),
    "us-meta-prometheus": Entry(
        "Meta Prometheus",
        "Columbus, Ohio",
        (
            mw("1110", "facility", "Epoch AI"),
            day("first", "first_phase_date", "2025-10-14"),
            day("full", "full_date", "2026-10"),
        ),
        GB200,
        status="building",
    ),
    "us-fairwater-atl": Entry(
        "Microsoft Fairwater Atlanta",
        "Atlanta, Georgia, United States",
        (
            mw("859", "facility", "Epoch AI"),
            chips("294000", "derived from H100-equivalents", column="note", cls="C"),
            day("first", "first_phase_date", "2025-10-14"),
            day("full", "full_date", "2026-05-14"),
        ),
        GB200,
        status="operating",
    ),
    "us-google-texas": Entry("Google, Texas", "Texas", (money("40e9", "unknown"),)),
    "us-anthropic-fluidstack": Entry("Anthropic and Fluidstack, US", USA, (money("50e9", "unknown"),)),
    "in-google-vizag": Entry(
        "Google, Visakhapatnam", "India", (money("15e9", "unknown"), mw("1000", "unknown", "recalled", cls="C"))
    ),
    "kenya-olkaria": Entry(
        "Microsoft and G42, Olkaria",
        "Kenya",
        (
            money("1e9", "unknown", "first package, with the building", what="first_money"),
            mw("1000"),
            mw("100", "unknown", "", "first_phase", "first_mw"),
            day("first", "first_phase_date", "2026-05", words="24 months from signing, recalled", cls="C"),
        ),
        status="stalled",
    ),
}

CAMPUSES: dict[str, Entry] = {
    "openai-stargate-abilene": Entry(
        "Stargate, Abilene",
        "Abilene, Texas",
        (
            money("55e9", "all_in", "the two below together", "capital_scope", year="2025"),
            money("40e9", "it", "order for about 400,000 accelerators", year="2025"),
            money("15e9", "shell_power", "eight halls and power: 9.6e9 of loans, 5e9 of equity", year="2025"),
            mw("1.2", "facility", "announced", "capital_scope", times=1e3),
            mw("1180.0", "facility", "Epoch AI", "facility_mw_full", cls="C"),
            it_mw("843.0"),
            chips("400000", "eight halls of 50,000"),
            chips("450000", "later statement, more than; recalled", cls="C"),
            chips("404000", "Epoch AI, from H100-equivalents", column="accelerator_count_basis", cls="C"),
            day("first", "first_operational", "2025-09-26"),
            day("full", "status_note", "mid-2026", "2026-06", "announced"),
            day("full", "full_date", "2026-11-01", words="Epoch AI, as of May 2026", cls="C"),
        ),
        GB200,
        status="building",
    ),
    "openai-stargate-michigan": Entry(
        "Stargate, Saline Township",
        "Detroit, Michigan",
        (
            money("16e9", "shell_power", "April 2026", year="2026"),
            money("7e9", "shell_power", "at announcement, more than"),
            mw("1383.0", "facility", "grid contract", "facility_mw_full"),
            it_mw("988.0"),
            day("full", "full_date", "2028-12-31", words="Epoch AI", cls="C"),
        ),
        status="building",
    ),
    "openai-stargate-milam": Entry(
        "Stargate, Milam County",
        "Texas",
        (
            mw("1200.0", "facility", "Epoch AI", "facility_mw_full", cls="C"),
            it_mw("857.0"),
            day("full", "full_date", "2028-12-31", words="Epoch AI", cls="C"),
        ),
        status="building",
    ),
    "openai-stargate-new-mexico": Entry(
        "Stargate, New Mexico",
        "New Mexico",
        (
            money("165e9", "all_in", "most over the long term, equipment included"),
            mw("2210.0", "facility", "Epoch AI", "facility_mw_full", cls="C"),
            it_mw("1578.0"),
            day("full", "full_date", "2028-12-31", words="Epoch AI", cls="C"),
        ),
        status="building",
    ),
    "openai-stargate-shackelford": Entry(
        "Stargate, Shackelford County",
        "Abilene, Texas",
        (
            money("25e9", "shell_power", "1.4 GW of IT"),
            mw("1960.0", "facility", "Epoch AI", "facility_mw_full", cls="C"),
            it_mw("1400.0"),
            day("first", "first_operational", "2027-01-01", words="Epoch AI", cls="C"),
            day("full", "full_date", "2028-12-31", words="Epoch AI", cls="C"),
        ),
        RUBIN,
        status="building",
    ),
    "openai-stargate-wisconsin": Entry(
        "Stargate, Port Washington",
        "Milwaukee, Wisconsin",
        (
            mw("1300.0", "facility", "Epoch AI", "facility_mw_full", cls="C"),
            it_mw("902.0"),
            day("full", "full_date", "2028-12-31", words="Epoch AI", cls="C"),
        ),
        status="building",
    ),
    "fr-bethune": Entry(
        "Nebius, Béthune",
        "France",
        (
            mw("240", "unknown", "", "facility_mw_full"),
            mw("120", "unknown", "", "timeline", "first_mw"),
            day("full", "full_date", "2027-12", words="planned"),
        ),
        build_type="brownfield",
    ),
    "fr-cambrai": Entry(
        "Data4, Cambrai",
        "France",
        (
            money("10e9", "shell_power", "no accelerators named"),
            mw("1000", "unknown", "most of the site", "facility_mw_full"),
            mw("300", "unknown", "", "capital_scope", "first_mw"),
        ),
    ),
    "fr-bruyeres": Entry(
        "Mistral Compute, Bruyères-le-Châtel", "France", (chips("18000"), mw("40", column="facility_mw_full")), GB300
    ),
    "au-southgate-melbourne": Entry(
        "Southgate, Melbourne",
        "Melbourne",
        (money("4.5e9", "all_in", "first stage"), chips("18400", "to 18,500", low=18400, high=18500)),
        GB300,
        status="building",
    ),
    "au-southgate-tasmania": Entry(
        "Southgate, Tasmania",
        "Tasmania",
        (
            chips("36000"),
            mw("90", "unknown", "", "facility_mw_full"),
            money("2.1e9", "all_in", "44 MW, first stage", what="first_money"),
            mw("44", "unknown", "", "capital_amount", "first_mw"),
        ),
        GB300,
        status="building",
    ),
    "de-jupiter": Entry(
        "JUPITER, Jülich",
        "Germany",
        (
            money("500e6", "mixed", "building it and running it for six years (term recalled)", year="2025"),
            chips("23536", "Epoch AI"),
            chips("24000", "about"),
            mw("18", "facility", "peak, Epoch AI", "facility_mw_full"),
            day("full", "full_date", "2025-09"),
        ),
        "GH200",
        status="operating",
        year="2022",
    ),
    "ch-alps": Entry(
        "Alps, Lugano",
        "Switzerland",
        (money("118e6", "it", "system", year="2024"), chips("10752"), mw("11.9", "facility", "", "facility_mw_full")),
        "GH200",
        status="operating",
        year="2024",
    ),
}
