"""Names of places in three languages, ambiguous names, and coordinates, for the whole world."""

import csv
from pathlib import Path

import pytest

from gigawatt import gazetteer, places, towns
from gigawatt.errors import ScenarioError
from gigawatt.parse import place_words
from gigawatt.scenario import read

TABLES = Path(places.__file__).parent / "data" / "names"


def rows(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


COUNTRIES = rows("countries.csv")


@pytest.mark.parametrize(
    ("text", "iso3", "region"),
    [
        ("France", "FRA", ""),
        ("la France", "FRA", ""),
        ("L’Italie", "ITA", ""),
        ("the Gambia", "GMB", ""),
        ("Côte d'Ivoire", "CIV", ""),
        ("Cote d’Ivoire", "CIV", ""),
        ("Ivory Coast", "CIV", ""),
        ("DR Congo", "COD", ""),
        ("South Korea", "KOR", ""),
        ("North Korea", "PRK", ""),
        ("UK", "GBR", ""),
        ("UAE", "ARE", ""),
        ("Türkiye", "TUR", ""),
        ("UA", "UKR", ""),
        ("IN", "IND", ""),
        ("NO", "NOR", ""),
        ("fra", "FRA", ""),
        ("Україна", "UKR", ""),
        ("Об'єднані Арабські Емірати", "ARE", ""),
        ("Antigua and Barbuda", "ATG", ""),
        ("états-unis", "USA", "USA-TX"),
        ("USA", "USA", "USA-TX"),
        ("Texas", "USA", "USA-TX"),
        ("Техас", "USA", "USA-TX"),
        ("Californie", "USA", "USA-CA"),
        ("VA, USA", "USA", "USA-VA"),
        ("USA-OH", "USA", "USA-OH"),
        ("United States (Texas)", "USA", "USA-TX"),
        ("Abilene, Texas", "USA", "USA-TX"),
        ("Austin, TX", "USA", "USA-TX"),
        ("Portland, Oregon, USA", "USA", "USA-OR"),
        ("Washington, D.C.", "USA", "USA-DC"),
        ("Washington, D.C., USA", "USA", "USA-DC"),
        ("Washington State", "USA", "USA-WA"),
        ("Gwangju", "KOR", ""),
        ("San Jose, California", "USA", "USA-CA"),
        ("San Jose, CA", "USA", "USA-CA"),
        ("Georgia", "GEO", ""),
        ("Georgia, USA", "USA", "USA-GA"),
        ("Atlanta, Georgia", "USA", "USA-GA"),
        ("Tbilisi, Georgia", "GEO", ""),
        ("Toronto, ON", "CAN", ""),
        ("London, Canada", "CAN", ""),
        ("Victoria, Australia", "AUS", ""),
        ("Punjab, India", "IND", ""),
        ("Estonie", "EST", ""),
        ("Kyiv", "UKR", ""),
        ("Kiev", "UKR", ""),
        ("Харків", "UKR", ""),
        ("Варшава", "POL", ""),
        ("Londres", "GBR", ""),
        ("Відень", "AUT", ""),
        ("Le Caire", "EGY", ""),
        ("singapore", "SGP", ""),
        ("Paris", "FRA", ""),
        ("Paris, FR", "FRA", ""),
        ("Åland", "ALA", ""),
        ("West Island, Cocos (Keeling) Islands", "CCK", ""),
    ],
)
def test_names(text, iso3, region):
    place = places.resolve(text)
    assert (place.iso3, place.region) == (iso3, region)
    again = places.resolve(place.asked)
    assert (again.iso3, again.region, again.site) == (place.iso3, place.region, place.site)


def test_every_country_by_codes_and_names_and_none_as_another():
    assert len(COUNTRIES) == 250 and sum(r["un_member"] == "1" for r in COUNTRIES) == 193
    for r in COUNTRIES:
        names = [r["iso2"], r["iso3"], r["en"], r["fr"], r["uk"], *r["aliases"].split("|")]
        for name in filter(None, names):
            assert places.resolve(name).iso3 == r["iso3"], name
            assert places.resolve(name).level == "country", name


def test_every_country_has_a_site_inside_its_own_outline():
    for r in COUNTRIES:
        place = places.at(float(r["latitude"]), float(r["longitude"]))
        assert place.iso3 == r["iso3"], r["en"]


def test_every_state_has_a_region_by_name_and_code():
    states = [r for r in rows("regions.csv") if r["iso3"] == "USA"]
    assert len(states) == 51
    for r in states:
        name = "Washington State" if r["name"] == "Washington" else f"{r['name']}, USA"
        for text in (name, f"USA-{r['code']}", *filter(None, r["aliases"].split("|"))):
            if not gazetteer.country_named(text):  # Géorgie alone is the country
                assert places.resolve(text).region == f"USA-{r['code']}", text


def test_no_two_countries_share_a_name():
    seen = {}
    for r in COUNTRIES:
        for name in (r["en"], r["fr"], r["uk"], *filter(None, r["aliases"].split("|"))):
            assert seen.setdefault(place_words(name), r["iso3"]) == r["iso3"], name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Congo", "DR Congo; Congo-Brazzaville"),
        ("Virgin Islands", "British Virgin Islands"),
        ("Washington", "Washington State; Washington, D.C."),
        ("Springfield", "Springfield, Illinois"),
        ("Springfield, USA", "Springfield, Massachusetts"),
        ("San Jose", "San Jose, California; San José, Costa Rica"),
        ("Birmingham", "Birmingham, United Kingdom; Birmingham, Alabama"),
        ("Європа", "it is not one country"),
    ],
)
def test_ambiguous_names_list_what_to_type(text, words):
    with pytest.raises(ValueError, match="is ambiguous") as caught:
        places.resolve(text)
    assert words in str(caught.value)
    for option in str(caught.value).split("write one of: ")[1].split("; "):
        if option != "...":
            assert places.resolve(option)


@pytest.mark.parametrize(
    ("text", "iso3", "note"),
    [
        ("Korea", "KOR", "else write North Korea"),
        ("Guinea", "GIN", "Equatorial Guinea"),
        ("Georgia", "GEO", "else write Georgia, USA"),
        ("Saint-Martin", "MAF", "else write Sint Maarten"),
        ("Santiago", "CHL", "largest of"),
        ("Hyderabad", "IND", "else write Hyderabad, Pakistan"),
        ("Victoria", "AUS", "Victoria, Canada"),
    ],
)
def test_a_dominant_reading_is_taken_and_said(text, iso3, note):
    place = places.resolve(text)
    assert place.iso3 == iso3 and note in place.note


@pytest.mark.parametrize("city", ["Simferopol", "Sevastopol", "Donetsk", "Luhansk", "Севастополь"])
def test_borders_are_the_recognised_ones(city):
    assert places.resolve(city).iso3 == "UKR"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Frnace", "nearest: France"),
        ("Marolles", "a small town goes by its country"),
        ("it", "codes in capitals: IT is Italy"),
        ("can", "codes in capitals: CAN is Canada"),
        ("Marseile, France", "nearest: Marseille"),
        ("Paris, Germany", "there is Paris, France"),
        ("Paris, Mars", "'Mars': no country"),
        ("", "no country"),
        (",", "no country"),
    ],
)
def test_unknown_names_offer_the_nearest(text, words):
    with pytest.raises(ValueError, match="no ") as caught:
        places.resolve(text)
    assert words in str(caught.value)


def test_a_town_that_is_not_known_is_said():
    assert "not in the gazetteer" in places.resolve("Marfa, Texas").note


def test_cities_with_foreign_names_are_themselves():
    for r in rows("cities.csv"):
        for alias in filter(None, r["aliases"].split("|")):
            assert any(c.iso3 == r["iso3"] for c in gazetteer.cities_named(alias)), alias


@pytest.mark.parametrize(
    ("latitude", "longitude", "iso3", "region"),
    [
        (48.85, 2.35, "FRA", ""),
        (44.95, 34.1, "UKR", ""),  # Simferopol
        (44.6, 33.53, "UKR", ""),  # Sevastopol
        (45.35, 36.47, "UKR", ""),  # Kerch
        (33.27, 35.77, "SYR", ""),  # Golan
        (32.79, 35.53, "ISR", ""),  # Tiberias
        (9.56, 44.06, "SOM", ""),  # Hargeisa
        (35.3, 33.3, "CYP", ""),  # Kyrenia
        (27.15, -13.2, "ESH", ""),  # Laayoune
        (4.94, -52.33, "GUF", ""),
        (78.2, 15.6, "SJM", ""),
        (71.1, 25.8, "NOR", ""),
        (-29.5, 28.2, "LSO", ""),  # a hole of South Africa
        (-8.52, 179.2, "TUV", ""),  # without an outline
        (36.14, -5.35, "GIB", ""),
        (27.506, -99.507, "USA", "USA-TX"),  # Laredo, on the river
        (21.3, -157.86, "USA", "USA-HI"),
        (32.45, -99.73, "USA", "USA-TX"),
        (66.0, -172.0, "RUS", ""),  # beyond the date line
    ],
)
def test_coordinates(latitude, longitude, iso3, region):
    place = places.at(latitude, longitude)
    assert (place.iso3, place.region) == (iso3, region)
    assert place.echo == {"at": f"{latitude:.6g},{longitude:.6g}"}


def test_the_gazetteer_and_the_outlines_agree():
    for city in places.cities()[::7]:
        assert places.at(city.latitude, city.longitude).iso3 == city.iso3, city.name


def test_coast_is_said():
    assert "taken as its coast" in places.at(45.44, 12.33).note  # Venice


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        (0, -30, "at sea.*nearest land Brazil, 8.. km, nearest city"),
        (0, 0, "at sea.*nearest land Ghana"),  # where tables put what has no coordinates
        (35.4, 77.1, "no country is recognised to hold"),  # Siachen
        (2.35, 48.85, "swapped, 48.85,2.35 is in France"),
        (95, 0, "latitude -90 to 90"),
        (151.2, -33.9, "swapped. latitude comes first: -33.9,151.2"),
        (0, 181, "longitude -180 to 180"),
    ],
)
def test_points_outside_every_country(latitude, longitude, words):
    with pytest.raises(ValueError, match=words):
        places.at(latitude, longitude)


@pytest.mark.parametrize(
    ("place", "at", "words"),
    [
        ("Kenya", "48.85,2.35", "lies in France, but place says Kenya"),
        ("Kenya", "36.8,-1.3", "swapped"),
        ("Texas", "37.77,-122.42", "California"),
        ("Marseille", "48.85,2.35", "km from Marseille"),
    ],
)
def test_a_name_and_coordinates_that_conflict(place, at, words):
    with pytest.raises(ScenarioError, match=words):
        read({"place": place, "at": at})


@pytest.mark.parametrize("place", ["France", "Paris", "FR"])
def test_a_name_and_coordinates_that_agree(place):
    assert read({"place": place, "at": "48.85,2.35"}).place.site == "48.85,2.35"


def test_a_state_that_is_named_is_taken_near_its_border():
    point = (33.44, -94.06)  # Texarkana, on the line of Texas and Arkansas
    for state, region in (("Texas", "USA-TX"), ("Arkansas", "USA-AR")):
        place = read({"place": state, "at": point}).place
        assert place.region == region
        assert place.site == "33.44,-94.06"


@pytest.mark.parametrize(("code", "iso3", "state"), [("CA", "CAN", "California"), ("LA", "LAO", "Louisiana")])
def test_a_code_of_a_country_and_a_state_is_the_country_and_said(code, iso3, state):
    place = places.resolve(code)
    assert place.iso3 == iso3 and f"for {state}" in place.note


def test_the_united_states_without_a_state_agree_with_any_of_them():
    assert read({"place": "USA", "at": "37.77,-122.42"}).place.region == "USA-CA"


def test_distance_of_paris_and_london():
    assert places.distance_km(48.8566, 2.3522, 51.5074, -0.1278) == pytest.approx(343.6, abs=1)


def test_large_cities_resolve_with_their_country_or_ask_with_words_that_do():
    for city in places.cities()[:400:4]:
        text = f"{city.name}, {places.countries()[city.iso3].name}"
        try:
            assert places.resolve(text).iso3 == city.iso3, text
        except ValueError as error:
            options = str(error).split("write one of: ")[1].split("; ")
            assert len(set(options)) == len(options) > 1, text
            assert {places.resolve(option).iso3 for option in options} == {city.iso3}, text


@pytest.mark.parametrize(
    ("text", "iso3", "site"),
    [
        ("Fouju", "FRA", "Fouju"),
        ("Fouju, France", "FRA", "Fouju"),
        ("Жмеринка", "UKR", "Zhmerynka"),
        ("Zhmerynka, Ukraine", "UKR", "Zhmerynka"),
        ("Кам'янець-Подільський", "UKR", "Kamianets-Podilskyi"),
        ("Lordstown, Ohio", "USA", "Lordstown"),
        ("Paris, Texas", "USA", "Paris"),  # the city of that name lies elsewhere
        ("Dublin, Ohio", "USA", "Dublin"),
        ("Jülich", "DEU", "Jülich"),
        ("Cyberjaya", "MYS", "Cyberjaya"),
        ("Sarny", "UKR", "Sarny"),  # of the climate stations
        ("Bavière", "DEU", "Munich"),
        ("Київська область", "UKR", "Kyiv"),
        ("Крим", "UKR", "Sevastopol"),
        ("Kharkiv oblast", "UKR", "Kharkiv"),
        ("Vizag", "IND", "Vishakhapatnam"),
    ],
)
def test_small_places_and_names_of_divisions(text, iso3, site):
    place = places.resolve(text)
    assert (place.iso3, place.site) == (iso3, site)
    assert places.resolve(place.asked).site == site


@pytest.mark.parametrize("text", ["Paris", "Dublin", "Cambridge", "London", "Portland"])
def test_small_places_change_no_name_that_a_city_has(text):
    largest, found = gazetteer.cities_named(text)[0], places.resolve(text)
    assert (found.latitude, found.longitude) == (largest.latitude, largest.longitude)


def test_small_places_lie_in_their_country():
    held = [t for found in towns.sites().values() for t in found]
    assert len({(t.name, t.iso3, t.admin1) for t in held}) > 200
    assert {places.at(t.latitude, t.longitude).iso3 == t.iso3 for t in held} == {True}


def test_an_unknown_name_says_what_to_do_next():
    for text in ("Fougu", "Qqqxyz", "Nowhereville"):
        with pytest.raises(ValueError, match="--at LAT,LON"):
            places.resolve(text)


def test_names_in_cyrillic_are_romanised_by_the_rule():
    known = {"Єнакієве": "Yenakiieve", "Їжакевич": "Yizhakevych", "Розгін": "Rozghin", "Щастя": "Shchastia"}
    known |= {"Знам'янка": "Znamianka", "Юрʼївка": "Yurivka", "Біла Церква": "Bila Tserkva"}
    assert {word: towns.romanised(word) for word in known} == known
    assert towns.romanised("Paris") == "" and towns.romanised("Москвы") == ""
