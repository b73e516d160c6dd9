"""Rules about pods as a whole: names they refer to, DNS, host settings, and scheduling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.selectors import label_problems, selector_problems
from iac_gym.languages.kubernetes.rules.views import Pod, entries, view, whole
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

#: Fields that hold a name, whether it is a DNS label (or a subdomain).
_NAMES = (
    ("serviceAccountName", False),
    ("nodeName", False),
    ("priorityClassName", False),
    ("runtimeClassName", False),
    ("hostname", True),
    ("subdomain", True),
)
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@needs(PODS, "serviceAccountName|nodeName|priorityClassName|runtimeClassName|hostname|subdomain")
@rule(Stage.SEMANTICS)
def names_in_pods(manifest: Manifest) -> Iterator[Finding]:
    """Names of service accounts, nodes, priority classes and hosts in a pod are well formed.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/#pod-hostname

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          serviceAccountName: Web_Account
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          serviceAccountName: web-account
          hostname: web-1
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        for field, label in _NAMES:
            name = pod.spec.get(field)
            if not isinstance(name, str) or not name:
                continue
            if not (forms.is_label(name) if label else forms.is_subdomain(name)):
                hint = forms.LABEL_HINT if label else forms.SUBDOMAIN_HINT
                text = f"`{name[:80]}` is no valid {field}"
                yield pod.item.finding(text, *pod.path, field, hint=hint)


@needs(PODS, "dnsPolicy|dnsConfig")
@rule(Stage.SEMANTICS)
def pod_dns(manifest: Manifest) -> Iterator[Finding]:
    """`dnsPolicy: None` comes with nameservers: one to three, each an IP address.

    Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          dnsPolicy: None
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          dnsPolicy: None
          dnsConfig: {nameservers: [192.0.2.1], searches: [example.com]}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        config = as_map(pod.spec.get("dnsConfig"))
        servers = as_list(config.get("nameservers"))
        place = (*pod.path, "dnsConfig", "nameservers")
        if pod.spec.get("dnsPolicy") == "None" and not servers:
            yield pod.item.finding("`dnsPolicy: None` needs nameservers in dnsConfig", *place)
        if len(servers) > 3:
            text = f"there are {len(servers)} nameservers, at most 3 are allowed"
            yield pod.item.finding(text, *place)
        for index, server in enumerate(servers):
            if isinstance(server, str) and not forms.is_ip(server):
                yield pod.item.finding(f"`{server[:80]}` is no IP address", *place, index)
        if len(as_list(config.get("searches"))) > 32:
            text = "there are more than 32 search domains"
            yield pod.item.finding(text, *pod.path, "dnsConfig", "searches")


@needs(PODS, "hostAliases")
@rule(Stage.SEMANTICS)
def host_aliases(manifest: Manifest) -> Iterator[Finding]:
    """A host alias gives names, which are DNS names, to an IP address.

    Source: https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostAliases: [{ip: localhost, hostnames: [db.local]}]
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostAliases: [{ip: 127.0.0.1, hostnames: [db.local]}]
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        if "hostAliases" not in pod.spec:
            continue
        for path, alias in entries(pod.spec.get("hostAliases"), (*pod.path, "hostAliases")):
            address = alias.get("ip")
            if isinstance(address, str) and not forms.is_ip(address):
                yield pod.item.finding(f"`{address[:80]}` is no IP address", *path, "ip")
            for index, name in enumerate(as_list(alias.get("hostnames"))):
                if isinstance(name, str) and not forms.is_subdomain(name):
                    text = f"`{name[:80]}` is no host name"
                    yield pod.item.finding(text, *path, "hostnames", index)


@needs(PODS, "hostNetwork|hostUsers|shareProcessNamespace")
@rule(Stage.SEMANTICS)
def host_namespaces(manifest: Manifest) -> Iterator[Finding]:
    """Settings that share namespaces with the host, or among containers, fit together.

    With `hostNetwork` a host port equals its container port; `hostUsers: false` excludes the
    other host namespaces; `shareProcessNamespace` excludes `hostPID`.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostNetwork: true
          containers:
            - name: web
              image: nginx:1.27
              ports: [{containerPort: 80, hostPort: 8080}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          hostNetwork: true
          containers:
            - name: web
              image: nginx:1.27
              ports: [{containerPort: 80, hostPort: 80}, {containerPort: 443}]
    """
    for pod in view(manifest).pods:
        for path, message in _host_problems(pod):
            yield pod.item.finding(message, *path)


def _host_problems(pod: Pod) -> Iterator[tuple[Path, str]]:
    spec = pod.spec
    if spec.get("hostNetwork") is True:
        for path, container in pod.containers:
            for place, port in entries(container.get("ports"), (*path, "ports")):
                host, inner = whole(port.get("hostPort")), whole(port.get("containerPort"))
                if host and inner is not None and host != inner:
                    text = f"hostPort {host} must equal containerPort {inner} on the host's network"
                    yield (*place, "hostPort"), text
    if spec.get("hostUsers") is False:
        for field in ("hostPID", "hostIPC"):
            if spec.get(field) is True:
                yield (*pod.path, field), f"{field} may not be set when hostUsers is false"
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        text = "shareProcessNamespace and hostPID may not both be set"
        yield (*pod.path, "shareProcessNamespace"), text


@needs(PODS, "ephemeralContainers")
@rule(Stage.SEMANTICS)
def no_ephemeral_containers(manifest: Manifest) -> Iterator[Finding]:
    """Ephemeral containers are added to a running pod; a manifest has none.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          ephemeralContainers: [{name: debug, image: "busybox:1.36"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}, {name: debug, image: "busybox:1.36"}]
    """
    for pod in view(manifest).pods:
        if pod.spec.get("ephemeralContainers"):
            text = "ephemeral containers cannot be given in a manifest"
            yield pod.item.finding(text, *pod.path, "ephemeralContainers")


@needs(PODS, "activeDeadlineSeconds")
@rule(Stage.SEMANTICS)
def pod_numbers(manifest: Manifest) -> Iterator[Finding]:
    """`activeDeadlineSeconds` of a pod is at least 1.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          activeDeadlineSeconds: 0
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          activeDeadlineSeconds: 60
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        deadline = whole(pod.spec.get("activeDeadlineSeconds"))
        if deadline is not None and not 1 <= deadline < 2**31:
            text = f"activeDeadlineSeconds is {deadline}, it must be at least 1"
            yield pod.item.finding(text, *pod.path, "activeDeadlineSeconds")


@needs(PODS, "nodeSelector")
@rule(Stage.SEMANTICS)
def well_formed_node_selector(manifest: Manifest) -> Iterator[Finding]:
    """Keys and values of a `nodeSelector` have the form of labels.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodeselector

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          nodeSelector: {disk type: ssd}
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          nodeSelector: {kubernetes.io/os: linux, disktype: ssd}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        for path, message in label_problems(pod.spec.get("nodeSelector")):
            yield pod.item.finding(message, *pod.path, "nodeSelector", *path)


@needs(PODS, "tolerations")
@rule(Stage.SEMANTICS)
def tolerations(manifest: Manifest) -> Iterator[Finding]:
    """A toleration's operator, value, effect and seconds fit together.

    Exists takes no value; without a key only Exists makes sense; seconds are for NoExecute.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          tolerations: [{key: gpu, operator: Exists, value: "true", effect: NoSchedule}]
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          tolerations:
            - {key: gpu, operator: Equal, value: "true", effect: NoSchedule}
            - {operator: Exists, effect: NoExecute, tolerationSeconds: 60}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        if "tolerations" not in pod.spec:
            continue
        for path, one in entries(pod.spec.get("tolerations"), (*pod.path, "tolerations")):
            for field, message in _toleration_problems(one):
                yield pod.item.finding(message, *path, field)


def _toleration_problems(one: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    key, value, effect = one.get("key"), one.get("value"), one.get("effect")
    operator = one.get("operator") or "Equal"
    if isinstance(key, str) and key and not forms.is_qualified_name(key):
        yield "key", f"`{key[:80]}` is not a label key"
    if not key and operator != "Exists":
        yield "operator", "without a `key` the operator must be Exists"
    elif operator == "Exists" and value:
        yield "value", "the operator Exists takes no value"
    elif operator == "Equal" and isinstance(value, str) and not forms.is_label_value(value):
        yield "value", f"`{value[:80]}` is not a label value"
    if one.get("tolerationSeconds") is not None and effect != "NoExecute":
        yield "tolerationSeconds", "tolerationSeconds needs `effect: NoExecute`"


@needs(PODS, "nodeAffinity")
@rule(Stage.SEMANTICS)
def node_affinity(manifest: Manifest) -> Iterator[Finding]:
    """Terms of a node affinity have valid expressions, and weights from 1 to 100.

    In and NotIn need values, Exists and DoesNotExist take none, Gt and Lt take one.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions: [{key: disktype, operator: In}]
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions: [{key: disktype, operator: In, values: [ssd]}]
              preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 10
                  preference:
                    matchExpressions: [{key: cores, operator: Gt, values: ["8"]}]
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        affinity = as_map(pod.spec.get("affinity")).get("nodeAffinity")
        if not isinstance(affinity, dict):
            continue
        base = (*pod.path, "affinity", "nodeAffinity")
        required = affinity.get(_REQUIRED)
        terms = as_map(required).get("nodeSelectorTerms")
        if isinstance(required, dict) and terms == []:
            yield pod.item.finding("there is no node selector term", *base, _REQUIRED)
        for path, term in entries(terms, (*base, _REQUIRED, "nodeSelectorTerms")):
            for step, message in _term_problems(term):
                yield pod.item.finding(message, *path, *step)
        for path, wish in entries(affinity.get(_PREFERRED), (*base, _PREFERRED)):
            for step, message in _term_problems(as_map(wish.get("preference"))):
                yield pod.item.finding(message, *path, "preference", *step)
            if message := _weight_problem(wish):
                yield pod.item.finding(message, *path, "weight")


def _weight_problem(wish: dict[Any, Any]) -> str:
    weight = whole(wish.get("weight"))
    if weight is None or 1 <= weight <= 100:
        return ""
    return f"the weight {weight} is not between 1 and 100"


def _term_problems(term: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    field = "matchExpressions"
    for path, expression in entries(term.get(field), (field,)):
        operator, values = expression.get("operator"), as_list(expression.get("values"))
        key = expression.get("key")
        if operator in ("Gt", "Lt"):
            if len(values) != 1:
                yield path, f"operator {operator} takes exactly one value"
            if isinstance(key, str) and not forms.is_qualified_name(key):
                yield path, f"`{key[:80]}` is not a label key"
            continue
        for _, message in selector_problems({field: [expression]}):
            yield path, message
    yield from _field_problems(term)


def _field_problems(term: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    for path, expression in entries(term.get("matchFields"), ("matchFields",)):
        if expression.get("key") != "metadata.name":
            yield path, "matchFields knows only the key metadata.name"
        if expression.get("operator") in ("In", "NotIn"):
            if len(as_list(expression.get("values"))) != 1:
                yield path, "a field is compared with exactly one value"
        elif isinstance(expression.get("operator"), str):
            yield path, "matchFields knows only the operators In and NotIn"


@needs(PODS, "podAffinity|podAntiAffinity")
@rule(Stage.SEMANTICS)
def pod_affinity(manifest: Manifest) -> Iterator[Finding]:
    """Terms of pod (anti-)affinity have a topology key, valid selectors, weights 1 to 100.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - labelSelector: {matchLabels: {app: web}}
                  topologyKey: ""
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          affinity:
            podAntiAffinity:
              preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 100
                  podAffinityTerm:
                    labelSelector: {matchLabels: {app: web}}
                    topologyKey: kubernetes.io/hostname
          containers: [{name: web, image: "nginx:1.27"}]
    """
    for pod in view(manifest).pods:
        if "affinity" not in pod.spec:
            continue
        for kind in ("podAffinity", "podAntiAffinity"):
            affinity = as_map(as_map(pod.spec.get("affinity")).get(kind))
            base = (*pod.path, "affinity", kind)
            for path, term in entries(affinity.get(_REQUIRED), (*base, _REQUIRED)):
                for step, message in _pod_term_problems(term):
                    yield pod.item.finding(message, *path, *step)
            for path, wish in entries(affinity.get(_PREFERRED), (*base, _PREFERRED)):
                for step, message in _pod_term_problems(as_map(wish.get("podAffinityTerm"))):
                    yield pod.item.finding(message, *path, "podAffinityTerm", *step)
                if message := _weight_problem(wish):
                    yield pod.item.finding(message, *path, "weight")


def _pod_term_problems(term: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    key = term.get("topologyKey")
    if isinstance(key, str) and not forms.is_qualified_name(key):
        yield ("topologyKey",), f"the topologyKey `{key[:80]}` is not a label key"
    for field in ("labelSelector", "namespaceSelector"):
        for path, message in selector_problems(term.get(field)):
            yield (field, *path), message
    for index, name in enumerate(as_list(term.get("namespaces"))):
        if isinstance(name, str) and not forms.is_label(name):
            yield ("namespaces", index), f"`{name[:80]}` is no name for a namespace"


@needs(PODS, "topologySpreadConstraints")
@rule(Stage.SEMANTICS)
def topology_spread(manifest: Manifest) -> Iterator[Finding]:
    """Topology spread constraints have a skew above 0 and a topology key.

    `minDomains` is above 0 and needs `whenUnsatisfiable: DoNotSchedule`.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          topologySpreadConstraints:
            - maxSkew: 0
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
          containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: ScheduleAnyway
              labelSelector: {matchLabels: {app: web}}
          containers: [{name: web, image: "nginx:1.27"}]
    """
    field = "topologySpreadConstraints"
    for pod in view(manifest).pods:
        seen: set[tuple[str, str]] = set()
        for path, one in entries(pod.spec.get(field), (*pod.path, field)):
            for step, message in _spread_problems(one):
                yield pod.item.finding(message, *path, *step)
            pair = (str(one.get("topologyKey")), str(one.get("whenUnsatisfiable")))
            if pair in seen:
                yield pod.item.finding("the constraint is given twice", *path)
            seen.add(pair)


def _spread_problems(one: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    skew, domains = whole(one.get("maxSkew")), whole(one.get("minDomains"))
    key, reaction = one.get("topologyKey"), one.get("whenUnsatisfiable")
    if skew is not None and skew < 1:
        yield ("maxSkew",), f"maxSkew is {skew}, it must be above 0"
    if isinstance(key, str) and not forms.is_qualified_name(key):
        yield ("topologyKey",), f"the topologyKey `{key[:80]}` is not a label key"
    if domains is not None and domains < 1:
        yield ("minDomains",), f"minDomains is {domains}, it must be above 0"
    elif domains is not None and reaction == "ScheduleAnyway":
        yield ("minDomains",), "minDomains needs `whenUnsatisfiable: DoNotSchedule`"
    for path, message in selector_problems(one.get("labelSelector")):
        yield ("labelSelector", *path), message


IN_ORDER = (
    names_in_pods,
    pod_dns,
    host_aliases,
    host_namespaces,
    no_ephemeral_containers,
    pod_numbers,
    well_formed_node_selector,
    tolerations,
    node_affinity,
    pod_affinity,
    topology_spread,
)
