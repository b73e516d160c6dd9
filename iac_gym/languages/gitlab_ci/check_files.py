"""Checks of the files that jobs pass on: `cache` and `artifacts`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci.check_values import duration
from iac_gym.languages.gitlab_ci.checker import (
    Checker,
    blank,
    flattened,
    is_text,
    is_texts,
    is_texts_or_text,
    is_truth,
    kind,
)
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.pack import report_names

WHEN_KEPT = ("always", "on_failure", "on_success")
ACCESS = ("all", "developer", "maintainer", "none")
CACHE_KEYS = frozenset("fallback_keys key paths policy unprotect untracked when".split())
KEY_KEYS = ("files", "files_commits", "prefix")
ARTIFACT_KEYS = frozenset(
    "access exclude expire_in expose_as name paths public reports untracked when".split()
)
#: Reports that GitLab's code knows beside those of its schema.
MORE_REPORTS = frozenset(
    "cluster_image_scanning coverage_report performance requirements_v2 scip".split()
)
#: Reports of the schema that GitLab no longer takes.
OLD_REPORTS = frozenset(("license_management",))
MOST_CACHES = 4
MOST_FALLBACKS = 5
_POLICY = re.compile(r"pull-push|push|pull|\$\w{1,255}")
_EXPOSE = re.compile(r"\w[-\w ]*", re.ASCII)


def caches(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """One cache or a list of up to four."""
    rule = "caches-are-right"
    if value is UNSEEN or not check.first_time(value, "cache"):
        return
    if value.__class__ is YamlList and len(value) > MOST_CACHES:
        check.bad(rule, f"{where}: there are more than {MOST_CACHES} caches", mark)
    for item, place in flattened(value, mark):
        if item.__class__ is YamlMap:
            _cache(check, item, where)
        elif item is not UNSEEN:
            check.bad(rule, f"{where} must be a mapping, not {kind(item)}", place)


def _cache(check: Checker, tree: YamlMap, where: str) -> None:
    rule = "caches-are-right"
    check.keys(tree, CACHE_KEYS, where)
    check.test(is_texts, tree, "paths", rule, f"{where}: `paths` must be a list of texts")
    check.choice(tree, "when", WHEN_KEPT, rule, where)
    for key in ("untracked", "unprotect"):
        check.test(is_truth, tree, key, rule, f"{where}: `{key}` must be true or false")
    check.test(
        lambda one: one.__class__ is str and (blank(one) or bool(_POLICY.search(one))),
        tree, "policy", rule, f"{where}: `policy` takes pull, push, pull-push or a variable",
    )  # fmt: skip
    check.test(
        lambda one: is_texts(one) and len(one) <= MOST_FALLBACKS, tree, "fallback_keys", rule,
        f"{where}: `fallback_keys` takes up to {MOST_FALLBACKS} texts",
    )  # fmt: skip
    if tree.get("key") is not None:
        _key(check, tree["key"], tree.marks["key"], where)


def _key(check: Checker, value: Any, mark: Mark, where: str) -> None:
    rule = "caches-are-right"
    if value is UNSEEN:
        return
    if value.__class__ is str:
        plain = unquote(value)
        if "/" in plain or plain in (".", ".."):
            check.bad(rule, f"{where}: a `key` holds no `/`, and is not `.` or `..`", mark)
    elif value.__class__ is YamlMap:
        check.keys(value, KEY_KEYS, f"{where}: key")
        check.test(is_text, value, "prefix", rule, f"{where}: `prefix` must be text")
        if ("files" in value) == ("files_commits" in value):
            check.bad(rule, f"{where}: a `key` that is a mapping has `files`", mark)
        for name in ("files", "files_commits"):
            check.test(
                lambda one: is_texts(one) and 0 < len(one) <= 10, value, name, rule,
                f"{where}: `key:{name}` takes a list of texts",
            )  # fmt: skip
    else:
        check.bad(rule, f"{where}: `key` must be text or a mapping, not {kind(value)}", mark)


def artifacts(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """Artifacts."""
    rule = "artifacts-are-right"
    if value is UNSEEN or not check.first_time(value, "artifacts"):
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a mapping, not {kind(value)}", mark)
        return
    check.keys(value, ARTIFACT_KEYS, where)
    for key in ("paths", "exclude"):
        check.test(is_texts, value, key, rule, f"{where}: `{key}` must be a list of texts")
    for key in ("name", "expose_as"):
        check.test(is_text, value, key, rule, f"{where}: `{key}` must be text")
    for key in ("public", "untracked"):
        check.test(is_truth, value, key, rule, f"{where}: `{key}` must be true or false")
    check.choice(value, "when", WHEN_KEPT, rule, where)
    check.choice(value, "access", ACCESS, rule, where)
    if "access" in value and "public" in value:
        check.bad(rule, f"{where}: `access` and `public` exclude each other", mark)
    duration(check, value, "expire_in", where, never=True)
    if value.get("expose_as").__class__ is str:
        _exposed(check, value, where)
    if value.get("reports") is not None and value["reports"] is not UNSEEN:
        _reports(check, value["reports"], value.marks["reports"], where)


def _exposed(check: Checker, tree: YamlMap, where: str) -> None:
    name, paths = tree["expose_as"], tree.get("paths")
    mark = tree.marks["expose_as"]
    if len(name) > 100 or not _EXPOSE.fullmatch(name):
        message = f"{where}: `expose_as` takes letters, digits, `-`, `_` and blanks"
        check.bad("artifacts-are-right", message, mark)
    if blank(paths):
        check.bad("artifacts-are-right", f"{where}: `expose_as` needs `paths`", mark)
    elif any("*" in path for path in paths or () if path.__class__ is str):
        message = f"{where}: `paths` with `expose_as` hold no `*`"
        check.bad("artifacts-are-right", message, tree.marks["paths"])


def _reports(check: Checker, value: Any, mark: Mark, where: str) -> None:
    if value.__class__ is not YamlMap:
        message = f"{where}: `reports` must be a mapping, not {kind(value)}"
        check.bad("artifacts-are-right", message, mark)
        return
    known = (report_names() | MORE_REPORTS) - OLD_REPORTS
    for name, given in value.items():
        if name not in known:
            message = f"{where}: `{str(name)[:60]}` is not a report that GitLab takes"
            hint = (
                "write `coverage_report: {coverage_format: cobertura, path: ...}`"
                if name == "cobertura"
                else check.near(name, known)
            )
            check.bad("reports-are-known", message, value.key_marks[name], hint)
        elif name == "coverage_report":
            _coverage_report(check, given, value.marks[name], where)
        elif given is not None and not is_texts_or_text(given):
            message = f"{where}: report `{name}` must be a path or a list of paths"
            check.bad("artifacts-are-right", message, value.marks[name])


def _coverage_report(check: Checker, value: Any, mark: Mark, where: str) -> None:
    if value is None or value is UNSEEN:
        return
    rule, where = "artifacts-are-right", f"{where}: coverage_report"
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a mapping, not {kind(value)}", mark)
        return
    check.keys(value, ("coverage_format", "path"), where)
    if value.get("coverage_format") not in ("cobertura", "jacoco", UNSEEN):
        check.bad(rule, f"{where}: `coverage_format` is cobertura or jacoco", mark)
    if blank(value.get("path")) or not is_text(value["path"]):
        check.bad(rule, f"{where} has no `path`", mark)
