"""The functions and aggregations of PromQL, with the types of their arguments.

Source: https://github.com/prometheus/prometheus/blob/v3.14.0/promql/parser/functions.go
"""

from __future__ import annotations

from typing import NamedTuple

from iac_gym.formats.promql.nodes import RANGE, SCALAR, STRING, VECTOR

_TYPES = {"v": VECTOR, "r": RANGE, "s": SCALAR, "t": STRING}


class Function(NamedTuple):
    """What a function takes and returns.

    `least` and `most` bound the number of arguments (None: no bound); arguments beyond `takes` have
    its last type. `experimental` ones need a feature flag, which servers do not have by default.
    """

    takes: tuple[str, ...]
    returns: str
    least: int
    most: int | None
    experimental: bool = False


#: Signature -> names: the types of the arguments, `?` before an optional last one, `*` before one
#: that may be repeated or left out, and after `>` the type of the result.
_SIGNATURES = {
    "v>v": """abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor
        histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2
        rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp""",
    "r>v": """absent_over_time avg_over_time changes count_over_time delta deriv first_over_time
        idelta increase irate last_over_time max_over_time min_over_time present_over_time rate
        resets stddev_over_time stdvar_over_time sum_over_time""",
    "?v>v": "day_of_month day_of_week day_of_year days_in_month hour minute month year",
    "vss>v": "clamp",
    "vs>v": "clamp_max clamp_min",
    "v?s>v": "round",
    "sv>v": "histogram_quantile",
    "ssv>v": "histogram_fraction",
    "sr>v": "quantile_over_time",
    "rs>v": "predict_linear",
    "vtttt>v": "label_replace",
    "vtt*t>v": "label_join",
    "v>s": "scalar",
    "s>v": "vector",
    ">s": "pi time",
}
_EXPERIMENTAL = {
    "r>v": """mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time
        ts_of_min_over_time""",
    "v>v": "start_timestamp",
    "rss>v": "double_exponential_smoothing",
    "v?v>v": "info",
    "v*t>v": "sort_by_label sort_by_label_desc",
    "vts*s>v": "histogram_quantiles",
    "ss>s": "max_of min_of",
    ">s": "end range start step",
}


def _function(signature: str, experimental: bool) -> Function:
    arguments, _, result = signature.partition(">")
    takes = tuple(_TYPES[char] for char in arguments if char in _TYPES)
    open_end = "?" in arguments or "*" in arguments
    least = len(takes) - open_end
    most = None if "*" in arguments else len(takes)
    return Function(takes, _TYPES[result], least, most, experimental)


FUNCTIONS = {
    name: _function(signature, experimental)
    for table, experimental in ((_SIGNATURES, False), (_EXPERIMENTAL, True))
    for signature, names in table.items()
    for name in names.split()
}
#: Names that Prometheus 2 had, and what to write instead.
RENAMED = {"holt_winters": "double_exponential_smoothing, which needs a feature flag"}

#: Aggregation -> type of its parameter ("" for none).
AGGREGATIONS = {
    **dict.fromkeys("avg count group max min stddev stdvar sum".split(), ""),
    **dict.fromkeys("bottomk quantile topk limitk limit_ratio".split(), SCALAR),
    "count_values": STRING,
}
EXPERIMENTAL_AGGREGATIONS = frozenset(("limitk", "limit_ratio"))
#: Aggregations that give back the series they are given, with all labels.
SELECTING = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
