"""Draw the plan: ``python examples/sac-4000/draw.py plans/sac-4000 examples/sac-4000/plan.png`` (needs matplotlib)."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from basketplan import Plan, load_programme
from basketplan.programme.types import Programme

REGIONS = {"Greater Casablanca": (33.35, 33.75, -7.9, -7.3), "Greater Agadir": (29.9, 30.65, -9.75, -9.1)}


def inside(box: tuple[float, float, float, float], lat: float, lon: float) -> bool:
    """Tell whether a place lies in a box."""
    south, north, west, east = box
    return south <= lat <= north and west <= lon <= east


def supply(axes: plt.Axes, programme: Programme, plan: Plan) -> None:
    """Cooperatives and what they send: the wider the line, the heavier."""
    weight: dict[tuple[str, str], float] = {}
    for item in plan.shipments:
        key = item.cooperative, item.hub
        weight[key] = weight.get(key, 0) + item.packs * programme.product[item.product].gross_weight / 1e6
    for (coop, hub), tonnes in sorted(weight.items()):
        a, b = programme.cooperative[coop].place, programme.hub[hub].place
        axes.plot([a.lon, b.lon], [a.lat, b.lat], color="#7a5c3e", lw=0.4 + tonnes / 2.5, alpha=0.5, zorder=1)
    used = {coop for coop, _ in weight}
    places = [programme.cooperative[coop].place for coop in sorted(used)]
    axes.scatter([p.lon for p in places], [p.lat for p in places], s=14, color="#3b7d3b", zorder=2, label="cooperative")
    hubs = [hub.place for hub in programme.hubs]
    axes.scatter([p.lon for p in hubs], [p.lat for p in hubs], s=60, marker="s", color="black", zorder=3, label="hub")
    axes.set_title(f"{len(used)} cooperatives supply {len(hubs)} hubs", fontsize=10)
    axes.legend(fontsize=7, loc="lower right")


def trips(axes: plt.Axes, programme: Programme, plan: Plan, name: str) -> None:
    """Trips of one region, coloured by day."""
    box = REGIONS[name]
    days = sorted({trip.day for trip in plan.trips})
    colours = matplotlib.colormaps["turbo"]
    for trip in plan.trips:
        hub = programme.hub[trip.hub].place
        if not inside(box, hub.lat, hub.lon):
            continue
        stops = [programme.household[stop.household] for stop in trip.stops]
        colour = colours(days.index(trip.day) / max(1, len(days) - 1))
        lon, lat = [hub.lon, *(s.lon for s in stops), hub.lon], [hub.lat, *(s.lat for s in stops), hub.lat]
        axes.plot(lon[1:-1], lat[1:-1], color=colour, lw=0.6)
        axes.plot(lon[:2], lat[:2], color=colour, lw=0.2, alpha=0.5)
        axes.plot(lon[-2:], lat[-2:], color=colour, lw=0.2, alpha=0.5)
        axes.scatter(lon[1:-1], lat[1:-1], s=1.5, color=colour)
    for hub in programme.hubs:
        if inside(box, hub.place.lat, hub.place.lon):
            axes.scatter(hub.place.lon, hub.place.lat, s=60, marker="s", color="black", zorder=3)
    axes.set_title(f"{name}: trips by day", fontsize=10)


def main() -> None:
    """Draw three maps side by side."""
    programme = load_programme(Path(__file__).parent)
    plan = Plan.read(sys.argv[1])
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.6), constrained_layout=True)
    supply(axes[0], programme, plan)
    for place, name in zip(axes[1:], REGIONS, strict=True):
        trips(place, programme, plan, name)
    for item in axes:
        item.set_aspect(1 / 0.84)
        item.set_xticks([])
        item.set_yticks([])
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
