"""One rendering of a chart: values put together, templates executed, objects read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from iac_gym.formats.gotemplate import FunctionError, Limits, Template, TemplateError, parse
from iac_gym.formats.gotemplate.engine import Engine, Rendered
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.helm import HELM, HELM_NAMES
from iac_gym.languages.helm.capabilities import KUBE_VERSION
from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.dependencies import process
from iac_gym.languages.helm.instance import Instance, instance_of
from iac_gym.languages.helm.objects import (
    capabilities_object,
    chart_object,
    files_object,
    release_object,
)
from iac_gym.languages.helm.rendered import Source
from iac_gym.languages.helm.values import Values, ValuesError, coalesce
from iac_gym.languages.helm.versions import fits
from iac_gym.verdict import Finding

#: What one template file may take, and what a few of a chart may that need more.
LIMITS = Limits(depth=100, steps=3_000, output=400_000, text=200_000)
WIDE_LIMITS = replace(LIMITS, steps=50_000)
MOST_WIDE = 4
#: After so many templates that take too long the others are not tried.
MOST_OVER = 5
#: Most characters that a whole chart renders.
MOST_TEXT = 1_000_000
_TOO_MANY = "takes too many steps"
NOTES = "NOTES.txt"


@dataclass
class Text:
    """What one template file rendered; `source` tells what wrote each of its lines."""

    template: str
    text: str
    source: Source


@dataclass
class Output:
    """Everything a rendering gave. `errors` are why Helm stops; texts of other templates are kept.

    `rule` names what failed first; `refused` says that nothing did but the chart's own `required`
    and `fail`, or a schema that asks for a value.
    """

    texts: list[Text] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    refused: bool = False
    rule: str = ""
    values: Values = field(default_factory=dict)
    instance: Instance | None = None
    warnings: list[str] = field(default_factory=list)
    #: How many templates needed the wider limits.
    wide: int = 0
    #: How many templates were stopped for their steps, and how many characters were rendered.
    over: int = 0
    size: int = 0

    def stop(self, rule: str, *findings: Finding, refused: bool = False) -> None:
        """Note why Helm stops."""
        self.refused = refused and (self.refused or not self.errors)
        self.rule = self.rule or rule
        self.errors += findings


@dataclass(frozen=True, slots=True)
class _File:
    """A template file in one installation: Helm's name for it, where it stands, what it sees."""

    name: str
    path: str
    text: str
    scope: dict[str, Any]
    base: str


#: Given a chart and its values: what a schema says against them, and whether it asks for more.
CheckValues = Callable[[Instance, Values], tuple[list[Finding], bool]]


def render(
    chart: Chart,
    given: Values,
    release: str,
    namespace: str,
    check_values: CheckValues,
) -> Output:
    """Render a chart with given values; `check_values` may refuse the values."""
    made = Output()
    if chart.meta.is_library:
        return made
    instance = made.instance = instance_of(chart)
    try:
        process(instance, given, made.warnings.append)
        values = made.values = coalesce(instance, given, made.warnings.append)
    except ValuesError as error:
        made.stop("values-fit-together", Finding(str(error), chart.path("values.yaml"), 1, 1))
        return made
    wanted = chart.meta.texts.get("kubeVersion", "")
    if wanted and not fits(wanted, KUBE_VERSION):
        message = f"the chart wants Kubernetes {wanted}, which {KUBE_VERSION} is not"
        mark = chart.meta.marks.get("kubeVersion", (1, 1))
        made.stop("kubernetes-version-fits", Finding(message, chart.path("Chart.yaml"), *mark))
        return made
    wrong, only_missing = check_values(instance, values)
    if wrong:
        made.stop("values-meet-the-schema", *wrong, refused=only_missing)
        return made
    _execute(instance, values, release, namespace, made)
    return made


def _execute(
    instance: Instance, values: Values, release: str, namespace: str, made: Output
) -> None:
    top = {
        "Values": values,
        "Release": release_object(release, namespace),
        "Capabilities": capabilities_object(),
    }
    files: dict[str, _File] = {}
    _gather(instance, top, files)
    order = sorted(files, key=lambda name: (name.count("/"), name), reverse=True)
    trees: dict[str, Template] = {}
    for name in order:
        try:
            _add(trees, name, files[name].text)
        except TemplateError as error:
            made.stop("templates-parse", _finding(error, files[name], files))
    refusals: list[str] = []
    engine = Engine(trees, _functions(), LIMITS, missingkey="zero", host=refusals)
    for name in order:
        if not name.rpartition("/")[2].startswith("_"):
            refusals.clear()
            _run(engine, files[name], files, made)
            if made.over >= MOST_OVER:
                break
            if made.size > MOST_TEXT:
                message = f"the chart renders more than {MOST_TEXT} characters"
                made.stop("templates-render", Finding(message, files[name].path, 1, 1))
                break
    made.texts.sort(key=lambda text: text.template)


def _gather(instance: Instance, above: Mapping[str, Any], files: dict[str, _File]) -> Any:
    """Collect the templates of a chart and its subcharts, each with what it sees."""
    values = above["Values"]
    if not instance.is_root:
        values = values.get(instance.name) if isinstance(values, dict) else None
        values = values if isinstance(values, dict) else {}
    below: dict[str, Any] = {}
    scope = {
        "Chart": chart_object(instance),
        "Files": files_object(
            {name: text.encode("utf-8", "surrogateescape")
             for name, text in instance.chart.files.items()}
        ),
        "Release": above["Release"],
        "Capabilities": above["Capabilities"],
        "Values": values,
        "Subcharts": below,
    }  # fmt: skip
    for child in instance.children:
        below[child.name] = _gather(child, scope, files)
    base = instance.full_path
    for path, text in instance.chart.templates.items():
        if instance.chart.meta.is_library and not path.rpartition("/")[2].startswith("_"):
            continue
        name = f"{base}/{path}"
        where = instance.chart.path(path)
        files[name] = _File(name, where, text, scope, f"{base}/templates")
    return scope


def _add(trees: dict[str, Template], name: str, text: str) -> None:
    """Add what a file defines; as in Go an empty definition does not replace another."""
    for key, tree in parse(name, text, HELM_NAMES).items():
        if key not in trees or not tree.empty:
            trees[key] = tree


def _fail(run: Any, message: str) -> str:
    run.host.append(message)
    raise FunctionError(message)


def _required(run: Any, message: str, value: Any) -> Any:
    return _fail(run, message) if value is None or value == "" else value


@cache
def _functions() -> Mapping[str, Function]:
    """Return Helm's functions; those by which a chart refuses its values say so to the host."""
    own = {
        "fail": function(_fail, "string", run=True),
        "required": function(_required, "string any", run=True),
    }
    return {**HELM, **own}


def _run(engine: Engine, file: _File, files: Mapping[str, _File], made: Output) -> None:
    file.scope["Template"] = {"Name": file.name, "BasePath": file.base}
    try:
        traced = _executed(engine, file, made)
    except TemplateError as error:
        made.over += _TOO_MANY in error.message
        made.stop("templates-render", _finding(error, file, files), refused=bool(engine.host))
        return
    text = traced.text.replace("<no value>", "")
    made.size += len(text)
    made.texts.append(Text(file.path, text, _source(traced, file, files)))


def _executed(engine: Engine, file: _File, made: Output) -> Rendered:
    """Execute a template within the usual limits, and where these are too narrow in wider ones."""
    engine.limits = LIMITS
    try:
        return engine.execute(file.name, file.scope, trace=True)
    except TemplateError as error:
        if _TOO_MANY not in error.message or made.wide >= MOST_WIDE:
            raise
    made.wide += 1
    engine.limits = WIDE_LIMITS
    return engine.execute(file.name, file.scope, trace=True)


def _source(traced: Rendered, file: _File, files: Mapping[str, _File]) -> Source:
    def source(line: int) -> tuple[str, int]:
        name, found = traced.source(line)
        return (files[name].path if name in files else file.path), found or 1

    return source


def _finding(error: TemplateError, file: _File, files: Mapping[str, _File]) -> Finding:
    """Say where a rendering stopped: at the innermost place that the chart wrote."""
    deepest = error
    while deepest.inner is not None:
        deepest = deepest.inner
    place = files.get(deepest.name, file)
    hint = "" if deepest is error else f"rendered by {file.path}:{error.line}"
    return Finding(deepest.message, place.path, deepest.line, deepest.column, hint)
