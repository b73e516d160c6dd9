# ruff: noqa: E501
"""Requirements about several Deployments, subcharts and library charts."""

from __future__ import annotations

import pytest

from tests.envs.helm.cases import Case, faults, findings, judge
from tests.envs.helm.charts import PLATFORM

_IMAGE = "{{ $.Values.image.repository }}:{{ $.Values.image.tag }}"

CASES = (
    Case("shared-image", {"kind": "Deployment", "image": "quay.io/acme/hub", "tag": "v1"},
         [(_IMAGE, "quay.io/acme/hub:v1"), (_IMAGE, '{{ eq $key "mail" | ternary "a" "b" }}:v1'),
          ("tag: v1", "tag: v2")]),
    Case("deployment-per-entry", {"chart": "hub", "value": "workers"},
         [("replicas: {{ $one.replicas }}", "replicas: 7"), ('"suffix" $key', '"suffix" ""'),
          ("args: {{ rest $one.command | toJson }}", "args: []"),
          ("range $key, $one := .Values.workers", 'range $key, $one := omit .Values.workers "probe"')]),
    Case("default-entry", {"value": "workers", "key": "mail", "replicas": 2,
                           "command": "bin/mail --all"},
         [("replicas: 2", "replicas: 3"), ("--all]", "]"), ("  mail:", "  post:")]),
    Case("selectors-apart", {"chart": "hub", "value": "workers"},
         [("matchLabels: {app: {{ $.Release.Name }}, part: {{ $key }}}",
           "matchLabels: {app: {{ $.Release.Name }}}")]),
    Case("shared-environment", {"chart": "hub", "value": "env"},
         [("range $name, $text := $.Values.env", "range $name, $text := $one.env"),
          ("value: {{ $text | quote }}", "value: x")]),
    Case("subchart-there", {"subchart": "cache", "version": "0.3.2"},
         [("name: cache\nversion: 0.3.2", "name: cache\nversion: 0.3.3"),
          ("  - {name: cache, version", "  - {name: common, version")]),
    Case("subchart-switched", {"subchart": "cache", "kind": "Deployment"},
         [(", condition: cache.enabled", ""), ("cache: {enabled: true", "cache: {enabled: false"),
          ("kind: Service", "kind: ConfigMap")]),
    Case("subchart-gets", {"subchart": "cache", "value": "replicas", "own": 1, "default": 3,
                           "kind": "Deployment", "field": "spec.replicas"},
         [("replicas: 3}", "replicas: 1}"), ("replicas: {{ .Values.replicas }}", "replicas: 3"),
          ("values.yaml --\nreplicas: 1", "values.yaml --\nreplicas: 2")]),
    Case("library-used", {"library": "common", "helper": "common.meta", "count": 2},
         [("type: library", "type: application"),
          ('  {{- include "common.meta" . | nindent 2 }}', "  name: x"),
          ("charts/common/templates/_meta.tpl", "templates/_meta.tpl")]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_platform(case: Case) -> None:
    judge(PLATFORM, case)


def test_parent_finds_its_subchart() -> None:
    one = PLATFORM.replace("  video: {replicas: 1, command: [bin/video]}\n", "")
    case = Case("subchart-found", {"kind": "Deployment", "subchart": "cache",
                                   "variable": "CACHE_HOST"},
                [("value: {{ $.Release.Name }}-cache", "value: release-name-cache"),
                 ("CACHE_HOST", "CACHE")])  # fmt: skip
    judge(one, case)
    assert findings(PLATFORM, case) != []


def test_chart_is_valid() -> None:
    assert faults(PLATFORM) == []
