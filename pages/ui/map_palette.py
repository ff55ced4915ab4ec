"""The colours of a map: told apart by all eyes, on the light and on the dark ground."""

from __future__ import annotations

from itertools import pairwise

# Twelve groups: see docs/decisions/015-map-component.md for how they were chosen and measured.
_GROUPS_LIGHT = (
    "#445599",
    "#FF7722",
    "#008877",
    "#CC88AA",
    "#00AAEE",
    "#773344",
    "#88AA66",
    "#8855CC",
    "#CC3333",
    "#112299",
    "#333300",
    "#550055",
)
_GROUPS_DARK = (
    "#0099FF",
    "#FFAA77",
    "#119944",
    "#FFBBFF",
    "#99CCBB",
    "#DD6688",
    "#AAAA00",
    "#9977CC",
    "#88FF99",
    "#776600",
    "#4466AA",
    "#AA4466",
)
OTHER_LIGHT, OTHER_DARK = "#8A8A83", "#85857E"
NONE_LIGHT, NONE_DARK = "#C9C8C0", "#4A504E"

# Viridis (van der Walt and Smith 2015), without the end that the ground swallows. More is further
# from the ground: darker on the light one, lighter on the dark one.
_LIGHT = ("#8BD646", "#4AC16D", "#1FA187", "#277F8E", "#365C8D", "#46327E", "#440154")
_DARK = ("#46327E", "#365C8D", "#277F8E", "#1FA187", "#4AC16D", "#A0DA39", "#FDE725")
STEPS = 32


def shades(dark: bool) -> list[str]:
    """Return the colours of numbers, the lowest first."""
    return _between(_DARK if dark else _LIGHT, STEPS)


def groups(dark: bool) -> tuple[str, ...]:
    """Return the colours of groups, the largest first."""
    return _GROUPS_DARK if dark else _GROUPS_LIGHT


def _between(anchors: tuple[str, ...], steps: int) -> list[str]:
    """Return so many colours in even steps from the first anchor to the last."""
    stretches = [(_parts(one), _parts(other)) for one, other in pairwise(anchors)]
    found = []
    for step in range(steps):
        place = step / (steps - 1) * len(stretches)
        stretch = min(int(place), len(stretches) - 1)
        share = place - stretch
        mixed = (round(a + (b - a) * share) for a, b in zip(*stretches[stretch], strict=True))
        found.append("#" + "".join(f"{part:02X}" for part in mixed))
    return found


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
