"""Prometheus configurations and rule files against promtool.

Inputs are the references of `IaC-Monitoring-v0`, or files of folders, with the mistakes of
`tree_mutants`, with mistakes in expressions and templates of their own, and with the rewritings of
the language's `equivalents`.

The rules follow Prometheus 3.14. An older promtool knows less: where it refuses what is newer than
it, or takes what is gone since, it gives no verdict (`NEWER`, `GONE`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.agreements.subject import Change, Files, Subject
from bench.agreements.tree_mutants import every
from iac_gym.formats.yaml import YamlError, dump, load_all
from iac_gym.formats.yaml_scalars import PROMETHEUS
from iac_gym.language import Opinion
from iac_gym.languages.prometheus.equivalents import equivalents, plain
from iac_gym.languages.prometheus.tool import ask_many, missing_tool, version
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

PATH = "prometheus.yml"
MOST_TEXT = 60_000

#: What promtool 2 says of things that Prometheus 3 accepts: fields, functions, numbers for
#: durations, names in UTF-8, and the operators and scrape settings that came later.
NEWER = re.compile(
    r"field \w+ not found in type|unknown function with name|invalid scheme"
    r"|bad (?:number or )?duration syntax|unexpected (?:number|duration|string|character: '\.')"
    r"|invalid label name|is not a valid label name|invalid recording rule name"
    r"|bad number or duration syntax|invalid 'target_label'|invalid annotation name"
    r"|missing unit character in duration|EC2 SD configuration requires a region"
)
#: What we say of things that promtool 2 still accepts: the old API of Alertmanager, functions that
#: are renamed or experimental now, and checks that are new (null expressions, queues, names).
GONE = re.compile(
    r"`api_version` is|holt_winters|braces|is experimental|a rule needs `|must be more than 0"
)


def ask(inputs: Sequence[Files]) -> Sequence[Opinion]:
    """Ask promtool, and leave out what its version cannot judge."""
    said = ask_many(inputs)
    if missing_tool() or version().startswith("3."):
        return said
    return [_judged(files, opinion) for files, opinion in zip(inputs, said, strict=True)]


def _judged(files: Files, said: Opinion) -> Opinion:
    if said.valid is None:
        return said
    verdict = check_files(dict(files), dict.fromkeys(files, "prometheus"))
    ours = [one for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]
    if said.valid is False and not ours:
        newer = next((one for one in said.findings if NEWER.search(one.message)), None)
        return Opinion(None, reason=f"newer than this promtool: {newer.message}") if newer else said
    if said.valid and ours and all(GONE.search(one.finding.message) for one in ours):
        return Opinion(None, reason=f"gone since this promtool: {ours[0]}")
    return said


# --- mistakes in expressions ---------------------------------------------------------------------

_EXPRESSION = re.compile(r"^(\s*(?:- )?expr: )([^|>\"'\n].*)$", re.MULTILINE)


def _expression(change: Callable[[random.Random, str], str | None]) -> Change:
    """Change one expression of a text that stands on one line."""

    def changed(rng: random.Random, text: str) -> str | None:
        found = list(_EXPRESSION.finditer(text))
        if not found:
            return None
        one = rng.choice(found)
        made = change(rng, one[2])
        if made is None or made == one[2]:
            return None
        quoted = "'" + made.replace("'", "''") + "'"
        return text[: one.start(2)] + quoted + text[one.end(2) :]

    return changed


def _replaced(pattern: str, *others: str) -> Change:
    """Replace one place that fits by something else."""

    def change(rng: random.Random, text: str) -> str | None:
        found = list(re.finditer(pattern, text))
        if not found:
            return None
        one = rng.choice(found)
        return text[: one.start()] + one.expand(rng.choice(others)) + text[one.end() :]

    return change


def _dropped(rng: random.Random, text: str) -> str | None:
    at = rng.randrange(len(text))
    return text[:at] + text[at + 1 :]


_EXPRESSION_MISTAKES: Mapping[str, Change] = {
    "a window is missing": _replaced(r"\[[^\]]*\]", ""),
    "a window too many": _replaced(r"(\w+)(\s*[<>+*/-])", r"\1[5m]\2"),
    "a wrong duration": _replaced(r"\[(\d+)[smhd]", r"[\1min", r"[\1", r"[-\1m", r"[\1M", r"[0m"),
    "an unknown function": _replaced(r"\b(rate|avg|sum|increase|count)\(", r"\1s(", r"get_\1("),
    "another function": _replaced(
        r"\b(rate|avg|sum|increase|count|abs|max)\(", "delta(", "clamp_max(", "time(", "vector("
    ),
    "a character is missing": _dropped,
    "an operator is doubled": _replaced(r" ([<>*/+-]) ", r" \1\1 ", r" \1= ", " = ", " && "),
    "a number for a vector": _replaced(r"^[\w:]+(?=\s|$)", "5", '"text"'),
    "labels without quotes": _replaced(r'="([^"]*)"', r"=\1", r"='\1'", r'=~"(\1"', r'=="\1"'),
    "bool": _replaced(r" ([<>]) ", r" \1 bool ", r" \1 on(job) ", r" \1 on(job) group_left "),
    "a set operator": _replaced(r" ([<>*/+-]) ", " and ", " or ", " unless ", " xor "),
    "grouping": _replaced(r"\bby ?\(", "by(,", "by(1", "group_by(", "by sum(", "without("),
}
_TEMPLATE_MISTAKES: Mapping[str, Change] = {
    "a brace of a template is missing": _replaced(r"\{\{|\}\}", "{", "}"),
    "an unknown function of a template": _replaced(r"\| ?\w+", "| humanise", "| round 2"),
    "an unknown variable": _replaced(r"\$(labels|value)", r"$\1s", r"\1"),
}


# --- inputs --------------------------------------------------------------------------------------


def _load(text: str) -> Any:
    return plain(load_all(text, PROMETHEUS)[0].value)


def _safe(change: Change) -> Change:
    """Leave out texts that cannot be read."""

    def changed(rng: random.Random, text: str) -> str | None:
        try:
            return change(rng, text)
        except (YamlError, IndexError, AttributeError, TypeError):
            return None

    return changed


def _rewriting(name: str) -> Change:
    def changed(_: random.Random, text: str) -> str | None:
        return dict(equivalents({PATH: text})).get(name, {}).get(PATH)

    return changed


_EXAMPLE = "groups: [{name: a, rules: [{alert: b, expr: up == 0}]}]\n"


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of configurations and rule files in folders, each by itself."""
    for folder in folders:
        root = Path(folder)
        for path in sorted(
            one for end in ("yml", "yaml", "rules") for one in root.rglob(f"*.{end}")
        ):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            fits = re.search(r"^groups:|^\s*scrape_configs:|^global:", text, re.MULTILINE)
            if fits and len(text) <= MOST_TEXT:
                yield f"{root.name}/{path.relative_to(root)}", {PATH: text}


def _versions() -> Mapping[str, str]:
    return {"promtool": version()}


SUBJECT = Subject(
    language="prometheus",
    env="IaC-Monitoring-v0",
    tool="promtool check",
    missing=missing_tool,
    versions=_versions,
    ask=ask,
    mistakes={
        **{name: _safe(change) for name, change in every(_load, lambda t: dump([t])).items()},
        **{name: _expression(change) for name, change in _EXPRESSION_MISTAKES.items()},
        **_TEMPLATE_MISTAKES,
    },
    rewritings={name: _safe(_rewriting(name)) for name, _ in equivalents({PATH: _EXAMPLE})},
    found=lambda folders: list(found(folders)),
    ask_alone=lambda files: ask([files])[0],
)
