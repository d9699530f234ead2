"""What was said of campuses."""

from __future__ import annotations

from .words import GB200, GB300, RUBIN, Entry, chips, day, it_mw, money, mw

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
