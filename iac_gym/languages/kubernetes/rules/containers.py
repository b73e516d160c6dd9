"""Rules about containers: names, images, ports, environment, security context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.downward import field_problem, resource_problem
from iac_gym.languages.kubernetes.rules.views import Pod, entries, once, view, whole
from iac_gym.languages.kubernetes.selection import CONTAINERS, PODS, needs
from iac_gym.verdict import Finding, Stage

_ENV_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_MOST_ID = 2**31 - 1


@needs(PODS)
@rule(Stage.SEMANTICS)
def at_least_one_container(manifest: Manifest) -> Iterator[Finding]:
    """A pod has at least one container.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec: {containers: []}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        containers = pod.spec.get("containers")
        if isinstance(containers, list) and not containers:
            yield pod.item.finding("the pod has no container", *pod.path, "containers")


@needs(PODS)
@rule(Stage.SEMANTICS)
def well_formed_container_names(manifest: Manifest) -> Iterator[Finding]:
    """A container's name is a DNS label.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: Web_Server, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web-server, image: "nginx:1.27"}]
    """
    for item, path, container in view(manifest).containers:
        name = container.get("name")
        if isinstance(name, str) and not forms.is_label(name):
            text = f"`{name[:80]}` is no name for a container"
            yield item.finding(text, *path, "name", hint=forms.LABEL_HINT)


@needs(PODS, CONTAINERS)
@rule(Stage.SEMANTICS)
def unique_container_names(manifest: Manifest) -> Iterator[Finding]:
    """Containers and init containers of a pod have different names.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#detailed-behavior

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          initContainers: [{name: web, image: "busybox:1.36"}]
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          initContainers: [{name: setup, image: "busybox:1.36"}]
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        seen: set[str] = set()
        for path, container in pod.all_containers:
            name = container.get("name")
            if not isinstance(name, str):
                continue
            if name in seen:
                yield pod.item.finding(f"there are two containers `{name}`", *path, "name")
            seen.add(name)


@needs(PODS)
@rule(Stage.SEMANTICS)
def container_images(manifest: Manifest) -> Iterator[Finding]:
    """Every container of a workload names its image, without spaces around it.

    Source: https://kubernetes.io/docs/concepts/containers/images/#image-names

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "registry.example.com:5000/shop/web:1.2"}]
    """
    for item, path, container in view(manifest).containers:
        image = container.get("image")
        if image is None or image == "":
            yield item.finding("the container has no image", *path, "image")
        elif isinstance(image, str) and image != image.strip():
            text = f"the image `{image[:80]}` begins or ends with a space"
            yield item.finding(text, *path, "image")


@needs(PODS, "restartPolicy")
@rule(Stage.SEMANTICS)
def container_restart_policy(manifest: Manifest) -> Iterator[Finding]:
    """A container's own `restartPolicy` is Always, OnFailure or Never.

    Before Kubernetes 1.35 only init containers had one (Always: a sidecar).

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          initContainers:
            - {name: proxy, image: "envoyproxy/envoy:v1.31.0", restartPolicy: Sidecar}
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          initContainers:
            - {name: proxy, image: "envoyproxy/envoy:v1.31.0", restartPolicy: Always}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for item, path, container in view(manifest).containers:
        policy = container.get("restartPolicy")
        if isinstance(policy, str) and policy not in ("Always", "OnFailure", "Never"):
            text = f"restartPolicy `{policy[:80]}` is none of Always, OnFailure, Never"
            yield item.finding(text, *path, "restartPolicy")


@needs(PODS, "containerPort|hostPort")
@rule(Stage.SEMANTICS)
def container_ports(manifest: Manifest) -> Iterator[Finding]:
    """Ports of containers and of hosts are from 1 to 65535.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", ports: [{containerPort: 80800}]}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", ports: [{containerPort: 8080}]}]
    """
    for item, path, container in view(manifest).containers:
        for place, port in entries(container.get("ports"), (*path, "ports")):
            for field, least in (("containerPort", 1), ("hostPort", 0)):
                number = whole(port.get(field))
                if number is not None and not least <= number <= 65535:
                    text = f"{field} {number} is not between 1 and 65535"
                    yield item.finding(text, *place, field)


@needs(PODS, "ports")
@rule(Stage.SEMANTICS)
def container_port_names(manifest: Manifest) -> Iterator[Finding]:
    """Names of a container's ports differ and have the form of service names by IANA.

    At most 15 characters of a-z, 0-9 and `-`, at least one of them a letter.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              ports: [{name: http, containerPort: 80}, {name: http, containerPort: 81}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              ports: [{name: http, containerPort: 80}, {name: metrics, containerPort: 81}]
    """
    for item, path, container in view(manifest).containers:
        seen: set[str] = set()
        for place, port in entries(container.get("ports"), (*path, "ports")):
            name = port.get("name")
            if not isinstance(name, str) or not name:
                continue
            if not forms.is_port_name(name):
                text = f"`{name[:80]}` is not a port name"
                hint = "a-z, 0-9 and '-', at most 15 characters, with a letter"
                yield item.finding(text, *place, "name", hint=hint)
            elif name in seen:
                yield item.finding(f"there are two ports `{name}`", *place, "name")
            seen.add(name)


@needs(PODS, "hostPort")
@rule(Stage.SEMANTICS)
def unique_host_ports(manifest: Manifest) -> Iterator[Finding]:
    """No two ports of a pod take the same port of the host.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              ports: [{containerPort: 80, hostPort: 80}]
            - name: api
              image: httpd:2.4
              ports: [{containerPort: 8080, hostPort: 80}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: dns}
        spec:
          containers:
            - name: dns
              image: coredns/coredns:1.11.3
              ports:
                - {containerPort: 53, hostPort: 53, protocol: UDP}
                - {containerPort: 53, hostPort: 53, protocol: TCP}
    """
    for pod in view(manifest).pods:
        seen: set[tuple[Any, ...]] = set()
        for path, container in pod.containers:
            for place, port in entries(container.get("ports"), (*path, "ports")):
                number = whole(port.get("hostPort"))
                parts = (str(port.get("protocol") or "TCP"), str(port.get("hostIP") or ""), number)
                if number and parts in seen:
                    yield pod.item.finding(f"host port {number} is taken twice", *place, "hostPort")
                seen.add(parts)


@needs(PODS, "env|envFrom")
@rule(Stage.SEMANTICS)
def environment_names(manifest: Manifest) -> Iterator[Finding]:
    """Names of environment variables are printable ASCII characters without `=`.

    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", env: [{name: "MODE=fast"}]}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", env: [{name: MODE, value: fast}]}]
    """
    for item, path, container in view(manifest).containers:
        for field, key in (("env", "name"), ("envFrom", "prefix")):
            if field not in container:
                continue
            for place, variable in entries(container.get(field), (*path, field)):
                name = variable.get(key)
                if not isinstance(name, str) or (key == "prefix" and not name):
                    continue
                if not forms.is_env_name(name):
                    text = f"`{name[:80]}` cannot name an environment variable"
                    yield item.finding(text, *place, key)


@needs(PODS, "valueFrom|envFrom")
@rule(Stage.SEMANTICS)
def environment_sources(manifest: Manifest) -> Iterator[Finding]:
    """A variable has a value or one source, and an entry of `envFrom` exactly one source.

    Source: https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env:
                - name: TOKEN
                  value: none
                  valueFrom: {secretKeyRef: {name: web, key: token}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env:
                - name: TOKEN
                  valueFrom: {secretKeyRef: {name: web, key: token}}
              envFrom: [{configMapRef: {name: settings}}]
    """
    for item, path, container in view(manifest).containers:
        if "env" in container:
            for place, variable in entries(container.get("env"), (*path, "env")):
                if message := _source_problem(variable):
                    yield item.finding(message, *place, "valueFrom")
        if "envFrom" in container:
            for place, source in entries(container.get("envFrom"), (*path, "envFrom")):
                given = [f for f in ("configMapRef", "secretRef") if source.get(f) is not None]
                if len(given) != 1:
                    yield item.finding("give exactly one of configMapRef, secretRef", *place)


def _source_problem(variable: dict[Any, Any]) -> str:
    source = variable.get("valueFrom")
    if not isinstance(source, dict):
        return ""
    given = [field for field in _ENV_SOURCES if source.get(field) is not None]
    if not given:
        return f"`valueFrom` must be one of {', '.join(_ENV_SOURCES)}"
    if variable.get("value"):
        return "`valueFrom` may not be given beside a `value`"
    return "" if len(given) == 1 else f"`valueFrom` has {len(given)} sources, it must be one"


@needs(PODS, "valueFrom")
@rule(Stage.SEMANTICS)
def environment_references(manifest: Manifest) -> Iterator[Finding]:
    """References of variables name an existing kind of field, and a valid key of a map.

    A variable can take `metadata.name`, a label, `spec.nodeName`, `status.podIP` and a few more.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env:
                - name: NODE
                  valueFrom: {fieldRef: {fieldPath: spec.node}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env:
                - name: NODE
                  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
                - name: APP
                  valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}
                - name: CPUS
                  valueFrom: {resourceFieldRef: {resource: limits.cpu}}
    """
    for item, path, container in view(manifest).containers:
        if "env" not in container:
            continue
        for place, variable in entries(container.get("env"), (*path, "env")):
            source = variable.get("valueFrom")
            if isinstance(source, dict):
                for step, message in _reference_problems(source):
                    yield item.finding(message, *place, "valueFrom", *step)


def _reference_problems(source: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    if message := field_problem(source.get("fieldRef"), volume=False):
        yield ("fieldRef", "fieldPath"), message
    if message := resource_problem(source.get("resourceFieldRef"), volume=False):
        yield ("resourceFieldRef", "resource"), message
    for field in ("configMapKeyRef", "secretKeyRef"):
        reference = as_map(source.get(field))
        name, key = reference.get("name"), reference.get("key")
        if isinstance(key, str) and not forms.is_config_key(key):
            yield (field, "key"), f"`{key[:80]}` is no key of a ConfigMap or Secret"
        if isinstance(name, str) and not forms.is_subdomain(name):
            yield (field, "name"), f"`{name[:80]}` is no name of an object"


@needs(PODS, "runAsUser|runAsGroup|fsGroup|supplementalGroups")
@rule(Stage.SEMANTICS)
def user_and_group_ids(manifest: Manifest) -> Iterator[Finding]:
    """Ids of users and groups are from 0 to 2147483647.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", securityContext: {runAsUser: -1}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          securityContext: {fsGroup: 2000, supplementalGroups: [3000]}
          containers: [{name: web, image: "nginx:1.27", securityContext: {runAsUser: 1000}}]
    """
    for item, path, context in _security_contexts(manifest):
        for field in ("runAsUser", "runAsGroup", "fsGroup"):
            number = whole(context.get(field))
            if number is not None and not 0 <= number <= _MOST_ID:
                text = f"{field} {number} is not between 0 and {_MOST_ID}"
                yield item.finding(text, *path, field)
        for index, value in enumerate(as_list(context.get("supplementalGroups"))):
            number = whole(value)
            if number is not None and not 0 <= number <= _MOST_ID:
                text = f"the group {number} is not between 0 and {_MOST_ID}"
                yield item.finding(text, *path, "supplementalGroups", index)


@once
def _security_contexts(manifest: Manifest) -> Iterator[tuple[Any, Path, dict[Any, Any]]]:
    found = view(manifest)
    for pod in found.pods:
        context = pod.spec.get("securityContext")
        if isinstance(context, dict):
            yield pod.item, (*pod.path, "securityContext"), context
    for item, path, container in found.containers:
        context = container.get("securityContext")
        if isinstance(context, dict):
            yield item, (*path, "securityContext"), context


@needs(PODS, "allowPrivilegeEscalation", "privileged|capabilities")
@rule(Stage.SEMANTICS)
def privilege_escalation(manifest: Manifest) -> Iterator[Finding]:
    """A privileged container, or one with CAP_SYS_ADMIN, cannot forbid privilege escalation.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              securityContext: {privileged: true, allowPrivilegeEscalation: false}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              securityContext: {privileged: false, allowPrivilegeEscalation: false}
    """
    for item, path, context in _security_contexts(manifest):
        if context.get("allowPrivilegeEscalation") is not False:
            continue
        place = (*path, "allowPrivilegeEscalation")
        if context.get("privileged") is True:
            yield item.finding("a privileged container can escalate its privileges", *place)
        if "CAP_SYS_ADMIN" in as_list(as_map(context.get("capabilities")).get("add")):
            yield item.finding("a container with CAP_SYS_ADMIN can escalate privileges", *place)


@needs(PODS, "seccompProfile|appArmorProfile")
@rule(Stage.SEMANTICS)
def security_profiles(manifest: Manifest) -> Iterator[Finding]:
    """A seccomp or AppArmor profile of type Localhost, and no other, has a `localhostProfile`.

    Source: https://kubernetes.io/docs/tutorials/security/seccomp/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          securityContext: {seccompProfile: {type: Localhost}}
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for item, path, context in _security_contexts(manifest):
        for field in ("seccompProfile", "appArmorProfile"):
            profile = context.get(field)
            if isinstance(profile, dict) and (message := _profile_problem(profile)):
                yield item.finding(message, *path, field, "type")


def _profile_problem(profile: dict[Any, Any]) -> str:
    kind, local = profile.get("type"), profile.get("localhostProfile")
    if kind == "Localhost" and not local:
        return "the type Localhost needs a `localhostProfile`"
    return "`localhostProfile` is only for Localhost" if kind != "Localhost" and local else ""


@needs(PODS, "os")
@rule(Stage.SEMANTICS)
def windows_pods(manifest: Manifest) -> Iterator[Finding]:
    """Pods for Linux have no security settings of Windows, and the other way round.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/#pod-os

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          os: {name: windows}
          securityContext: {runAsUser: 1000}
          containers: [{name: web, image: "example.com/iis:1.0"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          os: {name: windows}
          securityContext: {windowsOptions: {runAsUserName: ContainerUser}}
          containers: [{name: web, image: "example.com/iis:1.0"}]
    """
    for pod in view(manifest).pods:
        system = as_map(pod.spec.get("os")).get("name")
        if system not in ("linux", "windows"):
            continue
        for path in _foreign_settings(pod, system):
            yield pod.item.finding(f"`{path[-1]}` cannot be set for a {system} pod", *path)


_LINUX_ONLY = (
    "appArmorProfile seLinuxOptions seccompProfile fsGroup fsGroupChangePolicy sysctls runAsUser "
    "runAsGroup supplementalGroups capabilities readOnlyRootFilesystem privileged "
    "allowPrivilegeEscalation procMount"
).split()


def _foreign_settings(pod: Pod, system: str) -> Iterator[Path]:
    forbidden = _LINUX_ONLY if system == "windows" else ["windowsOptions"]
    places: list[tuple[Path, Any]] = [(pod.path, pod.spec), *pod.all_containers]
    for path, tree in places:
        context = as_map(tree.get("securityContext"))
        for field in forbidden:
            if context.get(field) is not None:
                yield (*path, "securityContext", field)
    for field in ("hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"):
        if system == "windows" and pod.spec.get(field):
            yield (*pod.path, field)


IN_ORDER = (
    at_least_one_container,
    well_formed_container_names,
    unique_container_names,
    container_images,
    container_restart_policy,
    container_ports,
    container_port_names,
    unique_host_ports,
    environment_names,
    environment_sources,
    environment_references,
    user_and_group_ids,
    privilege_escalation,
    security_profiles,
    windows_pods,
)
