"""The contract: what every environment must satisfy, for ours and for third parties'.

    from iac_gym.testing import CHECKS, run_contract
    assert not run_contract("IaC-K8s-v0")

Each check is a function `(category, depth) -> problems` whose docstring is its sentence in reports;
`depth` is the number of tasks looked at for each family and split. Everything that a check needs
comes from the category itself: a new environment is tested without a new test.

A language may offer `iac_gym/languages/<name>/equivalents.py` with `equivalents(files)`, which
yields (what was changed, files) for rewritings that mean the same; they must score the same.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec

from iac_gym.answer import Answer
from iac_gym.category import Category
from iac_gym.check import Requirement, say
from iac_gym.draw import unit
from iac_gym.hostile import HOSTILE, NOTHING, damaged, misspelt
from iac_gym.prompt import STYLES, render_given
from iac_gym.registry import category_of, env_ids
from iac_gym.reward import PASS_MARK, Reward, reward_of
from iac_gym.task import (
    SPLITS,
    Task,
    build_task,
    difficulty_of,
    split_of,
    variants,
    wanted_level,
)
from iac_gym.verdict import Outcome, Stage, Verdict
from iac_gym.verifier import verify

Problems = Iterator[str]
Check = Callable[[Category, int], Problems]

#: The most that an answer to something else may earn.
FLOOR = 0.1


@dataclass(frozen=True)
class Problem:
    """One breach of the contract."""

    check: str
    message: str


CHECKS: list[Check] = []


def _contract(check: Check) -> Check:
    CHECKS.append(check)
    return check


def tasks_of(category: Category, depth: int, split: str | None = None) -> Iterator[Task]:
    """Build `depth` tasks of every family and split, at well-spread indices."""
    for name, family in category.families.items():
        for part in SPLITS if split is None else (split,):
            if part != "test" and family.held_out:
                continue
            for place in range(depth):
                yield build_task(category, name, part, int(unit("contract", place) * 10**6))


def _grade(text: str | Answer, task: Task) -> tuple[Verdict, Reward]:
    verdict = verify(text, task)
    return verdict, reward_of(verdict)


def _fenced(task: Task) -> str:
    files = task.reference
    if len(files) == 1:
        return f"```{task.files[0][1]}\n{next(iter(files.values()))}```\n"
    return render_given(files)


def _why(verdict: Verdict) -> str:
    return verdict.unscored or "; ".join(str(d) for d in verdict.diagnostics[:3])


@_contract
def gymnasium_accepts_it(category: Category, depth: int) -> Problems:
    """`gymnasium.utils.env_checker.check_env` passes, without a warning about spaces or seeds."""
    import gymnasium
    from gymnasium.utils.env_checker import check_env

    env = gymnasium.make(category.env_id).unwrapped
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            check_env(env)
        except Exception as error:  # whatever the checker raises is a problem to report
            yield f"check_env: {error}"
    yield from (f"check_env warns: {warning.message}" for warning in caught)


@_contract
def reference_solves_its_task(category: Category, depth: int) -> Problems:
    """The reference is valid, meets every requirement and scores 1.0, bare, fenced or after
    thinking.
    """
    for task in tasks_of(category, depth):
        forms = [
            _fenced(task),
            f"<think>\nSome ```yaml\nx: 1\n``` thoughts</think>\n{_fenced(task)}",
        ]
        if len(task.files) == 1:
            forms.append(task.reference_text)
        for text in forms:
            verdict, reward = _grade(text, task)
            if not verdict.solved or reward.total != 1.0:
                yield f"{task.id}: its reference scores {reward.total}: {_why(verdict)}"
                break


@_contract
def equivalent_answers_score_the_same(category: Category, depth: int) -> Problems:
    """Rewritings of the reference that mean the same to the real tool score 1.0 as well."""
    for task in tasks_of(category, depth):
        module = f"iac_gym.languages.{category.family(task.family).language}.equivalents"
        if find_spec(module) is None:
            continue
        for change, files in import_module(module).equivalents(task.reference):
            verdict, reward = _grade(Answer(files), task)
            if reward.total != 1.0:
                yield f"{task.id}: {change}: scores {reward.total}: {_why(verdict)}"


def _key(asked: Requirement) -> str:
    return json.dumps([asked.name, asked.args], sort_keys=True, default=list)


@_contract
def one_parameter_changes_its_requirements(category: Category, depth: int) -> Problems:
    """Changing one parameter of the reference fails exactly the requirements that it changed."""
    for task in tasks_of(category, max(1, depth // 3)):
        own = {_key(asked) for asked in task.requirements}
        for name, value, other in variants(category, task):
            changed = {_key(asked) for asked in other.requirements}
            if changed == own:
                yield f"{task.id}: the parameter {name!r} changes no requirement"
            yield from _compare(category, task, other, changed, f"{name}={value!r}")


def _compare(
    category: Category, task: Task, other: Task, changed: set[str], where: str
) -> Problems:
    verdict = verify(Answer(other.reference), task)
    if verdict.unscored or verdict.gated:
        yield f"{task.id}: {where}: no verdict on the changed reference: {_why(verdict)}"
        return
    if not verdict.valid:
        yield f"{task.id}: {where}: the changed reference is not valid: {_why(verdict)}"
    met = {o.requirement for o in verdict.outcomes if o.requirement >= 0 and o.passed}
    for place, asked in enumerate(task.requirements):
        same = _key(asked) in changed
        ordered = category.requirements[asked.name].ordered
        if same and place not in met:
            yield f"{task.id}: {where}: {asked.text!r} fails, though it did not change"
        if not same and place in met and not ordered:
            yield f"{task.id}: {where}: {asked.text!r} is still met by the changed answer"


@_contract
def what_is_checked_is_said(category: Category, depth: int) -> Problems:
    """Every argument of every requirement stands in the instruction, word for word."""
    for task in tasks_of(category, depth):
        for asked in task.requirements:
            if asked.text not in task.instruction:
                yield f"{task.id}: {asked.name}: its text is not in the instruction"
            for name, value in asked.args.items():
                if say(value) not in task.instruction:
                    yield f"{task.id}: {asked.name}: {name}={value!r} is not said"


@_contract
def tasks_are_plain_data(category: Category, depth: int) -> Problems:
    """Requirements go through JSON, tasks through pickle, and an id rebuilds the same task."""
    for task in tasks_of(category, depth):
        for asked in task.requirements:
            data = json.loads(json.dumps(asked.to_json()))
            if _key(Requirement(**data)) != _key(asked):
                yield f"{task.id}: {asked.name} does not survive JSON"
        again = build_task(category, task.family, task.split, task.index)
        if _digest(again) != _digest(task) or _digest(pickle.loads(pickle.dumps(task))) != _digest(
            task
        ):
            yield f"{task.id}: rebuilt or unpickled, it is another task"


def _digest(task: Task) -> str:
    asked = [requirement.to_json() for requirement in task.requirements]
    data = [task.id, task.instruction, asked, task.reference, task.difficulty, task.system]
    return blake2b(json.dumps(data, sort_keys=True, default=list).encode()).hexdigest()


@_contract
def nothing_earns_nothing(category: Category, depth: int) -> Problems:
    """Empty text, prose, comments and an echo of the prompt score 0.0."""
    for task in tasks_of(category, max(1, depth // 3)):
        for text in (*NOTHING, task.instruction, f"{task.system}\n{task.instruction}"):
            verdict, reward = _grade(text, task)
            if reward.total != 0.0 or verdict.unscored:
                yield f"{task.id}: {text[:40]!r} scores {reward.total} {verdict.unscored}"


@_contract
def dead_text_does_not_count(category: Category, depth: int) -> Problems:
    """A reference in comments, in thoughts, or given twice as alternatives scores 0.0."""
    for task in tasks_of(category, max(1, depth // 3)):
        fenced = _fenced(task)
        texts = {
            "commented out": "".join(f"# {line}\n" for line in task.reference_text.splitlines()),
            "inside thoughts": f"<think>\n{fenced}</think>\n",
            "in unclosed thoughts": f"<think>\n{fenced}",
            "in an unclosed fence": fenced.rstrip().removesuffix("```"),
            "answered twice": f"{fenced}\nAlternatively:\n\n{fenced}",
            "as a JSON string": json.dumps(task.reference_text),
            "in another language's fence": f"```python\n{task.reference_text}```\n",
        }
        for what, text in texts.items():
            _, reward = _grade(text, task)
            if reward.total != 0.0:
                yield f"{task.id}: its reference, {what}, scores {reward.total}"


@lru_cache(maxsize=1)
def _all_references(depth: int) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Return (task id, reference, keys of its requirements) of tasks of every environment."""
    return tuple(
        (task.id, task.reference_text, frozenset(map(_key, task.requirements)))
        for env_id in env_ids()
        for task in tasks_of(category_of(env_id), depth, "test")
    )


@_contract
def other_answers_earn_the_floor(category: Category, depth: int) -> Problems:
    """The reference of another family or environment earns at most 0.1, where the two tasks have
    no requirement in common.
    """
    others = _all_references(1)
    for place, task in enumerate(tasks_of(category, max(1, depth // 4), "train")):
        for step in range(8):
            other_id, text, asked = others[(place * 7 + step * 13) % len(others)]
            if other_id.split("/")[:2] == task.id.split("/")[:2]:
                continue
            if not asked.isdisjoint(map(_key, task.requirements)):
                continue
            verdict, reward = _grade(text, task)
            if reward.total > FLOOR or verdict.solved:
                yield f"{task.id}: the reference of {other_id} scores {reward.total}"


@_contract
def rejected_answers_fail(category: Category, depth: int) -> Problems:
    """An answer that the real tool would reject scores below the pass mark."""
    for task in tasks_of(category, max(1, depth // 2)):
        for text in damaged(task.reference_text, task.id):
            verdict, reward = _grade(text, task)
            if verdict.unscored:
                yield f"{task.id}: no verdict on a damaged reference: {verdict.unscored}"
            if not verdict.valid and reward.total >= PASS_MARK:
                yield f"{task.id}: an invalid answer scores {reward.total}: {_why(verdict)}"
            if not verdict.solved and reward.total >= 1.0:
                yield f"{task.id}: an answer that is not solved scores {reward.total}"


@_contract
def misspelt_answers_are_rejected(category: Category, depth: int) -> Problems:
    """Of the copies of references with one misspelt word, most are found to be invalid."""
    seen = invalid = 0
    for task in tasks_of(category, max(1, depth // 2)):
        for text in misspelt(task.reference_text, task.id):
            seen += 1
            invalid += not _grade(text, task)[0].valid
    if invalid <= seen / 2:
        yield f"{category.env_id}: only {invalid} of {seen} misspelt references are invalid"


@_contract
def reward_orders_answers(category: Category, depth: int) -> Problems:
    """Fewer requirements met, lower total, strictly; an invalid answer earns less than the same
    one valid.
    """
    for asked in (1, 3, 8):
        for valid in (True, False):
            totals = [
                reward_of(_synthetic(asked, met, valid=valid)).total for met in range(asked + 1)
            ]
            if totals != sorted(set(totals)) or totals[0] != 0.0:
                yield f"totals for 0 to {asked} requirements met are {totals} (valid: {valid})"
        better, worse = (reward_of(_synthetic(asked, asked, valid=v)).total for v in (True, False))
        if not worse < PASS_MARK <= better == 1.0:
            yield f"all of {asked} met scores {better} valid and {worse} invalid"


def _synthetic(asked: int, met: int, *, valid: bool) -> Verdict:
    from iac_gym.verdict import Finding

    wrong = (Finding("wrong"),)
    outcomes = [Outcome(Stage.SCHEMA, f"rule-{i}") for i in range(30)]
    if not valid:
        outcomes.append(Outcome(Stage.SCHEMA, "broken", wrong))
    for place in range(asked):
        findings = () if place < met else wrong
        outcomes.append(Outcome(Stage.REQUIREMENTS, f"r{place}", findings, "", place))
    return Verdict(tuple(outcomes), asked)


@_contract
def any_text_gets_a_verdict(category: Category, depth: int) -> Problems:
    """Hostile text gets a verdict, twice the same, never "unscored", and earns nothing."""
    tasks = list(tasks_of(category, 1, "test"))
    for place, (name, text) in enumerate(HOSTILE.items()):
        for task in tasks[place % 3 :: 7] or tasks[:1]:
            first, reward = _grade(text, task)
            if first.unscored:
                yield f"{task.id}: {name}: unscored: {first.unscored}"
            if first != verify(text, task):
                yield f"{task.id}: {name}: two verdicts differ"
            if reward.total > FLOOR:
                yield f"{task.id}: {name}: scores {reward.total}"


@_contract
def grades_repeat(category: Category, depth: int) -> Problems:
    """The same answer gets the same verdict again, also after other answers were judged."""
    tasks = list(tasks_of(category, 1))
    first = [verify(task.reference_text, task) for task in tasks]
    for task, verdict in zip(reversed(tasks), reversed(first), strict=True):
        if verify(task.reference_text, task) != verdict:
            yield f"{task.id}: a second verdict on its reference differs from the first"


@_contract
def splits_do_not_leak(category: Category, depth: int) -> Problems:
    """No setting of one split occurs in another; held-out families occur in `test` alone; no two
    families share an instruction.
    """
    settings: dict[tuple[str, str], str] = {}
    instructions: dict[str, str] = {}
    for task in tasks_of(category, depth):
        if split_of(category.family(task.family), task.params) != task.split:
            yield f"{task.id}: its parameters belong to another split"
        setting = (task.family, repr(sorted(task.params.items())))
        if settings.setdefault(setting, task.split) != task.split:
            yield f"{task.id}: its setting occurs in {settings[setting]} too"
        said = instructions.setdefault(task.instruction, task.family)
        if said != task.family:
            yield f"{task.id}: the family {said} has the same instruction"
    if not any(family.held_out for family in category.families.values()):
        yield f"{category.env_id}: no family is held out for the test split"


@_contract
def difficulty_is_as_defined(category: Category, depth: int) -> Problems:
    """A task's difficulty follows from its number of requirements; every level and prompt style
    that is declared occurs.
    """
    styles = set()
    for task in tasks_of(category, depth):
        styles.add(task.style)
        family = category.family(task.family)
        if task.difficulty != difficulty_of(len(task.requirements)):
            yield f"{task.id}: difficulty {task.difficulty}, {len(task.requirements)} requirements"
        if task.difficulty != wanted_level(task.env, family, task.split, task.index):
            yield f"{task.id}: difficulty {task.difficulty} is not the wanted one"
    if styles != set(STYLES):
        yield f"{category.env_id}: only the styles {sorted(styles)} occur"
    for family in category.families.values():
        for level in family.levels:
            if not 1 <= level <= 5:
                yield f"{family.name}: level {level} does not exist"
            else:
                yield from _reaches(category, family.name, level)


def _reaches(category: Category, name: str, level: int) -> Problems:
    family = category.family(name)
    for index in range(200):
        if wanted_level(category.env_id, family, "test", index) == level:
            attempt = build_task(category, name, "test", index).attempt
            if attempt > 400:
                yield f"{name}: level {level} took {attempt} redraws; ask for more or fewer parts"
            return


_HASHES = """
import sys
from iac_gym.registry import category_of
from iac_gym.testing import digest_of
print(digest_of(category_of(sys.argv[1]), 1))
"""


def digest_of(category: Category, depth: int) -> str:
    """Hash `depth` tasks of every family and split and the grades of their damaged references."""
    total = blake2b()
    for task in tasks_of(category, depth):
        total.update(_digest(task).encode())
        for text in list(damaged(task.reference_text, task.id))[:3]:
            verdict, reward = _grade(text, task)
            facts = [reward.as_dict(), [str(d) for d in verdict.diagnostics]]
            total.update(json.dumps(facts, sort_keys=True).encode("utf-8", "surrogatepass"))
    return total.hexdigest()


@_contract
def other_processes_agree(category: Category, depth: int) -> Problems:
    """Tasks and grades are the same in processes with different PYTHONHASHSEED."""
    found = {}
    for seed in ("0", "12345"):
        run = subprocess.run(
            [sys.executable, "-c", _HASHES, category.env_id],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        found[seed] = run.stdout.strip() or run.stderr.strip()[-300:]
    if len(set(found.values())) != 1:
        yield f"{category.env_id}: digests differ: {found}"


def run_contract(
    env_id: str,
    depth: int = 6,
    checks: Sequence[Check] | None = None,
    progress: Callable[[str], None] | None = None,
    most: int = 50,
) -> list[Problem]:
    """Run the contract over one environment and return the problems, at most `most` per check.

    `progress` is called with the name of each check before it runs.
    """
    category = category_of(env_id)
    problems = []
    for check in CHECKS if checks is None else checks:
        if progress:
            progress(check.__name__)
        for count, message in enumerate(check(category, depth)):
            if count >= most:
                break
            problems.append(Problem(check.__name__, message))
    return problems


def facts_of(category: Category) -> Mapping[str, object]:
    """Count what an environment holds; documents take their numbers from here."""
    families = category.families.values()
    return {
        "families": len(category.families),
        "held_out": sum(family.held_out for family in families),
        "requirement_types": len(category.requirements),
        "levels": sorted({level for family in families for level in family.levels}),
    }
