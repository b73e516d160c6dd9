"""Requirements about where pods run: node labels, affinity, spreading, tolerations, priority."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.targets import (
    WORKLOADS,
    each,
    equal,
    pod_labels,
    selects,
    value_is,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _node_terms(item: KubeObject) -> list[list[dict[Any, Any]]]:
    """Return the match expressions of each alternative that the required node affinity has."""
    path = (*(item.pod_path or ()), "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")
    return [
        [as_map(e) for e in as_list(as_map(term).get("matchExpressions"))]
        for term in as_list(item.get(*path))
    ]


def _allows_only(term: list[dict[Any, Any]], key: str, values: list[str]) -> bool:
    return any(
        rule.get("key") == key
        and rule.get("operator") == "In"
        and sorted(map(str, as_list(rule.get("values")))) == sorted(values)
        for rule in term
    )


def _only_on(item: KubeObject, key: str, values: list[str]) -> bool:
    selector = as_map(item.get(*(item.pod_path or ()), "nodeSelector"))
    if len(values) == 1 and selector.get(key) == values[0]:
        return True
    terms = _node_terms(item)
    return bool(terms) and all(_allows_only(term, key, values) for term in terms)


@requirement(
    "`{of}` runs only on nodes with the label `{key}: {value}`",
    "the pods of `{of}` go to nodes labelled `{key}: {value}`",
)
def node_label(manifest: Manifest, of: str, key: str, value: str) -> Findings:
    """A node selector, or a required node affinity that comes to the same."""

    def check(item: KubeObject) -> Findings:
        path = (*(item.pod_path or ()), "nodeSelector", key)
        if not _only_on(item, key, [value]):
            yield item.finding(f"`{of}` is not bound to nodes with `{key}: {value}`", *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "the pods of `{of}` may only run on nodes with these values of the label `{key}`: {values}",
    "`{of}` is restricted to nodes whose label `{key}` has any of these values: {values}",
)
def node_label_in(manifest: Manifest, of: str, key: str, values: list[str]) -> Findings:
    """A required node affinity with the operator In (or one alternative term for each value)."""

    def check(item: KubeObject) -> Findings:
        terms = _node_terms(item)
        found: set[str] = set()
        for term in terms:
            found.update(_values_of(term, key) or {""})
        if not _only_on(item, key, list(values)) and found != set(values):
            path = (*(item.pod_path or ()), "affinity", "nodeAffinity")
            yield item.finding(f"`{of}` is not bound to nodes by the label `{key}`", *path)

    return each(manifest, of, WORKLOADS, check)


def _values_of(term: list[dict[Any, Any]], key: str) -> set[str]:
    rules = [rule for rule in term if rule.get("key") == key and rule.get("operator") == "In"]
    return {str(value) for rule in rules for value in as_list(rule.get("values"))}


@requirement(
    "`{of}` prefers nodes with the label `{key}: {value}`, with weight {weight}",
    "a preference of weight {weight} for nodes with `{key}: {value}` in `{of}`",
)
def preferred_node(manifest: Manifest, of: str, key: str, value: str, weight: int) -> Findings:
    """A preferred node affinity with its weight."""

    def check(item: KubeObject) -> Findings:
        path = (*(item.pod_path or ()), "affinity", "nodeAffinity", _PREFERRED)
        for entry in as_list(item.get(*path)):
            preference = as_map(as_map(entry).get("preference"))
            rules = [as_map(rule) for rule in as_list(preference.get("matchExpressions"))]
            if _allows_only(rules, key, [value]) and equal(as_map(entry).get("weight"), weight):
                return
        yield item.finding(f"`{of}` has no preference of {weight} for `{key}: {value}`", *path)

    return each(manifest, of, WORKLOADS, check)


def _terms(item: KubeObject, kind: str) -> list[dict[Any, Any]]:
    path = (*(item.pod_path or ()), "affinity", kind, _REQUIRED)
    return [as_map(term) for term in as_list(item.get(*path))]


def _own_pods(item: KubeObject, term: dict[Any, Any]) -> bool:
    """Whether an affinity term is about the workload's own pods: labels, and their namespace."""
    spaces, by_label = as_list(term.get("namespaces")), term.get("namespaceSelector")
    here = item.namespace in spaces or by_label == {} or (not spaces and by_label is None)
    apart_by = as_list(term.get("mismatchLabelKeys"))
    return here and not apart_by and selects(term.get("labelSelector"), pod_labels(item))


@requirement(
    "no two pods of `{of}` share the topology `{topology}` (required anti-affinity)",
    "the pods of `{of}` must keep apart by `{topology}` (required pod anti-affinity)",
)
def apart(manifest: Manifest, of: str, topology: str) -> Findings:
    """A required pod anti-affinity against the workload's own pods."""

    def check(item: KubeObject) -> Findings:
        if not any(
            term.get("topologyKey") == topology and _own_pods(item, term)
            for term in _terms(item, "podAntiAffinity")
        ):
            path = (*(item.pod_path or ()), "affinity", "podAntiAffinity")
            yield item.finding(f"the pods of `{of}` do not keep apart by `{topology}`", *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "`{of}` prefers to keep its pods apart by `{topology}`, with weight {weight}",
    "a preferred pod anti-affinity by `{topology}` in `{of}`, weight {weight}",
)
def preferably_apart(manifest: Manifest, of: str, topology: str, weight: int) -> Findings:
    """A preferred pod anti-affinity against the workload's own pods, with its weight."""

    def check(item: KubeObject) -> Findings:
        path = (*(item.pod_path or ()), "affinity", "podAntiAffinity", _PREFERRED)
        for entry in as_list(item.get(*path)):
            term = as_map(as_map(entry).get("podAffinityTerm"))
            own = _own_pods(item, term)
            at = term.get("topologyKey") == topology
            if own and at and equal(as_map(entry).get("weight"), weight):
                return
        yield item.finding(f"`{of}` does not prefer to keep apart by `{topology}`", *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "`{of}` must run beside pods labelled `{key}: {value}`, by `{topology}` (required affinity)",
    "a required pod affinity of `{of}` to pods with `{key}: {value}`, by `{topology}`",
)
def near(manifest: Manifest, of: str, key: str, value: str, topology: str) -> Findings:
    """A required pod affinity to pods with a label."""

    def check(item: KubeObject) -> Findings:
        terms = _terms(item, "podAffinity")
        if not any(
            term.get("topologyKey") == topology
            and _selects_label(as_map(term.get("labelSelector")), key, value)
            for term in terms
        ):
            path = (*(item.pod_path or ()), "affinity", "podAffinity")
            yield item.finding(f"`{of}` has no affinity to pods with `{key}: {value}`", *path)

    return each(manifest, of, WORKLOADS, check)


def _selects_label(selector: dict[Any, Any], key: str, value: str) -> bool:
    """Whether a selector picks out the pods with one label: those, all of them and no others."""
    pairs = [(name, [given]) for name, given in as_map(selector.get("matchLabels")).items()]
    for rule in map(as_map, as_list(selector.get("matchExpressions"))):
        values = as_list(rule.get("values")) if rule.get("operator") == "In" else []
        pairs.append((rule.get("key"), values))
    return bool(pairs) and all(pair == (key, [value]) for pair in pairs)


def _spread(item: KubeObject, topology: str) -> dict[Any, Any]:
    """Return the spread constraint of a topology for the workload's own pods; {} without one."""
    path = (*(item.pod_path or ()), "topologySpreadConstraints")
    entries = [as_map(entry) for entry in as_list(item.get(*path))]
    own = [e for e in entries if selects(e.get("labelSelector"), pod_labels(item))]
    return next((entry for entry in own if entry.get("topologyKey") == topology), {})


def _spread_value(
    manifest: Manifest, of: str, topology: str, field: str, asked: object
) -> Findings:
    def check(item: KubeObject) -> Findings:
        path: Path = (*(item.pod_path or ()), "topologySpreadConstraints")
        entry = _spread(item, topology)
        if not entry:
            yield item.finding(f"the pods of `{of}` are not spread over `{topology}`", *path)
        elif not equal(entry.get(field), asked):
            message = f"`{field}` of the spread over `{topology}` is not {asked} in `{of}`"
            yield item.finding(message, *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "the pods of `{of}` are spread over `{topology}` with a skew of at most {skew}",
    "a topology spread constraint over `{topology}` with max skew {skew} for `{of}`",
)
def spread(manifest: Manifest, of: str, topology: str, skew: int) -> Findings:
    """A topology spread constraint for the workload's own pods, with its `maxSkew`."""
    return _spread_value(manifest, of, topology, "maxSkew", skew)


@requirement(
    "`{action}` where the spread of `{of}` over `{topology}` cannot be kept",
    "the spread of `{of}` over `{topology}` has whenUnsatisfiable `{action}`",
)
def spread_action(manifest: Manifest, of: str, topology: str, action: str) -> Findings:
    """`whenUnsatisfiable` of a topology spread constraint."""
    return _spread_value(manifest, of, topology, "whenUnsatisfiable", action)


def _tolerations(item: KubeObject) -> list[dict[Any, Any]]:
    return [as_map(entry) for entry in as_list(item.get(*(item.pod_path or ()), "tolerations"))]


def _covers(entry: dict[Any, Any], key: str, value: str | None, effect: str) -> bool:
    """Whether a toleration accepts a taint; `value` None means whatever value it has."""
    if entry.get("effect") not in (None, "", effect):
        return False
    if effect == "NoExecute" and entry.get("tolerationSeconds") is not None:
        return False  # the pod is evicted in the end
    if as_text(entry.get("operator")) == "Exists":
        return entry.get("key") in (None, "", key)
    return entry.get("key") == key and value is not None and entry.get("value", "") == value


@requirement(
    "`{of}` tolerates the taint `{key}={value}:{effect}`",
    "a toleration in `{of}` for the taint `{key}={value}:{effect}`",
)
def tolerates(manifest: Manifest, of: str, key: str, value: str, effect: str) -> Findings:
    """A toleration (Equal or Exists) that accepts the taint."""
    return _tolerated(manifest, of, key, value, effect)


@requirement(
    "`{of}` tolerates the taint `{key}:{effect}`",
    "a toleration in `{of}` for the taint `{key}:{effect}`",
)
def tolerates_key(manifest: Manifest, of: str, key: str, effect: str) -> Findings:
    """A toleration that accepts the taint, which has no value."""
    return _tolerated(manifest, of, key, "", effect)


def _tolerated(manifest: Manifest, of: str, key: str, value: str, effect: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        if not any(_covers(entry, key, value, effect) for entry in _tolerations(item)):
            path = (*(item.pod_path or ()), "tolerations")
            shown = f"{key}={value}:{effect}" if value else f"{key}:{effect}"
            yield item.finding(f"`{of}` does not tolerate the taint `{shown}`", *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "`{of}` has the priority class `{name}`", "the pods of `{of}` use the priority class `{name}`"
)
def priority_class(manifest: Manifest, of: str, name: str) -> Findings:
    """`priorityClassName` of the pods."""
    return value_is(manifest, of, WORKLOADS, ("pod", "priorityClassName"), name)


@requirement(
    "a PriorityClass `{name}` with the value {value}",
    "the PriorityClass `{name}` has the value {value}",
)
def priority_value(manifest: Manifest, name: str, value: int) -> Findings:
    """A PriorityClass object with its value."""
    return value_is(manifest, name, ("PriorityClass",), ("value",), value)


@requirement(
    "pods of the PriorityClass `{name}` never preempt others",
    "the PriorityClass `{name}` has the preemption policy Never",
)
def never_preempts(manifest: Manifest, name: str) -> Findings:
    """`preemptionPolicy: Never` of a PriorityClass."""
    return value_is(manifest, name, ("PriorityClass",), ("preemptionPolicy",), "Never")
