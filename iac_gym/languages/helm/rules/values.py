"""What Helm demands of values and their schema."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.helm.model import HelmModel
from iac_gym.languages.helm.rules.faults import found
from iac_gym.verdict import Finding, Stage


@rule(Stage.SCHEMA)
def values_schema_is_right(model: HelmModel) -> Iterable[Finding]:
    """`values.schema.json` is a JSON schema.

    Source: https://helm.sh/docs/topics/charts/#schema-files
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.yaml --
        level: info
        -- values.schema.json --
        {"type": "map"}

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.yaml --
        level: info
        -- values.schema.json --
        {"type": "object", "properties": {"level": {"enum": ["info", "debug"]}}}
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: {{ .Values.level }}
    """
    return found(model, "values-schema-is-right")


@rule(Stage.SEMANTICS)
def values_meet_the_schema(model: HelmModel) -> Iterable[Finding]:
    """The values meet the schemas of the chart and its subcharts.

    A schema that only asks for values that are not given is reported as `defaults-are-enough`.

    Source: https://helm.sh/docs/topics/charts/#schema-files
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.yaml --
        level: loud
        -- values.schema.json --
        {"type": "object", "properties": {"level": {"enum": ["info", "debug"]}}}

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.yaml --
        level: info
        -- values.schema.json --
        {"type": "object", "properties": {"level": {"enum": ["info", "debug"]}}}
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: {{ .Values.level }}
    """
    return found(model, "values-meet-the-schema")


@rule(Stage.SEMANTICS)
def values_fit_together(model: HelmModel) -> Iterable[Finding]:
    """The values of a subchart are a mapping.

    Source: https://helm.sh/docs/chart_template_guide/subcharts_and_globals/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            repository: https://charts.example.com
        -- values.yaml --
        db: small
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            repository: https://charts.example.com
        -- values.yaml --
        db:
          size: small
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0
    """
    return found(model, "values-fit-together")


@rule(Stage.NOTICE)
def values_fit_the_defaults(model: HelmModel) -> Iterable[Finding]:
    """Values have the shape of the defaults that they override.

    Helm warns, and takes one of the two.

    Source: https://helm.sh/docs/chart_template_guide/values_files/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            repository: https://charts.example.com
        -- values.yaml --
        db:
          storage:
            size: 2Gi
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0
        -- charts/db/values.yaml --
        storage: 1Gi

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            repository: https://charts.example.com
        -- values.yaml --
        db:
          storage:
            size: 2Gi
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0
        -- charts/db/values.yaml --
        storage:
          size: 1Gi
    """
    return found(model, "values-fit-the-defaults")


@rule(Stage.NOTICE)
def schema_could_not_be_read(model: HelmModel) -> Iterable[Finding]:
    """A schema that refers to another one could not be read here.

    Source: https://json-schema.org/draft/2020-12/json-schema-core#name-schema-references
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.schema.json --
        {"$ref": "https://example.com/schema.json"}

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.schema.json --
        {"type": "object", "properties": {"level": {"enum": ["info", "debug"]}}}
        -- values.yaml --
        level: info
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: {{ .Values.level }}
    """
    return found(model, "schema-could-not-be-read")


@rule(Stage.NOTICE)
def values_are_used(model: HelmModel) -> Iterable[Finding]:
    """Every value of `values.yaml` is read by some template.

    Source: https://helm.sh/docs/chart_best_practices/values/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.yaml --
        level: info
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- values.yaml --
        level: info
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: {{ .Values.level }}
    """
    return found(model, "values-are-used")


IN_ORDER = (
    values_schema_is_right,
    values_meet_the_schema,
    values_fit_together,
    values_fit_the_defaults,
    schema_could_not_be_read,
    values_are_used,
)
