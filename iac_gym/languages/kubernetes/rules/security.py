"""Rules about security: reported, and counted only where a task asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.rules.services import service_type
from iac_gym.languages.kubernetes.rules.views import Pod, entries, of_kind, once, view
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

_SECRET_NAME = re.compile(
    r"password|passwd|secret|token|api_?key|access_?key|private_?key|credential", re.IGNORECASE
)
_GRANTING_VERBS = ("escalate", "bind", "impersonate")


#: Fields of a security context that the rules here read of pods and containers alike.
_SHARED = (
    "privileged",
    "runAsUser",
    "runAsNonRoot",
    "readOnlyRootFilesystem",
    "capabilities",
    "seccompProfile",
)


def _tag(image: str) -> str | None:
    """Return an image's tag, '' if there is none, None if it is fixed by its digest."""
    if "@" in image:
        return None
    name = image.rpartition("/")[2]
    return name.partition(":")[2]


@once
def _contexts(manifest: Manifest) -> Iterator[tuple[Pod, Path, dict[Any, Any], dict[Any, Any]]]:
    """Yield (pod, path, container, its security context over that of the pod)."""
    for pod in view(manifest).pods:
        given = as_map(pod.spec.get("securityContext"))
        shared = {field: given[field] for field in _SHARED if field in given}
        for path, container in pod.all_containers:
            own = as_map(container.get("securityContext"))
            yield pod, path, container, {**shared, **own} if shared else own


@needs(PODS, "image")
@rule(Stage.SECURITY)
def pinned_images(manifest: Manifest) -> Iterator[Finding]:
    """An image has a tag other than `latest`, or a digest, so that it does not change by itself.

    Source: https://kubernetes.io/docs/concepts/containers/images/#image-names

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: nginx}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "registry.example.com:5000/nginx:1.27"}]
    """
    for item, path, container in view(manifest).containers:
        image = container.get("image")
        if isinstance(image, str) and image and _tag(image) in ("", "latest"):
            yield item.finding(f"`{image[:80]}` has no fixed tag", *path, "image")


@needs(PODS, "privileged")
@rule(Stage.SECURITY)
def no_privileged_containers(manifest: Manifest) -> Iterator[Finding]:
    """No container is privileged, which would give it the host.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", securityContext: {privileged: true}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27", securityContext: {privileged: false}}]
    """
    for pod, path, _, context in _contexts(manifest):
        if context.get("privileged") is True:
            text = "the container is privileged"
            yield pod.item.finding(text, *path, "securityContext", "privileged")


@needs(PODS)
@rule(Stage.SECURITY)
def no_privilege_escalation(manifest: Manifest) -> Iterator[Finding]:
    """Containers forbid that a process gains more privileges than its parent.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              securityContext: {allowPrivilegeEscalation: false}
    """
    for pod, path, container, _ in _contexts(manifest):
        own = as_map(container.get("securityContext"))
        if own.get("allowPrivilegeEscalation") is not False:
            text = "allowPrivilegeEscalation is not false"
            yield pod.item.finding(text, *path, "securityContext", "allowPrivilegeEscalation")


@needs(PODS)
@rule(Stage.SECURITY)
def runs_as_non_root(manifest: Manifest) -> Iterator[Finding]:
    """Containers do not run as root: `runAsNonRoot: true`, and a user other than 0.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 101}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod, path, _, context in _contexts(manifest):
        if context.get("runAsUser") == 0:
            yield pod.item.finding("the container runs as root", *path, "securityContext")
        elif context.get("runAsNonRoot") is not True:
            yield pod.item.finding("runAsNonRoot is not true", *path, "securityContext")


@needs(PODS)
@rule(Stage.SECURITY)
def read_only_root_filesystem(manifest: Manifest) -> Iterator[Finding]:
    """A container cannot write into its image: `readOnlyRootFilesystem: true`.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              securityContext: {readOnlyRootFilesystem: true}
    """
    for pod, path, _, context in _contexts(manifest):
        if context.get("readOnlyRootFilesystem") is not True:
            text = "the root file system is writable"
            yield pod.item.finding(text, *path, "securityContext", "readOnlyRootFilesystem")


@needs(PODS)
@rule(Stage.SECURITY)
def dropped_capabilities(manifest: Manifest) -> Iterator[Finding]:
    """Containers drop ALL capabilities and add none but NET_BIND_SERVICE.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              securityContext: {capabilities: {add: [SYS_ADMIN]}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}
    """
    for pod, path, _, context in _contexts(manifest):
        capabilities = as_map(context.get("capabilities"))
        place = (*path, "securityContext", "capabilities")
        if "ALL" not in as_list(capabilities.get("drop")):
            yield pod.item.finding("not all capabilities are dropped", *place, "drop")
        for index, name in enumerate(as_list(capabilities.get("add"))):
            if isinstance(name, str) and name != "NET_BIND_SERVICE":
                text = f"the capability {name[:80]} is added"
                yield pod.item.finding(text, *place, "add", index)


@needs(PODS)
@rule(Stage.SECURITY)
def seccomp_profile(manifest: Manifest) -> Iterator[Finding]:
    """Pods or containers have a seccomp profile, RuntimeDefault or one of their own.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod, path, _, context in _contexts(manifest):
        kind = as_map(context.get("seccompProfile")).get("type")
        if kind not in ("RuntimeDefault", "Localhost"):
            text = "there is no seccomp profile"
            yield pod.item.finding(text, *path, "securityContext", "seccompProfile")


@needs(PODS, "hostPath")
@rule(Stage.SECURITY)
def no_host_paths(manifest: Manifest) -> Iterator[Finding]:
    """Pods mount no directory of the host.

    Source: https://kubernetes.io/docs/concepts/storage/volumes/#hostpath

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: docker, hostPath: {path: /var/run/docker.sock}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: cache, emptyDir: {}}]
    """
    for pod in view(manifest).pods:
        for path, volume in entries(pod.spec.get("volumes"), (*pod.path, "volumes")):
            if volume.get("hostPath") is not None:
                yield pod.item.finding("a path of the host is mounted", *path, "hostPath")


@needs(PODS, "hostNetwork|hostPID|hostIPC|hostPort")
@rule(Stage.SECURITY)
def no_host_namespaces(manifest: Manifest) -> Iterator[Finding]:
    """Pods share neither network nor processes nor IPC with the host, and take no host port.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostNetwork: true
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostNetwork: false
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(field) is True:
                yield pod.item.finding(f"{field} is true", *pod.path, field)
        for path, container in pod.all_containers:
            for place, port in entries(container.get("ports"), (*path, "ports")):
                if port.get("hostPort"):
                    yield pod.item.finding("a port of the host is taken", *place, "hostPort")


@needs(PODS)
@rule(Stage.SECURITY)
def resource_limits(manifest: Manifest) -> Iterator[Finding]:
    """Containers have limits for cpu and memory, so that one cannot starve the others.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {limits: {cpu: 500m, memory: 256Mi}}
    """
    for item, path, container in view(manifest).containers:
        limits = as_map(as_map(container.get("resources")).get("limits"))
        missing = [name for name in ("cpu", "memory") if name not in limits]
        if missing:
            text = f"there is no limit for {' and '.join(missing)}"
            yield item.finding(text, *path, "resources", "limits")


@needs(PODS, "env")
@rule(Stage.SECURITY)
def no_secrets_in_environment(manifest: Manifest) -> Iterator[Finding]:
    """Passwords, tokens and keys come from a Secret, not as a literal of the manifest.

    Source: https://kubernetes.io/docs/concepts/configuration/secret/#use-case-as-container-environment-variables

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env: [{name: DB_PASSWORD, value: hunter2}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]
    """
    for item, path, container in view(manifest).containers:
        for place, variable in entries(container.get("env"), (*path, "env")):
            name, value = variable.get("name"), variable.get("value")
            if not isinstance(name, str) or not isinstance(value, str) or not value:
                continue
            is_file = name.lower().endswith(("_file", "_path"))
            if _SECRET_NAME.search(name[:200]) and not is_file and not value.startswith("$("):
                yield item.finding(f"`{name[:80]}` is given as plain text", *place, "value")


@needs("ConfigMap", "data")
@rule(Stage.SECURITY)
def no_secrets_in_config_maps(manifest: Manifest) -> Iterator[Finding]:
    """Passwords, tokens and keys stand in Secrets, not in ConfigMaps.

    Source: https://kubernetes.io/docs/concepts/configuration/configmap/

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {DB_PASSWORD: hunter2}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {DB_HOST: db.example.com}
    """
    for item in of_kind(manifest, "ConfigMap"):
        for key, value in as_map(item.get("data")).items():
            if isinstance(key, str) and value and _SECRET_NAME.search(key[:200]):
                yield item.finding(f"`{key[:80]}` belongs into a Secret", "data", key)


@needs(PODS)
@rule(Stage.SECURITY)
def no_token_mounted(manifest: Manifest) -> Iterator[Finding]:
    """Pods of the default service account do not mount its token.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          automountServiceAccountToken: false
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        account = pod.spec.get("serviceAccountName") or pod.spec.get("serviceAccount")
        mounts = pod.spec.get("automountServiceAccountToken") is not False
        if mounts and account in (None, "", "default"):
            text = "the token of the default service account is mounted"
            yield pod.item.finding(text, *pod.path, "automountServiceAccountToken")


@needs("Role|ClusterRole", "rules")
@rule(Stage.SECURITY)
def no_wildcard_permissions(manifest: Manifest) -> Iterator[Finding]:
    """Roles name groups, resources and verbs instead of `*`, and grant no further roles.

    Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/

    Bad::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: all}
        rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]

    Good::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get, list, watch]}]
    """
    for item in of_kind(manifest, "Role", "ClusterRole"):
        for path, one in entries(item.get("rules"), ("rules",)):
            for field in ("verbs", "resources", "apiGroups"):
                if "*" in as_list(one.get(field)):
                    yield item.finding(f"the rule is for all {field}", *path, field)
            for verb in _GRANTING_VERBS:
                if verb in as_list(one.get("verbs")):
                    yield item.finding(f"the verb {verb} gives away permissions", *path, "verbs")


@needs("RoleBinding|ClusterRoleBinding")
@rule(Stage.SECURITY)
def no_cluster_admins(manifest: Manifest) -> Iterator[Finding]:
    """Nobody is bound to cluster-admin, and anonymous users to nothing.

    Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege

    Bad::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: ci}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
        subjects: [{kind: ServiceAccount, name: ci, namespace: default}]

    Good::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: ci}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: ServiceAccount, name: ci, namespace: default}]
    """
    for item in of_kind(manifest, "RoleBinding", "ClusterRoleBinding"):
        if item.get("roleRef", "name") == "cluster-admin":
            yield item.finding("cluster-admin is bound", "roleRef", "name")
        for path, subject in entries(item.get("subjects"), ("subjects",)):
            if subject.get("name") in ("system:anonymous", "system:unauthenticated"):
                yield item.finding("anonymous users get permissions", *path, "name")


@needs("Service", "type")
@rule(Stage.SECURITY)
def no_open_services(manifest: Manifest) -> Iterator[Finding]:
    """Services are not open to everyone: no NodePort, and load balancers limit their sources.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          loadBalancerSourceRanges: [192.0.2.0/24]
          selector: {app: web}
          ports: [{port: 80}]
    """
    for item in of_kind(manifest, "Service"):
        kind = service_type(item)
        ranges = as_list(item.get("spec", "loadBalancerSourceRanges"))
        limited = bool(ranges) and not {"0.0.0.0/0", "::/0"} & {r for r in ranges if r.__hash__}
        if kind == "NodePort" or (kind == "LoadBalancer" and not limited):
            yield item.finding(f"the {kind} Service is open to everyone", "spec", "type")


@needs("Ingress")
@rule(Stage.SECURITY)
def ingress_with_tls(manifest: Manifest) -> Iterator[Finding]:
    """An Ingress serves its hosts over TLS.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#tls

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          defaultBackend: {service: {name: web, port: {number: 80}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          tls: [{hosts: [example.com], secretName: web-tls}]
          defaultBackend: {service: {name: web, port: {number: 80}}}
    """
    for item in of_kind(manifest, "Ingress"):
        if not item.get("spec", "tls"):
            yield item.finding("the Ingress has no TLS", "spec", "tls")


IN_ORDER = (
    pinned_images,
    no_privileged_containers,
    no_privilege_escalation,
    runs_as_non_root,
    read_only_root_filesystem,
    dropped_capabilities,
    seccomp_profile,
    no_host_paths,
    no_host_namespaces,
    resource_limits,
    no_secrets_in_environment,
    no_secrets_in_config_maps,
    no_token_mounted,
    no_wildcard_permissions,
    no_cluster_admins,
    no_open_services,
    ingress_with_tls,
)
