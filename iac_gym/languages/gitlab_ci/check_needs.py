"""Checks of the form of `needs`, in a job and in a rule."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci.checker import Checker, blank, is_text, is_truth, items, kind
from iac_gym.languages.gitlab_ci.expand import UNSEEN

#: Keys of each kind of need: of this pipeline, of another pipeline, of another project, upstream.
KEYS = {
    "job": frozenset(("artifacts", "job", "optional", "parallel")),
    "cross_dependency": frozenset(("artifacts", "job", "optional", "parallel", "pipeline")),
    "project": frozenset(("artifacts", "job", "parallel", "project", "ref")),
    "bridge": frozenset(("pipeline",)),
}
#: Most needs of other pipelines, and of other projects.
MOST_FOREIGN = 5
RULE = "needs-are-right"


def kind_of_need(value: Any) -> str:
    """Return the kind of a need as GitLab tells them apart, '' for none."""
    if value.__class__ is str:
        return "job"
    if value.__class__ is not YamlMap:
        return ""
    if "project" in value:
        return "project"
    if "pipeline" in value:
        return "cross_dependency" if "job" in value else "bridge"
    return "job" if "job" in value else ""


def needs(
    check: Checker, value: Any, mark: Mark, where: str, allowed: tuple[str, ...]
) -> list[str]:
    """A list of needs (or one mapping); returns their kinds."""
    if value is UNSEEN:
        return []
    if value.__class__ not in (YamlList, YamlMap):
        hint = f"write [{value[:60]}]" if value.__class__ is str else ""
        message = f"{where}: `needs` must be a list, not {kind(value)}"
        check.bad(RULE, message, mark, hint)
        return []
    queue = list(items(value, mark))
    found: list[str] = []
    for item, place in queue:
        if item.__class__ is YamlList:
            queue.extend(items(item, place) if len(queue) < 10_000 else ())
        elif item is not UNSEEN:
            found.append(_need(check, item, place, where, allowed))
    for one in ("cross_dependency", "project"):
        if found.count(one) > MOST_FOREIGN:
            message = f"{where}: `needs` names more than {MOST_FOREIGN} foreign jobs"
            check.bad(RULE, message, mark)
    return found


def _need(check: Checker, value: Any, mark: Mark, where: str, allowed: tuple[str, ...]) -> str:
    found = kind_of_need(value)
    if not found or (found not in allowed):
        said = "a need of another pipeline" if found else kind(value)
        message = f"{where}: `needs` takes names of jobs and mappings with `job`, not {said}"
        check.bad(RULE, message, mark)
        return found
    if value.__class__ is str:
        if blank(value):
            check.bad(RULE, f"{where}: a name in `needs` is empty", mark)
        return found
    check.keys(value, KEYS[found], f"{where}: needs")
    for key in ("job", "pipeline", "project", "ref"):
        required = key in value or (key == "ref" and found == "project")
        given = value.get(key)
        if required and (blank(given) or not is_text(given)):
            check.bad(RULE, f"{where}: `needs:{key}` must be text", value.marks.get(key, mark))
    for key in ("artifacts", "optional"):
        check.test(is_truth, value, key, RULE, f"{where}: `needs:{key}` must be true or false")
    if value.get("parallel") is not None:
        matrix(check, value["parallel"], value.marks["parallel"], f"{where}: needs", RULE, False)
    return found


#: Most jobs that `parallel` makes.
MOST_PARALLEL = 200


def matrix(
    check: Checker, value: Any, mark: Mark, where: str, rule: str = "parallel-is-right",
    number: bool = True,
) -> None:  # fmt: skip
    """`parallel`: a number from 1 to 200, or a matrix that makes as many jobs at most."""
    if value is UNSEEN:
        return
    if value.__class__ is int and number:
        if not 1 <= value <= MOST_PARALLEL:
            check.bad(rule, f"{where}: `parallel` is {value}, must be 1 to {MOST_PARALLEL}", mark)
        return
    if value.__class__ is not YamlMap or "matrix" not in value:
        wanted = "a number or a mapping with `matrix`" if number else "a mapping with `matrix`"
        check.bad(rule, f"{where}: `parallel` must be {wanted}, not {kind(value)}", mark)
        return
    check.keys(value, ("matrix",), f"{where}: parallel")
    rows, place = value["matrix"], value.marks["matrix"]
    if rows is UNSEEN:
        return
    if rows.__class__ is not YamlList:
        check.bad(rule, f"{where}: `matrix` must be a list of mappings, not {kind(rows)}", place)
        return
    count = sum(_row(check, row, at, where, rule) for row, at in items(rows, place))
    if count > MOST_PARALLEL:
        message = f"{where}: `matrix` makes {count} jobs, must be {MOST_PARALLEL} at most"
        check.bad(rule, message, place)


def _row(check: Checker, row: Any, mark: Mark, where: str, rule: str) -> int:
    """Check one entry of a matrix; returns how many jobs it makes."""
    if row is UNSEEN:
        return 0
    if row.__class__ is not YamlMap or not row:
        message = f"{where}: an entry of `matrix` must be a mapping, not {kind(row)}"
        check.bad(rule, message, mark)
        return 0
    count = 1
    for name, given in row.items():
        values = given if given.__class__ is YamlList else [given]
        good = all(one.__class__ in (str, int) or one is UNSEEN for one in values)
        if blank(given) or not good or name.__class__ not in (str, int):
            message = (
                f"{where}: `matrix:{str(name)[:60]}` takes text, whole numbers or lists of them"
            )
            hint = "quote the number" if any(isinstance(one, float) for one in values) else ""
            check.bad(rule, message, row.marks[name], hint)
        count *= max(len(values), 1)
    return min(count, 10**6)
