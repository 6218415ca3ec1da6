"""The schema: what a user writes, as frozen types.

Every field's description (the string below it) becomes its entry in the JSON Schema and in the
reference page. All numbers inside are integers in metres, seconds, centimes, grams, millilitres or
packs; see :mod:`basketplan.units` for how people write them.
"""

from basketplan.programme.types.goods import Alternative, Basket, BasketLine, Line, Product
from basketplan.programme.types.places import Household, Hub, Point, household_of
from basketplan.programme.types.policy import Delivery, FairnessRule, Goal, GoalName, Group, Policy, PolicyGoal
from basketplan.programme.types.programme import Calendar, Detour, Programme, Travel
from basketplan.programme.types.supply import Cooperative, Offer, PriceBreak
from basketplan.programme.types.transport import Break, Lorry, Rounds, Vehicle
from basketplan.programme.types.values import (
    WEEKDAYS,
    Amount,
    Count,
    Date,
    Days,
    Distance,
    Duration,
    Id,
    Item,
    Location,
    Mass,
    Money,
    Name,
    Quantity,
    Share,
    Span,
    Speed,
    Text,
    Volume,
    Weekday,
)

__all__ = [
    "WEEKDAYS",
    "Alternative",
    "Amount",
    "Basket",
    "BasketLine",
    "Break",
    "Calendar",
    "Cooperative",
    "Count",
    "Date",
    "Days",
    "Delivery",
    "Detour",
    "Distance",
    "Duration",
    "FairnessRule",
    "Goal",
    "GoalName",
    "Group",
    "Household",
    "Hub",
    "Id",
    "Item",
    "Line",
    "Location",
    "Lorry",
    "Mass",
    "Money",
    "Name",
    "Offer",
    "Point",
    "Policy",
    "PolicyGoal",
    "PriceBreak",
    "Product",
    "Programme",
    "Quantity",
    "Rounds",
    "Share",
    "Span",
    "Speed",
    "Text",
    "Travel",
    "Vehicle",
    "Volume",
    "Weekday",
    "household_of",
]
