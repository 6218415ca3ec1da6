"""Breaches of service, trips and vehicles, and how far one may go before a rule is broken."""

from __future__ import annotations

from tests.plan.edits import (
    GOOD_BREAK,
    Breach,
    add,
    append,
    bare_trip,
    combined,
    delay,
    drop,
    item,
    loaded,
    numbered,
    only,
    put,
    repeat,
    second_visit,
    spare,
    swapped_hubs,
    taken_break,
    van,
    west,
)
from tests.plan.world import THU, WED

HOUSEHOLDS = [
    Breach("V401", "forgotten", drop("unserved", 0)),
    Breach("V402", "visited twice", second_visit),
    Breach("V403", "served and unserved", repeat("unserved", 0, household="h1", reason="supply")),
    Breach("V404", "unserved twice", repeat("unserved", 0, reason="supply")),
    Breach("V405", "another basket", only("h1", baskets={"small": 1})),
    Breach("V405", "one basket too many", combined(spare(household="h4"), loaded(0, 3_000, 16_000, 2))),
    Breach("V406", "nobody brings it", spare(household="h7")),
    Breach("V407", "from the other hub", swapped_hubs),
    Breach("V408", "nobody home", only("h4", days=["thu"])),
    Breach("", "home on that date", only("h4", days=[WED])),
    Breach("V409", "no access", only("h4", access="boat")),
    Breach("V409", "the van cannot enter", only("h1", access="alley")),
    Breach("V410", "after the window", only("h5", windows=["08:00-11:14"])),
    Breach(
        "",
        "at the end of the window",
        combined(delay(2, 39, at="load"), only("h5", windows=["08:00-11:15"])),
    ),
    Breach(
        "V410",
        "a second after the window",
        combined(delay(2, 40, at="load"), only("h5", windows=["08:00-11:15"])),
    ),
    Breach("", "in the second window", only("h5", windows=["08:00-09:00", "11:00-12:00"])),
    Breach("V411", "outside its zones", west(zones=["A"])),
    Breach("", "no zones", west(zones=None)),
    Breach("", "at the radius", west(radius="3340 m")),
    Breach("V412", "beyond the radius", west(radius="3339 m")),
    Breach("V413", "split though it may not be", numbered("h3/1")),
    Breach("V413", "a second visit without a first", combined(only("h3", split=True), numbered("h3/2"))),
]


TRIPS = [
    Breach(
        "V421",
        "no such number",
        combined(put("trips.0.unit", "moto@west#0"), put("vehicle_days.0.unit", "moto@west#0")),
    ),
    Breach(
        "V421",
        "a zero in front",
        combined(put("trips.0.unit", "moto@west#01"), put("vehicle_days.0.unit", "moto@west#01")),
    ),
    Breach(
        "V421",
        "of the other hub",
        combined(put("trips.0.unit", "moto@east#1"), put("vehicle_days.0.unit", "moto@east#1")),
    ),
    Breach("V421", "no name", combined(put("trips.0.unit", ""), put("vehicle_days.0.unit", ""))),
    Breach(
        "V422", "one too many", combined(put("trips.0.unit", "moto@west#2"), put("vehicle_days.0.unit", "moto@west#2"))
    ),
    Breach(
        "",
        "the second of two",
        combined(
            item("vehicles", "moto", number={"west": 2, "east": 1}),
            put("trips.0.unit", "moto@west#2"),
            put("vehicle_days.0.unit", "moto@west#2"),
        ),
    ),
    Breach("V422", "none there", item("vehicles", "moto", number={"east": 1})),
    Breach("V423", "a basket more", add("trips.0.baskets", 1)),
    Breach("V424", "a gram more", add("trips.1.weight_g", 1)),
    Breach("V425", "a millilitre less", add("trips.1.volume_ml", -1)),
    Breach("", "baskets just fit", van(max_baskets=4)),
    Breach("V426", "a basket too many", van(max_baskets=3)),
    Breach("", "weight just fits", van(max_weight="11.5 kg")),
    Breach("V427", "a gram too heavy", van(max_weight="11499 g")),
    Breach("", "volume just fits", van(max_volume="16.8 L")),
    Breach("V428", "a millilitre too much", van(max_volume="16799 mL")),
    Breach("", "no limits", van(max_weight=None, max_volume=None, max_baskets=None)),
    Breach("V429", "a metre less to a stop", add("trips.1.stops.2.leg_m", -1)),
    Breach("V430", "a metre more in all", add("trips.0.distance_m", 1)),
    Breach("V431", "departs late", delay(0, 1, at="depart")),
    Breach("V431", "loading takes longer", item("vehicles", "moto", loading="301 s")),
    Breach("V431", "loading a basket takes longer", item("vehicles", "moto", loading_per_basket="1 s")),
    Breach("V432", "arrives late", delay(0, 1, at="arrive")),
    Breach("V433", "starts late", delay(0, 1, at="start")),
    Breach("V434", "leaves late", delay(0, 1, at="leave")),
    Breach("V434", "a second basket takes time", lambda world: world.raw["policy"].update(service_per_basket="61 s")),
    Breach("V434", "its own service time", only("h4", service="4 min")),
    Breach("V435", "returns late", delay(0, 1, at="return")),
    Breach("", "all a second later", delay(0, 1, at="load")),
    Breach("", "the shift begins", van(shift="08:30-17:00")),
    Breach("V436", "before the shift", van(shift="08:31-17:00")),
    Breach("", "the shift ends", combined(delay(2, 18, at="load"), van(shift="08:00-11:21"))),
    Breach("V436", "after the shift", combined(delay(2, 19, at="load"), van(shift="08:00-11:21"))),
    Breach("", "the longest trip", van(max_trip_duration="6222 s")),
    Breach("V437", "a trip too long", van(max_trip_duration="6221 s")),
    Breach("", "just without a break", van(**{"break": {"duration": "30 min", "after": "6222 s"}})),
    Breach("V438", "a trip without a break", van(**{"break": {"duration": "30 min", "after": "6221 s"}})),
    Breach("", "the furthest trip", van(max_trip_distance="6679 m")),
    Breach("V439", "a trip too far", van(max_trip_distance="6678 m")),
    Breach("V440", "on a closed day", item("hubs", "east", closed=[THU])),
    Breach(
        "V441",
        "a trip to nobody",
        combined(
            append("trips", bare_trip(5)),
            put("vehicle_days.0.trips", ["T0001", "T0005"]),
            item("vehicles", "moto", trips_per_day=2),
        ),
    ),
]


FLEET = [
    Breach(
        "", "one after the other", combined(van(**{"break": None}), taken_break(), delay(2, 36_822 - 39_600, at="load"))
    ),
    Breach(
        "V501", "two at a time", combined(van(**{"break": None}), taken_break(), delay(2, 36_821 - 39_600, at="load"))
    ),
    Breach("V502", "too many trips", van(trips_per_day=1)),
    Breach("V503", "a break before work", taken_break((28_800, 29_000), GOOD_BREAK)),
    Breach("V503", "a break after work", taken_break(GOOD_BREAK, (41_000, 42_000))),
    Breach("", "a break right after the trip", taken_break(GOOD_BREAK, (36_822, 36_900))),
    Breach("V503", "a break on the way", taken_break(GOOD_BREAK, (36_821, 36_900))),
    Breach("", "a break until the trip", taken_break(GOOD_BREAK, (39_100, 39_600))),
    Breach("V503", "a break into the trip", taken_break(GOOD_BREAK, (39_100, 39_601))),
    Breach("V503", "a break of no time", taken_break(GOOD_BREAK, (39_100, 39_100))),
    Breach("V504", "a break too short", taken_break((37_200, 38_999))),
    Breach("V504", "no break", taken_break()),
    Breach(
        "", "no break needed", combined(taken_break(), van(**{"break": {"duration": "30 min", "after": "10242 s"}}))
    ),
    Breach(
        "V504",
        "a second too much",
        combined(taken_break(), van(**{"break": {"duration": "30 min", "after": "10241 s"}})),
    ),
    Breach("V505", "a day not listed", drop("vehicle_days", 2)),
    Breach("V506", "trips in the wrong order", put("vehicle_days.1.trips", ["T0003", "T0002"])),
    Breach("V506", "a trip too few", put("vehicle_days.1.trips", ["T0002"])),
    Breach("V506", "of another hub", put("vehicle_days.0.hub", "east")),
    Breach(
        "V506",
        "of another type",
        combined(put("vehicle_days.0.vehicle", "van"), put("vehicle_days.0.cost_centimes", 10_000)),
    ),
    Breach("V506", "a day without trips", repeat("vehicle_days", 0, day=THU, trips=[])),
]
