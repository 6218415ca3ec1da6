"""What the programme wants, in order, and what holds everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from basketplan.programme.types.values import Count, Distance, Duration, Id, Item, Money, Share

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
    """Goals in order with what each leaves to the next: `[service, fairness: {keep: 95 %}, cost]`. `service` always
    comes first, wherever it is named or not; `cost` comes last where it is not named."""
    rural_only: bool = True
    """Container and contents come from rural cooperatives only."""
    budget: Money | None = None
    """Most money for goods, engagement, inbound lorries and assembly; none: no limit."""
    floors: dict[Id, Share] = Field(default={})
    """Lowest share per cooperative (see fairness), as far as service allows."""
    ceilings: dict[Id, Share] = Field(default={})
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
