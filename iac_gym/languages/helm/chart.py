"""A chart and its subcharts, loaded from files as Helm's loader does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from iac_gym.formats.yaml import YamlError, YamlList, YamlMap
from iac_gym.languages.helm.ignore import kept
from iac_gym.languages.helm.metadata import Metadata, read_metadata, read_requirements
from iac_gym.languages.helm.reading import Faults, as_values, note, read_map

#: Deepest chart in charts, and most charts and files of one answer.
MOST_DEPTH = 6
MOST_CHARTS = 40
MOST_FILES = 1000

_MANIFESTS = (".yaml", ".yml", ".json")
_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass
class Chart:
    """One chart as written. Paths of `templates` and `files` are relative to the chart.

    `folder` is where it stands in the answer ("" or ending with `/`). `values` is the tree of
    `values.yaml` with marks, `plain` the same as templates see it.
    """

    folder: str
    meta: Metadata = field(default_factory=Metadata)
    tree: YamlMap = field(default_factory=YamlMap)
    values: YamlMap = field(default_factory=YamlMap)
    plain: dict[str, Any] = field(default_factory=dict)
    schema: str = ""
    templates: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    children: list[Chart] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.meta.name

    def path(self, name: str) -> str:
        """Return where a file of this chart stands in the answer."""
        return self.folder + name

    def every(self) -> Iterator[Chart]:
        """Yield this chart and all charts below it."""
        yield self
        for child in self.children:
            yield from child.every()

    def crds(self) -> Iterator[tuple[str, str]]:
        """Yield (path in the answer, text) of the files in `crds/`, of subcharts too."""
        for name, text in self.files.items():
            if name.startswith("crds/") and name.lower().endswith(_MANIFESTS):
                yield self.path(name), text
        for child in self.children:
            yield from child.crds()


@lru_cache(maxsize=2048)
def _read_kept(text: str, what: str) -> YamlMap | YamlError:
    """Read a file's mapping; answers to one task share many of their files."""
    try:
        return read_map(text, what)
    except YamlError as error:
        return error


@lru_cache(maxsize=512)
def _values_kept(text: str) -> dict[str, Any]:
    tree = _read_kept(text, "values.yaml")
    found: dict[str, Any] = as_values(tree) if isinstance(tree, YamlMap) else {}
    return found


class Loader:
    """Loads one answer's charts, noting what Helm would refuse."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.charts = 0

    def load(self, files: Mapping[str, str], folder: str, depth: int = 0) -> Chart | None:
        """Load a chart from its files (path relative to the chart -> text).

        None where it is none: `Chart.yaml` is missing or cannot be read.
        """
        self.charts += 1
        chart = Chart(folder)
        if "Chart.yaml" not in files:
            message = "a chart needs a file Chart.yaml"
            near = next((path for path in files if path.lower() in ("chart.yaml", "chart.yml")), "")
            hint = f"rename {near}: the name is case-sensitive" if near else ""
            place = folder + near if near else folder + "Chart.yaml"
            note(self.faults, "chart-yaml-is-there", message, place, (1, 1), hint)
            return None
        tree = self.tree(files, "Chart.yaml", folder)
        if tree is None:
            return None
        chart.tree = tree
        chart.meta = read_metadata(tree, folder + "Chart.yaml", self.faults)
        self.requirements(chart, files)
        for name in ("Chart.lock", "requirements.lock"):
            self.lock(files, name, folder)
        values = self.tree(files, "values.yaml", folder)
        if values is not None:
            chart.values = values
            chart.plain = _values_kept(files.get("values.yaml", ""))
        chart.schema = files.get("values.schema.json", "")
        below: dict[str, dict[str, str]] = {}
        for path, text in files.items():
            if path in _LOADED:
                continue
            if path.startswith("templates/"):
                chart.templates[path] = text
            elif path.startswith("charts/"):
                name, _, rest = path.removeprefix("charts/").partition("/")
                below.setdefault(name, {})[rest] = text
            else:
                chart.files[path] = text
        self.children(chart, below, depth)
        return chart

    def requirements(self, chart: Chart, files: Mapping[str, str]) -> None:
        """Read `requirements.yaml`, which stands beside `Chart.yaml` in charts of apiVersion v1."""
        tree = self.tree(files, "requirements.yaml", chart.folder)
        if "requirements.yaml" in files and tree is not None:
            path = chart.path("requirements.yaml")
            chart.meta.dependencies = read_requirements(tree, path, self.faults)

    def lock(self, files: Mapping[str, str], name: str, folder: str) -> None:
        """Check a lock file: Helm reads it, though it renders without."""
        tree = self.tree(files, name, folder)
        if name not in files or tree is None:
            return
        said = tree.get("generated")
        if said is not None and not (isinstance(said, str) and _TIME.fullmatch(said)):
            mark = tree.marks["generated"]
            message = "`generated` must be a time such as 2026-01-31T12:00:00Z"
            note(self.faults, "lock-files-are-right", message, folder + name, mark)
        if not isinstance(tree.get("dependencies"), (YamlList, type(None))):
            mark = tree.marks["dependencies"]
            message = "`dependencies` must be a list"
            note(self.faults, "lock-files-are-right", message, folder + name, mark)

    def tree(self, files: Mapping[str, str], name: str, folder: str) -> YamlMap | None:
        """Read a file that holds a mapping; None where it cannot be read."""
        if name not in files:
            return YamlMap((1, 1))
        read = _read_kept(files[name], name)
        if isinstance(read, YamlError):
            mark = (read.line, read.column)
            rule = "values-are-yaml" if name == "values.yaml" else "chart-yaml-is-yaml"
            note(self.faults, rule, read.message, folder + name, mark, read.hint)
            return None
        return read

    def children(self, chart: Chart, below: Mapping[str, dict[str, str]], depth: int) -> None:
        """Load the charts of the folder `charts`."""
        for name, files in below.items():
            if name.startswith(("_", ".")) or set(files) == {""}:
                continue
            place = chart.path(f"charts/{name}/")
            if depth >= MOST_DEPTH or self.charts >= MOST_CHARTS:
                message = f"at most {MOST_CHARTS} charts are read, {MOST_DEPTH} deep"
                note(self.faults, "chart-is-of-bounded-size", message, place + "Chart.yaml", (1, 1))
                return
            child = self.load({path: files[path] for path in files if path}, place, depth + 1)
            if child:
                chart.children.append(child)


_LOADED = (
    "Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml",
    "requirements.lock",
)  # fmt: skip


def load_chart(files: Mapping[str, str], folder: str, faults: Faults) -> Chart | None:
    """Load the chart of an answer; `files` are relative to `folder`."""
    paths: list[str] = sorted(files)
    try:
        paths = kept(paths, files.get(".helmignore", "").removeprefix("\ufeff"))
    except ValueError as error:
        note(faults, "helmignore-is-right", str(error), folder + ".helmignore", (1, 1))
    if len(paths) > MOST_FILES:
        message = f"there are {len(paths)} files; at most {MOST_FILES} are read"
        note(faults, "chart-is-of-bounded-size", message, folder + "Chart.yaml", (1, 1))
        paths = paths[:MOST_FILES]
    texts = {path: files[path].removeprefix("\ufeff") for path in paths}
    return Loader(faults).load(texts, folder)
