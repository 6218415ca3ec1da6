"""B3xx: references, repetitions, quantities, offers, shares."""

from __future__ import annotations

from basketplan.programme.codes.rule import Rule

__all__ = ["BASKETS", "OFFERS", "REFERENCES", "SHARES"]

REFERENCES = (
    Rule(
        "B301",
        "unknown product in a basket",
        "A line of a basket names a product that is not in `products`.",
        "take the product that is suggested, or add it to `products`.",
        "contents: [cous-cous 2 kg]   # the product is called couscous",
    ),
    Rule(
        "B302",
        "unknown product in an offer",
        "A cooperative offers a product that is not in `products`.",
        "take the product that is suggested, or add it to `products`.",
        "offers:\n  - {product: huile-argan, capacity: 100 L, price: 300 MAD}   # it is called huile-argane",
    ),
    Rule(
        "B303",
        "unknown basket type",
        "A household gets a basket type that is not in `baskets`.",
        "take the basket type that is suggested, or add it to `baskets`.",
        "households:\n  - {id: h1, lat: 33.58, lon: -7.6, baskets: {standart: 1}}",
    ),
    Rule(
        "B304",
        "unknown hub",
        "A vehicle type stands at a hub that is not in `hubs`.",
        "take the hub that is suggested, or add it to `hubs`.",
        "number: {casa-est: 2}   # the hub is called casa-east",
    ),
    Rule(
        "B305",
        "unknown cooperative",
        "The policy has a floor, a ceiling or a group with a cooperative that is not in `cooperatives` (nor, for"
        " ceilings, `all`).",
        "take the cooperative that is suggested.",
        "policy: {floors: {zitun: 20 %}}",
    ),
    Rule(
        "B306",
        "unknown access class",
        "A household has an access class that is in the `access` of no vehicle type.",
        "correct the class, or add it to a vehicle type that can enter.",
        "vehicles:\n  - {id: tricycle, access: [alley], …}\nhouseholds:\n  - {id: h1, access: aley, …}",
    ),
    Rule(
        "B307",
        "unknown zone",
        "A hub serves a zone in which no household lives.",
        "correct the zone, or take it out.",
        "hubs:\n  - {id: casa, zones: [Ain Sebaa], …}   # households write 'Aïn Sebaâ'",
        "warning",
    ),
    Rule(
        "B308",
        "an unknown province",
        "A group of the policy is of a province in which there is no cooperative.",
        "write the province as the cooperatives do, or add the cooperatives to the group by id.",
        "policy: {groups: [{id: rhamna, province: Rahmna, floor: 20 %}]}",
    ),
    Rule(
        "B310",
        "an id is used twice",
        "Two items of one list have the same id, so that nothing can refer to one of them.",
        "give each its own id.",
        "hubs:\n  - {id: casa, …}\n  - {id: casa, …}",
    ),
    Rule(
        "B311",
        "a household is written twice",
        "Two households have the same id and the same place: a row was copied.",
        "take one of the two out.",
        "id,lat,lon,baskets\nh1,33.58,-7.6,standard\nh1,33.58,-7.6,standard",
        language="csv",
    ),
    Rule(
        "B312",
        "a product is offered twice",
        "A cooperative has two offers of one product, which overrides and papers could not tell apart.",
        "make it one offer, with `price_breaks` where the price differs.",
        "offers:\n  - {product: couscous, capacity: 1 t, price: 24 MAD}\n"
        "  - {product: couscous, capacity: 2 t, price: 22 MAD}",
    ),
    Rule(
        "B313",
        "a line names a product twice",
        "Two alternatives of one line of a basket are the same product.",
        "keep one of the two.",
        "contents: ['one of: honey 500 g | honey 250 g']",
    ),
)

BASKETS = (
    Rule(
        "B320",
        "an empty pack",
        "A pack of a product holds nothing.",
        "write what one pack holds: `1 kg`, `250 mL`, `1 piece`.",
        "products:\n  - {id: couscous, pack: 0 kg, …}",
    ),
    Rule(
        "B321",
        "a pack lighter than its content",
        "The gross weight of a pack is zero, or less than its net content.",
        "write the weight of one pack with its packaging.",
        "products:\n  - {id: couscous, pack: 1 kg, gross_weight: 102 g, …}",
        "warning",
    ),
    Rule(
        "B322",
        "nothing in a line",
        "A line of a basket holds a quantity of zero.",
        "write how much goes into one basket, or take the line out.",
        "contents: [couscous 0 kg]",
    ),
    Rule(
        "B323",
        "a line in another measure than the pack",
        "A basket holds a mass of something that is sold by volume or by the piece, or the other way round.",
        "write the quantity in the measure of the pack, or as a number of packs.",
        "products:\n  - {id: olive_oil, pack: 1 L, …}\nbaskets:\n  - {contents: [olive_oil 1 kg], …}",
    ),
    Rule(
        "B324",
        "a line that breaks a pack",
        "A line of a basket is not a whole number of packs; packs are never opened.",
        "write one of the two quantities that are suggested.",
        "products:\n  - {id: couscous, pack: 1 kg, …}\nbaskets:\n  - {contents: [couscous 2.5 kg], …}",
    ),
    Rule(
        "B325",
        "a container that is none",
        "The container of a basket is a product that is not marked as a container.",
        "write `container: true` at the product.",
        "products:\n  - {id: couffin, pack: 1 piece, …}\nbaskets:\n  - {container: couffin, …}",
    ),
    Rule(
        "B326",
        "a container among the contents",
        "A product that is marked as a container, and so adds no volume, is among the contents of a basket.",
        "take `container: true` away if it is a good like others.",
        "products:\n  - {id: pot, container: true, …}\nbaskets:\n  - {container: couffin, contents: [pot 1 piece], …}",
        "warning",
    ),
)

OFFERS = (
    Rule(
        "B330",
        "an offer in another measure than the pack",
        "A capacity, rate, lot, minimum order or price break is not in the measure of the product's pack.",
        "write it in the measure of the pack, or as a number of packs.",
        "offers:\n  - {product: olive_oil, capacity: 900 kg, price: 48 MAD}   # its pack is 1 L",
    ),
    Rule(
        "B331",
        "an offer that breaks a pack",
        "A capacity, rate, lot, minimum order or price break is not a whole number of packs; it is rounded down.",
        "write a whole number of packs.",
        "offers:\n  - {product: couscous, capacity: 100.5 kg, price: 24 MAD}   # its pack is 1 kg",
        "warning",
    ),
    Rule(
        "B332",
        "a negative amount",
        "A capacity, rate, lot, minimum order or price break is below zero.",
        "write zero or more.",
        "offers:\n  - {product: couscous, capacity: {amount: -5}, price: 24 MAD}",
    ),
    Rule(
        "B333",
        "an empty lot",
        "A lot is less than one pack.",
        "write one pack or more, or leave `lot` out.",
        "offers:\n  - {product: couscous, capacity: 1 t, lot: 0 kg, price: 24 MAD}",
    ),
    Rule(
        "B334",
        "a minimum order above the capacity",
        "The cooperative cannot supply its own minimum order, so that the offer will never be bought.",
        "lower the minimum order, or raise the capacity.",
        "offers:\n  - {product: couscous, capacity: 100 kg, minimum_order: 200 kg, price: 24 MAD}",
        "warning",
    ),
    Rule(
        "B335",
        "a lot above the capacity",
        "The cooperative cannot supply a single lot, so that the offer will never be bought.",
        "write a smaller lot, or raise the capacity.",
        "offers:\n  - {product: couscous, capacity: 100 kg, lot: 200 kg, price: 24 MAD}",
        "warning",
    ),
    Rule(
        "B336",
        "a rate of nothing",
        "The rate is less than one pack a day, so that nothing is ever ready.",
        "write what is made ready per working day, or leave `rate` out when all is ready at once.",
        "offers:\n  - {product: couscous, capacity: 100 kg, rate: 0 kg, price: 24 MAD}",
        "warning",
    ),
    Rule(
        "B337",
        "price breaks out of order",
        "Price breaks must begin above zero and rise from each to the next.",
        "order them from the smallest quantity to the largest.",
        "price_breaks:\n  - {from: 500 kg, price: 22 MAD}\n  - {from: 200 kg, price: 21 MAD}",
    ),
    Rule(
        "B338",
        "a price break that is not cheaper",
        "The price from a quantity on is not lower than the price before it.",
        "lower it, or take the break out.",
        "price: 24 MAD\nprice_breaks:\n  - {from: 500 kg, price: 25 MAD}",
    ),
    Rule(
        "B339",
        "a minimum revenue that is never reached",
        "All that a cooperative offers, at its full prices, brings less than its `minimum_revenue`, so that nothing is"
        " ever bought from it.",
        "lower it, or raise capacities.",
        "minimum_revenue: 15000 MAD   # 1 500 was meant\noffers:\n  - {product: honey, capacity: 20 kg, price: 90 MAD}",
        "warning",
    ),
)

SHARES = (
    Rule(
        "B340",
        "a lowest share above the highest",
        "An alternative must be in more baskets than it may be in.",
        "lower `min`, or raise `max`.",
        "contents: ['one of: olive_oil 1 L | argan_oil 250 mL (min 40 %, max 30 %)']",
    ),
    Rule(
        "B341",
        "lowest shares above 100 %",
        "The lowest shares of a line's alternatives add up to more than every basket.",
        "lower one of them.",
        "contents: ['one of: olive_oil 1 L (min 70 %) | argan_oil 250 mL (min 40 %)']",
    ),
    Rule(
        "B342",
        "highest shares below 100 %",
        "The highest shares of a line's alternatives add up to less than every basket.",
        "raise one of them.",
        "contents: ['one of: olive_oil 1 L (max 60 %) | argan_oil 250 mL (max 30 %)']",
    ),
)
