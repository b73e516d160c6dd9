"""Rules about probes and lifecycle handlers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.views import once, view, whole
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_ANY_PROBE = "|".join(_PROBES)
_PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")
_NUMBERS = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


@once
def _probes(manifest: Manifest) -> Iterator[tuple[KubeObject, Path, dict[Any, Any]]]:
    """Yield (object, path, probe) of all probes."""
    for item, path, container in view(manifest).containers:
        for name in _PROBES:
            probe = container.get(name)
            if isinstance(probe, dict):
                yield item, (*path, name), probe


@once
def _hooks(manifest: Manifest) -> Iterator[tuple[KubeObject, Path, dict[Any, Any]]]:
    """Yield (object, path, handler) of all lifecycle handlers."""
    for item, path, container in view(manifest).containers:
        lifecycle = container.get("lifecycle")
        if isinstance(lifecycle, dict):
            for name in ("postStart", "preStop"):
                hook = lifecycle.get(name)
                if isinstance(hook, dict):
                    yield item, (*path, "lifecycle", name), hook


def _count_problem(tree: dict[Any, Any], handlers: tuple[str, ...]) -> str:
    given = [name for name in handlers if tree.get(name) is not None]
    if len(given) == 1:
        return ""
    if given:
        return f"there are {len(given)} handlers ({', '.join(given)}), it must be one"
    return f"there is no handler; give one of {', '.join(handlers)}"


@needs(PODS, _ANY_PROBE)
@rule(Stage.SEMANTICS)
def one_probe_handler(manifest: Manifest) -> Iterator[Finding]:
    """A probe asks in exactly one way: exec, httpGet, tcpSocket or grpc.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#probe-check-methods

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              livenessProbe:
                httpGet: {path: /, port: 80}
                tcpSocket: {port: 80}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              livenessProbe:
                httpGet: {path: /, port: 80}
              readinessProbe:
                tcpSocket: {port: 80}
    """
    for item, path, probe in _probes(manifest):
        if message := _count_problem(probe, _PROBE_HANDLERS):
            yield item.finding(message, *path)


@needs(PODS, "lifecycle")
@rule(Stage.SEMANTICS)
def one_lifecycle_handler(manifest: Manifest) -> Iterator[Finding]:
    """A lifecycle hook acts in exactly one way: exec, httpGet, tcpSocket or sleep.

    Source: https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-implementations

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              lifecycle: {preStop: {}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              lifecycle:
                preStop:
                  exec: {command: [nginx, -s, quit]}
    """
    for item, path, hook in _hooks(manifest):
        if message := _count_problem(hook, _HOOK_HANDLERS):
            yield item.finding(message, *path)


@needs(PODS, f"{_ANY_PROBE}|lifecycle")
@rule(Stage.SEMANTICS)
def handler_details(manifest: Manifest) -> Iterator[Finding]:
    """Handlers have a command, a valid port and valid headers.

    A port may be a number without quotes, or the name of a port.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#http-probes

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              livenessProbe:
                httpGet: {path: /, port: "80"}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              ports: [{name: http, containerPort: 80}]
              livenessProbe:
                httpGet: {path: /, port: http, scheme: HTTPS}
    """
    for source in (_probes(manifest), _hooks(manifest)):
        for item, path, tree in source:
            for step, message in _handler_problems(tree):
                yield item.finding(message, *path, *step)


def _handler_problems(tree: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    for name in ("httpGet", "tcpSocket", "grpc"):
        handler = tree.get(name)
        if isinstance(handler, dict) and (problem := forms.port_problem(handler.get("port"))):
            yield (name, "port"), problem
    command = tree.get("exec")
    if isinstance(command, dict) and not command.get("command"):
        yield ("exec", "command"), "the command is empty"
    http = as_map(tree.get("httpGet"))
    for index, header in enumerate(as_list(http.get("httpHeaders"))):
        title = as_map(header).get("name")
        if isinstance(title, str) and not forms.is_header_name(title):
            yield ("httpGet", "httpHeaders", index), f"`{title[:80]}` is no name of a header"


@needs(PODS, _ANY_PROBE)
@rule(Stage.SEMANTICS)
def probe_numbers(manifest: Manifest) -> Iterator[Finding]:
    """Delays and thresholds of probes are not negative; liveness and startup succeed at once.

    `successThreshold` of liveness and startup probes must be 1, and a readiness probe has no
    grace period of its own.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              livenessProbe:
                successThreshold: 2
                tcpSocket: {port: 80}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              readinessProbe:
                successThreshold: 2
                periodSeconds: 5
                tcpSocket: {port: 80}
    """
    for item, path, probe in _probes(manifest):
        for field in _NUMBERS:
            number = whole(probe.get(field))
            if number is not None and number < 0:
                yield item.finding(f"`{field}` is {number}, it may not be negative", *path, field)
        grace = whole(probe.get("terminationGracePeriodSeconds"))
        if path[-1] == "readinessProbe":
            if grace is not None:
                text = "a readiness probe has no terminationGracePeriodSeconds"
                yield item.finding(text, *path, "terminationGracePeriodSeconds")
            continue
        if grace is not None and grace <= 0:
            text = "terminationGracePeriodSeconds must be above 0"
            yield item.finding(text, *path, "terminationGracePeriodSeconds")
        success = whole(probe.get("successThreshold"))
        if success is not None and success > 1:  # 0 stands for the default, which is 1
            text = f"successThreshold of a {path[-1]} must be 1, it is {success}"
            yield item.finding(text, *path, "successThreshold")


@needs(PODS, "lifecycle", "sleep")
@rule(Stage.SEMANTICS)
def sleep_within_grace_period(manifest: Manifest) -> Iterator[Finding]:
    """A lifecycle hook sleeps no longer than the pod's grace period, 30 seconds by default.

    Source: https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-implementations

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              lifecycle: {preStop: {sleep: {seconds: 60}}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          terminationGracePeriodSeconds: 90
          containers:
            - name: web
              image: nginx:1.27
              lifecycle: {preStop: {sleep: {seconds: 60}}}
    """
    for item, path, hook in _hooks(manifest):
        seconds = whole(as_map(hook.get("sleep")).get("seconds"))
        spec = item.pod_path or ()
        grace = whole(item.get(*spec, "terminationGracePeriodSeconds", default=30))
        if seconds is not None and grace is not None and not 0 <= seconds <= max(grace, 0):
            text = f"the sleep of {seconds} s is not within the grace period of {grace} s"
            yield item.finding(text, *path, "sleep", "seconds")


@needs(PODS, "initContainers", f"{_ANY_PROBE}|lifecycle")
@rule(Stage.SEMANTICS)
def init_containers_without_probes(manifest: Manifest) -> Iterator[Finding]:
    """An init container has no probes and hooks, unless it is a sidecar that always restarts.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#differences-from-regular-containers

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          initContainers:
            - name: proxy
              image: envoyproxy/envoy:v1.31.0
              readinessProbe: {tcpSocket: {port: 9901}}
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          initContainers:
            - name: proxy
              image: envoyproxy/envoy:v1.31.0
              restartPolicy: Always
              readinessProbe: {tcpSocket: {port: 9901}}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        for path, container in pod.init:
            if container.get("restartPolicy") == "Always":
                continue
            for field in (*_PROBES, "lifecycle"):
                if container.get(field) is not None:
                    text = f"an init container has no {field} (unless `restartPolicy: Always`)"
                    yield pod.item.finding(text, *path, field)


IN_ORDER = (
    one_probe_handler,
    one_lifecycle_handler,
    handler_details,
    probe_numbers,
    sleep_within_grace_period,
    init_containers_without_probes,
)
