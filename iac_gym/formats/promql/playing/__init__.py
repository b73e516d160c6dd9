"""Plays an expression on series that are given: does this alert fire when usage is 91 %?

`play(node, series)` gives the samples of the result, None where the expression uses something that
is not played (native histograms, `@`, experimental functions) or takes too many steps. Every series
is a straight line, so rates are exact, and nothing depends on a clock: `NOW` is a fixed moment.

Source: https://prometheus.io/docs/prometheus/latest/querying/functions/ and operators
"""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.formats.promql.nodes import Node
from iac_gym.formats.promql.playing.player import Player
from iac_gym.formats.promql.playing.series import NOW, NotPlayed, Sample, Series

__all__ = ["NOW", "Sample", "Series", "play"]


def play(node: Node, series: Iterable[Series], at: float = NOW) -> list[Sample] | None:
    """Return the samples of an expression at a moment; a scalar is one sample without labels."""
    try:
        found = Player(tuple(series)).run(node, at)
    except (NotPlayed, ArithmeticError, ValueError):
        return None
    if isinstance(found, float):
        return [Sample({}, found)]
    return found if isinstance(found, list) else None
