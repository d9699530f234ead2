"""Derive the tables of names (countries, currencies, regions, cities) from the reference folder.

Usage: python3 tools/derive_names.py REFERENCE_DIR        (needs babel and pycountry; after derive_outlines.py)

Countries, currencies: Unicode CLDR through the reference tables (Unicode licence). Cities: Natural Earth 1:10m
populated places (public domain), borders as the reference corrects them; their French and Ukrainian names from the
exemplar cities of CLDR (babel), and from names_by_hand.csv, which is general knowledge of ours. Regions: ISO 3166-2
codes (pycountry). Spelling of Ukrainian cities: the Ukrainian romanisation of 2010. Which readings an ambiguous name
has is data/names/ambiguous.csv, written by hand.
"""

import argparse
import csv
from pathlib import Path

import pycountry
from babel import Locale
from babel.core import get_global

from gigawatt.outlines import load_outlines
from gigawatt.parse import place_words

NEAR_DEG = 0.5  # a place of the same name so near is the same place
HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src/gigawatt/data/names"
CODED = {"USA": ("State", "District"), "CAN": ("Province", "Territory"), "AUS": ("State", "Territory")}
DE_FACTO = {"SOL": "SOM", "CYN": "CYP", "ALD": "ALA"}  # Natural Earth's own codes, by recognised borders and ISO

# Cities that Natural Earth books to a state though they lie in the outline of one of these
OWN_CODE = {"FRA": ("GLP", "GUF", "MTQ", "MYT", "REU"), "MAR": ("ESH",), "NOR": ("SJM",), "ISR": ("SYR",)}
# Where Natural Earth has no capital of a territory: its seat or largest place, general knowledge, 0.02 degree
SEATS = {
    "AIA": ("The Valley", 18.22, -63.06),
    "ALA": ("Mariehamn", 60.10, 19.94),
    "ATF": ("Port-aux-Français", -49.35, 70.22),
    "BES": ("Kralendijk", 12.15, -68.27),
    "BLM": ("Gustavia", 17.90, -62.85),
    "BVT": ("Bouvet Island", -54.42, 3.36),
    "CCK": ("West Island", -12.19, 96.83),
    "CXR": ("Flying Fish Cove", -10.43, 105.67),
    "GGY": ("Saint Peter Port", 49.46, -2.54),
    "GLP": ("Pointe-à-Pitre", 16.24, -61.53),
    "GUF": ("Cayenne", 4.94, -52.33),
    "HMD": ("Heard Island", -53.10, 73.51),
    "IOT": ("Diego Garcia", -7.31, 72.41),
    "JEY": ("Saint Helier", 49.19, -2.11),
    "MAF": ("Marigot", 18.07, -63.08),
    "MNP": ("Saipan", 15.19, 145.75),
    "MSR": ("Brades", 16.79, -62.21),
    "MTQ": ("Fort-de-France", 14.61, -61.07),
    "MYT": ("Mamoudzou", -12.78, 45.23),
    "NFK": ("Kingston, Norfolk Island", -29.06, 167.96),
    "NRU": ("Yaren", -0.547, 166.921),
    "PCN": ("Adamstown", -25.07, -130.10),
    "REU": ("Saint-Denis", -20.88, 55.45),
    "SHN": ("Jamestown", -15.93, -5.72),
    "SPM": ("Saint-Pierre, Saint Pierre and Miquelon", 46.78, -56.18),
    "SXM": ("Philipsburg", 18.03, -63.05),
    "UMI": ("Wake Island", 19.28, 166.65),
    "VGB": ("Road Town", 18.43, -64.62),
    "VIR": ("Charlotte Amalie", 18.34, -64.93),
    "WLF": ("Mata-Utu", -13.28, -176.17),
}
MORE_ALIASES = {
    "ALA": "Åland",
    "GBR": "Scotland|Wales|Northern Ireland|Écosse|Pays de Galles|Irlande du Nord|Шотландія|Уельс|Великобританія",
    "COD": "Congo DR|D.R. Congo|Congo-Kinshasa|Kinshasa Congo|Конго-Кіншаса",
    "COG": "Congo Republic|Republic of Congo|Конго-Браззавіль",
    "CHN": "Mainland China",
    "KOR": "Corea|Республіка Корея",
    "CIV": "Cote dIvoire|Берег слонової кістки",
    "CZE": "Czech",
    "PRI": "Porto Rico",
    "PYF": "Tahiti|Таїті",
    "ARE": "Emirates|the Emirates|Об'єднані Арабські Емірати",
    "VNM": "Vietnam|Viêt Nam",
    "BIH": "Боснія",
    "KGZ": "Kirghizstan",
    "MDA": "Republic of Moldova|Молдавія",
    "SWZ": "Есватіні",
    "CPV": "Cap-Vert",
    "TLS": "Timor oriental|Timor",
}
# Ukrainian romanisation (Cabinet of Ministers, resolution 55 of 2010) and present names for the gazetteer's spellings
UKRAINIAN = {
    "Zaporizhzhya": "Zaporizhzhia",
    "Kryvyy Rih": "Kryvyi Rih",
    "Mykolayiv": "Mykolaiv",
    "Khmelnytskyy": "Khmelnytskyi",
    "Makiyivka": "Makiivka",
    "Vinnytsya": "Vinnytsia",
    "Kirovohrad": "Kropyvnytskyi",
    "Uzhgorod": "Uzhhorod",
    "Berdyansk": "Berdiansk",
    "Kamyanets-Podilskyy": "Kamianets-Podilskyi",
    "Yevpatoriya": "Yevpatoriia",
    "Izmayil": "Izmail",
    "Kupyansk": "Kupiansk",
    "Dzhankoy": "Dzhankoi",
    "Chernobyl": "Chornobyl",
    "Transcarpathia": "Zakarpattia",
    "Khmel'nyts'kyy": "Khmelnytskyi",
}
ADMIN1 = {("UKR", "Kherson"): "Kherson"}  # the gazetteer puts the city into Crimea
MISSPELT = {"Maranh": "Maranhão", "Goi": "Goiás", "Par": "Pará", "Amapi": "Amapá", "Rondinia": "Rondônia"}
STATES = """
AL Alabama|Алабама; AK Alaska|Аляска; AZ Arizona|Аризона; AR Arkansas|Арканзас; CA Californie|Каліфорнія
CO Colorado|Колорадо; CT Connecticut|Коннектикут; DE Delaware|Делавер; DC Округ Колумбія
FL Floride|Флорида; GA Géorgie|Джорджія; HI Hawaï|Гаваї; ID Idaho|Айдахо; IL Illinois|Іллінойс
IN Indiana|Індіана; IA Iowa|Айова; KS Kansas|Канзас; KY Kentucky|Кентуккі; LA Louisiane|Луїзіана
ME Maine|Мен; MD Maryland|Меріленд; MA Massachusetts|Массачусетс; MI Michigan|Мічиган; MN Minnesota|Міннесота
MS Mississippi|Міссісіпі; MO Missouri|Міссурі; MT Montana|Монтана; NE Nebraska|Небраска; NV Nevada|Невада
NH New Hampshire|Нью-Гемпшир; NJ New Jersey|Нью-Джерсі; NM Nouveau-Mexique|Нью-Мексико
NY État de New York|Штат Нью-Йорк
NC Caroline du Nord|Північна Кароліна; ND Dakota du Nord|Північна Дакота; OH Ohio|Огайо; OK Oklahoma|Оклахома
OR Oregon|Орегон; PA Pennsylvanie|Пенсильванія; RI Rhode Island|Род-Айленд; SC Caroline du Sud|Південна Кароліна
SD Dakota du Sud|Південна Дакота; TN Tennessee|Теннессі; TX Texas|Техас; UT Utah|Юта; VT Vermont|Вермонт
VA Virginie|Вірджинія; WA État de Washington|Штат Вашингтон; WV Virginie-Occidentale|Західна Вірджинія
WI Wisconsin|Вісконсин; WY Wyoming|Вайомінг
"""


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name, header, lines):
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def distinct(words, *known):
    """Words joined by |, each reading once, without those already known."""
    seen = {place_words(k) for k in known}
    return "|".join(w for w in words if w and place_words(w) not in seen and not seen.add(place_words(w)))


def countries(reference):
    facts = {r["iso3"]: r for r in rows(reference / "countries.csv")}
    currency = {r["iso3"]: r for r in rows(reference / "currency_by_country.csv") if r["role"] == "primary"}
    for r in rows(reference / "country_names.csv"):
        if (iso3 := r["iso3"]) not in facts:
            continue
        f = facts[iso3]
        capital = (f["capital"], f["capital_lat"], f["capital_lon"])
        largest = (f["largest_city"], f["largest_city_lat"], f["largest_city_lon"])
        seat = SEATS.get(iso3) or (capital if f["capital_lat"] else largest)
        assert seat[1] != "", f"{iso3}: no coordinates"
        names = [r["name_en"], r["name_fr"], r["name_uk"]]
        aliases = distinct([*r["aliases"].split("|"), *MORE_ALIASES.get(iso3, "").split("|")], *names)
        money = currency.get(iso3, {}).get("currency", "")
        yield [iso3, r["iso2"], *names, aliases, money, f["un_member"], *seat]


def regions():
    french = {}
    for line in STATES.replace("\n", ";").split(";"):
        code, _, names = line.strip().partition(" ")
        french[code] = names
    for iso3, kinds in CODED.items():
        iso2 = pycountry.countries.get(alpha_3=iso3).alpha_2
        for s in pycountry.subdivisions.get(country_code=iso2):
            if s.type in kinds or s.type.split()[-1].title() in kinds:
                code = s.code.split("-")[1]
                yield [iso3, code, s.name, distinct(french.get(code, "").split("|"), s.name) if iso3 == "USA" else ""]


def cldr_cities(iso3_of):
    """French and Ukrainian names of the exemplar cities of time zones, by (folded English name, ISO-3)."""
    english, others = Locale("en").time_zones, [Locale("fr").time_zones, Locale("uk").time_zones]
    for zone, iso2 in get_global("zone_territories").items():
        own = english.get(zone, {}).get("city") or zone.split("/")[-1].replace("_", " ")
        names = [z[zone]["city"] for z in others if zone in z and "city" in z[zone]]
        if iso2 in iso3_of and names:
            yield (place_words(own), iso3_of[iso2]), names


def city(r):
    iso3 = DE_FACTO.get(r["iso3"], r["iso3"])
    name, admin1 = r["name"].strip("\u200e\u200f "), r["admin1"]
    if iso3 == "UKR":
        name, admin1 = UKRAINIAN.get(name, name), UKRAINIAN.get(admin1, admin1).replace("'", "")
    if iso3 == "BRA":
        admin1 = MISSPELT.get(admin1, admin1)
    admin1 = ADMIN1.get((iso3, name), admin1)
    if iso3 in OWN_CODE:
        outlines = load_outlines()
        inside = outlines.country(float(r["lat"]), float(r["lon"]))
        inside = inside or outlines.nearest(float(r["lat"]), float(r["lon"]))[0]
        iso3 = inside if inside in OWN_CODE[iso3] else iso3
    return [name, admin1, iso3, float(r["lat"]), float(r["lon"]), int(float(r["pop_max"])), int(r["capital"])]


def cities(reference, iso3_of, seats):
    placed = [r for r in rows(reference / "cities_natural_earth.csv") if float(r["lat"]) or float(r["lon"])]
    found = [city(r) for r in placed]  # one place of Siberia stands at 0, 0: without coordinates it is left out
    have = {(place_words(c[0]), c[2]) for c in found}
    found += [[n, "", iso3, *at, 0, 0] for iso3, (n, *at) in seats.items() if (place_words(n), iso3) not in have]
    more = {}
    for key, names in cldr_cities(iso3_of):
        more.setdefault(key, []).extend(names)
    by_hand = {(place_words(r["city"]), r["iso3"]): r["names"].split("|") for r in rows(HERE / "names_by_hand.csv")}
    assert not (lost := set(by_hand) - {(place_words(c[0]), c[2]) for c in found}), f"not in the gazetteer: {lost}"
    given = set()
    for c in sorted(found, key=lambda c: (c[2], -c[5], c[0], c[1])):
        key = (place_words(c[0]), c[2])
        first = key not in given  # of several places of one name the largest has the foreign names
        given.add(key)
        yield [*c, distinct([*more.get(key, []), *by_hand.get(key, [])], c[0]) if first else ""]


def sites(reference):
    """Small places written by hand, without those that the cities hold already."""
    outlines = load_outlines()
    cities_held = [city(r) for r in rows(reference / "cities_natural_earth.csv")]
    for r in rows(HERE / "sites_by_hand.csv"):
        lat, lon = float(r["latitude"]), float(r["longitude"])
        inside = outlines.country(lat, lon) or outlines.nearest(lat, lon)[0]
        assert inside == r["iso3"], f"{r['name']} lies in {inside}"
        held = [c for c in cities_held if (c[0], c[2]) == (r["name"], r["iso3"])]
        if not any(abs(c[3] - lat) + abs(c[4] - lon) < NEAR_DEG for c in held):
            yield list(r.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference", type=Path)
    reference = parser.parse_args().reference

    known = list(countries(reference))
    header = "iso3 iso2 en fr uk aliases currency un_member capital latitude longitude".split()
    write("countries.csv", header, known)
    write("regions.csv", ["iso3", "code", "name", "aliases"], sorted(regions()))
    iso3_of = {k[1]: k[0] for k in known}
    header = "name admin1 iso3 latitude longitude population capital aliases".split()
    write("cities.csv", header, cities(reference, iso3_of, SEATS))
    write("sites.csv", "name admin1 iso3 latitude longitude aliases".split(), sites(reference))
    divisions = [list(r.values()) for r in rows(HERE / "divisions_by_hand.csv")]
    write("divisions.csv", ["iso3", "admin1", "names"], divisions)
    symbols: dict[str, set[str]] = {}
    names: dict[str, list[str]] = {}
    for r in rows(reference / "currency_by_country.csv"):
        symbols.setdefault(r["currency"], set()).update(filter(None, r["symbols"].split("|")))
        names[r["currency"]] = [r["currency_name_en"], r["currency_name_fr"], r["currency_name_uk"]]
    lines = [[c, "|".join(sorted(symbols[c])), *names[c]] for c in sorted(symbols)]
    write("currencies.csv", ["currency", "symbols", "en", "fr", "uk"], lines)


if __name__ == "__main__":
    main()
