"""Requirements about probes: they must ask the right path on the right port."""

from __future__ import annotations

from typing import Any

from envs.mlops.reading import equal, port_number, shown
from envs.mlops.spots import Spot, of_pods
from iac_gym.check import Findings
from iac_gym.languages.kubernetes.model import as_map


def _probe(spot: Spot, probe: str) -> dict[Any, Any]:
    return as_map(spot.container.get(f"{probe}Probe"))


@of_pods(
    "an HTTP {probe} probe on {who} that asks `{path}` on port {port}",
    "the {probe} probe of {who} is a GET of `{path}` on port {port}",
)
def http_probe(spot: Spot, probe: str, path: str, port: int) -> Findings:
    """A probe by HTTP: its path, and its port by number or by name."""
    found = as_map(_probe(spot, probe).get("httpGet"))
    number = port_number([spot.container], found.get("port"))
    given = found.get("path", "/")
    plain = found.get("scheme", "HTTP") == "HTTP" and not found.get("host")
    if not found or given != path or not equal(number, port) or not plain:
        what = f"asks {shown(given)} on port {shown(number)}" if found else "is no HTTP probe"
        message = f"the {probe} probe of `{spot.item.name}` {what}, asked for {path} on {port}"
        yield spot.finding(message, f"{probe}Probe")


@of_pods(
    "the startup probe of {who} leaves {seconds} seconds for loading the model"
    " (period times failure threshold)",
    "{who} may take {seconds} seconds to load its model before the startup probe gives up"
    " (period times failure threshold)",
)
def startup_time(spot: Spot, seconds: int) -> Findings:
    """periodSeconds * failureThreshold of the startup probe (the API's defaults are 10 and 3)."""
    found = _probe(spot, "startup")
    period, failures = found.get("periodSeconds", 10), found.get("failureThreshold", 3)
    right = isinstance(period, int) and isinstance(failures, int) and period * failures == seconds
    if not found or not right:
        message = f"the startup probe of `{spot.item.name}` does not leave {seconds} seconds"
        yield spot.finding(message, "startupProbe")


@of_pods(
    "the {probe} probe of {who} runs every {seconds} seconds",
    "{seconds} seconds between two {probe} probes of {who}",
)
def probe_period(spot: Spot, probe: str, seconds: int) -> Findings:
    """`periodSeconds` of a probe (the API's default is 10)."""
    found = _probe(spot, probe)
    if not found or not equal(found.get("periodSeconds", 10), seconds):
        message = f"the {probe} probe of `{spot.item.name}` does not run every {seconds} seconds"
        yield spot.finding(message, f"{probe}Probe", "periodSeconds")


@of_pods(
    "the {probe} probe of {who} first runs after {seconds} seconds",
    "an initial delay of {seconds} seconds for the {probe} probe of {who}",
)
def probe_delay(spot: Spot, probe: str, seconds: int) -> Findings:
    """`initialDelaySeconds` of a probe (the API's default is 0)."""
    found = _probe(spot, probe)
    if not found or not equal(found.get("initialDelaySeconds", 0), seconds):
        message = f"the {probe} probe of `{spot.item.name}` does not start after {seconds} seconds"
        yield spot.finding(message, f"{probe}Probe", "initialDelaySeconds")


@of_pods(
    "pods of {who} get {seconds} seconds to finish their requests when they stop",
    "a termination grace period of {seconds} seconds for {who}",
)
def grace_period(spot: Spot, seconds: int) -> Findings:
    """`terminationGracePeriodSeconds` (the API's default is 30)."""
    found = spot.spec.get("terminationGracePeriodSeconds", 30)
    if not equal(found, seconds):
        message = f"the grace period of `{spot.item.name}` is {shown(found)}, asked for {seconds}"
        yield spot.of_pod(message, "terminationGracePeriodSeconds")
