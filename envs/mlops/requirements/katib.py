"""Requirements about Katib's experiments: what is searched, how, and whether trials use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.mlops.commands import same_value
from envs.mlops.reading import differs, each, equal, maps, places, same_image, shown, texts
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map, as_text


def _experiment(manifest: Manifest, name: str, check: Any) -> Findings:
    """Check the Experiments of Katib by a name; other groups have an Experiment, too."""

    def inner(item: KubeObject) -> Findings:
        if not item.api_version.startswith("kubeflow.org/"):
            yield item.finding(f"`{name}` is no Experiment of Katib", "apiVersion")
        yield from check(item)

    kinds = {item.kind for item in manifest if item.kind.partition(".")[0] == "Experiment"}
    return each(manifest, name, tuple(kinds) or ("Experiment",), inner)


@requirement(
    "a Katib Experiment `{name}` that searches with the algorithm {algorithm}",
    "the Katib Experiment `{name}` uses the algorithm {algorithm}",
)
def experiment(manifest: Manifest, name: str, algorithm: str) -> Findings:
    """`algorithm.algorithmName` of an Experiment."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "algorithm", "algorithmName")
        if item.get(*path) != algorithm:
            yield differs(item, path, item.get(*path), algorithm)

    return _experiment(manifest, name, check)


@requirement(
    "the objective of `{of}` is to {direction} the metric `{metric}`",
    "`{of}` should {direction} `{metric}`",
)
def objective(manifest: Manifest, of: str, direction: str, metric: str) -> Findings:
    """`objective` of an Experiment."""

    def check(item: KubeObject) -> Findings:
        found = as_map(item.get("spec", "objective"))
        if (found.get("type"), found.get("objectiveMetricName")) != (direction, metric):
            yield item.finding(f"`{of}` does not {direction} {metric}", "spec", "objective")

    return _experiment(manifest, of, check)


@requirement(
    "`{of}` runs {parallel} trials at a time and {most} in all",
    "at most {most} trials for `{of}`, {parallel} of them in parallel",
)
def trials(manifest: Manifest, of: str, parallel: int, most: int) -> Findings:
    """`parallelTrialCount` (3 by default) and `maxTrialCount`."""

    def check(item: KubeObject) -> Findings:
        if not equal(item.get("spec", "parallelTrialCount", default=3), parallel):
            path = ("spec", "parallelTrialCount")
            yield differs(item, path, item.get(*path), parallel)
        if not equal(item.get("spec", "maxTrialCount"), most):
            yield differs(item, ("spec", "maxTrialCount"), item.get("spec", "maxTrialCount"), most)

    return _experiment(manifest, of, check)


@requirement(
    "`{of}` stops when {count} trials have failed",
    "{count} failed trials end `{of}`",
)
def failed_trials(manifest: Manifest, of: str, count: int) -> Findings:
    """`maxFailedTrialCount` of an Experiment."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "maxFailedTrialCount")
        if not equal(item.get(*path), count):
            yield differs(item, path, item.get(*path), count)

    return _experiment(manifest, of, check)


def _parameters(item: KubeObject, name: str) -> Iterator[tuple[Path, dict[Any, Any]]]:
    for at, entry in places(item, "spec", "parameters"):
        if entry.get("name") == name:
            yield at, entry


#: Fields whose texts no program of a trial sees.
_BESIDE = ("metadata", "name", "image", "workingDir", "volumes", "volumeMounts", "nodeSelector")


def _reaches_trial(item: KubeObject, name: str) -> bool:
    """Whether the trials get a parameter: its placeholder is in a command or a variable."""
    references = [
        as_text(entry.get("name"))
        for entry in maps(item.get("spec", "trialTemplate", "trialParameters"))
        if entry.get("reference") == name
    ]
    stack: list[Any] = [item.get("spec", "trialTemplate", "trialSpec", "spec")]
    wanted = [f"${{trialParameters.{one}}}" for one in references]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += [inner for key, inner in value.items() if key not in _BESIDE]
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str) and any(one in value for one in wanted):
            return True
    return False


@requirement(
    "`{of}` searches the {kind} parameter `{parameter}` between {low} and {high}, and its trials"
    " use it",
    "the {kind} parameter `{parameter}` of `{of}`, from {low} to {high}, reaches the trials",
)
def search_range(
    manifest: Manifest, of: str, kind: str, parameter: str, low: str, high: str
) -> Findings:
    """A parameter with a feasible space, and a trial that gets its value."""

    def check(item: KubeObject) -> Findings:
        found = list(_parameters(item, parameter))
        if not found:
            yield item.finding(f"`{of}` has no parameter `{parameter}`", "spec", "parameters")
        for at, entry in found:
            space = as_map(entry.get("feasibleSpace"))
            given = entry.get("parameterType"), space.get("min"), space.get("max")
            if given[0] != kind or not same_value(given[1], low) or not same_value(given[2], high):
                yield item.finding(f"`{parameter}` is searched otherwise", *at)
        if found and not _reaches_trial(item, parameter):
            message = f"no trial of `{of}` gets `{parameter}`"
            yield item.finding(message, "spec", "trialTemplate")

    return _experiment(manifest, of, check)


@requirement(
    "`{of}` tries the values {values} of the categorical parameter `{parameter}` in its trials",
    "the categorical parameter `{parameter}` of `{of}` takes the values {values} and reaches the"
    " trials",
)
def search_values(manifest: Manifest, of: str, parameter: str, values: list[str]) -> Findings:
    """A categorical parameter, and a trial that gets its value."""

    def check(item: KubeObject) -> Findings:
        found = [entry for _, entry in _parameters(item, parameter)]
        lists = [texts(as_map(one.get("feasibleSpace")).get("list")) for one in found]
        kinds = [one.get("parameterType") for one in found]
        if kinds != ["categorical"] or set(lists[0]) != set(values):
            yield item.finding(f"`{parameter}` of `{of}` has other values", "spec", "parameters")
        elif not _reaches_trial(item, parameter):
            yield item.finding(f"no trial of `{of}` gets `{parameter}`", "spec", "trialTemplate")

    return _experiment(manifest, of, check)


@requirement(
    "the trials of `{of}` are Jobs whose container has the image `{image}`",
    "each trial of `{of}` is a Job that runs `{image}`",
)
def trial_image(manifest: Manifest, of: str, image: str) -> Findings:
    """The image of the Job of a trial."""

    def check(item: KubeObject) -> Findings:
        trial = as_map(item.get("spec", "trialTemplate", "trialSpec"))
        pod = as_map(as_map(as_map(trial.get("spec")).get("template")).get("spec"))
        primary = item.get("spec", "trialTemplate", "primaryContainerName")
        listed = maps(pod.get("containers"))
        main = [one for one in listed if one.get("name") == primary] or listed
        images = [one.get("image") for one in main[:1]]
        right = any(same_image(one, image) for one in images)
        if (trial.get("apiVersion"), trial.get("kind")) != ("batch/v1", "Job") or not right:
            message = f"a trial of `{of}` is no Job with {image}, it has {shown(images[:1])}"
            yield item.finding(message, "spec", "trialTemplate", "trialSpec")

    return _experiment(manifest, of, check)
