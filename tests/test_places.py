"""Names of places, in three languages, and coordinates."""

import pytest

from gigawatt import places


@pytest.mark.parametrize(
    ("text", "iso3", "region"),
    [
        ("France", "FRA", ""),
        ("UA", "UKR", ""),
        ("Україна", "UKR", ""),
        ("états-unis", "USA", "USA-TX"),
        ("Texas", "USA", "USA-TX"),
        ("United States (Texas)", "USA", "USA-TX"),
        ("Abilene, Texas", "USA", "USA-TX"),
        ("Estonie", "EST", ""),
        ("Kyiv", "UKR", ""),
        ("Kiev", "UKR", ""),
        ("singapore", "SGP", ""),
        ("North Korea", "PRK", ""),
        ("Paris", "FRA", ""),
        ("San Jose, California", "USA", ""),
        ("Georgia", "GEO", ""),
    ],
)
def test_names(text, iso3, region):
    place = places.resolve(text)
    assert (place.iso3, place.region) == (iso3, region)


@pytest.mark.parametrize("city", ["Simferopol", "Sevastopol", "Donetsk", "Luhansk"])
def test_borders_are_the_recognised_ones(city):
    assert places.resolve(city).iso3 == "UKR"


def test_all_un_members_resolve_by_name_and_code():
    members = [c for c in places.countries().values() if c.un_member]
    assert len(members) == 193
    for c in members:
        assert places.resolve(c.name).iso3 == c.iso3
        assert places.resolve(c.iso3).iso3 == c.iso3


def test_unknown_names_offer_the_nearest():
    with pytest.raises(ValueError, match="nearest: France"):
        places.resolve("Frnace")


def test_a_town_that_is_not_known_is_said():
    assert "not in the gazetteer" in places.resolve("Marfa, Texas").note


def test_coordinates():
    assert places.at(48.85, 2.35).iso3 == "FRA"
    with pytest.raises(ValueError, match="km away"):
        places.at(0, -30)
    with pytest.raises(ValueError, match="latitude"):
        places.at(95, 0)


def test_distance_of_paris_and_london():
    assert places.distance_km(48.8566, 2.3522, 51.5074, -0.1278) == pytest.approx(343.6, abs=1)
