"""Build `data/actions.bin`: inputs and outputs of popular actions, from their `action.yml` files.

    python -m iac_gym.languages.github_actions.actions.build_data FOLDER

FOLDER holds `<owner>/<repo>/<tag>/[<path>/]action.yml` for each action and tag, and the licence as
`<owner>/<repo>/LICENSE`; `SOURCE.md` says how to fill it. Only names, `required`, defaults and
deprecations are kept, no description. Of each major version the newest tag counts. Rewrites
`data/SOURCE.md` too.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
#: So many major versions of an action are kept, the newest.
MOST_MAJORS = 9
#: Actions whose outputs get their names from inputs, from scripts or from what they find.
OPEN_OUTPUTS = frozenset(
    (
        "actions/github-script",
        "aws-actions/amazon-ecr-login",
        "docker/bake-action/subaction/list-targets",
        "dorny/paths-filter",
        "googleapis/release-please-action",
        "tj-actions/changed-files",
    )
)
_LICENCES = (
    ("MIT", r"\bMIT License\b|Permission is hereby granted, free of charge"),
    ("Apache-2.0", r"Apache License,?\s+Version 2\.0"),
    ("AGPL-3.0", r"GNU AFFERO GENERAL PUBLIC LICENSE"),
    ("LGPL-3.0", r"GNU LESSER GENERAL PUBLIC LICENSE"),
    ("GPL-3.0", r"GNU GENERAL PUBLIC LICENSE"),
    ("BSD", r"Redistribution and use in source and binary forms"),
    ("ISC", r"ISC License"),
    ("MPL-2.0", r"Mozilla Public License"),
)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _input(settings: Any) -> list[Any]:
    """Return [required, deprecated] and the default where there is one."""
    if not isinstance(settings, dict):
        return [0, 0]
    required = int(_text(settings.get("required")) == "true")
    deprecated = int(bool(settings.get("deprecationMessage")))
    default = settings.get("default")
    return [required, deprecated] + ([] if default is None else [_text(default)])


def record(tree: dict[str, Any], tag: str, name: str) -> dict[str, Any]:
    """Return what is kept of one `action.yml`."""
    inputs = tree.get("inputs") or {}
    outputs = ["*"] if name in OPEN_OUTPUTS else []
    return {
        "tag": tag,
        "using": _text((tree.get("runs") or {}).get("using")),
        "inputs": {_text(key): _input(settings) for key, settings in inputs.items()},
        "outputs": [*map(_text, tree.get("outputs") or {}), *outputs],
    }


def _order(tag: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", tag))


def read(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Return {action: {major: record}}; a tag without a number has the major ""."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    files = sorted(folder.glob("*/*/*/**/action.yml"), key=lambda f: (_order(f.parts[-2]), str(f)))
    for file in files:
        owner, repo, tag, *path = file.relative_to(folder).parent.parts
        name = "/".join((owner, repo, *path)).lower()
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
        numbers = _order(tag) if re.fullmatch(r"v?\d[\d.]*", tag) else ()
        major = str(numbers[0]) if numbers else ""
        known = found[name].get(major)
        if known is None or _order(known["tag"]) <= _order(tag):
            found[name][major] = record(tree, tag, name)
    return {name: _newest(majors) for name, majors in sorted(found.items())}


def _newest(majors: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    ordered = sorted(majors, key=lambda major: int(major or 0))
    return {major: majors[major] for major in ordered[-MOST_MAJORS:]}


def licence(file: Path) -> str:
    """Return the name of a licence by its text."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return next((name for name, pattern in _LICENCES if re.search(pattern, text)), "none found")


def write(folder: Path) -> None:
    """Write the pack and its SOURCE.md."""
    actions = read(folder)
    records = {name: json.dumps(majors, separators=(",", ":")) for name, majors in actions.items()}
    packed = zlib.compress(json.dumps(records, separators=(",", ":")).encode(), 9)
    (DATA / "actions.bin").write_bytes(packed)
    lines = [_SOURCE.format(count=len(actions))]
    for name, majors in actions.items():
        owner, repo = name.split("/")[:2]
        here = next(
            one for one in folder.glob("*/*") if str(one).lower().endswith(f"{owner}/{repo}")
        )
        tags = ", ".join(one["tag"] for one in majors.values())
        lines.append(f"| {name} | {tags} | {licence(here / 'LICENSE')} |")
    (DATA / "SOURCE.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


_SOURCE = """# actions.bin

Inputs (name, required, default, deprecated) and outputs (name) of {count} actions, by major
version, from the `action.yml` of the named tags of `https://github.com/<owner>/<repo>`. Facts about
interfaces only: no description and no code.

To make it again, fill a folder and run the script:

    git clone --bare https://github.com/OWNER/REPO clone
    mkdir -p FOLDER/OWNER/REPO/TAG/PATH
    git -C clone show TAG:PATH/action.yml > FOLDER/OWNER/REPO/TAG/PATH/action.yml
    git -C clone show HEAD:LICENSE > FOLDER/OWNER/REPO/LICENSE
    python -m iac_gym.languages.github_actions.actions.build_data FOLDER

| action | tags | licence |
| --- | --- | --- |"""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
