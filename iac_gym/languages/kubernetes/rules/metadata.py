"""Rules about `metadata`: names, namespaces, labels, annotations, and objects given twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iac_gym.check import rule
from iac_gym.languages.kubernetes.kinds import CLUSTER_SCOPED
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.selectors import label_problems
from iac_gym.languages.kubernetes.rules.views import group_of, of_kind, view, whole
from iac_gym.languages.kubernetes.selection import OBJECTS, needs
from iac_gym.verdict import Finding, Stage

#: Most bytes that the keys and values of all annotations may have.
_MOST_ANNOTATIONS = 256 * 1024
#: Requests that are answered and never stored, so that they need no name.
_NAMELESS_GROUPS = ("authentication.k8s.io", "authorization.k8s.io")
_RBAC = "rbac.authorization.k8s.io"

_LABEL_KINDS = frozenset(("Namespace", "Service", "StatefulSet"))


def _name_form(item: KubeObject) -> tuple[Callable[[str], bool], str]:
    """Return the predicate of an object's name, and its description."""
    group = group_of(item)
    if group == _RBAC or item.kind in ("ClusterTrustBundle", "IPAddress"):
        return forms.is_path_segment, "a name without '/' and '%'"
    if item.kind in _LABEL_KINDS and group in ("", "apps"):
        return forms.is_label, forms.LABEL_HINT
    return forms.is_subdomain, forms.SUBDOMAIN_HINT


@rule(Stage.SEMANTICS)
def named_objects(manifest: Manifest) -> Iterator[Finding]:
    """Every object has a name, or a prefix from which the server generates one.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {labels: {app: web}}
        data: {mode: fast}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
    """
    for item in manifest.objects:
        metadata = item.get("metadata", default={})
        if not isinstance(metadata, dict) or group_of(item) in _NAMELESS_GROUPS:
            continue
        if not metadata.get("name") and not metadata.get("generateName"):
            yield item.finding(f"the {item.kind} has no name", "metadata", "name")


@rule(Stage.SEMANTICS)
def well_formed_names(manifest: Manifest) -> Iterator[Finding]:
    """A name has the form that its kind wants: most a DNS subdomain, some a DNS label.

    Services, StatefulSets and namespaces are labels (a Service's name had to begin with a letter
    before Kubernetes 1.36). Names of RBAC objects may hold anything but `/` and `%`.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: Web_Settings}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web-settings.v2}
    """
    for item in manifest.objects:
        if not item.name:
            continue
        fits, form = _name_form(item)
        if not fits(item.name):
            text = f"`{item.name[:80]}` is no name for a {item.kind}"
            yield item.finding(text, "metadata", "name", hint=form)


@needs("generateName")
@rule(Stage.SEMANTICS)
def well_formed_generate_names(manifest: Manifest) -> Iterator[Finding]:
    """A prefix for generated names has the form of a name; it may end with `-`.

    Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#generated-values

    Bad::

        apiVersion: batch/v1
        kind: Job
        metadata: {generateName: Import_}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {generateName: import-}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]
    """
    for item in manifest.objects:
        prefix = item.get("metadata", "generateName")
        if not isinstance(prefix, str) or not prefix:
            continue
        fits, form = _name_form(item)
        # The API server replaces one trailing '-' before it checks, since a suffix follows.
        if not fits(prefix[:-1] + "a" if prefix.endswith("-") else prefix):
            text = f"`{prefix[:80]}` is no beginning of a {item.kind}'s name"
            yield item.finding(text, "metadata", "generateName", hint=form)


@needs("CronJob")
@rule(Stage.SEMANTICS)
def short_cron_job_names(manifest: Manifest) -> Iterator[Finding]:
    """A CronJob's name has at most 52 characters, since its Jobs append 11 of their own.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/

    Bad::

        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report-of-everything-that-happened-in-the-whole-company}
        spec:
          schedule: "@daily"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: report, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: daily-report}
        spec:
          schedule: "@daily"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: report, image: "busybox:1.36"}]
    """
    for item in of_kind(manifest, "CronJob"):
        if len(item.name) > 52:
            text = f"the CronJob's name has {len(item.name)} characters, at most 52 are allowed"
            yield item.finding(text, "metadata", "name")


@needs("Job")
@rule(Stage.SEMANTICS)
def short_job_names(manifest: Manifest) -> Iterator[Finding]:
    """A Job's name fits into a label, and with its highest index into a host name.

    The server labels the pods with the Job's name, which must therefore be a label value of at
    most 63 characters; the pods of an indexed Job are called `NAME-INDEX`.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-labels

    Bad::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import-of-all-orders-from-the-old-shop-into-the-new-shop-database}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import-orders}
        spec:
          completionMode: Indexed
          completions: 10
          template:
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]
    """
    for item in of_kind(manifest, "Job"):
        if len(item.name) > 63:
            text = f"the Job's name has {len(item.name)} characters, at most 63 are allowed"
            yield item.finding(text, "metadata", "name")
        completions = whole(item.get("spec", "completions"))
        if item.get("spec", "completionMode") == "Indexed" and completions and item.name:
            pod = f"{item.name}-{completions - 1}"
            if forms.is_subdomain(item.name) and not forms.is_label(pod):
                text = f"the pod `{pod[:80]}` of the indexed Job would have no valid host name"
                yield item.finding(text, "metadata", "name")


@needs("namespace")
@rule(Stage.SEMANTICS)
def well_formed_namespaces(manifest: Manifest) -> Iterator[Finding]:
    """`metadata.namespace` is a DNS label.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: Team_A}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: team-a}
    """
    for item in manifest.objects:
        namespace = item.get("metadata", "namespace")
        if isinstance(namespace, str) and namespace and not forms.is_label(namespace):
            text = f"`{namespace[:80]}` is no name for a namespace"
            yield item.finding(text, "metadata", "namespace", hint=forms.LABEL_HINT)


@needs("labels")
@rule(Stage.SEMANTICS)
def well_formed_labels(manifest: Manifest) -> Iterator[Finding]:
    """Keys and values of labels have their form, on objects and on pod templates.

    A key is a name of at most 63 characters, perhaps after a DNS subdomain and `/`; a value is
    empty or such a name.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, labels: {app: "my web shop"}}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, labels: {app.kubernetes.io/name: web_shop-1.2, tier: ""}}
    """
    for item in manifest.objects:
        for path, message in label_problems(item.labels):
            yield item.finding(message, "metadata", "labels", *path)
    for pod in view(manifest).pods:
        if pod.path != ("spec",):
            place: Path = (*pod.path[:-1], "metadata", "labels")
            for path, message in label_problems(pod.labels()):
                yield pod.item.finding(message, *place, *path)


@needs("annotations")
@rule(Stage.SEMANTICS)
def well_formed_annotations(manifest: Manifest) -> Iterator[Finding]:
    """Keys of annotations have the form of label keys, and all together at most 256 KiB.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, annotations: {"who wrote this": me}}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, annotations: {example.com/author: "me, myself & I"}}
    """
    for item in manifest.objects:
        yield from _annotation_findings(item, ("metadata", "annotations"))
    for pod in view(manifest).pods:
        if pod.path != ("spec",):
            yield from _annotation_findings(pod.item, (*pod.path[:-1], "metadata", "annotations"))


def _annotation_findings(item: KubeObject, path: Path) -> Iterator[Finding]:
    annotations = as_map(item.get(*path))
    size = 0
    for key, value in annotations.items():
        if not isinstance(key, str):
            continue
        if not forms.is_qualified_name(key.lower()):
            yield item.finding(f"`{key[:80]}` is not an annotation key", *path, key)
        size += len(key.encode(errors="replace"))
        size += len(value.encode(errors="replace")) if isinstance(value, str) else 0
    if size > _MOST_ANNOTATIONS:
        text = f"the annotations have {size} bytes, more than {_MOST_ANNOTATIONS}"
        yield item.finding(text, *path)


@needs(OBJECTS)
@rule(Stage.SEMANTICS)
def unique_objects(manifest: Manifest) -> Iterator[Finding]:
    """No object is given twice: group, kind, namespace and name are one identity.

    The version is not part of it: `autoscaling/v1` and `autoscaling/v2` name the same object.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: default}
        data: {mode: slow}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: other}
        data: {mode: slow}
    """
    seen: set[tuple[str, str, str, str]] = set()
    for item in manifest.objects:
        if not item.name:
            continue
        # The API server clears the namespace of cluster-scoped objects.
        namespace = "" if item.kind in CLUSTER_SCOPED else item.namespace
        identity = (group_of(item), item.kind, namespace, item.name)
        if identity in seen:
            text = f"the {item.kind} `{item.name}` is given twice"
            yield item.finding(text, "metadata", "name")
        seen.add(identity)


IN_ORDER = (
    named_objects,
    well_formed_names,
    well_formed_generate_names,
    short_cron_job_names,
    short_job_names,
    well_formed_namespaces,
    well_formed_labels,
    well_formed_annotations,
    unique_objects,
)
