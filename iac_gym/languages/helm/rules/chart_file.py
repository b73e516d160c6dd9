"""What Helm demands of `Chart.yaml` and of the charts beside it."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.helm.model import HelmModel
from iac_gym.languages.helm.rules.faults import found
from iac_gym.verdict import Finding, Stage


@rule(Stage.SCHEMA)
def chart_yaml_has_right_types(model: HelmModel) -> Iterable[Finding]:
    """Every field of `Chart.yaml` has the type that Helm reads.

    A mapping or list where text belongs keeps Helm from loading the chart.

    Source: https://helm.sh/docs/topics/charts/#the-chartyaml-file
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        keywords: shop

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        keywords:
          - shop
    """
    return found(model, "chart-yaml-has-right-types")


@rule(Stage.SCHEMA)
def chart_yaml_is_complete(model: HelmModel) -> Iterable[Finding]:
    """`Chart.yaml` says `apiVersion`, `name` and `version`, and lists no empty entries.

    Source: https://helm.sh/docs/topics/charts/#the-chartyaml-file
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
    """
    return found(model, "chart-yaml-is-complete")


@rule(Stage.SCHEMA)
def chart_api_version_is_known(model: HelmModel) -> Iterable[Finding]:
    """`apiVersion` is `v1` or `v2`, and fields that only `v2` knows stand in such a chart.

    Source: https://helm.sh/docs/topics/charts/#the-apiversion-field
    Bad::

        -- Chart.yaml --
        apiVersion: v3
        name: shop
        version: 0.1.0

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
    """
    return found(model, "chart-api-version-is-known")


@rule(Stage.SCHEMA)
def chart_name_is_right(model: HelmModel) -> Iterable[Finding]:
    """The chart's name is no path.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/chart/metadata.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: team/shop
        version: 0.1.0

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
    """
    return found(model, "chart-name-is-right")


@rule(Stage.SCHEMA)
def chart_version_is_right(model: HelmModel) -> Iterable[Finding]:
    """The chart's version is a semantic version above 0.0.0.

    Source: https://helm.sh/docs/topics/charts/#charts-and-versioning
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: latest

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
    """
    return found(model, "chart-version-is-right")


@rule(Stage.SCHEMA)
def chart_versions_are_text(model: HelmModel) -> Iterable[Finding]:
    """`version` and `appVersion` are text: a number loses its last zeros.

    `helm lint` calls it an error.

    Source: https://helm.sh/docs/topics/charts/#the-appversion-field
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        appVersion: 1.10

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        appVersion: "1.10"
    """
    return found(model, "chart-versions-are-text")


@rule(Stage.SCHEMA)
def chart_type_is_known(model: HelmModel) -> Iterable[Finding]:
    """`type` is `application` or `library`.

    Source: https://helm.sh/docs/topics/charts/#chart-types
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        type: service

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        type: application
    """
    return found(model, "chart-type-is-known")


@rule(Stage.SCHEMA)
def maintainers_are_right(model: HelmModel) -> Iterable[Finding]:
    """Each maintainer has a name, and their `email` and `url` are such.

    `helm lint` calls it an error.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/lint/rules/chartfile.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        maintainers:
          - email: ops@example.com

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        maintainers:
          - name: Ops
            email: ops@example.com
    """
    return found(model, "maintainers-are-right")


@rule(Stage.SCHEMA)
def urls_are_right(model: HelmModel) -> Iterable[Finding]:
    """`sources` and `icon` are URLs.

    `helm lint` calls it an error.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/lint/rules/chartfile.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        icon: shop.png

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        icon: https://example.com/shop.png
    """
    return found(model, "urls-are-right")


@rule(Stage.SCHEMA)
def dependencies_are_right(model: HelmModel) -> Iterable[Finding]:
    """Dependencies have different names or aliases.

    An alias holds letters, digits, `_` and `-` alone.

    Source: https://helm.sh/docs/topics/charts/#chart-dependencies
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            alias: my db
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
            alias: my-db
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0
    """
    return found(model, "dependencies-are-right")


@rule(Stage.REFERENCES)
def dependencies_are_there(model: HelmModel) -> Iterable[Finding]:
    """The chart of every dependency stands in the folder `charts`.

    Helm renders nothing before that; `helm dependency build` fetches them.

    Source: https://helm.sh/docs/helm/helm_dependency/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            repository: https://charts.example.com

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        dependencies:
          - name: db
            version: 1.x
            repository: https://charts.example.com
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0
    """
    return found(model, "dependencies-are-there")


@rule(Stage.REFERENCES)
def subcharts_are_declared(model: HelmModel) -> Iterable[Finding]:
    """Every chart in the folder `charts` is a dependency of `Chart.yaml`.

    `helm lint` calls it an error.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/lint/rules/dependencies.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
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
        -- charts/db/Chart.yaml --
        apiVersion: v2
        name: db
        version: 1.2.0
    """
    return found(model, "subcharts-are-declared")


@rule(Stage.SCHEMA)
def helmignore_is_right(model: HelmModel) -> Iterable[Finding]:
    """`.helmignore` holds patterns that Helm reads: no `**`.

    Source: https://helm.sh/docs/chart_template_guide/helm_ignore_file/
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- .helmignore --
        docs/**

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- .helmignore --
        docs/
    """
    return found(model, "helmignore-is-right")


@rule(Stage.SEMANTICS)
def kubernetes_version_fits(model: HelmModel) -> Iterable[Finding]:
    """`kubeVersion` is a range that the Kubernetes of this Helm lies in.

    Helm 3.18 renders for Kubernetes 1.33 where no cluster is asked.

    Source: https://helm.sh/docs/topics/charts/#the-kubeversion-field
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        kubeVersion: "<1.20"

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        kubeVersion: ">=1.28.0-0"
    """
    return found(model, "kubernetes-version-fits")


@rule(Stage.NOTICE)
def chart_is_kept_up(model: HelmModel) -> Iterable[Finding]:
    """The chart is not marked as deprecated.

    Source: https://helm.sh/docs/topics/charts/#deprecating-charts
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        deprecated: true

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
    """
    return found(model, "chart-is-kept-up")


@rule(Stage.SCHEMA)
def lock_files_are_right(model: HelmModel) -> Iterable[Finding]:
    """`Chart.lock` says when it was generated, as a time, and lists dependencies.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/chart/dependency.go
    Bad::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- Chart.lock --
        dependencies: []
        generated: yesterday

    Good::

        -- Chart.yaml --
        apiVersion: v2
        name: shop
        version: 0.1.0
        -- Chart.lock --
        dependencies: []
        generated: "2026-01-31T12:00:00.123456+01:00"
    """
    return found(model, "lock-files-are-right")


IN_ORDER = (
    chart_yaml_has_right_types,
    chart_yaml_is_complete,
    chart_api_version_is_known,
    chart_name_is_right,
    chart_version_is_right,
    chart_versions_are_text,
    chart_type_is_known,
    maintainers_are_right,
    urls_are_right,
    dependencies_are_right,
    dependencies_are_there,
    subcharts_are_declared,
    helmignore_is_right,
    kubernetes_version_fits,
    chart_is_kept_up,
    lock_files_are_right,
)
