"""The cheapest lorries of a departure, against counting out all numbers of them."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from basketplan.solve.allocation.data import Carrier
from basketplan.solve.allocation.lorries import fewest_centimes


def drawn(draw: Random) -> list[Carrier]:
    bounded = draw.random() < 0.6
    return [
        Carrier(
            lorry=f"l{number}",
            weight_g=draw.randint(1, 9),
            volume_ml=draw.randint(1, 9) if bounded or draw.random() < 0.5 else None,
            cost_centimes=draw.randint(0, 9),
        )
        for number in range(draw.randint(1, 3))
    ]


@pytest.mark.parametrize("seed", range(60))
def test_no_other_lorries_carry_the_load_for_less(seed: int) -> None:
    draw = Random(seed)
    carriers = drawn(draw)
    weight, volume = draw.randint(0, 30), draw.randint(0, 30)
    room_counts = all(item.volume_ml is not None for item in carriers)

    def carries(numbers: tuple[int, ...]) -> bool:
        pairs = list(zip(numbers, carriers, strict=True))
        heavy = sum(number * item.weight_g for number, item in pairs) >= weight
        return heavy and (not room_counts or sum(number * (item.volume_ml or 0) for number, item in pairs) >= volume)

    def price(numbers: tuple[int, ...]) -> int:
        return sum(number * item.cost_centimes for number, item in zip(numbers, carriers, strict=True))

    chosen = fewest_centimes(carriers, weight, volume)
    numbers = tuple(chosen.get(item.lorry, 0) for item in carriers)
    assert carries(numbers)
    assert price(numbers) == min(price(other) for other in product(range(31), repeat=len(carriers)) if carries(other))


def test_nothing_needs_no_lorry() -> None:
    assert fewest_centimes([Carrier(lorry="l", weight_g=5, volume_ml=5, cost_centimes=3)], 0, 0) == {}
