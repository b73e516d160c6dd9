"""What the API's schemas say of every object: kind, fields, types, required fields, values."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import Manifest
from iac_gym.languages.kubernetes.schema import Sort
from iac_gym.verdict import Finding, Stage


def _of(manifest: Manifest, sort: Sort) -> Iterable[Finding]:
    problems = manifest.problems
    return [problem.finding for problem in problems if problem.sort == sort] if problems else ()


@rule(Stage.SCHEMA)
def known_kind(manifest: Manifest) -> Iterable[Finding]:
    """Every object has an `apiVersion` and a `kind` that this version of Kubernetes serves.

    A kind that a CustomResourceDefinition of the same manifest defines is known, too.

    Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
    Bad::

        apiVersion: extensions/v1beta1
        kind: Ingress
        metadata:
          name: web
        spec:
          defaultBackend:
            service:
              name: web
              port:
                number: 80

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: web
        spec:
          defaultBackend:
            service:
              name: web
              port:
                number: 80
    """
    return _of(manifest, "kind")


@rule(Stage.SCHEMA)
def known_fields(manifest: Manifest) -> Iterable[Finding]:
    """Every field is one that its API version defines.

    kubectl asks for strict validation by default, and the API server refuses unknown fields.

    Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: settings
        datas:
          level: info

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: settings
        data:
          level: info
    """
    return _of(manifest, "field")


@rule(Stage.SCHEMA)
def field_types(manifest: Manifest) -> Iterable[Finding]:
    """Every value has the type of its field: text, whole number, boolean, quantity, list, mapping.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/
    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: settings
        data:
          port: 8080

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: settings
        data:
          port: "8080"
    """
    return _of(manifest, "type")


@rule(Stage.SCHEMA)
def required_fields(manifest: Manifest) -> Iterable[Finding]:
    """Every field that its API version requires is there and is not empty.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/
    Bad::

        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          containers:
            - image: nginx:1.27

    Good::

        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          containers:
            - name: web
              image: nginx:1.27
    """
    return _of(manifest, "required")


@rule(Stage.SCHEMA)
def allowed_values(manifest: Manifest) -> Iterable[Finding]:
    """A field with a fixed choice of values has one of them; upper and lower case count.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/
    Bad::

        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          restartPolicy: never
          containers:
            - name: web
              image: nginx:1.27

    Good::

        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          restartPolicy: Never
          containers:
            - name: web
              image: nginx:1.27
    """
    return _of(manifest, "value")


IN_ORDER = (known_kind, known_fields, field_types, required_fields, allowed_values)
