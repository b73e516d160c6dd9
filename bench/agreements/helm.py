"""Charts against Helm's own packages: `helm lint` and `helm template` must both accept a chart.

`IAC_GYM_HELM_ENGINE` names the program `bench/programs/helm_engine`, built with Helm's packages;
without it the `helm` on the path is asked, which is slower. Inputs are the references of
`IaC-Helm-v0`, or the charts in folders, each as one text (`-- path --` before each file), both with
mistakes in their metadata, values and templates (`helm_mutants`) and with rewritings.

Helm does not look at what the objects mean: an input that it takes and in which only the rules of
Kubernetes find something is unscored, and so is a chart that asks for values (`required`, `fail`).

`python -m bench.agreements.helm FOLDER...` compares what the templates of public charts render.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.agreements.helm_mutants import MISTAKES
from bench.agreements.subject import Change, Files, Subject
from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlError
from iac_gym.language import Opinion
from iac_gym.languages.helm import LANGUAGE, render
from iac_gym.languages.helm.equivalents import equivalents
from iac_gym.languages.helm.parse import BUNDLE, unbundled
from iac_gym.languages.helm.reading import documents_of
from iac_gym.languages.helm.rules import objects
from iac_gym.languages.helm.tool import ask_tool, missing_tool, write_chart
from iac_gym.verdict import Finding, Stage
from iac_gym.verifier import check_files

VARIABLE = "IAC_GYM_HELM_ENGINE"
#: Most characters of a chart whose verdict is compared.
MOST_TEXT = 60_000
#: Most characters that a public chart may render.
LARGEST = 50_000_000
#: Bytes that are no UTF-8.
_BYTES = re.compile("[\ud800-\udfff]")
_OF_KUBERNETES = frozenset(rule.name for rule in objects.IN_ORDER)
#: Where the engine says that a chart is one: a library is none to install.
_ACCEPTED = ("", "library")


def engine() -> str:
    """Return the path of the engine, "" where there is none."""
    return os.environ.get(VARIABLE, "")


def missing() -> str:
    """Say why Helm cannot be asked; "" where it can."""
    if engine() or not missing_tool():
        return ""
    return f"{missing_tool()}; or build bench/programs/helm_engine and name it in {VARIABLE}"


def versions() -> Mapping[str, str]:
    """Return the versions that the answers depend on."""
    if engine():
        return {"helm": "3.18.6 (packages)"}
    run = subprocess.run(["helm", "version", "--short"], capture_output=True, text=True, check=True)
    return {"helm": run.stdout.strip()}


def bundle(files: Mapping[str, str]) -> str:
    """Write a chart as one text."""
    parts = [f"-- {path} --\n{text}" for path, text in files.items()]
    return "".join(part if part.endswith("\n") else part + "\n" for part in parts)


def ask_engine(folders: Sequence[Path], *, lint: bool = True) -> list[dict[str, Any]]:
    """Ask the engine about charts on disk."""
    asked = "".join(json.dumps({"Dir": str(one), "Lint": lint}) + "\n" for one in folders)
    run = subprocess.run([engine()], input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def ask_all(inputs: Sequence[Files]) -> Sequence[Opinion]:
    """Ask about many charts."""
    if not engine():
        return [_only_helms(files, ask_tool(files)) for files in inputs]
    with tempfile.TemporaryDirectory() as scratch:
        folders = []
        for count, files in enumerate(inputs):
            root = Path(scratch) / str(count)
            try:
                folders.append(write_chart(files, root)[0])
            except (ParseError, ValueError, OSError):
                folders.append(root)
        said = ask_engine(folders)
    return [_only_helms(files, _opinion(one)) for files, one in zip(inputs, said, strict=True)]


def _opinion(said: Mapping[str, Any]) -> Opinion:
    """Return what the engine's answer means."""
    if said["stage"] == "render" and "execution error at" in said["error"]:
        return Opinion(None, reason="the chart asks for values")
    errors = [line for line in said["lint"] or () if "[ERROR]" in line]
    if said["stage"] in _ACCEPTED and not errors:
        return Opinion(True)
    words = [*errors, *([f"{said['stage']}: {said['error']}"] if said["stage"] else [])]
    return Opinion(False, tuple(Finding(word) for word in words[:5]))


def _only_helms(files: Files, said: Opinion) -> Opinion:
    """Leave out what Helm does not look at."""
    if said.valid is not True:
        return said
    verdict = check_files(dict(files), dict.fromkeys(files, "helm"))
    found = [one for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]
    if found and all(one.rule in _OF_KUBERNETES for one in found):
        return Opinion(None, reason=f"Helm does not look at this: {found[0]}")
    return said


# --- charts in folders ----------------------------------------------------------------------------


def charts(folders: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Yield (name, folder) of the charts in folders, those inside of a chart not by themselves."""
    for folder in folders:
        root = Path(folder)
        for path in sorted(root.rglob("Chart.yaml")):
            inside = path.relative_to(root).parts[:-1]
            if "charts" not in inside[1:] and "templates" not in inside:
                yield f"{root.name}/{path.parent.relative_to(root)}", path.parent


def read_chart(folder: Path) -> Files:
    """Read the files of a chart; bytes that are no UTF-8 are kept as they are."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "surrogateescape")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def found(folders: Sequence[str]) -> Sequence[tuple[str, Files]]:
    """Return names and bundles of the charts in folders that are small enough and whole."""
    made = []
    for name, folder in charts(folders):
        text = bundle(read_chart(folder))
        if len(text) <= MOST_TEXT and text.isprintable() | (
            re.search(r"[\ud800-\udfff]", text) is None
        ):
            made.append((name, {BUNDLE: text}))
    return made


# --- what templates render ------------------------------------------------------------------------


@dataclass
class Rendered:
    """The comparison of one chart: how many of its templates are equal, and those that are not."""

    name: str
    equal: int
    different: list[str]


def compare_chart(name: str, folder: Path, one: Any, two: Any) -> Rendered | None:
    """Compare our texts with the engine's; what it gives differently twice is not compared.

    None where the engine renders nothing.
    """
    if not one["texts"]:
        return None
    model = LANGUAGE.parse(read_chart(folder))
    texts = model.default.texts
    places = _places(model.default.output.instance)
    made = Rendered(name, 0, [])
    for path, text in one["texts"].items():
        ours = texts.get(places.get(path, ""))
        again = (two["texts"] or {}).get(path, text)
        if ours is not None and (ours == text or same(ours, text, again)):
            made.equal += 1
        else:
            made.different.append(path)
    return made


def _places(instance: Any) -> dict[str, str]:
    """Return Helm's name of each template -> its place in the chart."""
    if instance is None:
        return {}
    own = {
        f"{instance.full_path}/{path}": instance.chart.path(path)
        for path in instance.chart.templates
    }
    for child in instance.children:
        own |= _places(child)
    return own


def same(ours: str, text: str, again: str) -> bool:
    """Whether two texts are equal as YAML, without what differs between two answers of Helm."""
    try:
        mine, theirs, others = ([one.value for one in documents_of(t)] for t in (ours, text, again))
    except YamlError:
        lines = [t.split("\n") for t in (ours, text, again)]
        return len({len(one) for one in lines}) == 1 and all(
            mine == theirs or theirs != other for mine, theirs, other in zip(*lines, strict=True)
        )
    return _same(mine, theirs, others)


def _same(mine: Any, theirs: Any, others: Any) -> bool:
    if mine == theirs:
        return True
    if isinstance(theirs, dict) and isinstance(others, dict) and isinstance(mine, dict):
        return set(mine) == set(theirs) and all(
            _same(mine[key], theirs[key], others.get(key)) for key in theirs
        )
    if isinstance(theirs, list) and isinstance(others, list) and isinstance(mine, list):
        return len(mine) == len(theirs) == len(others) and all(
            _same(*three) for three in zip(mine, theirs, others, strict=True)
        )
    return bool(theirs != others)


def main(argv: Sequence[str] | None = None) -> int:
    """Compare what the charts in folders render."""
    parser = argparse.ArgumentParser(prog="bench.agreements.helm", description=main.__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--json", type=Path, help="write every difference there")
    options = parser.parse_args(argv)
    if not engine():
        print(f"{VARIABLE} names no engine; build bench/programs/helm_engine", file=sys.stderr)
        return 2
    # Public charts are larger than an answer may be, and so is what they render.
    render.LIMITS, render.MOST_TEXT = render.WIDE_LIMITS, LARGEST
    every = list(charts(options.folders))
    asked = [folder for _, folder in every]
    ones, twos = ask_engine(asked, lint=False), ask_engine(asked, lint=False)
    counts: Counter[str] = Counter()
    different: dict[str, list[str]] = {}
    for (name, folder), one, two in zip(every, ones, twos, strict=True):
        counts["charts"] += 1
        try:
            made = compare_chart(name, folder, one, two)
        except ParseError as error:
            counts["refused by us alone"] += bool(one["texts"])
            different[name] = [str(error)]
            continue
        if made is not None:
            counts["charts rendered"] += 1
            counts["charts equal"] += not made.different
            counts["templates equal"] += made.equal
            counts["templates different"] += len(made.different)
            if made.different:
                different[name] = made.different
    print(json.dumps(counts, indent=1))
    if options.json:
        options.json.write_text(json.dumps({"counts": counts, "different": different}, indent=1))
    return 0


# --- the subject ----------------------------------------------------------------------------------


def _rewriting(name: str) -> Change:
    def changed(_: random.Random, text: str) -> str | None:
        files = dict(equivalents(unbundled(text))).get(name)
        return bundle(files) if files else None

    return changed


_EXAMPLE = {
    "Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n",
    "templates/_a.tpl": '{{- define "a" -}}b{{- end }}\n',
    "templates/a.yaml": 'x: {{ include "a" . }}\ny: {{ .Values.b | quote }}\n',
}

SUBJECT = Subject(
    language="helm",
    env="IaC-Helm-v0",
    tool="Helm's own packages",
    missing=missing,
    versions=versions,
    ask=ask_all,
    mistakes=MISTAKES,
    rewritings={name: _rewriting(name) for name, _ in equivalents(_EXAMPLE)},
    found=found,
    prepare=lambda files: {BUNDLE: bundle(files)},
)

if __name__ == "__main__":
    raise SystemExit(main())
