"""Answer's files -> `Monitoring`: each file is told by its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import Mark, YamlError, YamlList, YamlMap, load_all
from iac_gym.formats.yaml_scalars import PROMETHEUS
from iac_gym.languages.prometheus.checks_config import check_jobs, checks
from iac_gym.languages.prometheus.config import (
    Job,
    Target,
    read_config,
    read_jobs,
    read_targets,
    section,
)
from iac_gym.languages.prometheus.faults import Faults
from iac_gym.languages.prometheus.globs import names_file
from iac_gym.languages.prometheus.groups import Group, read_groups
from iac_gym.languages.prometheus.model import Monitoring
from iac_gym.languages.prometheus.risks import find_risks
from iac_gym.languages.prometheus.schema import check_struct, check_value
from iac_gym.languages.prometheus.unit_tests import CHECKS
from iac_gym.verdict import Finding

#: Most files of an answer.
MOST_FILES = 100


def parse(files: Mapping[str, str]) -> Monitoring:
    """Read the files (path -> text). Raises `ParseError`."""
    if len(files) > MOST_FILES:
        raise ParseError(Finding(f"there are {len(files)} files; at most {MOST_FILES} are read"))
    found = Monitoring(tuple(files))
    found.trees = {path: _load(path, text, found.faults) for path, text in files.items()}
    examine(found)
    return found


def _load(path: str, text: str, faults: Faults) -> Any:
    try:
        documents = load_all(text, PROMETHEUS)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if not documents:
        raise ParseError(Finding("the file is empty", path, 1, 1))
    if len(documents) > 1:
        message = "this second document is not read"
        faults.add("only-one-document-counts", message, path, documents[1].mark)
    tree = documents[0].value
    if tree.__class__ is not YamlMap and tree.__class__ is not YamlList:
        message = "the top level of a file of Prometheus must be a mapping"
        raise ParseError(Finding(message, path, *documents[0].mark))
    return tree


def kind_of(tree: Any) -> str:
    """Tell what a file is: "rules", "tests", "targets" or "config"."""
    if tree.__class__ is YamlList:
        return "targets"
    if "groups" in tree:
        return "rules"
    return "tests" if "tests" in tree else "config"


def examine(found: Monitoring) -> None:
    """Read every file and note what is wrong with it."""
    groups: list[Group] = []
    configs: dict[str, YamlMap] = {}
    targets: dict[str, tuple[Target, ...]] = {}
    tests: dict[str, YamlMap] = {}
    for path, tree in found.trees.items():
        kind = kind_of(tree)
        if kind == "rules":
            groups += read_rules(tree, path, found.faults)
        elif kind == "targets":
            targets[path] = read_target_file(tree, path, found.faults)
        elif kind == "tests":
            tests[path] = tree
            note = partial(_note, found.faults, path)
            check_struct(tree, "promtool.unitTestFile", note, CHECKS)
        else:
            configs[path] = tree
    found.groups, found.targets, found.tests = tuple(groups), targets, tests
    if configs:
        read_configs(found, configs)
    if found.groups:
        note_rules(found)


def read_configs(found: Monitoring, configs: dict[str, YamlMap]) -> None:
    """Read the configuration, and the files of jobs that it names."""
    path = next((one for one, tree in configs.items() if set(tree) != {"scrape_configs"}), "")
    path = path or next(iter(configs))
    found.config = config = read_config(configs[path], path)
    jobs = list(config.jobs)
    for other, tree in configs.items():
        note = partial(_note, found.faults, other)
        part = 0
        if other != path:
            part = sum(names_file(one, other, path) for one in config.scrape_config_files)
        check_struct(tree, "config.ScrapeConfigs" if part else "config.Config", note, checks())
        if part:
            general = section(config.tree, "global")
            check_jobs(tree, general, note)
            more = read_jobs(tree, other, config.interval, config.timeout, general)
            note_repeated([*jobs, *(more if part > 1 else ())], more, found.faults)
            jobs += more
    if len(jobs) > len(config.jobs):
        found.config = config = replace(config, jobs=tuple(jobs))
    find_risks(config, found.faults)


def note_repeated(jobs: list[Job], more: tuple[Job, ...], faults: Faults) -> None:
    """Note jobs of a further file that have the name of another one."""
    names = {one.name for one in jobs}
    for one in more:
        if one.name in names:
            message = f"the job name `{one.name}` is used twice"
            faults.add("names-are-unique", message, one.file, one.mark)
        names.add(one.name)


def read_target_file(tree: YamlList, path: str, faults: Faults) -> tuple[Target, ...]:
    """Read a file of targets, as `file_sd_configs` names them."""
    note = partial(_note, faults, path)
    check_value(tree, "[group]", "the file", tree.mark, note, checks())
    holder = YamlMap(tree.mark)
    holder["static_configs"], holder.marks["static_configs"] = tree, tree.mark
    return read_targets(holder)


def note_rules(found: Monitoring) -> None:
    """Note rules that make the same series, and that alerts can never fire."""
    seen: set[tuple[str, ...]] = set()
    for group in found.groups:
        for one in group.rules:
            labels = sorted(one.labels.items())
            what = (type(one).__name__, one.name, *(text for pair in labels for text in pair))
            if what in seen:
                message = f"another rule makes the same series `{one.name}`"
                found.faults.add("rules-are-not-repeated", message, one.file, one.mark)
            seen.add(what)


def _note(faults: Faults, path: str, rule: str, message: str, mark: Mark, hint: str = "") -> None:
    faults.add(rule, message, path, mark, hint)


def read_rules(tree: YamlMap, path: str, faults: Faults) -> tuple[Group, ...]:
    """Read a file of rules."""
    for key in tree:
        if key != "groups":
            mark = tree.key_marks.get(key, tree.mark)
            faults.add("fields-are-known", f"a rule file has no field `{key}`", path, mark)
    return read_groups(tree["groups"], path, faults, tree.marks["groups"])
