"""What Helm demands of templates and of what they render."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.helm.model import HelmModel
from iac_gym.languages.helm.rules.faults import found
from iac_gym.verdict import Finding, Stage


@rule(Stage.SEMANTICS)
def templates_render(model: HelmModel) -> Iterable[Finding]:
    """Every template renders with the chart's defaults.

    Source: https://helm.sh/docs/chart_template_guide/debugging/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: {{ .Values.log.level }}

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
    return found(model, "templates-render")


@rule(Stage.SEMANTICS)
def output_is_yaml(model: HelmModel) -> Iterable[Finding]:
    """What the templates render is YAML, one mapping for each document.

    Source: https://helm.sh/docs/chart_template_guide/yaml_techniques/
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
        data:
        level: {
          level: {{ .Values.level }}

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
    return found(model, "output-is-yaml")


@rule(Stage.SCHEMA)
def templates_are_named_right(model: HelmModel) -> Iterable[Finding]:
    """The files of the folder `templates` end in .yaml, .yml, .tpl or .txt.

    `helm lint` calls it an error.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/lint/rules/template.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.json --
        {}

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
    return found(model, "templates-are-named-right")


@rule(Stage.SCHEMA)
def release_time_is_gone(model: HelmModel) -> Iterable[Finding]:
    """No template reads `.Release.Time`, which Helm 3 does not have.

    `helm lint` calls it an error.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/lint/rules/template.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: x{{/* .Release.Time */}}

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
    return found(model, "release-time-is-gone")


@rule(Stage.NOTICE)
def hooks_are_known(model: HelmModel) -> Iterable[Finding]:
    """Every hook names an event that Helm knows; it leaves other objects out.

    Source: https://helm.sh/docs/topics/charts_hooks/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
          annotations:
            helm.sh/hook: before-install
        data:
          level: info

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
          annotations:
            helm.sh/hook: pre-install
        data:
          level: info
    """
    return found(model, "hooks-are-known")


@rule(Stage.NOTICE)
def defaults_are_enough(model: HelmModel) -> Iterable[Finding]:
    """The chart renders with its defaults: neither `required`, `fail` nor a schema asks for more.

    Such a chart is judged by what it renders with given values.

    Source: https://helm.sh/docs/howto/charts_tips_and_tricks/#using-the-required-function
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-shop
        data:
          level: {{ required "level is required" .Values.level }}

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
          level: {{ required "level is required" .Values.level }}
    """
    return found(model, "defaults-are-enough")


@rule(Stage.NOTICE)
def custom_kinds_are_known(model: HelmModel) -> Iterable[Finding]:
    """Every custom kind is one whose definition is known here, or part of the chart.

    Objects of other custom kinds are neither credited nor punished.

    Source: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/order.yaml --
        apiVersion: shop.example.com/v1
        kind: Order
        metadata:
          name: {{ .Release.Name }}-first

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- templates/config.yaml --
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-first
    """
    return found(model, "custom-kinds-are-known")


IN_ORDER = (
    templates_render,
    output_is_yaml,
    templates_are_named_right,
    release_time_is_gone,
    hooks_are_known,
    defaults_are_enough,
    custom_kinds_are_known,
)
