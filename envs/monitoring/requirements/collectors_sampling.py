"""Requirements about sampling: which traces a collector keeps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from envs.monitoring.requirements.collector_reading import LANGUAGE, items, texts
from envs.monitoring.requirements.collectors_data import on_every_way
from iac_gym.check import requirement
from iac_gym.languages.otel_collector.model import Component, Flow
from iac_gym.languages.otel_collector.values import milliseconds
from iac_gym.verdict import Finding


@requirement(
    "{percent} % of the traces are kept (processor `probabilistic_sampler`)",
    "the processor `probabilistic_sampler` keeps {percent} % of the traces",
    language=LANGUAGE,
)
def traces_sampled(model: Any, percent: float) -> Iterable[Finding]:
    """The share that is left on every way."""

    def right(flow: Flow) -> bool:
        share = 1.0
        for one in flow.processors:
            if one.type == "probabilistic_sampler":
                given = one.get("sampling_percentage")
                share *= given / 100 if isinstance(given, (int, float)) else math.nan
        return math.isclose(share * 100, percent)

    yield from on_every_way(model, "traces", f"not {percent} % of the traces are kept", right)


def _tail(flow: Flow) -> Component | None:
    return next((one for one in flow.processors if one.type == "tail_sampling"), None)


def _policies(flow: Flow) -> Iterator[Any]:
    one = _tail(flow)
    if one is not None:
        yield from items(one.tree, "policies")


def _always(flow: Flow) -> bool:
    """Whether some policy keeps traces of no particular interest."""
    for one in _policies(flow):
        codes = texts(one, "status_code", "status_codes")
        if one.get("type") == "always_sample" or (
            one.get("type") == "status_code" and set(codes) - {"ERROR"}
        ):
            return True
    return False


def _kept(model: Any, message: str, fits: Callable[[Any], bool]) -> Iterable[Finding]:
    """Yield a finding unless tail sampling has such a policy on every way."""
    yield from on_every_way(
        model, "traces", message, lambda flow: any(fits(one) for one in _policies(flow))
    )


@requirement(
    "tail sampling keeps every trace with an error",
    "no trace with an error is lost by tail sampling",
    language=LANGUAGE,
)  # fmt: skip
def keeps_errors(model: Any) -> Iterable[Finding]:
    """A policy `status_code` with ERROR."""
    yield from _kept(
        model, "traces with errors are not all kept",
        lambda one: one.get("type") == "status_code"
        and "ERROR" in texts(one, "status_code", "status_codes"),
    )  # fmt: skip


@requirement(
    "tail sampling keeps every trace that took longer than {time} ms",
    "traces of more than {time} ms are always kept by tail sampling",
    language=LANGUAGE,
)
def keeps_slow(model: Any, time: int) -> Iterable[Finding]:
    """The only policy `latency`."""
    yield from _kept(
        model, f"traces above {time} ms are not all kept",
        lambda one: one.get("type") == "latency" and _limits(one) == (time, 0),
    )  # fmt: skip


def _limits(policy: Any) -> tuple[Any, Any]:
    given = policy.get("latency")
    found = given if isinstance(given, dict) else {}
    return found.get("threshold_ms"), found.get("upper_threshold_ms") or 0


@requirement(
    "of all other traces tail sampling keeps {percent} %",
    "{percent} % of the traces that no other policy keeps are kept by tail sampling",
    language=LANGUAGE,
)
def keeps_some(model: Any, percent: float) -> Iterable[Finding]:
    """The only policy `probabilistic`, and none that keeps everything."""

    def right(flow: Flow) -> bool:
        shares = [
            given.get("sampling_percentage") if isinstance(given, dict) else None
            for given in (
                one.get("probabilistic")
                for one in _policies(flow)
                if one.get("type") == "probabilistic"
            )
        ]
        return shares == [percent] and not _always(flow)

    yield from on_every_way(model, "traces", f"not {percent} % of the other traces are kept", right)


@requirement(
    "tail sampling keeps every trace with a span whose attribute `{key}` is `{value}`",
    "traces in which a span has `{key}` equal to `{value}` are always kept by tail sampling",
    language=LANGUAGE,
)
def keeps_attribute(model: Any, key: str, value: str) -> Iterable[Finding]:
    """A policy `string_attribute`."""

    def fits(one: Any) -> bool:
        given = one.get("string_attribute")
        found = given if isinstance(given, dict) else {}
        named = found.get("key") == key and texts(found, "values") == [value]
        return one.get("type") == "string_attribute" and named and not found.get("invert_match")

    yield from _kept(model, f"traces with `{key}={value}` are not all kept", fits)


@requirement(
    "tail sampling decides {time} after the first span of a trace",
    "tail sampling waits {time} for the spans of a trace",
    language=LANGUAGE,
)
def sampling_waits(model: Any, time: str) -> Iterable[Finding]:
    """`decision_wait`, 30 s by default."""

    def right(flow: Flow) -> bool:
        one = _tail(flow)
        return one is not None and milliseconds(one.get("decision_wait") or "30s") == milliseconds(
            time
        )

    yield from on_every_way(model, "traces", f"tail sampling does not wait {time}", right)
