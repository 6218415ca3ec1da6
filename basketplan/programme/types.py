"""The schema: what a user writes, as frozen types.

Every field's description (the string below it) becomes its entry in the JSON Schema and in the
reference page. All numbers inside are integers in metres, seconds, centimes, grams, millilitres or
packs; see :mod:`basketplan.units` for how people write them.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from basketplan import units

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _written(pattern_example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": ["string", "number"], "description": description, "examples": [pattern_example]})


Mass = Annotated[int, BeforeValidator(units.parse_mass_g), _written("12 kg", "a mass: g, kg, t")]
Volume = Annotated[int, BeforeValidator(units.parse_volume_ml), _written("1 L", "a volume: mL, cL, L, m3")]
Distance = Annotated[int, BeforeValidator(units.parse_distance_m), _written("60 km", "a distance: m, km")]
Duration = Annotated[int, BeforeValidator(units.parse_duration_s), _written("12 min", "a duration: s, min, h")]
Days = Annotated[int, BeforeValidator(units.parse_days), _written("2 days", "days, weeks, months (30) or years (365)")]
Money = Annotated[int, BeforeValidator(units.parse_money_centimes), _written("35 MAD", "an amount in MAD")]
Share = Annotated[float, BeforeValidator(units.parse_fraction), _written("95 %", "a percentage")]
Speed = Annotated[float, BeforeValidator(units.parse_speed_kmh), _written("25 km/h", "a speed in km/h")]
Span = Annotated[tuple[int, int], BeforeValidator(units.parse_window_s), _written("08:00-17:00", "a time span")]
Date = Annotated[dt.date, BeforeValidator(units.parse_date), _written("2020-05-18", "a date, year first")]
Count = Annotated[int, Field(le=1_000_000_000)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Item(BaseModel):
    """Base of all types: frozen, unknown keys are faults, text stays text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, ignored_types=(cached_property,)
    )


class Text(Item):
    """A text in the programme's languages; at least one is given."""

    fr: str = ""
    """French."""
    ar: str = ""
    """Arabic."""
    en: str = ""
    """English."""

    def __str__(self) -> str:
        return self.fr or self.en or self.ar

    def in_(self, lang: str) -> str:
        """Return the text in ``lang``, else in whichever language there is."""
        return str(getattr(self, lang, "") or self)


def _text(value: object) -> object:
    return {"fr": value} if isinstance(value, str) else value


Name = Annotated[Text, BeforeValidator(_text)]


class Quantity(Item):
    """An amount of a product: net grams, net millilitres, or packs."""

    amount: int
    """In grams, millilitres or packs."""
    unit: units.Dimension = "packs"
    """What ``amount`` counts."""

    def __str__(self) -> str:
        if self.unit == "packs":
            return f"{self.amount} packs"
        small, large = ("g", "kg") if self.unit == "g" else ("mL", "L")
        return f"{self.amount / 1000:g} {large}" if self.amount >= 1000 else f"{self.amount} {small}"


def _quantity(value: object) -> object:
    if isinstance(value, Quantity | dict):
        return value
    amount, unit = units.parse_quantity(value)
    return {"amount": amount, "unit": unit}


Amount = Annotated[
    Quantity, BeforeValidator(_quantity), _written("2 kg", "a net mass, a net volume, or a number of packs")
]


class Location(Item):
    """A point on the earth, WGS 84 degrees."""

    lat: float = Field(ge=-90, le=90)
    """Latitude in degrees north."""
    lon: float = Field(ge=-180, le=180)
    """Longitude in degrees east (Morocco is negative)."""


class Product(Item):
    """A good, sold in indivisible packs."""

    id: Id
    """Short id, used everywhere else."""
    name: Name
    """Name in fr, ar, en."""
    pack: Amount
    """Net content of one pack: `1 kg`, `250 mL`, `1 piece`."""
    gross_weight: Mass
    """Weight of one pack with its packaging."""
    volume: Volume
    """Room that one pack takes in a basket or lorry."""
    shelf_life: Days | None = None
    """Days from leaving the cooperative within which it must reach the household; none: it keeps."""
    container: bool = False
    """Whether this product is a container (it adds no volume: contents lie inside it)."""

    def packs(self, quantity: Quantity) -> int:
        """Return how many whole packs hold ``quantity`` (rounded down; exact for checked baskets)."""
        if quantity.unit == "packs":
            return quantity.amount
        if quantity.unit != self.pack.unit or self.pack.amount <= 0:
            return 0
        return quantity.amount // self.pack.amount


class Alternative(Item):
    """One way to fill a line of a basket."""

    product: Id
    """The product."""
    quantity: Amount
    """How much of it goes in one basket; a whole number of packs."""
    min_share: Share = 0.0
    """Lowest share of this basket type's baskets that hold this alternative, over the programme."""
    max_share: Share = 1.0
    """Highest such share."""


class Line(Item):
    """A line of a basket: one product, or several of which one is put in."""

    one_of: tuple[Alternative, ...] = Field(min_length=1)
    """The alternatives; a fixed line has exactly one."""


def _alternative(value: object) -> object:
    """``'olive_oil 1 L'`` or ``'argan_oil 250 mL (max 30 %)'`` → mapping."""
    if not isinstance(value, str):
        return value
    head, _, tail = value.strip().partition("(")
    words = head.split(None, 1)
    if not words:
        raise ValueError("expected '<product> <quantity>', found nothing")
    result: dict[str, Any] = {"product": words[0], "quantity": words[1].strip() if len(words) > 1 else "1 pack"}
    for bound in filter(None, (part.strip() for part in tail.rstrip(") ").split(","))):
        name, _, share = bound.partition(" ")
        if name not in {"min", "max"} or not share:
            raise ValueError(f"expected 'min 10 %' or 'max 30 %' in brackets, found {bound!r}")
        result[f"{name}_share"] = share
    return result


def _line(value: object) -> object:
    """A line may be written `couscous 2 kg`, `one of: a 1 L | b 250 mL`, or as mappings."""
    if isinstance(value, str):
        return {"one_of": [_alternative(part) for part in value.split("|")]}
    if isinstance(value, dict) and ("one of" in value or "one_of" in value) and len(value) == 1:
        options = next(iter(value.values()))
        if isinstance(options, str):
            options = options.split("|")
        if isinstance(options, list):
            options = [_alternative(option) for option in options]
        return {"one_of": options}
    if isinstance(value, dict) and "product" in value:
        return {"one_of": [value]}
    return value


BasketLine = Annotated[
    Line,
    BeforeValidator(_line),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "object"}],
            "description": "`couscous 2 kg`, or `one of: olive_oil 1 L | argan_oil 250 mL (max 30 %)`, or mappings",
        }
    ),
]


class Basket(Item):
    """A type of parcel: a container plus contents."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    container: BasketLine
    """The container, itself a product from a cooperative; may be `one of` several."""
    contents: tuple[BasketLine, ...] = Field(min_length=1)
    """What goes in, line by line."""
    volume: Volume | None = None
    """Room that a packed basket takes in a vehicle; by default the sum of its contents."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Container first, then the contents."""
        return (self.container, *self.contents)


class PriceBreak(Item):
    """A lower price from a total quantity on; it then holds for all packs of the offer."""

    from_: Amount = Field(alias="from")
    """Total bought from which the price holds."""
    price: Money
    """Price of one pack."""


class Offer(Item):
    """One product that a cooperative sells."""

    product: Id
    """The product; an offer is addressed by it."""
    capacity: Amount
    """What the cooperative can supply in all during the programme."""
    rate: Amount | None = None
    """What it makes ready per working day from the first day on; none: everything is ready at once."""
    first_day: Date | None = None
    """First day on which goods can leave; by default the first day of the calendar."""
    lead_time: Days = 0
    """Days between the order (first day of the calendar) and the first goods."""
    price: Money
    """Price of one pack."""
    price_breaks: tuple[PriceBreak, ...] = ()
    """Lower prices from given totals on, each for all packs of the offer."""
    lot: Amount | None = None
    """Every shipment is a whole number of lots; by default one pack."""
    minimum_order: Amount | None = None
    """Smallest total bought of this offer, if any is bought."""


class Cooperative(Item):
    """A supplier."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    place: Location
    """Where goods are picked up."""
    town: str = ""
    """Town or village."""
    province: str = ""
    """Province."""
    region: str = ""
    """Region."""
    rural: bool = True
    """Whether it is a rural cooperative; `rural_only` programmes buy from no other."""
    members: Count = Field(default=0, ge=0)
    """Number of members."""
    women: Share = 0.0
    """Share of women among the members."""
    offers: tuple[Offer, ...] = Field(min_length=1)
    """What it sells."""
    engagement_cost: Money = 0
    """Fixed cost to the programme (visit, contract, quality control) when anything is bought from it."""
    minimum_revenue: Money = 0
    """Smallest total bought from it, if anything is bought."""


class Hub(Item):
    """Where goods arrive, baskets are assembled and trips start."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    place: Location
    """Where it is."""
    open: tuple[Weekday, ...] | None = None
    """Weekdays on which it receives, assembles and sends out; by default the programme's working days."""
    closed: tuple[Date, ...] = ()
    """Further days on which it is closed."""
    receiving: Mass | None = None
    """Most gross weight received per day; none: no limit."""
    storage_weight: Mass | None = None
    """Most gross weight at the hub at the end of a day: goods, and baskets not yet delivered."""
    storage_volume: Volume | None = None
    """Most volume at the hub at the end of a day: goods, and baskets not yet delivered."""
    assembly: Count | None = Field(default=None, ge=0)
    """Most baskets assembled per day; none: no limit."""
    assembly_cost: Money = 0
    """Cost of assembling one basket."""
    ready_after: Days = 1
    """Days between assembly and the earliest delivery: 0 is the same day, 1 the next."""
    radius: Distance | None = None
    """Longest road distance to a household that it serves; none: no limit."""
    zones: tuple[str, ...] | None = None
    """Zones of households that it serves; none: all."""


class Rounds(Item):
    """How a lorry of a hub collects at several cooperatives in one day: out and back, so that goods arrive that day.

    `rounds: {}` takes everything from the defaults.
    """

    max_stops: int = Field(default=6, ge=1, le=100)
    """Most cooperatives of one round."""
    time_per_stop: Duration = 1_800
    """Time at each cooperative, to load and to sign."""
    speed: Speed = 60.0
    """Mean speed between towns."""
    hours: Span = (21_600, 64_800)
    """When a round leaves the hub, and by when it is back."""
    max_distance: Distance | None = None
    """Longest round by road, from the hub and back to it; none: no limit but the hours."""
    cost_per_trip: Money | None = None
    """Paid per round; by default what the lorry costs per trip."""
    cost_per_km: Money | None = None
    """Paid per kilometre of the whole round, out and back; by default half of what the lorry costs per kilometre, whose
    price includes the way back."""
    per_day: Count | None = Field(default=None, ge=1)
    """Most rounds by lorries of this type for one hub on one day; none: no limit."""
    wait: Days = 0
    """Days by which goods that nobody needs yet, and that do not perish, may leave later than the allocation says, so
    that they share a round; the longest of all lorry types holds. 0: rounds change no day."""


class Lorry(Item):
    """A type of lorry that brings goods from a cooperative straight to a hub, or collects them for it on rounds."""

    id: Id
    """Short id."""
    name: Name = Text(fr="camion", ar="شاحنة", en="lorry")
    """Name in fr, ar, en."""
    max_weight: Mass
    """Most gross weight per lorry."""
    max_volume: Volume | None = None
    """Most volume per lorry; none: no limit."""
    cost_per_trip: Money = 0
    """Paid per lorry sent."""
    cost_per_km: Money = 0
    """Paid per kilometre of road from cooperative to hub (one way: the carrier's price includes its return)."""
    km_per_day: Distance = 600_000
    """Road covered per day: a lorry arrives floor(road / this) days after it left."""
    rounds: Rounds | None = None
    """Whether lorries of this type, sent by a hub, may also collect at several cooperatives on one round, where that
    costs less than a lorry for each; none: they only go straight."""

    @property
    def round_cost_per_trip(self) -> int:
        """Centimes of one round, before its road; as of a direct trip where rounds say nothing else."""
        special = self.rounds.cost_per_trip if self.rounds is not None else None
        return self.cost_per_trip if special is None else special

    @property
    def round_cost_per_km(self) -> int:
        """Centimes of a kilometre of a round; half of a direct lorry's, rounded up, where rounds say nothing else."""
        special = self.rounds.cost_per_km if self.rounds is not None else None
        return (self.cost_per_km + 1) // 2 if special is None else special


class Break(Item):
    """A driver's break, taken at the hub between two trips."""

    duration: Duration
    """How long."""
    after: Duration
    """Longest work (loading, driving, service, waiting) without a break; also bounds a single trip."""


class Vehicle(Item):
    """A type of vehicle that brings baskets from a hub to households."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    number: dict[Id, Annotated[int, Field(le=10_000)]]
    """How many stand at each hub: `{casa-est: 3, agadir: 2}`."""
    max_weight: Mass | None = None
    """Most gross weight on board; none: no limit."""
    max_volume: Volume | None = None
    """Most volume on board; none: no limit."""
    max_baskets: Count | None = Field(default=None, ge=1)
    """Most baskets on board; none: no limit."""
    shift: Span = (28_800, 61_200)
    """Between which times it works: loading starts and the last return lies inside."""
    cost_per_day: Money = 0
    """Paid for each day on which it is used."""
    cost_per_trip: Money = 0
    """Paid for each trip."""
    cost_per_km: Money = 0
    """Paid per kilometre."""
    cost_per_hour: Money = 0
    """Paid per hour of trip, from start of loading to return."""
    loading: Duration = 0
    """Time to load before each trip, whatever is loaded."""
    loading_per_basket: Duration = 0
    """Further loading time per basket."""
    speed: Speed = 25.0
    """Mean speed."""
    max_trip_distance: Distance | None = None
    """Longest trip by distance; none: no limit."""
    max_trip_duration: Duration | None = None
    """Longest trip by time, from start of loading to return; none: the shift."""
    trips_per_day: int = Field(default=1, ge=1, le=100)
    """Most trips of one vehicle in a day."""
    driver_break: Break | None = Field(default=None, alias="break")
    """The driver's break, if any."""
    access: tuple[Id, ...] = ("street",)
    """Access classes that it can enter."""


class Household(Item):
    """A stop: a pseudonymous id and a place, never a name."""

    id: Id
    """Pseudonymous id."""
    lat: float = Field(ge=-90, le=90)
    """Latitude."""
    lon: float = Field(ge=-180, le=180)
    """Longitude."""
    baskets: dict[Id, Annotated[int, Field(ge=1, le=10_000)]]
    """Baskets by type: `{standard: 1}`. All come in one visit, unless it may be split."""
    split: bool | None = None
    """Whether its baskets may come in several visits where they are more than any vehicle that may come can carry or
    deliver in one trip: as few visits as possible, of equal size, on any days, by any vehicles. The plan calls them
    `ID/1`, `ID/2`, …. To get them all on one day, give that day in `days`. By default the policy's."""
    service: Duration | None = None
    """Time at the door, of each visit; by default the policy's."""
    windows: tuple[Span, ...] = ()
    """Times of day at which service may start; none: any time."""
    days: tuple[Weekday | Date, ...] = ()
    """Weekdays or dates on which somebody is home; none: every day."""
    access: Id = "street"
    """Access class: what a vehicle must be able to enter."""
    priority: int = Field(default=1, ge=1, le=9)
    """Weight when not everybody can be served, and order of delivery: higher first."""
    zone: str = ""
    """Arrondissement, commune or quarter."""
    collect: bool = Field(default=True, exclude_if=bool)
    """Whether somebody can walk to a distribution point; `false`: always to the door. See `policy.delivery`."""

    @property
    def total_baskets(self) -> int:
        """Number of baskets of all types."""
        return sum(self.baskets.values())

    def visit(self, number: int, baskets: dict[str, int]) -> Household:
        """Return the visit ``number``, from 1, that brings some of its baskets, as a household of its own."""
        return self.model_copy(update={"id": f"{self.id}/{number}", "baskets": baskets})

    def at(self, point: Point, days: tuple[dt.date, ...], service_s: int) -> Household:
        """Return the household as it is for a vehicle that brings its baskets to ``point`` on one of ``days``.

        The vehicle has left the point when families begin to collect.
        """
        return self.model_copy(
            update={
                "lat": point.place.lat,
                "lon": point.place.lon,
                "access": point.access,
                "days": days,
                "windows": ((0, max(0, point.hours[0] - service_s)),),
                "service": service_s,
            }
        )


class Point(Item):
    """A place where families may collect their baskets, if it is chosen; see `policy.delivery`."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    place: Location
    """Where it is."""
    open: tuple[Weekday | Date, ...] = ()
    """Weekdays or dates on which it can be used; none: every working day."""
    hours: Span = (50_400, 64_800)
    """Between which times families collect. Vans come before: what is brought on a day is collected on that day."""
    families_per_hour: int = Field(default=60, ge=1, le=10_000)
    """Most families that are served per hour."""
    access: Id = "street"
    """Access class: what a vehicle must be able to enter."""
    cost_per_day: Money = 0
    """Paid for each day on which families collect."""

    @property
    def families_per_day(self) -> int:
        """Most families that can collect on one day."""
        return self.families_per_hour * (self.hours[1] - self.hours[0]) // 3600


def household_of(visit: str) -> str:
    """Return the household of a visit: ``P1`` for ``P1/2``, and for ``P1`` itself."""
    return visit.partition("/")[0]


class Calendar(Item):
    """The days of the programme."""

    first_day: Date
    """First day: orders go out, goods may leave."""
    last_day: Date
    """Last day on which a basket may be delivered."""
    working_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat")
    """Weekdays on which anything happens: production, lorries, assembly, delivery."""
    holidays: tuple[Date, ...] = ()
    """Dates on which nothing happens."""


GoalName = Literal["service", "fairness", "cost", "distance", "women", "spread", "freshness"]
FairnessRule = Literal["max-min", "leximin", "proportional"]


class Goal(Item):
    """One goal of the policy; goals are solved in their order."""

    goal: GoalName
    """`service`: fewest unserved baskets, weighted by priority; where somebody is left out, zones then get parts of
    their baskets that are as equal as possible. `fairness`: the policy's rule. `cost`: least money. `distance`: fewest
    kilometres of lorries from cooperatives. `women`: largest part of the money for goods to cooperatives with a
    majority of women. `spread`: most cooperatives that something is bought from. `freshness`: least of their shelf
    life that goods have used up when they are packed, by weight."""
    keep: Share = 1.0
    """Share of this goal's best value that later goals must keep. Of goals that are to be small (cost, distance,
    freshness) later ones may use `1 / keep` times the best; of `leximin` the sums of the 1, 2, 3, … lowest shares
    keep it, of `proportional` the geometric mean of the shares."""


def _goal(value: object) -> object:
    if isinstance(value, str):
        return {"goal": value}
    if isinstance(value, dict) and len(value) == 1 and "goal" not in value:
        name, settings = next(iter(value.items()))
        return {"goal": name, **(settings if isinstance(settings, dict) else {})}
    return value


PolicyGoal = Annotated[
    Goal,
    BeforeValidator(_goal),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "object"}], "description": "`cost`, or `fairness: {keep: 95 %}`"}
    ),
]


class Group(Item):
    """Cooperatives that are looked at together: those of a province, those that are named, or both."""

    id: Id
    """Short id."""
    cooperatives: tuple[Id, ...] = ()
    """Its cooperatives by id."""
    province: str = ""
    """All cooperatives of this province belong to it."""
    floor: Share = 0.0
    """Lowest share of the group, as far as service allows: what is bought from its cooperatives together over what they
    could have supplied of what was needed."""
    ceiling: Share = 1.0
    """Highest share of the programme's spending on goods that they may get together."""


def _unused(value: object) -> bool:
    """Leave out of dumps what a programme does not use: its hash is then what it was before the setting existed."""
    return not value or value == "max-min"


class Delivery(Item):
    """How baskets get to families: to the door, or to distribution points from which they collect.

    Of `points`, some are chosen and every family within walking distance is told where it collects. Windows and days
    of the household count at its door only; at a point, the point's days and hours do.
    """

    mode: Literal["doors", "points"] = "doors"
    """`doors`: every basket to the door. `points`: families near a chosen point collect there."""
    at_most: Count | None = Field(default=None, ge=1)
    """Most points that are chosen; none: no limit."""
    walking: Distance = 800
    """Longest walk from home to the point, by the detour table."""
    otherwise: Literal["door", "unserved"] = "door"
    """What becomes of a family without a point within walking distance: its basket comes to the door, or it gets none.
    Who cannot walk (`collect: false`) and what comes in several visits (`split`) is brought to the door in any case."""
    walking_cost: Money = 1000
    """What a kilometre walked counts in the choice of points, beside their cost per day; it is on no bill."""
    service: Duration = 30
    """Time that a vehicle spends at a point for each family whose baskets it brings."""


class Policy(Item):
    """What the programme wants, in order, and what holds everywhere."""

    goals: tuple[PolicyGoal, ...] = (
        Goal(goal="service"),
        Goal.model_validate({"goal": "fairness", "keep": "95 %"}),
        Goal(goal="cost"),
    )
    """Goals in order with what each leaves to the next: `[service, fairness: {keep: 95 %}, cost]`."""
    rural_only: bool = True
    """Container and contents come from rural cooperatives only."""
    budget: Money | None = None
    """Most money for goods, engagement, inbound lorries and assembly; none: no limit."""
    floors: dict[Id, Share] = {}
    """Lowest share per cooperative (see fairness), as far as service allows."""
    ceilings: dict[Id, Share] = {}
    """Highest share of the programme's spending on goods that one cooperative may get; key `all` for everyone."""
    groups: tuple[Group, ...] = Field(default=(), exclude_if=_unused)
    """Floors and ceilings of provinces and other groups of cooperatives."""
    fairness: FairnessRule = Field(default="max-min", exclude_if=_unused)
    """What the goal `fairness` raises. `max-min`: the lowest share of a cooperative. `leximin`: the lowest, then the
    second lowest, and so on. `proportional`: the product of the shares. The share of a cooperative is what is bought
    over what it could have supplied of what was needed."""
    gini: Share | None = Field(default=None, exclude_if=lambda value: value is None)
    """Highest Gini coefficient of the shares (0: all equal), as far as service allows; none: no limit."""
    service: Duration = 180
    """Time at a door where the household says nothing else."""
    service_per_basket: Duration = 0
    """Further time per basket beyond the first."""
    zone_change: Money = 0
    """What routing would rather pay than let a trip go from a household of one zone straight to one of another, so that
    trips stay within a quarter; it is on no bill. 0: only what trips cost counts."""
    split: bool = False
    """Whether baskets of a household that are too many for one trip of any vehicle may come in several visits, where
    the household says nothing else."""
    delivery: Delivery = Field(default=Delivery(), exclude_if=lambda value: value == Delivery())
    """To the door, or to distribution points."""


class Detour(Item):
    """Road distance over straight line, below a straight-line distance."""

    below: Distance | None = None
    """Holds for straight lines shorter than this; none in the last row."""
    ratio: float = Field(ge=1.0, le=5.0)
    """Road metres per straight-line metre."""


class Travel(Item):
    """How road distance is estimated from places."""

    detour: tuple[Detour, ...] = tuple(
        Detour.model_validate(row)
        for row in (
            {"below": "1 km", "ratio": 1.37},
            {"below": "2 km", "ratio": 1.33},
            {"below": "4 km", "ratio": 1.26},
            {"below": "8 km", "ratio": 1.20},
            {"below": "15 km", "ratio": 1.15},
            {"ratio": 1.11},
        )
    )
    """Detour table, by straight-line distance; interpolated so that a longer line is never a shorter road."""
    inbound_detour: float = Field(default=1.2, ge=1.0, le=5.0)
    """Ratio between towns, for lorries from cooperatives."""


class Programme(Item):
    """One operation: everything the user writes."""

    id: Id
    """Short id of the programme."""
    title: Name = Text()
    """Title in fr, ar, en."""
    country: Literal["MA"] | None = "MA"
    """Places outside this country are faults; `null` switches the check off."""
    calendar: Calendar
    """The days."""
    policy: Policy = Policy()
    """Goals and rules."""
    travel: Travel = Travel()
    """How distance is estimated."""
    products: tuple[Product, ...] = Field(min_length=1)
    """Goods and their packs."""
    baskets: tuple[Basket, ...] = Field(min_length=1)
    """Types of parcel."""
    cooperatives: tuple[Cooperative, ...] = Field(min_length=1)
    """Suppliers and what they sell."""
    hubs: tuple[Hub, ...] = Field(min_length=1)
    """Where baskets are assembled."""
    lorries: tuple[Lorry, ...] = Field(min_length=1)
    """Inbound transport."""
    vehicles: tuple[Vehicle, ...] = Field(min_length=1)
    """Delivery vehicles."""
    households: tuple[Household, ...] = Field(min_length=1)
    """Stops; usually `households: households.csv`, a table with the same columns."""
    points: tuple[Point, ...] = Field(default=(), exclude_if=lambda value: not value)
    """Places that may become distribution points."""

    @cached_property
    def product(self) -> dict[str, Product]:
        """Products by id."""
        return {item.id: item for item in self.products}

    @cached_property
    def basket(self) -> dict[str, Basket]:
        """Basket types by id."""
        return {item.id: item for item in self.baskets}

    @cached_property
    def cooperative(self) -> dict[str, Cooperative]:
        """Cooperatives by id."""
        return {item.id: item for item in self.cooperatives}

    @cached_property
    def hub(self) -> dict[str, Hub]:
        """Hubs by id."""
        return {item.id: item for item in self.hubs}

    @cached_property
    def lorry(self) -> dict[str, Lorry]:
        """Lorry types by id."""
        return {item.id: item for item in self.lorries}

    @cached_property
    def vehicle(self) -> dict[str, Vehicle]:
        """Vehicle types by id."""
        return {item.id: item for item in self.vehicles}

    @cached_property
    def household(self) -> dict[str, Household]:
        """Households by id."""
        return {item.id: item for item in self.households}

    @cached_property
    def point(self) -> dict[str, Point]:
        """Candidates for distribution points by id."""
        return {item.id: item for item in self.points}

    @cached_property
    def working_days(self) -> tuple[dt.date, ...]:
        """The days on which anything happens, in order."""
        span = (self.calendar.last_day - self.calendar.first_day).days
        days = (self.calendar.first_day + dt.timedelta(days=k) for k in range(span + 1))
        return tuple(
            day
            for day in days
            if WEEKDAYS[day.weekday()] in self.calendar.working_days and day not in self.calendar.holidays
        )

    def hub_days(self, hub: Hub) -> tuple[dt.date, ...]:
        """Working days on which ``hub`` is open."""
        weekdays = hub.open if hub.open is not None else self.calendar.working_days
        return tuple(day for day in self.working_days if WEEKDAYS[day.weekday()] in weekdays and day not in hub.closed)

    def home_days(self, household: Household) -> tuple[dt.date, ...]:
        """Working days on which somebody is home."""
        if not household.days:
            return self.working_days
        return tuple(
            day for day in self.working_days if day in household.days or WEEKDAYS[day.weekday()] in household.days
        )

    def members(self, group: Group) -> tuple[str, ...]:
        """Return the ids of the cooperatives of ``group``, sorted."""
        there = {item.id for item in self.cooperatives if group.province and item.province == group.province}
        return tuple(sorted(there | (set(group.cooperatives) & self.cooperative.keys())))

    def point_days(self, point: Point) -> tuple[dt.date, ...]:
        """Working days on which ``point`` can be used."""
        if not point.open:
            return self.working_days
        return tuple(day for day in self.working_days if day in point.open or WEEKDAYS[day.weekday()] in point.open)

    def may_split(self, household: Household) -> bool:
        """Tell whether the baskets of ``household`` may come in several visits."""
        return self.policy.split if household.split is None else household.split

    def with_households(self, households: tuple[Household, ...]) -> Programme:
        """Return the programme with other households; nothing that was worked out for the old ones is kept."""
        return self.altered(households=households)

    def altered(self, **parts: Any) -> Programme:
        """Return the programme with other ``parts``; nothing that was worked out for the old ones is kept."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Programme.model_construct(**{**fields, **parts})

    def service_s(self, household: Household) -> int:
        """Seconds at the door of ``household``."""
        if household.service is not None:
            return household.service
        return self.policy.service + self.policy.service_per_basket * (household.total_baskets - 1)
