"""The rules of Kubernetes over what a chart renders: the same names, stages and pages."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from functools import partial

from iac_gym.check import Findings, Rule
from iac_gym.languages.helm.judge import objects_language, problem_findings
from iac_gym.languages.helm.model import HelmModel
from iac_gym.languages.helm.rules.faults import found
from iac_gym.verdict import Finding, Stage

_CHART = "-- Chart.yaml --\napiVersion: v2\nname: shop\nversion: 0.1.0\n"
_BEFORE = "-- templates/objects.yaml --\n"


def _page(rule: Rule) -> str:
    """Return a rule's page with its examples as templates of a chart."""
    lines = [" ".join(rule.doc.split("\n\n")[0].split())]
    lines += ["", f"Source: {' '.join(rule.section('Source').split())}"]
    for title in ("Bad", "Good"):
        text = rule.section(title).replace("{{", '{{ "{{" }}')
        example = f"{_CHART}{_BEFORE}{text}"
        lines += [f"{title}::", "", textwrap.indent(example, "    "), ""]
    return "\n".join(lines).rstrip()


def _of_security(rule: Rule, model: HelmModel) -> Iterable[Finding]:
    return problem_findings(rule, model.default.judged)


def _of_validity(name: str, model: HelmModel) -> Iterable[Finding]:
    return found(model, name)


def _over_rendering(rule: Rule) -> Rule:
    check: Callable[[HelmModel], Findings]
    if rule.stage is Stage.SECURITY:
        check = partial(_of_security, rule)
    else:
        check = partial(_of_validity, rule.name)
    # Text inside of an object that cannot be read closes no gate: the chart itself can.
    stage = max(rule.stage, Stage.SCHEMA)
    return Rule(stage, rule.name, check, _page(rule))


IN_ORDER = tuple(_over_rendering(rule) for rule in objects_language().rules)
