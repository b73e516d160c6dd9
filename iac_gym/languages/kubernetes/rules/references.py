"""Rules about references between the objects of one answer.

The API server accepts references to objects that do not exist (yet), and so do these rules: an
object outside the answer is legal. They report what cannot work with the objects that are here,
where it is evident that one of those is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map, as_text
from iac_gym.languages.kubernetes.rules.configuration import keys_of
from iac_gym.languages.kubernetes.rules.networking import backends
from iac_gym.languages.kubernetes.rules.selectors import matches
from iac_gym.languages.kubernetes.rules.services import service_type
from iac_gym.languages.kubernetes.rules.views import Pod, entries, of_kind, view, whole
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

_LASTING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Pod")
_OF_KIND = re.compile(
    r"-(?:service|svc|headless|lb|deployment|deploy|statefulset|sts|daemonset|ds|rs|pod|pdb|budget)$"
)
#: Most pairs of a selecting object and a workload that are compared; a hostile answer has more.
_MOST_PAIRS = 4000
_MOST_COMPARED = 40
_BUILT_IN_ROLES = ("cluster-admin", "admin", "edit", "view")
#: The Role by which extension servers read how the API server checks identities.
_READER = "extension-apiserver-authentication-reader"


def _named(items: list[KubeObject], name: Any, namespace: str) -> KubeObject | None:
    for item in items:
        if item.name == name and item.namespace == namespace:
            return item
    return None


def _lasting_pods(manifest: Manifest, namespace: str) -> list[Pod]:
    pods = view(manifest).pods
    return [p for p in pods if p.item.kind in _LASTING and p.item.namespace == namespace]


def _selects(selector: Any, pod: Pod) -> bool:
    return matches({"matchLabels": selector}, pod.labels())


def _target_ports(service: KubeObject) -> Iterator[tuple[Path, Any]]:
    """Yield (path, target) of a Service's ports; a port without a target is its own."""
    for path, port in entries(service.get("spec", "ports"), ("spec", "ports")):
        target = port.get("targetPort")
        yield (path, port.get("port")) if target in (None, 0, "") else (path, target)


def _open_ports(pod: Pod) -> set[Any]:
    """Return the numbers and names of the ports that a pod's containers declare."""
    found: set[Any] = set()
    for _, container in pod.all_containers:
        for _, port in entries(container.get("ports"), ()):
            for value in (port.get("name"), whole(port.get("containerPort"))):
                if isinstance(value, (str, int)):
                    found.add(value)
    return found


@needs("Service", PODS, "selector")
@rule(Stage.REFERENCES)
def service_selects_pods(manifest: Manifest) -> Iterator[Finding]:
    """A Service selects the workload that it is evidently for.

    It is evident if the Service selects nothing in the answer, while a workload in its namespace
    that no Service selects has the Service's name (`web-svc` is named after `web`) or opens its
    target port.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: website}, ports: [{port: 80}]}

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
    """
    services = [s for s in of_kind(manifest, "Service") if as_map(s.get("spec", "selector"))]
    if not services or len(services) * len(view(manifest).pods) > _MOST_PAIRS:
        return
    idle: list[KubeObject] = []
    served: set[int] = set()
    for service in services:
        selector = as_map(service.get("spec", "selector"))
        pods = _lasting_pods(manifest, service.namespace)
        selected = [id(pod.item) for pod in pods if _selects(selector, pod)]
        served.update(selected)
        if not selected:
            idle.append(service)
    opened = {id(pod.item): _open_ports(pod) for pod in view(manifest).pods} if idle else {}
    for service in idle:
        targets = {t for _, t in _target_ports(service) if isinstance(t, (str, int))}
        stem = _stem(service.name)
        for pod in _lasting_pods(manifest, service.namespace):
            meant = stem == _stem(pod.item.name)
            meant = meant or not targets.isdisjoint(opened[id(pod.item)])
            if meant and id(pod.item) not in served:
                text = f"the Service selects no pod: the {pod.item.kind} `{pod.item.name}` has "
                yield service.finding(text + "other labels", "spec", "selector")
                break


def _stem(name: str) -> str:
    """Return a name without what it says of its kind (`web-svc`, `web-deployment`: `web`)."""
    return _OF_KIND.sub("", name)


@needs("Service", PODS, "selector")
@rule(Stage.REFERENCES)
def named_target_ports(manifest: Manifest) -> Iterator[Finding]:
    """A Service's target port that is a name is the name of a port of the pods it selects.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web}}
        spec:
          containers: [{name: web, image: "nginx:1.27", ports: [{name: http, containerPort: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: web}]}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web}}
        spec:
          containers: [{name: web, image: "nginx:1.27", ports: [{name: http, containerPort: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
    """
    for service in of_kind(manifest, "Service"):
        selector = as_map(service.get("spec", "selector"))
        named = [(path, t) for path, t in _target_ports(service) if isinstance(t, str)]
        if not selector or not named:
            continue
        pods = _lasting_pods(manifest, service.namespace)
        selected = [pod for pod in pods[:_MOST_COMPARED] if _selects(selector, pod)]
        known = set().union(*(_open_ports(pod) for pod in selected)) if selected else set()
        for path, target in named:
            if selected and target not in known:
                text = f"no container of `{selected[0].item.name}` has a port named `{target[:80]}`"
                yield service.finding(text, *path, "targetPort")


@needs("StatefulSet", "Service", "serviceName")
@rule(Stage.REFERENCES)
def stateful_set_service(manifest: Manifest) -> Iterator[Finding]:
    """A StatefulSet's `serviceName` is the headless Service that the answer has for its pods.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db}
        spec:
          serviceName: database
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers: [{name: db, image: "postgres:16"}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db}
        spec:
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers: [{name: db, image: "postgres:16"}]
    """
    services = of_kind(manifest, "Service")[:_MOST_COMPARED]
    for item in of_kind(manifest, "StatefulSet"):
        wanted = item.get("spec", "serviceName")
        if not isinstance(wanted, str) or not wanted:
            continue
        if _named(services, wanted, item.namespace):
            continue
        labels = as_map(item.get("spec", "template", "metadata", "labels"))
        for service in services:
            selector = as_map(service.get("spec", "selector"))
            headless = service.get("spec", "clusterIP") == "None"
            same = service.namespace == item.namespace
            if same and headless and selector and matches({"matchLabels": selector}, labels):
                text = f"there is no Service `{wanted[:80]}`"
                hint = f"the headless Service of its pods is `{service.name}`"
                yield item.finding(text, "spec", "serviceName", hint=hint)
                break


@needs("Ingress", "Service")
@rule(Stage.REFERENCES)
def ingress_backend_ports(manifest: Manifest) -> Iterator[Finding]:
    """An Ingress leads to a port that the Service of that name has, if the answer contains it.

    The port name `use-annotation` is that of an action in an annotation of the AWS controller.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          defaultBackend: {service: {name: web, port: {number: 8080}}}

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          defaultBackend: {service: {name: web, port: {number: 80}}}
    """
    services = {(s.namespace, s.name): s for s in of_kind(manifest, "Service")}
    ports: dict[int, dict[str, set[Any]]] = {}
    for item in of_kind(manifest, "Ingress") if services else ():
        for path, backend in backends(item):
            wanted = as_map(backend.get("service"))
            service = services.get((item.namespace, as_text(wanted.get("name"))))
            if service is None or service_type(service) == "ExternalName":
                continue
            if id(service) not in ports:
                ports[id(service)] = _service_ports(service)
            reference = as_map(wanted.get("port"))
            for field, known in ports[id(service)].items():
                asked = reference.get(field)
                if asked == "use-annotation":
                    continue
                if isinstance(asked, (int, str)) and asked and asked not in known:
                    text = f"the Service `{service.name}` has no port `{str(asked)[:80]}`"
                    yield item.finding(text, *path, "service", "port", field)


def _service_ports(service: KubeObject) -> dict[str, set[Any]]:
    """Return the numbers and the names of a Service's ports."""
    found: dict[str, set[Any]] = {"number": set(), "name": set()}
    for _, port in entries(service.get("spec", "ports"), ()):
        found["number"].add(whole(port.get("port")))
        found["name"].add(as_text(port.get("name")))
    return found


@needs("HorizontalPodAutoscaler")
@rule(Stage.REFERENCES)
def autoscaled_workload(manifest: Manifest) -> Iterator[Finding]:
    """An autoscaler's target exists, if the answer has workloads of its kind in its namespace.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: website}
          maxReplicas: 3

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
    """
    for item in of_kind(manifest, "HorizontalPodAutoscaler"):
        kind, name = (item.get("spec", "scaleTargetRef", f) for f in ("kind", "name"))
        if not isinstance(kind, str) or not isinstance(name, str):
            continue
        group = item.get("spec", "scaleTargetRef", "apiVersion", default="")
        peers = [w for w in of_kind(manifest, kind) if w.namespace == item.namespace]
        same_group = [w for w in peers if w.api_version == group or not group]
        if same_group and not _named(same_group, name, item.namespace):
            listed = ", ".join(sorted(w.name for w in same_group)[:10])
            text = f"there is no {kind} `{name[:80]}`"
            hint = f"in the answer: {listed}"
            yield item.finding(text, "spec", "scaleTargetRef", "name", hint=hint)


@needs("RoleBinding|ClusterRoleBinding", "Role|ClusterRole")
@rule(Stage.REFERENCES)
def bound_roles(manifest: Manifest) -> Iterator[Finding]:
    """A binding's role exists, if the answer has roles of its kind (in its namespace).

    The built-in ClusterRoles and those whose name begins with `system:` always exist.

    Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding

    Bad::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: read}
        subjects: [{kind: ServiceAccount, name: web}]

    Good::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{kind: ServiceAccount, name: web}]
    """
    for item in of_kind(manifest, "RoleBinding", "ClusterRoleBinding"):
        kind, name = item.get("roleRef", "kind"), item.get("roleRef", "name")
        if kind not in ("Role", "ClusterRole") or not isinstance(name, str):
            continue
        if kind == "ClusterRole" and (name in _BUILT_IN_ROLES or name.startswith("system:")):
            continue
        if item.namespace == "kube-system" and (name == _READER or name.startswith("system:")):
            continue
        roles = of_kind(manifest, kind)
        if kind == "Role":
            roles = [role for role in roles if role.namespace == item.namespace]
        if roles and name not in [role.name for role in roles]:
            listed = ", ".join(sorted(role.name for role in roles)[:10])
            text = f"there is no {kind} `{name[:80]}`"
            yield item.finding(text, "roleRef", "name", hint=f"in the answer: {listed}")


@needs("ConfigMap|Secret", PODS, "configMapKeyRef|secretKeyRef|items")
@rule(Stage.REFERENCES)
def referenced_keys(manifest: Manifest) -> Iterator[Finding]:
    """A key that a pod takes from a ConfigMap or Secret of the answer exists there.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: speed}}}]

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]
    """
    sources = of_kind(manifest, "ConfigMap", "Secret")
    if not sources:
        return
    known = {(s.kind, s.namespace, s.name): keys_of(s) for s in sources}
    for pod in view(manifest).pods:
        for path, kind, name, key in _key_references(pod):
            keys = known.get((kind, pod.item.namespace, as_text(name)))
            if keys is not None and isinstance(key, str) and key not in keys:
                text = f"the {kind} `{as_text(name)}` has no key `{key[:80]}`"
                yield pod.item.finding(text, *path)


def _key_references(pod: Pod) -> Iterator[tuple[Path, str, Any, Any]]:
    """Yield (path of the key, kind, name, key) of the keys that a pod cannot do without."""
    for path, container in pod.all_containers:
        for place, variable in entries(container.get("env"), (*path, "env")):
            source = as_map(variable.get("valueFrom"))
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                one = as_map(source.get(field))
                if one and one.get("optional") is not True:
                    where = (*place, "valueFrom", field, "key")
                    yield where, kind, one.get("name"), one.get("key")
    for path, volume in entries(pod.spec.get("volumes"), (*pod.path, "volumes")):
        for field, kind, named in (
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
        ):
            one = as_map(volume.get(field))
            if one.get("optional") is True:
                continue
            for place, file in entries(one.get("items"), (*path, field, "items")):
                yield (*place, "key"), kind, one.get(named), file.get("key")


@needs("PodDisruptionBudget", PODS)
@rule(Stage.REFERENCES)
def budget_selects_pods(manifest: Manifest) -> Iterator[Finding]:
    """A PodDisruptionBudget selects the workload that it is evidently for.

    It is evident if it selects nothing in the answer, while a workload has its name (`web-pdb`
    is named after `web`).

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 1, selector: {matchLabels: {app: website}}}

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
    """
    budgets = of_kind(manifest, "PodDisruptionBudget")
    if len(budgets) * len(view(manifest).pods) > _MOST_PAIRS:
        return
    for item in budgets:
        selector = item.get("spec", "selector")
        if not isinstance(selector, dict):
            continue
        pods, stem = _lasting_pods(manifest, item.namespace), _stem(item.name)
        named = [pod for pod in pods if item.name and _stem(pod.item.name) == stem]
        if named and not any(matches(selector, pod.labels()) for pod in pods):
            text = f"the budget selects no pod; `{named[0].item.name}` has other labels"
            yield item.finding(text, "spec", "selector")


@needs("ServiceAccount", PODS, "serviceAccountName")
@rule(Stage.REFERENCES)
def bound_service_accounts(manifest: Manifest) -> Iterator[Finding]:
    """A pod's service account is the only one that the answer makes in its namespace.

    This holds if nothing else uses that one: neither another pod nor a binding.

    Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/

    Bad::

        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: web}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          serviceAccountName: website
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: web}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          serviceAccountName: web
          containers: [{name: web, image: "nginx:1.27"}]
    """
    here: dict[str, list[str]] = {}
    for account in of_kind(manifest, "ServiceAccount"):
        here.setdefault(account.namespace, []).append(account.name)
    pods = view(manifest).pods if here else ()
    used = {(p.item.namespace, as_text(p.spec.get("serviceAccountName"))) for p in pods}
    for binding in of_kind(manifest, "RoleBinding", "ClusterRoleBinding") if pods else ():
        for _, subject in entries(binding.get("subjects"), ()):
            namespace = as_text(subject.get("namespace")) or binding.namespace
            used.add((namespace, as_text(subject.get("name"))))
    for pod in pods:
        name, known = pod.spec.get("serviceAccountName"), here.get(pod.item.namespace, [])
        if len(known) != 1 or not isinstance(name, str) or name in ("", "default", known[0]):
            continue
        if (pod.item.namespace, known[0]) not in used:
            text = f"there is no service account `{name[:80]}`"
            hint = f"in the answer: {known[0]}"
            yield pod.item.finding(text, *pod.path, "serviceAccountName", hint=hint)


IN_ORDER = (
    service_selects_pods,
    named_target_ports,
    stateful_set_service,
    ingress_backend_ports,
    autoscaled_workload,
    bound_roles,
    referenced_keys,
    budget_selects_pods,
    bound_service_accounts,
)
