"""B5xx: calendar, policy, travel, distribution points."""

from __future__ import annotations

from basketplan.programme.codes.rule import Rule

__all__ = ["CALENDAR", "POINTS", "POLICY", "TRAVEL"]

CALENDAR = (
    Rule(
        "B501",
        "the calendar ends before it begins",
        "The last day is before the first.",
        "write a last day on or after the first.",
        "calendar: {first_day: 2020-05-18, last_day: 2020-05-08}",
    ),
    Rule(
        "B502",
        "the calendar is too long",
        "A programme has at most 400 days.",
        "look at the years, or cut the programme into several.",
        "calendar: {first_day: 2020-05-18, last_day: 2202-06-06}",
    ),
    Rule(
        "B503",
        "no working day",
        "No day between the first and the last is a working day.",
        "add weekdays, take holidays out, or move the last day.",
        "calendar: {first_day: 2020-05-18, last_day: 2020-05-22, working_days: [sat]}",
    ),
    Rule(
        "B504",
        "a date outside the calendar",
        "A holiday, or a closed day of a hub, is not between the first and the last day.",
        "look at its year and month, or take it out.",
        "calendar: {first_day: 2020-05-18, last_day: 2020-06-06, holidays: [2021-05-24]}",
        "warning",
    ),
    Rule(
        "B505",
        "an offer ready too late",
        "By its first day or lead time an offer is ready only after the last working day: it will never be bought.",
        "order earlier, shorten the lead time, or move the last day.",
        "offers:\n  - {product: couscous, lead_time: 2 months, …}",
        "warning",
    ),
)

POLICY = (
    Rule(
        "B510",
        "no goal",
        "The policy has an empty list of goals.",
        "write `goals: [service, fairness, cost]`, or leave `goals` out.",
        "policy: {goals: []}",
    ),
    Rule(
        "B511",
        "a goal named twice",
        "Goals are solved in their order, each once.",
        "name it once.",
        "policy: {goals: [service, cost, service]}",
    ),
    Rule(
        "B512",
        "service is not first",
        "Service is missing, or another goal stands before it: it is put first, since nobody is left out for the"
        " sake of another goal.",
        "write `service` first.",
        "policy: {goals: [cost, service]}",
        "warning",
    ),
    Rule(
        "B513",
        "ceilings that leave money to nobody",
        "The highest shares of all cooperatives that may supply add up to less than the whole spending, or a group"
        " with a ceiling holds all of them.",
        "raise them.",
        "policy: {ceilings: {all: 10 %}}   # with five cooperatives",
    ),
    Rule(
        "B514",
        "a floor for a cooperative that cannot supply",
        "A cooperative with a floor is not rural in a `rural_only` programme, or none of its products is in a basket;"
        " or that is so of all cooperatives of a group with a floor.",
        "take the floor out, or let the cooperative supply.",
        "policy: {floors: {urbaine: 20 %}}\ncooperatives:\n  - {id: urbaine, rural: false, …}",
        "warning",
    ),
    Rule(
        "B515",
        "a budget of zero",
        "Nothing that costs money can be bought.",
        "write the budget, or leave it out where there is no limit.",
        "policy: {budget: 0 MAD}",
        "warning",
    ),
    Rule(
        "B516",
        "a floor above its ceiling",
        "What the floor of a cooperative or group asks for is more money than its ceiling allows, even if everything"
        " that could be bought from all cooperatives were bought.",
        "lower the floor or raise the ceiling.",
        "policy: {floors: {zitoun: 80 %}, ceilings: {zitoun: 1 %}}",
    ),
    Rule(
        "B517",
        "a group that says nothing",
        "A group of the policy has no cooperative, or neither a floor nor a ceiling.",
        "give it cooperatives or a province, and a floor or a ceiling; or take it out.",
        "policy: {groups: [{id: women, cooperatives: [zitoun]}]}",
    ),
    Rule(
        "B518",
        "a goal or rule without effect",
        "The goal `women` where no cooperative that may supply has a majority of women, `freshness` where nothing"
        " spoils, or a rule of `fairness` where the goals do not name `fairness`.",
        "take it out, or write what it needs.",
        "policy: {goals: [service, cost], fairness: leximin}",
        "warning",
    ),
)

TRAVEL = (
    Rule(
        "B520",
        "the detour table is out of order",
        "The distances of its rows must rise.",
        "order the rows from the shortest distance to the longest.",
        "travel:\n  detour:\n    - {below: 4 km, ratio: 1.3}\n    - {below: 2 km, ratio: 1.2}\n    - {ratio: 1.1}",
    ),
    Rule(
        "B521",
        "the detour table has no open end",
        "Its last row, and only that, has no `below`: it holds for all longer distances.",
        "end it with a row that has a ratio only.",
        "travel:\n  detour:\n    - {below: 2 km, ratio: 1.3}\n    - {below: 4 km, ratio: 1.2}",
    ),
    Rule(
        "B522",
        "a longer line would be a shorter road",
        "The ratio falls so fast from one row to the next that going further would take less road.",
        "let the ratio fall more slowly, or put rows between the two.",
        "travel:\n  detour:\n    - {below: 2 km, ratio: 3.0}\n    - {below: 2.2 km, ratio: 1.5}\n    - {ratio: 1.1}",
    ),
)

POINTS = (
    Rule(
        "B530",
        "no candidates for points",
        "Families shall collect at distribution points, and the programme names no place that may become one.",
        "add candidates under `points`, or write `mode: doors`.",
        "policy: {delivery: {mode: points}}   # and no `points:` in the programme",
    ),
    Rule(
        "B531",
        "a point where nobody can collect",
        "Families per hour times the hours of a point are less than one family.",
        "write longer hours, or more families per hour.",
        "points:\n  - {id: school, hours: 14:00-14:10, families_per_hour: 5, …}",
    ),
    Rule(
        "B532",
        "a point that is never open",
        "None of its days is a working day of the calendar: it will never be used.",
        "open it on a working day, or take it out.",
        "points:\n  - {id: mosque, open: [sun], …}",
        "warning",
    ),
    Rule(
        "B533",
        "a point that no vehicle can serve",
        "No vehicle type enters its access class, or none works before families come, when baskets have to be brought.",
        "let a vehicle go there, let families come later, or take it out.",
        "points:\n  - {id: school, hours: 07:00-09:00, …}\nvehicles:\n  - {id: van, shift: 08:00-17:00, …}",
        "warning",
    ),
    Rule(
        "B534",
        "families far from every point",
        "No candidate lies within walking distance of their homes: by the policy their baskets come to the door, or"
        " they get none.",
        "add candidates near them, allow longer walks, or leave it so.",
        "policy: {delivery: {mode: points, walking: 50 m}}",
        "warning",
    ),
    Rule(
        "B535",
        "points too small for the families",
        "The largest points that may be used serve fewer families, in all their hours and days, than could walk there.",
        "allow more points, more families per hour, longer hours or more days.",
        "policy: {delivery: {mode: points, at_most: 1}}\npoints:\n  - {id: school, families_per_hour: 1, …}",
        "warning",
    ),
)
