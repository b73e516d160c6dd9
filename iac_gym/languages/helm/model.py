"""The chart that rules and requirements read: what is written, and above all what it renders.

A requirement looks at renderings, since a chart may be written in countless ways:

- `model.default` is the rendering with the chart's own values (and with the values files of the
  answer that stand beside the chart); `model.render({"replicaCount": 3})` one with other values:
  a mapping, nested or with dotted paths as `--set` takes them (`{"image.tag": "2.0"}`).
- `rendering.manifest` is the `CustomManifest` of the language custom_resources (a `Manifest` of
  kubernetes that knows custom kinds): every requirement check over manifests works on it. Its
  objects (`RenderedObject`) make findings at the template's line. Hooks and tests are no part of
  it: `rendering.hooks`. `rendering.crds` are those of `crds/`.
- `rendering.error` says why Helm stops, None where it does not. Objects of templates that do
  render are there all the same: look at `error` before you credit a rendering.
  `rendering.refused`: the chart itself stopped it, by `required`, `fail` or its schema.
- `rendering.problems` are the findings of the Kubernetes rules, for validity (`Problem.stage`).
- `model.effect("image.tag", "2.0")` renders with the changed value and compares the objects:
  `.changes` are (object, path, before, after), `.added` and `.removed` objects, `.notes` whether
  the notes changed. `model.uses("image.tag")` asks the same with a value of the same type.
- `model.chart` and its `meta` say what `Chart.yaml` holds, `model.values` what `values.yaml` does
  (`YamlMap` with marks), `model.value("image.tag")` a default; `model.helpers` the named templates
  and who uses them; `model.schema` the values schema.

Nothing that a template does not render is in a rendering: comments, branches not taken, loops over
nothing, subcharts that are switched off, library charts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.check import Rule
from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import YamlMap, find
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.compare import Change, Effect, compare, other_values
from iac_gym.languages.helm.helpers import Helper, helpers_of
from iac_gym.languages.helm.judge import Problem, judged_part, manifest_of, problems_of, rules_for
from iac_gym.languages.helm.reading import Faults, as_values
from iac_gym.languages.helm.render import NOTES, Output, render
from iac_gym.languages.helm.rendered import MOST_OBJECTS, RenderedObject, Source, objects_of
from iac_gym.languages.helm.schema import allowed_values, check_values, compiled
from iac_gym.languages.helm.values import Values, get, overlaid, put
from iac_gym.verdict import Finding, Stage

__all__ = ["Change", "Effect", "HelmModel", "Helper", "Problem", "RenderedObject", "Rendering"]

RELEASE, NAMESPACE = "release-name", "default"
#: Most renderings of one answer; a task names a handful.
MOST_RENDERINGS = 40


@dataclass(frozen=True)
class Rendering:
    """What the chart gives with some values. See the module's docstring."""

    chart: Chart = field(repr=False)
    #: The objects of the folders `crds`, which are no templates.
    crds: CustomManifest = field(repr=False)
    given: Values
    release: str
    namespace: str

    @lazy
    def output(self) -> Output:
        """The texts, or why there are none."""
        return render(self.chart, self.given, self.release, self.namespace, check_values)

    @lazy
    def _read(self) -> tuple[tuple[RenderedObject, ...], tuple[Finding, ...]]:
        """The objects that are read, also those that Helm drops, and what cannot be read."""
        objects: list[RenderedObject] = []
        findings: list[Finding] = []
        for text in self.output.texts:
            if text.template.endswith(NOTES) or not text.text or text.text.isspace():
                continue
            for each in objects_of(text.text, text.template, text.source):
                if isinstance(each, Finding):
                    findings.append(each)
                elif len(objects) < MOST_OBJECTS:
                    objects.append(each)
        return tuple(objects), tuple(findings)

    @lazy
    def objects(self) -> tuple[RenderedObject, ...]:
        """Everything that Helm installs or runs, hooks too."""
        return tuple(item for item in self._read[0] if not item.is_dropped)

    @lazy
    def dropped(self) -> tuple[RenderedObject, ...]:
        """Objects that Helm leaves out, since they name a hook that it does not know."""
        return tuple(item for item in self._read[0] if item.is_dropped)

    @property
    def unreadable(self) -> tuple[Finding, ...]:
        """Where the rendered text is no YAML, or no object."""
        return self._read[1]

    @property
    def values(self) -> Values:
        """The values as the templates saw them (a template may have changed them)."""
        return self.output.values

    @property
    def texts(self) -> dict[str, str]:
        """Path of the template -> its rendered text, notes included."""
        return {text.template: text.text for text in self.output.texts}

    @lazy
    def errors(self) -> tuple[Finding, ...]:
        """Everything that makes Helm stop."""
        return (*self.output.errors, *self.unreadable)

    @property
    def error(self) -> Finding | None:
        """Why Helm stops; None where it does not."""
        return self.errors[0] if self.errors else None

    @property
    def refused(self) -> bool:
        """Whether nothing but the chart's own `required`, `fail` or schema stops it."""
        return self.output.refused and not self.unreadable

    @lazy
    def manifest(self) -> CustomManifest:
        """The objects that Helm installs, without hooks."""
        return manifest_of([item for item in self.objects if not item.is_hook])

    @lazy
    def hooks(self) -> CustomManifest:
        """The objects that Helm runs as hooks (tests too): see `RenderedObject.hook_events`."""
        return manifest_of([item for item in self.objects if item.is_hook])

    @lazy
    def everything(self) -> CustomManifest:
        """Objects, hooks and custom resource definitions together, as the rules judge them."""
        own = [item for item in self.crds.objects if isinstance(item, RenderedObject)]
        return manifest_of([*own, *self.objects]) if own or self.hooks.objects else self.manifest

    @lazy
    def judged(self) -> CustomManifest:
        """Everything without the objects of custom kinds that nobody here knows."""
        return judged_part(self.everything)

    @lazy
    def notes(self) -> str:
        """The text of the chart's own NOTES.txt."""
        return self.texts.get(self.chart.path(f"templates/{NOTES}"), "")

    @lazy
    def rules(self) -> tuple[Rule, ...]:
        """The rules of Kubernetes that may find something in the objects."""
        return rules_for(self.judged)

    @lazy
    def said(self) -> tuple[Problem, ...]:
        """What the rules of Kubernetes say of the objects, those about security left out."""
        return tuple(problems_of(self.judged, self.rules))

    @lazy
    def problems(self) -> tuple[Problem, ...]:
        """Why the API server would refuse the objects."""
        return tuple(one for one in self.said if one.stage <= Stage.SEMANTICS)


@dataclass(frozen=True)
class HelmModel:
    """A chart with the values files that stand beside it. See the module's docstring."""

    chart: Chart
    given_files: Mapping[str, YamlMap] = field(default_factory=dict)
    faults: Faults = field(default_factory=dict)
    #: What `examine` has done.
    state: dict[str, Any] = field(default_factory=dict, repr=False)

    @lazy
    def _kept(self) -> dict[str, Rendering]:
        return {}

    @lazy
    def given(self) -> Values:
        """What the values files beside the chart give, merged in the order of their paths."""
        made: Values = {}
        for tree in self.given_files.values():
            made = overlaid(made, as_values(tree))
        return made

    @property
    def default(self) -> Rendering:
        """The rendering with the chart's values and the values files of the answer."""
        return self.render()

    @property
    def installed(self) -> tuple[Rendering, ...]:
        """The renderings that must be valid: one for each values file beside the chart.

        Without such files it is that with the defaults.
        """
        if len(self.given_files) < 2:
            return (self.default,)
        return tuple(
            Rendering(self.chart, self.crds, as_values(tree), RELEASE, NAMESPACE)
            for tree in self.given_files.values()
        )

    @property
    def bare(self) -> Rendering:
        """The rendering with nothing but the chart's own values."""
        return self.render(beside=False)

    def render(
        self,
        values: Mapping[str, Any] | None = None,
        release: str = RELEASE,
        namespace: str = NAMESPACE,
        *,
        beside: bool = True,
    ) -> Rendering:
        """Render with values over the defaults; the same question is answered once.

        Keys may be dotted paths (`image.tag`, `ingress.hosts[0].host`), as with `--set`; a null
        removes a default. `beside`: the values files of the answer count, too.
        """
        given = self.given if beside else {}
        for path, value in (values or {}).items():
            given = _merged(given, path, as_values(value))
        key = json.dumps([given, release, namespace], sort_keys=True, default=str)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_RENDERINGS:
                self._kept.clear()
            found = self._kept[key] = Rendering(self.chart, self.crds, given, release, namespace)
        return found

    def effect(self, path: str, value: Any, values: Mapping[str, Any] | None = None) -> Effect:
        """Tell what changes when one value does; `values` are given in both renderings."""
        base = dict(values or {})
        before = self.render(base)
        after = self.render({**base, path: value})
        return compare(before, after)

    def uses(self, path: str, values: Mapping[str, Any] | None = None) -> bool:
        """Whether another value at a path changes what is rendered, of its type or of its enum."""
        now = self.value(path)
        for other in (*allowed_values(self.schema, path), *other_values(now)):
            if other != now and self.effect(path, other, values).changed:
                return True
        return False

    def value(self, path: str, default: Any = None) -> Any:
        """Return the value at a path as templates would see it by default."""
        for tree in (self.given, self.chart.plain):
            try:
                return get(tree, path)
            except KeyError:
                continue
        return default

    @property
    def values(self) -> YamlMap:
        """`values.yaml` with marks."""
        return self.chart.values

    def value_finding(self, message: str, path: str, hint: str = "") -> Finding:
        """Make a finding in `values.yaml`, at the deepest step of a path that exists."""
        steps = tuple(int(one) if one.isdecimal() else one for one in _steps(path))
        _, (line, column) = find(self.chart.values, steps)
        return Finding(message, self.chart.path("values.yaml"), line or 1, column or 1, hint)

    def chart_finding(self, message: str, field_name: str = "", hint: str = "") -> Finding:
        """Make a finding in `Chart.yaml`, at a field where it is there."""
        line, column = self.chart.meta.marks.get(field_name, (1, 1))
        return Finding(message, self.chart.path("Chart.yaml"), line, column, hint)

    @lazy
    def helpers(self) -> dict[str, Helper]:
        """The named templates of the chart and its subcharts, by name."""
        return helpers_of(self.chart)

    @lazy
    def schema(self) -> Any:
        """The chart's values schema as a tree; None where there is none, or none that is right."""
        return compiled(self.chart.schema)[2] if self.chart.schema else None

    @lazy
    def crds(self) -> CustomManifest:
        """The objects of the folders `crds`."""
        return manifest_of([item for item in self._crds() if isinstance(item, RenderedObject)])

    def _crds(self) -> Iterator[RenderedObject | Finding]:
        for path, text in self.chart.crds():
            yield from objects_of(text, path, _as_written(path))

    @lazy
    def crd_findings(self) -> tuple[Finding, ...]:
        """What cannot be read in the folders `crds`."""
        return tuple(item for item in self._crds() if isinstance(item, Finding))


def _as_written(path: str) -> Source:
    return lambda line: (path, line)


def _steps(path: str) -> Iterable[str]:
    return path.replace("[", ".").replace("]", "").split(".")


def _merged(given: Values, path: str, value: Any) -> Values:
    """Set a value; a mapping is merged into what is there, as a values file would be."""
    if isinstance(value, dict) and value:
        known: Any = None
        try:
            known = get(given, path)
        except KeyError:
            known = None
        if isinstance(known, dict):
            value = overlaid(known, value)
    return put(given, path, value)
