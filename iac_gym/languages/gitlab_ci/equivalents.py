"""Rewritings of a pipeline that mean the same to GitLab, for the contract's tests."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import dump, load_all
from iac_gym.formats.yaml_scalars import PSYCH
from iac_gym.languages.gitlab_ci.durations import seconds
from iac_gym.languages.gitlab_ci.expand import TAG
from iac_gym.languages.gitlab_ci.job import INHERITED, TOP_LEVEL
from iac_gym.languages.gitlab_ci.parse import parse

Tree = dict[str, Any]
Change = Callable[[Tree], Tree]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _backwards(value: Any) -> Any:
    """Turn the keys round, but not those of a matrix: they give the jobs their names."""
    if isinstance(value, dict):
        return {
            key: item if key == "matrix" else _backwards(item)
            for key, item in reversed(value.items())
        }
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _holders(tree: Tree) -> Iterator[Tree]:
    """Yield what holds keywords: jobs, hidden jobs, `default` and the top level."""
    yield tree
    for name, value in tree.items():
        if isinstance(value, dict) and name not in ("variables", "workflow", "include", "cache"):
            yield value


def _each(change: Callable[[Tree], None]) -> Change:
    def apply(tree: Tree) -> Tree:
        for holder in list(_holders(tree)):
            change(holder)
        return tree

    return apply


def _long_needs(holder: Tree) -> None:
    if isinstance(holder.get("needs"), list):
        holder["needs"] = [
            {"job": need, "artifacts": True} if isinstance(need, str) else need
            for need in holder["needs"]
        ]


def _short_needs(holder: Tree) -> None:
    if isinstance(holder.get("needs"), list):
        holder["needs"] = [
            need["job"] if isinstance(need, dict) and set(need) == {"job"} else need
            for need in holder["needs"]
        ]


def _long_images(holder: Tree) -> None:
    if isinstance(holder.get("image"), str):
        holder["image"] = {"name": holder["image"]}
    if isinstance(holder.get("services"), list):
        holder["services"] = [
            {"name": one} if isinstance(one, str) else one for one in holder["services"]
        ]


def _short_images(holder: Tree) -> None:
    image = holder.get("image")
    if isinstance(image, dict) and set(image) == {"name"}:
        holder["image"] = image["name"]
    if isinstance(holder.get("services"), list):
        holder["services"] = [
            one["name"] if isinstance(one, dict) and set(one) == {"name"} else one
            for one in holder["services"]
        ]


def _nested_scripts(holder: Tree) -> None:
    for key in ("script", "before_script", "after_script"):
        if isinstance(holder.get(key), list) and holder[key]:
            holder[key] = (
                [holder[key][0], list(holder[key][1:])] if holder[key][1:] else holder[key]
            )


def _text_scripts(holder: Tree) -> None:
    for key in ("script", "before_script", "after_script"):
        given = holder.get(key)
        if isinstance(given, list) and len(given) == 1 and isinstance(given[0], str):
            holder[key] = given[0]


def _listed_scripts(holder: Tree) -> None:
    for key in ("script", "before_script", "after_script"):
        if isinstance(holder.get(key), str):
            holder[key] = [holder[key]]


def _long_values(holder: Tree) -> None:
    """Write short forms in their long form: environment, retry, variables, cache."""
    if isinstance(holder.get("environment"), str):
        holder["environment"] = {"name": holder["environment"], "action": "start"}
    if type(holder.get("retry")) is int:
        holder["retry"] = {"max": holder["retry"]}
    if isinstance(holder.get("variables"), dict):
        holder["variables"] = {
            name: {"value": value} if isinstance(value, str) else value
            for name, value in holder["variables"].items()
        }
    if isinstance(holder.get("cache"), dict):
        holder["cache"] = [holder["cache"]]
    for key in ("only", "except"):
        if isinstance(holder.get(key), list):
            holder[key] = {"refs": holder[key]}


def _other_durations(holder: Tree) -> None:
    artifacts = holder.get("artifacts")
    places = [(holder, "timeout"), (holder, "start_in")]
    if isinstance(artifacts, dict):
        places.append((artifacts, "expire_in"))
    places.extend((rule, "start_in") for rule in _rules(holder))
    for where, key in places:
        length = seconds(where[key]) if isinstance(where.get(key), str) else None
        if length and length == int(length):
            where[key] = f"{int(length)} seconds"


def _rules(holder: Tree) -> list[Tree]:
    given = holder.get("rules")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _written_when(holder: Tree) -> None:
    """Say `when: on_success` where a rule leaves it out."""
    for rule in _rules(holder):
        if "when" not in holder and "when" not in rule and "script" in holder:
            rule["when"] = "on_success"


def _without_default(tree: Tree) -> Tree:
    """Write what jobs inherit into the jobs."""
    given = {key: tree[key] for key in TOP_LEVEL if key in tree}
    given |= tree.get("default") or {}
    for name, job in tree.items():
        if not _works(name, job) or "extends" in job:
            continue
        named = (job.get("inherit") or {}).get("default", True)
        for key in INHERITED & given.keys():
            if key not in job and (named is True or (isinstance(named, list) and key in named)):
                job[key] = copy.deepcopy(given[key])
        if "inherit" in job:
            job["inherit"] = {**job["inherit"], "default": False}
    if any(isinstance(job, dict) and "extends" in job for job in tree.values()):
        return tree
    return {key: value for key, value in tree.items() if key != "default" and key not in TOP_LEVEL}


def _works(name: str, job: Any) -> bool:
    return (
        isinstance(job, dict) and not name.startswith(".") and name not in ("default", "workflow")
        and ("script" in job or "run" in job)
    )  # fmt: skip


def _with_base(tree: Tree) -> Tree:
    """Move most of the first job into a hidden entry that it extends."""
    for name, job in tree.items():
        if _works(name, job) and "extends" not in job and len(job) > 1:
            base = {key: value for key, value in job.items() if key not in ("stage", "needs")}
            rest = {key: value for key, value in job.items() if key in ("stage", "needs")}
            return {".base": base, **tree, name: {"extends": ".base", **rest}}
    return tree


def _stages(tree: Tree) -> Tree:
    """Say the stages that GitLab takes where there are none."""
    for name, job in tree.items():
        if _works(name, job) and "stage" not in job and "extends" not in job:
            job["stage"] = "test"
    return {"stages": ["build", "test", "deploy"], **tree}


_CHANGES: Mapping[str, Change] = {
    "keys in the opposite order": _backwards,
    "needs as mappings": _each(_long_needs),
    "needs as names": _each(_short_needs),
    "images as mappings": _each(_long_images),
    "images as names": _each(_short_images),
    "scripts as nested lists": _each(_nested_scripts),
    "scripts as text": _each(_text_scripts),
    "scripts as lists": _each(_listed_scripts),
    "long forms": _each(_long_values),
    "durations in seconds": _each(_other_durations),
    "`when` written out": _each(_written_when),
    "defaults in the jobs": _without_default,
    "a hidden base": _with_base,
    "stages written out": _stages,
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        yield "a comment", {**files, path: f"# written by hand\n{text}# the end\n"}
        documents = load_all(text, PSYCH)
        if len(documents) != 1 or TAG in text:
            continue
        for change, rewrite in _CHANGES.items():
            tree = _plain(load_all(text, PSYCH)[0].value)
            yield change, {**files, path: dump([rewrite(tree)])}
        tree = _plain(documents[0].value)
        yield "JSON", {**files, path: json.dumps(tree, indent=2)}
        quoted = yaml.dump(tree, Dumper=_Quoted, sort_keys=False, width=1000)
        yield "quotes and flow style", {**files, path: quoted}
        yield "an anchor", {**files, path: _anchored(tree)}
        yield "a reference", {**files, path: _referenced(tree)}
        if "extends" in text:
            yield "`extends` written out", {**files, path: dump([_written_out(path, text)])}


class _Quoted(yaml.SafeDumper):
    """Writes every text in double quotes, and short collections in flow style."""


_Quoted.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


def _written_out(path: str, text: str) -> Tree:
    tree: Tree = _plain(parse({path: text}).tree)
    for job in tree.values():
        if isinstance(job, dict):
            job.pop("extends", None)
    return {name: job for name, job in tree.items() if not name.startswith(".")}


def _anchored(tree: Tree) -> str:
    """Put the first job into a hidden entry and merge it in with `<<`."""
    name = next((name for name, job in tree.items() if _works(name, job)), "")
    if not name:
        return dump([tree])
    rest = {key: value for key, value in tree.items() if key != name}
    base = dump([{".anchored": tree[name]}]).replace(".anchored:", ".anchored: &anchored", 1)
    others = dump([rest]) if rest else ""
    return f"{base}{others}{json.dumps(name)}:\n  <<: *anchored\n"


def _referenced(tree: Tree) -> str:
    """Put the script of the first job into a hidden entry and take it with `!reference`."""
    name = next((name for name, job in tree.items() if _works(name, job) and "script" in job), "")
    if not name:
        return dump([tree])
    made = {".kept": {"script": tree[name]["script"]}, **tree}
    made[name] = {**tree[name], "script": "TAKEN-FROM-KEPT"}
    return dump([made]).replace("script: TAKEN-FROM-KEPT", "script: !reference [.kept, script]", 1)
