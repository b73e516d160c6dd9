"""Readers of the parts of a job: from the tree to the classes of `values.py`.

They are total: what has the wrong type is left out, for the rules report it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci.conditions import possible
from iac_gym.languages.gitlab_ci.durations import expiry, seconds
from iac_gym.languages.gitlab_ci.values import (
    Artifacts,
    Cache,
    Clause,
    Environment,
    Include,
    Line,
    Need,
    Policy,
    Release,
    Retry,
    Trigger,
)

EMPTY = YamlMap()
#: Deepest nesting of lists in scripts and rules.
MOST_NESTED = 10


def text(value: Any) -> str:
    """Return a value that is text, '' for any other."""
    return value if value.__class__ is str else ""


def spell(value: Any) -> str:
    """Write a scalar as Ruby does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def as_map(value: Any) -> YamlMap:
    """Return a value that is a mapping, an empty one for any other."""
    return value if value.__class__ is YamlMap else EMPTY


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list, or a single text."""
    if value.__class__ is str:
        return (value,)
    if value.__class__ is not YamlList:
        return ()
    return tuple([one for one in value if one.__class__ is str])


def truth(value: Any, default: bool = False) -> bool:
    """Return a value that is a boolean, or the default."""
    return value if isinstance(value, bool) else default


def span(value: Any) -> float | None:
    """Return a duration in seconds."""
    return seconds(value) if value.__class__ is str else None


def until(value: Any) -> float | None:
    """Return an expiry in seconds, infinity for `never`."""
    return expiry(value) if value.__class__ is str else None


def flat(value: Any, mark: Mark, depth: int = 0) -> Iterator[tuple[Any, Mark]]:
    """Yield the items of nested lists with their places; a single value stands for a list."""
    if value.__class__ is not YamlList:
        yield value, mark
    elif depth <= MOST_NESTED:
        for item, place in zip(value, value.marks, strict=True):
            yield from flat(item, place, depth + 1)


def lines(value: Any, mark: Mark) -> tuple[Line, ...]:
    """Read a script."""
    if value is None:
        return ()
    return tuple([Line(one, at) for one, at in flat(value, mark) if one.__class__ is str])


def variables(value: Any) -> dict[str, str]:
    """Read variables: their values as text, whether written alone or as a mapping."""
    made = {}
    for name, given in as_map(value).items():
        if given.__class__ is YamlMap:
            given = given.get("value")
        if not isinstance(given, (dict, list)):
            made[str(name)] = spell(given)
    return made


def clauses(value: Any, mark: Mark) -> tuple[Clause, ...] | None:
    """Read `rules`."""
    if value.__class__ is not YamlList:
        return None
    return tuple([_clause(one, at) for one, at in flat(value, mark) if one.__class__ is YamlMap])


def _clause(tree: YamlMap, mark: Mark) -> Clause:
    changes, exists = tree.get("changes"), tree.get("exists")
    said = tree.get("when")
    made = Clause(
        condition=text(tree.get("if")),
        changes=_paths(changes),
        compare_to=text(as_map(changes).get("compare_to")),
        exists=_paths(exists),
        when=said if said.__class__ is str else None,
        start_in=span(tree.get("start_in")),
        allow_failure=_maybe(tree.get("allow_failure")),
        interruptible=_maybe(tree.get("interruptible")),
        variables=variables(tree.get("variables")),
        needs=needs(tree["needs"], tree.marks["needs"]) if tree.get("needs") is not None else None,
        possible=_possible(tree),
        mark=mark,
    )
    return made


def _possible(tree: YamlMap) -> str:
    found = "always"
    if (condition := tree.get("if")) is not None:
        found = possible(condition) if condition.__class__ is str else "maybe"
    for key in ("changes", "exists"):
        if tree.get(key) is not None and found != "never":
            found = "never" if tree[key] == [] else "maybe"
    return found


def _maybe(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _paths(value: Any) -> tuple[str, ...] | None:
    if value.__class__ is YamlMap:
        value = value.get("paths", value.get("regexp"))
    return None if value is None else texts(value)


def policy(value: Any, mark: Mark) -> Policy | None:
    """Read `only` or `except`."""
    if value.__class__ is YamlList or value.__class__ is str:
        return Policy(refs=texts(value), mark=mark)
    if value.__class__ is not YamlMap:
        return None
    parts = {
        key: texts(value[key]) if value.get(key) is not None else None
        for key in ("refs", "variables", "changes")
    }
    return Policy(**parts, kubernetes=value.get("kubernetes") == "active", mark=mark)


def needs(value: Any, mark: Mark) -> tuple[Need, ...]:
    """Read `needs`: names and mappings, of this and of other pipelines."""
    found = [
        _need(one, at)
        for one, at in flat(value, mark)
        if one.__class__ is str or one.__class__ is YamlMap
    ]
    return tuple(found)


def _need(value: Any, mark: Mark) -> Need:
    if value.__class__ is str:
        return Need(value, mark=mark)
    return Need(
        job=text(value.get("job")),
        artifacts=truth(value.get("artifacts"), True),
        optional=truth(value.get("optional")),
        project=text(value.get("project")),
        ref=text(value.get("ref")),
        pipeline=text(value.get("pipeline")),
        matrix=tuple(matrix(as_map(value.get("parallel")).get("matrix"))),
        mark=mark,
    )


def matrix(value: Any, most: int = 200) -> Iterator[dict[str, str]]:
    """Yield the sets of variables that a matrix stands for."""
    count = 0
    for entry in value if value.__class__ is YamlList else ():
        sets: list[dict[str, str]] = [{}]
        for name, given in as_map(entry).items():
            chosen = [spell(one) for one in (given if isinstance(given, list) else [given])
                      if not isinstance(one, (dict, list))]  # fmt: skip
            if len(sets) * len(chosen) > most:
                return
            sets = [{**one, str(name): pick} for one in sets for pick in chosen]
        count += len(sets)
        if count > most:
            return
        yield from sets


def artifacts(value: Any, mark: Mark) -> Artifacts | None:
    """Read `artifacts`."""
    if value.__class__ is not YamlMap:
        return None
    reports = as_map(value.get("reports"))
    coverage = as_map(reports.get("coverage_report"))
    read = {
        str(kind): texts(given.get("path") if given.__class__ is YamlMap else given)
        for kind, given in reports.items()
    }
    public = value.get("public")
    return Artifacts(
        paths=texts(value.get("paths")),
        exclude=texts(value.get("exclude")),
        name=text(value.get("name")),
        untracked=truth(value.get("untracked")),
        when=text(value.get("when")) or "on_success",
        expire_in=until(value.get("expire_in")),
        expose_as=text(value.get("expose_as")),
        access=text(value.get("access")) or ("developer" if public is False else "all"),
        reports=read,
        coverage_format=text(coverage.get("coverage_format")),
        mark=mark,
    )


def caches(value: Any, mark: Mark) -> tuple[Cache, ...]:
    """Read `cache`: one or a list."""
    return tuple([_cache(one, at) for one, at in flat(value, mark) if one.__class__ is YamlMap])


def _cache(value: YamlMap, mark: Mark) -> Cache:
    key = value.get("key")
    made_of = as_map(key)
    return Cache(
        key="" if made_of else (spell(key) if key is not None else "default"),
        files=texts(made_of.get("files")) or texts(made_of.get("files_commits")),
        prefix=text(made_of.get("prefix")),
        paths=texts(value.get("paths")),
        policy=text(value.get("policy")) or "pull-push",
        when=text(value.get("when")) or "on_success",
        untracked=truth(value.get("untracked")),
        unprotect=truth(value.get("unprotect")),
        fallback_keys=texts(value.get("fallback_keys")),
        mark=mark,
    )


def environment(value: Any, mark: Mark) -> Environment | None:
    """Read `environment`: a name or a mapping."""
    if value.__class__ is str:
        return Environment(value, mark=mark)
    if value.__class__ is not YamlMap:
        return None
    cluster = as_map(value.get("kubernetes"))
    return Environment(
        name=text(value.get("name")),
        url=text(value.get("url")),
        on_stop=text(value.get("on_stop")),
        action=text(value.get("action")) or "start",
        tier=text(value.get("deployment_tier")),
        auto_stop_in=until(value.get("auto_stop_in")),
        agent=text(cluster.get("agent")),
        namespace=text(cluster.get("namespace")),
        mark=mark,
    )


def retry(value: Any, mark: Mark) -> Retry:
    """Read `retry`: a number or a mapping."""
    if value.__class__ is YamlMap:
        most = value.get("max")
        codes = value.get("exit_codes")
        return Retry(
            most if most.__class__ is int else 0, texts(value.get("when")), numbers(codes), mark
        )
    return Retry(value if value.__class__ is int else 0, mark=mark)


def numbers(value: Any) -> tuple[int, ...]:
    """Return the whole numbers of a list, or a single one."""
    listed = value if isinstance(value, list) else [value]
    return tuple([one for one in listed if one.__class__ is int])


def includes(value: Any, mark: Mark) -> tuple[Include, ...]:
    """Read `include`, of a file or of a trigger."""
    return tuple([made for one, at in flat(value, mark) for made in _include(one, at)])


def _include(value: Any, mark: Mark) -> Iterator[Include]:
    if value.__class__ is str:
        yield Include("remote" if "://" in value else "local", value, mark=mark)
    for kind in ("local", "remote", "template", "component", "artifact", "project"):
        if kind in as_map(value):
            project = text(value.get("project"))
            named = value.get("file") if kind == "project" else value.get(kind)
            for target in texts(named):
                yield Include(kind, target, text(value.get("ref")), project, mark)
            return


def trigger(value: Any, mark: Mark) -> Trigger | None:
    """Read `trigger`."""
    if value.__class__ is str:
        return Trigger(project=value, mark=mark)
    if value.__class__ is not YamlMap:
        return None
    forward = as_map(value.get("forward"))
    return Trigger(
        project=text(value.get("project")),
        branch=text(value.get("branch")),
        strategy=text(value.get("strategy")),
        includes=includes(value.get("include"), value.marks.get("include", mark)),
        yaml_variables=truth(forward.get("yaml_variables"), True),
        pipeline_variables=truth(forward.get("pipeline_variables")),
        mark=mark,
    )


def release(value: Any, mark: Mark) -> Release | None:
    """Read `release`."""
    if value.__class__ is not YamlMap:
        return None
    links = as_map(value.get("assets")).get("links")
    return Release(
        tag_name=text(value.get("tag_name")),
        description=text(value.get("description")),
        name=text(value.get("name")),
        ref=text(value.get("ref")),
        milestones=texts(value.get("milestones")),
        links=tuple([
            (text(one.get("name")), text(one.get("url")))
            for one in (links if isinstance(links, list) else ())
            if one.__class__ is YamlMap
        ]),
        mark=mark,
    )  # fmt: skip


def audiences(value: Any) -> dict[str, tuple[str, ...]]:
    """Read `id_tokens`: the audiences by the token's variable."""
    named: Mapping[Any, Any] = as_map(value)
    return {str(name): texts(as_map(given).get("aud")) for name, given in named.items()}
