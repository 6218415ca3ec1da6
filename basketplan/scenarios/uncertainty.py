"""What is not certain, as people write it beside their scenarios, and draws from it.

::

    uncertainty:
      may:
        title: {fr: Ce qui peut arriver en mai, en: What may happen in May}
        supply:                               part of each order that comes; one draw for each cooperative
          all: {triangular: [70 %, 100 %, 100 %]}
          argane-souss: {uniform: [40 %, 100 %]}
        delay:                                calendar days by which the lorries of a cooperative come later
          all: {0: 85 %, 1: 10 %, 3: 5 %}
        absence: 5 %                          households that are not in, or that do not answer
        speed: {normal: [100 %, 10 %]}        of all vehicles of a hub on a day, of their usual speed

``all`` holds for every cooperative that is not named. Draws are those of a scrambled Sobol sequence (Owen 1995, in
:mod:`scipy.stats.qmc`), which fills the space evenly and is the same for the same seed; who is in is drawn
independently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from basketplan.errors import Fault, InputError
from basketplan.programme.library import Library, ScenarioFile
from basketplan.programme.types import Text
from basketplan.programme.validate import found, unknown_key
from basketplan.programme.written import Path
from basketplan.units import parse_fraction, split_amount

__all__ = ["Delay", "Spread", "Uncertainty", "changes_of", "read_uncertainty", "sobol"]

_KEYS: Final = ("title", "supply", "delay", "absence", "speed")
_SHAPES: Final = {"triangular": 3, "uniform": 2, "normal": 2}
_MOST_DAYS: Final = 60
_ALL: Final = "all"
_SLOWEST: Final = 0.2
_EXAMPLE: Final = "write, for example, supply: {all: {triangular: [70 %, 100 %, 100 %]}}"

Draws = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A distribution of a factor.

    ``triangular`` has least, likeliest and most, ``uniform`` least and most, ``normal`` mean and deviation.
    """

    shape: str = "uniform"
    values: tuple[float, ...] = (1.0, 1.0)

    def at(self, quantile: Draws) -> Draws:
        """Return the factor at each quantile (0 to 1)."""
        if self.shape == "normal":
            from scipy.special import ndtri

            mean, deviation = self.values
            result: Draws = mean + deviation * ndtri(np.clip(quantile, 1e-9, 1 - 1e-9))
            return result
        if self.shape == "uniform":
            low, high = self.values
            return low + (high - low) * quantile
        low, mode, high = self.values
        if high <= low:
            return np.full_like(quantile, low)
        turn = (mode - low) / (high - low)
        rising = low + np.sqrt(quantile * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - quantile) * (high - low) * (high - mode))
        return np.where(quantile < turn, rising, falling)


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Days of delay with their probabilities, which sum to 1."""

    days: tuple[int, ...] = (0,)
    shares: tuple[float, ...] = (1.0,)

    def at(self, quantile: Draws) -> NDArray[np.int64]:
        """Return the days at each quantile: the more, the higher."""
        edges = np.cumsum(self.shares)[:-1]
        return np.asarray(self.days, dtype=np.int64)[np.searchsorted(edges, quantile, side="right")]


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """What is not certain in a programme."""

    name: str
    title: Text = field(default_factory=Text)
    supply: Mapping[str, Spread] = field(default_factory=dict)
    """Cooperative or ``all`` → part of its orders that comes."""
    delay: Mapping[str, Delay] = field(default_factory=dict)
    absence: float = 0.0
    """Probability that a household is not in."""
    speed: Spread | None = None

    def supply_of(self, cooperative: str) -> Spread:
        """Return the spread of what a cooperative delivers."""
        return self.supply.get(cooperative, self.supply.get(_ALL, Spread()))

    def delay_of(self, cooperative: str) -> Delay:
        """Return the delays of a cooperative."""
        return self.delay.get(cooperative, self.delay.get(_ALL, Delay()))

    def speeds(self, quantile: Draws) -> Draws:
        """Return speeds as parts of the usual one, never below :data:`_SLOWEST`."""
        return np.ones_like(quantile) if self.speed is None else np.maximum(self.speed.at(quantile), _SLOWEST)


def sobol(samples: int, dimensions: int, seed: int) -> Draws:
    """Return ``(samples, dimensions)`` quantiles that fill the space evenly."""
    from scipy.stats import qmc

    power = max(0, (samples - 1).bit_length())
    drawn: Draws = qmc.Sobol(max(1, dimensions), scramble=True, rng=np.random.default_rng(seed)).random_base2(power)
    return drawn[:samples, :dimensions]


def changes_of(uncertainty: Uncertainty, cooperatives: Sequence[str], samples: int, seed: int) -> list[tuple[str, ...]]:
    """Return worlds to plan for again, each as overrides of the programme.

    What is drawn is known when it is planned: each cooperative can supply a part of its capacities, its goods come
    later, vehicles are slower or faster. Who will be in is not known, so absence has no part in it.
    """
    drawn = sobol(samples, 2 * len(cooperatives) + 1, seed)
    worlds = []
    for row in drawn:
        changes = []
        for number, coop in enumerate(cooperatives):
            part = float(np.clip(uncertainty.supply_of(coop).at(row[number : number + 1])[0], 0.0, 1.0))
            late = int(uncertainty.delay_of(coop).at(row[len(cooperatives) + number :][:1])[0])
            if part < 1:
                changes.append(f"cooperatives[{coop}].offers[*].capacity={{scale: {part * 100:.1f} %}}")
            if late:
                changes.append(f"cooperatives[{coop}].offers[*].first_day=+{late} days")
        speed = float(uncertainty.speeds(row[-1:])[0])
        if uncertainty.speed is not None:
            changes.append(f"vehicles[*].speed={{scale: {speed * 100:.1f} %}}")
        worlds.append(tuple(changes))
    return worlds


def read_uncertainty(library: Library, name: str, cooperatives: Sequence[str]) -> Uncertainty:
    """Return the uncertainty of that name.

    Parameters
    ----------
    cooperatives
        Ids that may be named in it.

    Raises
    ------
    InputError
        With every fault of it.
    """
    entry = library.find("uncertainty", name)
    if entry is None:
        raise InputError(library.unknown(name, "uncertainty"))
    return _Reader(entry[0], name, entry[1], cooperatives).read()


class _Reader:
    """Reads one uncertainty, with every fault in it."""

    def __init__(self, file: ScenarioFile, name: str, entry: Any, cooperatives: Sequence[str]) -> None:
        self.file, self.name, self.entry, self.cooperatives = file, name, entry, cooperatives
        self.faults: list[Fault] = []

    def read(self) -> Uncertainty:
        if not isinstance(self.entry, dict):
            self._refuse(f"it says what is not certain{found(self.entry)}", (), _EXAMPLE)
            raise InputError(self.faults)
        for key in self.entry:
            if key not in _KEYS:
                self._refuse(f"the key '{key}' is not known", (key,), unknown_key(key, _KEYS), code="B201", key=True)
        title = self.entry.get("title")
        made = Uncertainty(
            name=self.name,
            title=Text(fr=title) if isinstance(title, str) else Text(**self._texts(title)),
            supply={who: self._spread(told, at) for who, told, at in self._named("supply")},
            delay={who: self._delay(told, at) for who, told, at in self._named("delay")},
            absence=self._share(self.entry.get("absence", "0 %"), ("absence",)),
            speed=self._spread(self.entry["speed"], ("speed",)) if "speed" in self.entry else None,
        )
        if self.faults:
            raise InputError(self.faults)
        return made

    def _refuse(self, message: str, path: Path, help: str = "", *, code: str = "B229", key: bool = False) -> None:
        told = f"uncertainty '{self.name}': {message}"
        at = (*self.file.path("uncertainty", self.name), *path)
        self.faults.append(self.file.fault(code, told, at, help, key=key))

    def _texts(self, title: Any) -> dict[str, str]:
        if title is None or (isinstance(title, dict) and set(title) <= {"fr", "ar", "en"}):
            return {key: str(value) for key, value in (title or {}).items()}
        self._refuse(f"title: expected a text, or texts by language{found(title)}", ("title",), code="B204")
        return {}

    def _named(self, key: str) -> list[tuple[str, Any, Path]]:
        told = self.entry.get(key, {})
        if not isinstance(told, dict):
            self._refuse(f"{key}: name cooperatives, or all{found(told)}", (key,), _EXAMPLE)
            return []
        for who in told:
            if who != _ALL and who not in self.cooperatives:
                help = unknown_key(who, [_ALL, *self.cooperatives])
                self._refuse(f"{key}: there is no cooperative '{who}'", (key, who), help, key=True)
        return [(who, value, (key, who)) for who, value in told.items()]

    def _spread(self, told: Any, at: Path) -> Spread:
        shape, values = next(iter(told.items())) if isinstance(told, dict) and len(told) == 1 else ("", None)
        if shape not in _SHAPES or not isinstance(values, list) or len(values) != _SHAPES[shape]:
            help = (
                "write {uniform: [least, most]}, {triangular: [least, likeliest, most]} or {normal: [mean, deviation]}"
            )
            self._refuse(f"this is no distribution{found(told)}", at, help)
            return Spread()
        parts = tuple(self._factor(value, (*at, shape, number)) for number, value in enumerate(values))
        if shape != "normal" and list(parts) != sorted(parts):
            self._refuse("the values must rise", at, "write the least first")
        return Spread(shape=shape, values=parts)

    def _factor(self, value: Any, at: Path) -> float:
        try:
            number, unit = split_amount(value)
        except ValueError as error:
            self._refuse(str(error), at)
            return 1.0
        if unit != "%" or not 0 <= number <= 500:
            self._refuse(f"expected a percentage between 0 % and 500 %{found(value)}", at)
        return float(number / 100)

    def _share(self, value: Any, at: Path) -> float:
        try:
            return parse_fraction(value)
        except ValueError as error:
            self._refuse(str(error), at)
            return 0.0

    def _delay(self, told: Any, at: Path) -> Delay:
        if not isinstance(told, dict) or not all(str(day).isdecimal() and int(day) <= _MOST_DAYS for day in told):
            self._refuse(f"write days and how likely they are{found(told)}", at, "{0: 85 %, 1: 10 %, 3: 5 %}")
            return Delay()
        pairs = sorted((int(day), self._share(value, (*at, day))) for day, value in told.items())
        if abs(sum(share for _, share in pairs) - 1) > 1e-6:
            self._refuse("the probabilities must sum to 100 %", at, "say how likely 0 days are, too")
            return Delay()
        return Delay(days=tuple(day for day, _ in pairs), shares=tuple(share for _, share in pairs))
