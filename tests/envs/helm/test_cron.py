"""Requirements about schedules and values schemas."""

from __future__ import annotations

import pytest

from tests.envs.helm.cases import Case, faults, judge

CRON = """\
-- Chart.yaml --
apiVersion: v2
name: nightly
version: 1.0.0
-- values.yaml --
schedule: "5 3 * * *"
suspend: false
image: {repository: quay.io/acme/nightly, tag: "2.0"}
-- values.schema.json --
{"type": "object", "additionalProperties": false,
 "properties": {
  "global": {}, "suspend": {"type": "boolean"}, "schedule": {"type": "string", "minLength": 9},
  "image": {"type": "object", "properties": {"tag": {"not": {"const": "latest"}}}}}}
-- templates/cron.yaml --
apiVersion: batch/v1
kind: CronJob
metadata: {name: {{ .Release.Name }}}
spec:
  schedule: {{ .Values.schedule | quote }}
  suspend: {{ .Values.suspend }}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: nightly
              image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
"""

CASES = (
    Case("scheduled", {"kind": "CronJob", "schedule": "5 3 * * *"},
         [("{{ .Values.schedule | quote }}", '"5 3 * * *"'), ("5 3 * * *", "5 4 * * *")],
         [("{{ .Values.schedule | quote }}", "'{{ .Values.schedule }}'")]),
    Case("value-sets", {"value": "suspend", "default": False, "kind": "CronJob",
                        "field": "spec.suspend", "other": True},
         [("{{ .Values.suspend }}", "false"), ("suspend: false", "suspend: true")]),
    Case("image-from-values",
         {"kind": "CronJob", "image": "quay.io/acme/nightly", "tag": "2.0"},
         [("{{ .Values.image.tag }}", '"2.0"'), ('tag: "2.0"', "tag: 2.0")]),
    Case("schema-refuses", {"value": "image.tag", "bad": "latest", "good": "9.9.9"},
         [('{"const": "latest"}', '{"const": "newest"}'), ("values.schema.json", "values.schema"),
          ('{"not": {"const": "latest"}}', '{"enum": ["2.0"]}')],
         [('{"not": {"const": "latest"}}', '{"type": "string", "pattern": "^[0-9.]+$"}')]),
    Case("schema-is-closed", {"chart": "nightly", "key": "extra"},
         [('"additionalProperties": false', '"additionalProperties": true'),
          ('"additionalProperties": false', '"properties2": {"extra": false}')],
         [('"additionalProperties": false',
           '"propertyNames": {"enum": ["global", "suspend", "schedule", "image"]}')]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cron(case: Case) -> None:
    judge(CRON, case)


def test_a_template_that_fails_is_no_schema() -> None:
    """The schema itself must refuse the value."""
    guard = '{{ if eq .Values.image.tag "latest" }}{{ fail "no" }}{{ end }}\napiVersion: batch/v1'
    judge(
        CRON, Case("schema-refuses", {"value": "image.tag", "bad": "latest", "good": "9.9.9"}, [])
    )
    chart = CRON.replace("apiVersion: batch/v1", guard).replace('{"const": "latest"}', "{}")
    with pytest.raises(AssertionError):
        judge(chart, Case("schema-refuses", {"value": "image.tag", "bad": "latest",
                                             "good": "9.9.9"}, []))  # fmt: skip


def test_chart_is_valid() -> None:
    assert faults(CRON) == []
