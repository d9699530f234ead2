"""The world regions in which a country finds what it lacks, and the groups that rules of ours name."""

from __future__ import annotations

CARIBBEAN = set(
    "ABW AIA ATG BES BHS BLM BRB CUB CUW CYM DMA DOM GLP GRD HTI "
    "JAM KNA LCA MAF MSR MTQ PRI SXM TCA TTO VCT VGB VIR".split()
)
PACIFIC = ("Melanesia", "Micronesia", "Polynesia")
EUROPEAN = ("ARM", "AZE", "GEO", "CYP")  # of Western Asia by the United Nations, on European networks
EU = set(
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN "
    "IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE".split()
)
BY_SUBREGION = {
    "Sub-Saharan Africa": "sub-saharan-africa",
    "Southern Asia": "south-asia",
    "South-eastern Asia": "south-east-asia",
    "Eastern Asia": "east-asia",
    "Central Asia": "central-asia",
    "Latin America and the Caribbean": "latin-america",
    "Northern America": "north-america",
    "Northern Africa": "middle-east-and-north-africa",
    "Western Asia": "middle-east-and-north-africa",
}
BY_REGION = {"Oceania": "oceania", "Europe": "europe", "Asia": "east-asia"}
REGIONS = (*dict.fromkeys(BY_SUBREGION.values()), "oceania", "europe", "caribbean", "pacific-islands")
# islands and enclaves that live on one neighbour's grid, credit and prices: (neighbour, why)
NEIGHBOUR = {
    "AND": ("ESP", "between France and Spain"),
    "LIE": ("CHE", "customs and currency union"),
    "MCO": ("FRA", "fed from the French network"),
    "SMR": ("ITA", "enclave of Italy"),
    "VAT": ("ITA", "enclave of Rome"),
}
# who answers for a territory: law of exports, sovereign credit
STATE_OF = {
    **dict.fromkeys("ALA".split(), "FIN"),
    **dict.fromkeys("ASM GUM MNP PRI UMI VIR".split(), "USA"),
    **dict.fromkeys("ATF BLM GLP GUF MAF MTQ MYT NCL PYF REU SPM WLF".split(), "FRA"),
    **dict.fromkeys("AIA BMU CYM FLK GGY GIB IMN IOT JEY MSR PCN SGS SHN TCA VGB".split(), "GBR"),
    **dict.fromkeys("ABW BES CUW SXM".split(), "NLD"),
    **dict.fromkeys("FRO GRL".split(), "DNK"),
    **dict.fromkeys("BVT SJM".split(), "NOR"),
    **dict.fromkeys("CCK CXR HMD NFK".split(), "AUS"),
    **dict.fromkeys("COK NIU TKL".split(), "NZL"),
}


def region_of(country: dict[str, str]) -> str:
    """The continental region of a country, from its United Nations region."""
    iso3 = country["iso3"]
    if iso3 in EUROPEAN or iso3 == "XKX":
        return "europe"
    if iso3 == "IRN":
        return "middle-east-and-north-africa"
    if iso3 == "TWN":
        return "east-asia"
    if iso3 == "ATA":
        return "world"
    return BY_SUBREGION.get(country["subregion"]) or BY_REGION.get(country["region"], "world")


def regions_of(country: dict[str, str]) -> tuple[str, ...]:
    """Regions in which facts of a country are looked for, narrowest first."""
    wide = region_of(country)
    if country["iso3"] in CARIBBEAN:
        return ("caribbean", wide)
    if country["subregion"] in PACIFIC:
        return ("pacific-islands", wide)
    return (wide,)
