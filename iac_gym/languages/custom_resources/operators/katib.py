"""Katib's Experiments: objective, algorithm, search space, trial template, metrics collector.

Source: kubeflow/katib, `pkg/webhook/v1beta1/experiment/validator/validator.go` and the validation
of the suggestion services.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iac_gym.formats.go_regexp import regexp_error
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, as_list, as_map, as_text

ALGORITHMS = (
    "random tpe multivariate-tpe grid hyperband bayesianoptimization cmaes sobol enas darts pbt"
).split()
_TYPES = ("int", "double", "categorical", "discrete", "unknown")
_DISTRIBUTIONS = ("", "uniform", "logUniform", "normal", "logNormal", "unknown")
_RESUME = ("", "Never", "LongRunning", "FromVolume")
_KUBEFLOW = ("TFJob", "PyTorchJob", "MPIJob", "XGBoostJob", "JAXJob", "PaddleJob", "TrainJob")
_COLLECTORS = ("StdOut", "File", "TensorFlowEvent", "PrometheusMetric", "Custom", "None", "Push")
_DEFAULT_PARALLEL = 3
_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_USED = re.compile(r"\$\{trialParameters\.([^}\n]{1,200})\}")
_META = re.compile(
    r"\$\{trialSpec\.(?:Name|Namespace|Kind|APIVersion|(?:Annotations|Labels)\[.+\])\}"
)
_TWO_GROUPS = re.compile(r".*\(.*\).*\(.*\).*", re.DOTALL)
_COUNT = frozenset(("n_startup_trials", "n_ei_candidates", "random_state"))
#: Algorithm -> the settings that its service knows; others take any.
_SETTINGS: dict[str, frozenset[str]] = {
    "tpe": _COUNT,
    "multivariate-tpe": _COUNT,
    "random": frozenset(("random_state",)),
    "grid": frozenset(("random_state",)),
    "cmaes": frozenset(("random_state", "sigma", "restart_strategy")),
}


def check_experiment(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what Katib would refuse of an Experiment."""
    spec = as_map(item.get("spec"))
    if item.name and (len(item.name) > 40 or not _NAME.match(item.name)):
        message = (
            "the name must begin with a letter, have lower case letters, digits and `-`, 40 at most"
        )
        notes.add("katib-trials", item, message, "metadata", "name")
    _check_counts(item, spec, notes)
    _check_objective(item, spec, notes)
    _check_algorithm(item, spec, notes)
    _check_space(item, spec, notes)
    _check_template(item, spec, notes)
    _check_collector(item, spec, notes)
    if as_text(spec.get("resumePolicy")) not in _RESUME:
        message, hint = "this is no resume policy", "Never, LongRunning or FromVolume"
        notes.add("katib-trials", item, message, "spec", "resumePolicy", hint=hint)


def _check_counts(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    most, failed = whole(spec.get("maxTrialCount")), whole(spec.get("maxFailedTrialCount"))
    parallel = whole(spec.get("parallelTrialCount"))
    rule = "katib-trials"
    for field, count, least in (
        ("maxTrialCount", most, 1),
        ("parallelTrialCount", parallel, 1),
        ("maxFailedTrialCount", failed, 0),
    ):
        if count is not None and count < least:
            notes.add(rule, item, f"`{field}` must be at least {least}", "spec", field)
    if most is None:
        return
    if failed is not None and failed > most:
        message = f"`maxFailedTrialCount` is {failed}, more than the {most} of `maxTrialCount`"
        notes.add(rule, item, message, "spec", "maxFailedTrialCount")
    at_once = _DEFAULT_PARALLEL if parallel is None else parallel
    if at_once > most:
        by_default = " (the default)" if parallel is None else ""
        message = (
            f"`parallelTrialCount` is {at_once}{by_default}, more than the {most} of "
            "`maxTrialCount`"
        )
        notes.add(rule, item, message, "spec", "parallelTrialCount")


def _check_objective(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    rule, objective = "katib-objective", spec.get("objective")
    if not isinstance(objective, dict):
        notes.add(rule, item, "`objective` is missing", "spec")
        return
    if objective.get("type") not in ("minimize", "maximize"):
        message = "the type of the objective is minimize or maximize"
        notes.add(rule, item, message, "spec", "objective", "type")
    name = objective.get("objectiveMetricName")
    if not name:
        notes.add(rule, item, "`objectiveMetricName` is missing", "spec", "objective")
    elif name in as_list(objective.get("additionalMetricNames")):
        message = "the additional metrics contain the metric of the objective"
        notes.add(rule, item, message, "spec", "objective", "additionalMetricNames")


def _check_algorithm(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    rule, algorithm = "katib-algorithm", spec.get("algorithm")
    if not isinstance(algorithm, dict) or not algorithm.get("algorithmName"):
        notes.add(rule, item, "`algorithm.algorithmName` is missing", "spec", "algorithm")
        return
    name = as_text(algorithm.get("algorithmName"))
    path = ("spec", "algorithm", "algorithmName")
    if name not in ALGORITHMS:
        message, hint = f'"{name[:40]}" is no algorithm', f"one of {', '.join(ALGORITHMS)}"
        notes.add(rule, item, message, *path, hint=hint)
        return
    _check_settings(item, name, algorithm, notes)
    _check_fit(item, name, spec, notes)
    early = within(spec, "earlyStopping")
    if early and early.get("algorithmName") != "medianstop":
        message, where = "the algorithm of early stopping is medianstop", ("spec", "earlyStopping")
        notes.add(rule, item, message, *where, "algorithmName")


def _check_settings(item: KubeObject, name: str, algorithm: dict[Any, Any], notes: Notes) -> None:
    known = _SETTINGS.get(name)
    path = ("spec", "algorithm", "algorithmSettings")
    for where, setting in listed(algorithm.get("algorithmSettings"), path):
        key, value = as_text(setting.get("name")), as_text(setting.get("value"))
        if known is None:
            continue
        if key not in known:
            message = f"`{key[:40]}` is no setting of {name}"
            hint = f"one of {', '.join(sorted(known))}"
            notes.add("katib-algorithm", item, message, *where, "name", hint=hint)
        elif key in _COUNT and not value.isdecimal():
            message = f"`{key}` must be a whole number of at least 0"
            notes.add("katib-algorithm", item, message, *where, "value")


def _check_fit(item: KubeObject, name: str, spec: dict[Any, Any], notes: Notes) -> None:
    """Note parameters that an algorithm cannot search."""
    parameters = list(listed(spec.get("parameters"), ("spec", "parameters")))
    ranges = [p for _, p in parameters if p.get("parameterType") in ("int", "double")]
    if name == "cmaes" and len(ranges) < 2:
        message = "cmaes needs at least two parameters of type int or double"
        notes.add("katib-algorithm", item, message, "spec", "parameters")
    for path, parameter in parameters if name == "grid" else ():
        space = within(parameter, "feasibleSpace")
        if parameter.get("parameterType") == "double" and not space.get("step"):
            message = f"grid needs a `step` for `{as_text(parameter.get('name'))[:40]}`"
            notes.add("katib-algorithm", item, message, *path, "feasibleSpace")


def _check_space(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    rule, given = "katib-search-space", as_list(spec.get("parameters"))
    if bool(given) == (spec.get("nasConfig") is not None):
        message = "give exactly one of `parameters` and `nasConfig`"
        notes.add(rule, item, message, "spec")
    for path, parameter in listed(spec.get("parameters"), ("spec", "parameters")):
        for message, where in _space_problems(parameter):
            notes.add(rule, item, message, *path, *where)


def _space_problems(parameter: dict[Any, Any]) -> list[tuple[str, tuple[str, ...]]]:
    kind, space = as_text(parameter.get("parameterType")), within(parameter, "feasibleSpace")
    found: list[tuple[str, tuple[str, ...]]] = []
    if kind not in _TYPES:
        found.append((f'"{kind[:40]}" is no type of parameter', ("parameterType",)))
    if as_text(space.get("distribution")) not in _DISTRIBUTIONS:
        found.append(("this is no distribution", ("feasibleSpace", "distribution")))
    if not space:
        found.append(("`feasibleSpace` is missing", ()))
        return found
    where = ("feasibleSpace",)
    if kind in ("int", "double"):
        if space.get("list"):
            found.append((f"a parameter of type {kind} has no `list`", (*where, "list")))
        if not space.get("min") or not space.get("max"):
            found.append((f"a parameter of type {kind} needs `min` and `max`", where))
        elif _number(space.get("min")) > _number(space.get("max")):
            found.append(("`min` is above `max`", where))
    elif kind in ("categorical", "discrete") and any(map(space.get, ("min", "max", "step"))):
        found.append((f"a parameter of type {kind} has a `list` only", where))
    return found


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


# --- the trial template ---------------------------------------------------------------------------


def _check_template(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    rule, path = "katib-trial-template", ("spec", "trialTemplate")
    template = spec.get("trialTemplate")
    if not isinstance(template, dict):
        notes.add(rule, item, "`trialTemplate` is missing", "spec")
        return
    trial, source = template.get("trialSpec"), template.get("configMap")
    for field in ("primaryContainerName", "trialParameters"):
        if not template.get(field):
            notes.add(rule, item, f"`{field}` is missing", *path)
    if (trial is None) == (source is None):
        notes.add(rule, item, "give exactly one of `trialSpec` and `configMap`", *path)
        return
    kind = as_text(as_map(trial).get("kind"))
    if trial is not None and kind != "Job" and kind not in _KUBEFLOW:
        for field in ("successCondition", "failureCondition"):
            if not template.get(field):
                notes.add(rule, item, f"`{field}` is needed for a trial of this kind", *path)
    if not isinstance(trial, dict):
        return
    _check_trial(item, trial, notes)
    _check_trial_parameters(item, spec, template, trial, notes)


def _check_trial(item: KubeObject, trial: dict[Any, Any], notes: Notes) -> None:
    rule, path = "katib-trial-template", ("spec", "trialTemplate", "trialSpec")
    for field in ("apiVersion", "kind"):
        if not trial.get(field):
            notes.add(rule, item, f"`{field}` is missing", *path)
    metadata = within(trial, "metadata")
    for field in ("name", "namespace"):
        if metadata.get(field):
            message = f"Katib gives the {field} of a trial; leave it out"
            notes.add(rule, item, message, *path, "metadata", field)


def _check_trial_parameters(
    item: KubeObject,
    spec: dict[Any, Any],
    template: dict[Any, Any],
    trial: dict[Any, Any],
    notes: Notes,
) -> None:
    rule, path = "katib-trial-template", ("spec", "trialTemplate", "trialParameters")
    searched = {as_text(as_map(p).get("name")) for p in as_list(spec.get("parameters"))}
    used = set(_USED.findall(_text(trial)))
    names: set[str] = set()
    references: set[str] = set()
    for where, parameter in listed(template.get("trialParameters"), path):
        name, reference = as_text(parameter.get("name")), as_text(parameter.get("reference"))
        if not name or not reference or "{" in name or "}" in name:
            notes.add(rule, item, "a trial parameter needs a `name` and a `reference`", *where)
            continue
        if name in names or reference in references:
            notes.add(rule, item, f"`{name[:40]}` or its reference is given twice", *where)
            continue
        names.add(name)
        references.add(reference)
        if searched and reference not in searched and not _META.fullmatch(reference):
            message = f"there is no parameter `{reference[:40]}` in the search space"
            notes.add(rule, item, message, *where, "reference")
        if name not in used:
            message = f"`${{trialParameters.{name[:40]}}}` does not occur in the trial"
            notes.add(rule, item, message, *where, "name")
    for name in sorted(used - names):
        message = f"`${{trialParameters.{name[:40]}}}` is no trial parameter"
        notes.add(rule, item, message, "spec", "trialTemplate", "trialSpec")


def _text(tree: Any) -> str:
    """Return all texts of a tree in one."""
    found: list[str] = []
    stack = [tree]
    while stack and len(found) < 10_000:
        value = stack.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            stack += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            stack += value
    return "\n".join(found)


# --- metrics collectors ---------------------------------------------------------------------------


def _check_collector(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    path = ("spec", "metricsCollectorSpec")
    collector = within(spec, "metricsCollectorSpec", "collector")
    source = within(spec, "metricsCollectorSpec", "source")
    kind = as_text(collector.get("kind")) or "StdOut"
    if kind not in _COLLECTORS or kind == "None":
        hint = f"one of {', '.join(_COLLECTORS)}"
        message = f'"{kind[:40]}" is no kind of metrics collector'
        notes.add("katib-metrics", item, message, *path, "collector", "kind", hint=hint)
        return
    check = _COLLECTOR_CHECKS.get(kind)
    if check and (message := check(collector, source)):
        notes.add("katib-metrics", item, message, *path)
    formats = within(source, "filter").get("metricsFormat")
    for place, pattern in enumerate(as_list(formats)):
        problem = regexp_error(as_text(pattern)[:1000])
        if not problem and not _TWO_GROUPS.match(as_text(pattern)):
            problem = "two groups are needed, for the name and the value"
        if problem:
            where = (*path, "source", "filter", "metricsFormat", place)
            notes.add("katib-metrics", item, f"this is no format: {problem}", *where)


def _file_problem(collector: dict[Any, Any], source: dict[Any, Any]) -> str:
    place = within(source, "fileSystemPath")
    if as_text(place.get("kind") or "File") != "File" or not _absolute(place):
        return "a File collector reads a file at an absolute path"
    form = as_text(place.get("format")) or "TEXT"
    if form not in ("TEXT", "JSON"):
        return "the format of the file is TEXT or JSON"
    if form == "JSON" and source.get("filter") is not None:
        return "a JSON file has no filter"
    return ""


def _events_problem(collector: dict[Any, Any], source: dict[Any, Any]) -> str:
    place = within(source, "fileSystemPath")
    if as_text(place.get("kind") or "Directory") != "Directory" or not _absolute(place):
        return "a TensorFlowEvent collector reads a directory at an absolute path"
    return "event files have no format" if place.get("format") else ""


def _custom_problem(collector: dict[Any, Any], source: dict[Any, Any]) -> str:
    return "" if collector.get("customCollector") else "`customCollector` is missing"


def _absolute(place: dict[Any, Any]) -> bool:
    return (as_text(place.get("path")) or "/").startswith("/")


def _prometheus_problem(collector: dict[Any, Any], source: dict[Any, Any]) -> str:
    given = within(source, "httpGet")
    port = str(given.get("port") or "8080")
    if not port.isdecimal() or int(port[:9]) <= 0:
        return "the port of the metrics is a positive number"
    path = as_text(given.get("path")) or "/metrics"
    return "" if path.startswith("/") else "the path of the metrics begins with /"


_COLLECTOR_CHECKS: dict[str, Callable[[dict[Any, Any], dict[Any, Any]], str]] = {
    "File": _file_problem,
    "TensorFlowEvent": _events_problem,
    "PrometheusMetric": _prometheus_problem,
    "Custom": _custom_problem,
}

CHECKS: dict[tuple[str, str], CheckKind] = {("kubeflow.org", "Experiment"): check_experiment}
