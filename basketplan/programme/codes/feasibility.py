"""B4xx: places, households, supply, hubs, lorries, vehicles."""

from __future__ import annotations

from basketplan.programme.codes.rule import Rule

__all__ = ["HOUSEHOLDS", "HUBS", "LORRIES", "PLACES", "SUPPLY", "VEHICLES"]

PLACES = (
    Rule(
        "B401",
        "latitude and longitude look swapped",
        "The place lies in Morocco when the two are exchanged.",
        "exchange them: lat is between 20.7 and 36.0, lon between -17.2 and -0.9.",
        "place: {lat: -7.62, lon: 33.57}",
    ),
    Rule(
        "B402",
        "a place is not known",
        "Latitude and longitude are both zero, as software writes for a place that was not found.",
        "write the place.",
        "place: {lat: 0, lon: 0}",
    ),
    Rule(
        "B403",
        "a place outside the country",
        "The place is not within a coarse box around Morocco (lat 20.7 to 36.0, lon -17.2 to -0.9). A forgotten minus"
        " sign is the usual reason.",
        "correct it; `country: null` switches the check off for a programme elsewhere.",
        "place: {lat: 33.57, lon: 7.62}",
    ),
    Rule(
        "B404",
        "many households at one place",
        "Ten households or more stand at exactly the same place: one building, or places that were not found.",
        "look at them on the map; correct what is not one building.",
        "# 40 households, all with lat: 33.5731, lon: -7.5898",
        "warning",
    ),
)

HOUSEHOLDS = (
    Rule(
        "B410",
        "a household without baskets",
        "A household gets no basket.",
        "write which basket it gets, or take it out.",
        "households:\n  - {id: h1, lat: 33.58, lon: -7.6, baskets: {}}",
    ),
    Rule(
        "B411",
        "unusually many baskets",
        "A household gets more than 20 baskets.",
        "correct it, or write `split: true`: then they may come in several visits.",
        "households:\n  - {id: h1, lat: 33.58, lon: -7.6, baskets: {standard: 100}}",
        "warning",
    ),
    Rule(
        "B412",
        "a zone that no hub serves",
        "Every hub lists the zones that it serves, and this household's zone is in no list.",
        "correct the zone, or add it to a hub.",
        "hubs:\n  - {id: casa, zones: [Anfa], …}\nhouseholds:\n  - {id: h1, zone: Anffa, …}",
        "warning",
    ),
    Rule(
        "B413",
        "too far for every hub",
        "The household is beyond the radius of every hub that serves its zone, even on the straightest road.",
        "widen a radius, or open a hub nearer.",
        "hubs:\n  - {id: casa, radius: 5 km, …}\nhouseholds:\n  - {id: h1, lat: 30.42, lon: -9.60, …}   # Agadir",
        "warning",
    ),
    Rule(
        "B414",
        "no vehicle may enter",
        "Vehicles that enter the household's access class exist, but none stands at a hub that may serve it.",
        "station one there.",
        "vehicles:\n  - {id: tricycle, access: [alley], number: {agadir: 2}, …}\n"
        "households:\n  - {id: h1, access: alley, …}   # in Casablanca",
        "warning",
    ),
    Rule(
        "B415",
        "too much for every vehicle",
        "The baskets of the household, which all come in one visit, are more than any vehicle that may come holds.",
        "write `split: true` at the household, so that they may come in several visits, or station a larger vehicle.",
        "vehicles:\n  - {id: tricycle, max_weight: 100 kg, …}\n"
        "households:\n  - {id: h1, baskets: {standard: 20}, …}   # 200 kg",
        "warning",
    ),
    Rule(
        "B416",
        "windows outside every shift",
        "No vehicle that could come works at a time at which the household can be visited.",
        "change the windows, or a shift.",
        "vehicles:\n  - {id: van, shift: 08:00-16:00, …}\nhouseholds:\n  - {id: h1, windows: [18:00-20:00], …}",
        "warning",
    ),
    Rule(
        "B417",
        "nobody home on a delivery day",
        "On no day on which a hub can deliver is somebody home.",
        "agree another day, or open the hub on one of theirs.",
        "calendar: {working_days: [mon, tue, wed, thu, fri], …}\nhouseholds:\n  - {id: h1, days: [sun], …}",
        "warning",
    ),
    Rule(
        "B418",
        "no household can be served",
        "For every single household one of the reasons above holds.",
        "correct what the warnings name first; usually one hub, vehicle type or column is at fault.",
        "hubs:\n  - {id: casa, radius: 30 m, …}   # km was meant",
    ),
    Rule(
        "B419",
        "too far to go and come back",
        "No vehicle that could come covers the road there and back, with loading and service, within its shift, its"
        " longest trip and the time before a break.",
        "correct the place; or lengthen what limits the trip, or open a hub nearer.",
        "hubs:\n  - {id: casa, …}   # no radius\nhouseholds:\n  - {id: h1, lat: 30.42, lon: -9.60, …}   # Agadir",
        "warning",
    ),
)

SUPPLY = (
    Rule(
        "B420",
        "a basket that nobody can fill",
        "No cooperative that may supply offers any product of a line (or one that must be in some baskets).",
        "add an offer or an alternative; mind `rural_only`.",
        "contents: [honey 500 g]   # and no rural cooperative offers honey",
    ),
    Rule(
        "B421",
        "alternatives on offer that may not fill every basket",
        "Of a line's alternatives those that somebody offers may, by their highest shares, not be in every basket.",
        "raise `max`, or add an offer of another alternative.",
        "contents: ['one of: olive_oil 1 L | argan_oil 250 mL (max 30 %)']   # nobody offers olive_oil",
    ),
    Rule(
        "B422",
        "an alternative that nobody offers",
        "No cooperative that may supply offers one of a line's alternatives; the others must do.",
        "add an offer, or take the alternative out.",
        "contents: ['one of: honey 500 g | amlou 250 g']   # nobody offers amlou",
        "warning",
    ),
    Rule(
        "B423",
        "an offer that nobody uses",
        "The product is in no basket that a household gets.",
        "add it to a basket, for example as an alternative, or take the offer out.",
        "offers:\n  - {product: saffron, capacity: 1 kg, price: 30 MAD}   # in no basket",
        "warning",
    ),
    Rule(
        "B424",
        "a cooperative that is not rural",
        "The programme buys from rural cooperatives only, and this one is not.",
        "take it out, correct `rural`, or write `rural_only: false`.",
        "cooperatives:\n  - {id: urbaine, rural: false, …}",
        "warning",
    ),
    Rule(
        "B425",
        "a product without use",
        "A product is neither offered nor in any basket.",
        "take it out, or use it.",
        "products:\n  - {id: saffron, …}",
        "warning",
    ),
    Rule(
        "B426",
        "a basket for nobody",
        "No household gets this basket type.",
        "take it out, or give it to households.",
        "baskets:\n  - {id: family, …}   # every household gets 'standard'",
        "warning",
    ),
)

HUBS = (
    Rule(
        "B430",
        "a hub that never opens",
        "No working day is an open day of the hub. An error where that holds for every hub.",
        "open it on a working day of the calendar.",
        "calendar: {working_days: [mon, tue, wed, thu, fri], …}\nhubs:\n  - {id: casa, open: [sun], …}",
        "warning",
    ),
    Rule(
        "B431",
        "baskets ready too late",
        "Even a basket assembled on the hub's first day is ready only after its last.",
        "shorten `ready_after`, or move the last day.",
        "calendar: {first_day: 2020-05-18, last_day: 2020-05-22}\nhubs:\n  - {id: casa, ready_after: 7 days, …}",
        "warning",
    ),
    Rule(
        "B432",
        "a hub without room",
        "The hub receives, stores or assembles nothing.",
        "write what it can do, or leave the key out where there is no limit.",
        "hubs:\n  - {id: casa, assembly: 0, …}",
        "warning",
    ),
    Rule(
        "B433",
        "a hub without vehicles",
        "No vehicle stands at the hub, so that it serves nobody.",
        "station vehicles there, or take the hub out.",
        "hubs: [{id: casa, …}, {id: agadir, …}]\nvehicles:\n  - {id: van, number: {casa: 3}, …}",
        "warning",
    ),
)

LORRIES = (
    Rule(
        "B440",
        "a lorry that carries nothing",
        "The lorry type's weight or volume is zero. An error where that holds for every type.",
        "write what one lorry carries.",
        "lorries:\n  - {id: camion, max_weight: 0 t}",
        "warning",
    ),
    Rule(
        "B441",
        "a lorry that stands still",
        "The lorry type covers no road in a day and never arrives.",
        "write the road covered in a day.",
        "lorries:\n  - {id: camion, max_weight: 1 t, km_per_day: 0 km}",
    ),
    Rule(
        "B442",
        "a lot that no lorry holds",
        "One lot (or one pack) of an offer is heavier or larger than every lorry.",
        "write a smaller lot, or add a larger lorry type.",
        "offers:\n  - {product: couscous, lot: 2 t, …}\nlorries:\n  - {id: camion, max_weight: 1.2 t}",
        "warning",
    ),
    Rule(
        "B443",
        "goods that never arrive",
        "Whenever goods of the cooperative leave, they arrive on a day on which no hub is open, or after the last.",
        "open a hub on the day of arrival, add a faster lorry type, or let goods leave earlier.",
        "calendar: {first_day: 2020-05-18, last_day: 2020-05-19}\nlorries:\n  - {id: camion, km_per_day: 50 km, …}",
        "warning",
    ),
    Rule(
        "B444",
        "rounds that reach no cooperative",
        "From no hub can a lorry of the type go to any cooperative, load and be back within the hours and the longest"
        " distance of its rounds: it makes none.",
        "widen `hours`, raise `max_distance`, or take `rounds` out.",
        "lorries:\n  - {id: camion, max_weight: 1.2 t, rounds: {hours: 08:00-09:00}}",
        "warning",
    ),
)

VEHICLES = (
    Rule(
        "B450",
        "a negative number of vehicles",
        "Fewer than no vehicles stand at a hub.",
        "write zero or more.",
        "vehicles:\n  - {id: van, number: {casa: -1}, …}",
    ),
    Rule(
        "B451",
        "a vehicle type that stands nowhere",
        "Its number is zero at every hub. An error where that holds for every type.",
        "write how many stand where.",
        "vehicles:\n  - {id: van, number: {casa: 0}, …}",
        "warning",
    ),
    Rule(
        "B452",
        "no time for a trip",
        "Loading one basket and serving one door take longer than the shift, the longest trip or the time before a"
        " break.",
        "lengthen it, or shorten loading.",
        "vehicles:\n  - {id: van, loading: 45 min, max_trip_duration: 30 min, …}",
    ),
    Rule(
        "B453",
        "a break as long as the shift",
        "The driver's break leaves no time for work.",
        "shorten the break, or lengthen the shift.",
        "vehicles:\n  - {id: van, shift: 08:00-12:00, break: {duration: 5 h, after: 2 h}, …}",
    ),
    Rule(
        "B454",
        "a vehicle that holds no basket",
        "Even the lightest basket is too heavy or too large for the vehicle type.",
        "correct `max_weight` and `max_volume`.",
        "vehicles:\n  - {id: van, max_weight: 5 kg, …}   # a basket weighs 10 kg",
        "warning",
    ),
    Rule(
        "B455",
        "a vehicle that enters nowhere",
        "No household has an access class that the vehicle type enters.",
        "add an access class that households have.",
        "vehicles:\n  - {id: tricycle, access: [alley], …}   # all households live on a street",
        "warning",
    ),
)
