"""Rules about workload controllers: selectors, replicas, update strategies, Jobs and CronJobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map
from iac_gym.languages.kubernetes.rules.cron import schedule_problem
from iac_gym.languages.kubernetes.rules.forms import is_label_value, percent
from iac_gym.languages.kubernetes.rules.selectors import matches, selector_problems
from iac_gym.languages.kubernetes.rules.time_zones import TIME_ZONES
from iac_gym.languages.kubernetes.rules.views import entries, of_kind, once, view, whole
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

_SELECTING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
_ANY_SELECTING = "|".join(_SELECTING)
_ALWAYS = (*_SELECTING, "ReplicationController")

#: Numbers that may not be negative, per kind.
_COUNTS: dict[str, tuple[Path, ...]] = {
    "Deployment": (("replicas",), ("minReadySeconds",), ("revisionHistoryLimit",)),
    "ReplicaSet": (("replicas",), ("minReadySeconds",)),
    "ReplicationController": (("replicas",), ("minReadySeconds",)),
    "StatefulSet": (
        ("replicas",),
        ("minReadySeconds",),
        ("revisionHistoryLimit",),
        ("ordinals", "start"),
        ("updateStrategy", "rollingUpdate", "partition"),
    ),
    "DaemonSet": (("minReadySeconds",), ("revisionHistoryLimit",)),
    "CronJob": (
        ("startingDeadlineSeconds",),
        ("successfulJobsHistoryLimit",),
        ("failedJobsHistoryLimit",),
    ),
}
_JOB_COUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
    "ttlSecondsAfterFinished",
)
_MOST_INDEXES = 100_000


@once
def _jobs(manifest: Manifest) -> Iterator[tuple[KubeObject, Path, dict[Any, Any]]]:
    """Yield (object, path of the Job's spec, that spec) of Jobs and CronJobs."""
    for item in of_kind(manifest, "Job"):
        yield item, ("spec",), as_map(item.get("spec"))
    for item in of_kind(manifest, "CronJob"):
        path = ("spec", "jobTemplate", "spec")
        yield item, path, as_map(item.get(*path))


def _share(value: Any) -> int | None:
    """Return a count or percentage as a number (for comparing with 0), None if it is neither."""
    number = whole(value)
    return percent(value) if number is None else number


@needs(_ANY_SELECTING)
@rule(Stage.SEMANTICS)
def selector_matches_template(manifest: Manifest) -> Iterator[Finding]:
    """A workload's selector matches the labels of its own pod template.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: shop}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web, tier: front}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, *_SELECTING):
        labels = as_map(item.get("spec", "template", "metadata", "labels"))
        if not matches(item.get("spec", "selector"), labels):
            yield item.finding(
                "the selector does not match the labels of the pod template",
                *("spec", "template", "metadata", "labels"),
                hint="repeat the selector's labels in spec.template.metadata.labels",
            )


@needs("ReplicationController")
@rule(Stage.SEMANTICS)
def controller_selector_matches_template(manifest: Manifest) -> Iterator[Finding]:
    """A ReplicationController selects its own pods; without a selector it takes their labels.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/

    Bad::

        apiVersion: v1
        kind: ReplicationController
        metadata: {name: web}
        spec:
          selector: {app: web}
          template:
            metadata: {labels: {app: shop}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: v1
        kind: ReplicationController
        metadata: {name: web}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, "ReplicationController"):
        path: Path = ("spec", "template", "metadata", "labels")
        labels, selector = as_map(item.get(*path)), as_map(item.get("spec", "selector"))
        if not (selector or labels):
            yield item.finding("neither a selector nor labels of the pods are given", *path)
        elif not matches({"matchLabels": selector}, labels):
            yield item.finding("the selector does not match the labels of the pod template", *path)


@needs(_ANY_SELECTING, "selector")
@rule(Stage.SEMANTICS)
def non_empty_selector(manifest: Manifest) -> Iterator[Finding]:
    """A workload's selector names at least one label: an empty one would select every pod.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector:
            matchExpressions: [{key: app, operator: In, values: [web]}]
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, *_SELECTING):
        selector = item.get("spec", "selector")
        if isinstance(selector, dict) and not (
            selector.get("matchLabels") or selector.get("matchExpressions")
        ):
            yield item.finding("the selector is empty", "spec", "selector")


@needs(f"{_ANY_SELECTING}|Job", "matchLabels|matchExpressions")
@rule(Stage.SEMANTICS)
def well_formed_selectors(manifest: Manifest) -> Iterator[Finding]:
    """A workload's label selector has valid keys, values and operators.

    `In` and `NotIn` need values, `Exists` and `DoesNotExist` take none.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements

    Bad::

        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: web}
        spec:
          selector:
            matchLabels: {app: web}
            matchExpressions: [{key: tier, operator: Exists, values: [front]}]
          template:
            metadata: {labels: {app: web, tier: front}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: web}
        spec:
          selector:
            matchLabels: {app: web}
            matchExpressions: [{key: tier, operator: Exists}]
          template:
            metadata: {labels: {app: web, tier: front}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, *_SELECTING, "Job"):
        for path, message in selector_problems(item.get("spec", "selector")):
            yield item.finding(message, "spec", "selector", *path)


@needs(f"{_ANY_SELECTING}|ReplicationController|Job|CronJob")
@rule(Stage.SEMANTICS)
def no_negative_counts(manifest: Manifest) -> Iterator[Finding]:
    """Replicas, limits, deadlines and delays of workloads are not negative.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: -1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for kind, items in view(manifest).kinds.items():
        for item in items:
            spec = as_map(item.get("spec"))
            for path in _COUNTS.get(kind, ()):
                if path[0] not in spec:
                    continue
                number = whole(item.get("spec", *path))
                if number is not None and number < 0:
                    text = f"`{path[-1]}` is {number}, it may not be negative"
                    yield item.finding(text, "spec", *path)
    for item, place, spec in _jobs(manifest):
        for field in _JOB_COUNTS:
            number = whole(spec.get(field))
            if number is not None and number < 0:
                text = f"`{field}` is {number}, it may not be negative"
                yield item.finding(text, *place, field)


@needs("Deployment", "rollingUpdate")
@rule(Stage.SEMANTICS)
def deployment_strategy(manifest: Manifest) -> Iterator[Finding]:
    """A Deployment that is recreated has no settings for a rolling update.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy:
            type: Recreate
            rollingUpdate: {maxSurge: 1}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy: {type: Recreate}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, "Deployment"):
        strategy = as_map(item.get("spec", "strategy"))
        kind = strategy.get("type")
        if kind == "Recreate" and strategy.get("rollingUpdate") is not None:
            text = "`rollingUpdate` may not be given when the strategy's type is Recreate"
            yield item.finding(text, "spec", "strategy", "rollingUpdate")


@needs("Deployment|DaemonSet", "rollingUpdate")
@rule(Stage.SEMANTICS)
def rolling_update_moves(manifest: Manifest) -> Iterator[Finding]:
    """A rolling update can proceed: not both `maxSurge` and `maxUnavailable` are zero.

    A Deployment's default is 25% of each. A DaemonSet's is `maxUnavailable: 1` and no surge, and
    exactly one of the two may be above zero there.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy:
            type: RollingUpdate
            rollingUpdate: {maxSurge: 0, maxUnavailable: "0%"}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy:
            type: RollingUpdate
            rollingUpdate: {maxUnavailable: 0}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, "Deployment"):
        path: Path = ("spec", "strategy", "rollingUpdate")
        update = as_map(item.get(*path))
        if _share(update.get("maxSurge", 1)) == 0 == _share(update.get("maxUnavailable", 1)):
            yield item.finding("maxSurge and maxUnavailable are both 0", *path, "maxUnavailable")
    for item in of_kind(manifest, "DaemonSet"):
        path = ("spec", "updateStrategy", "rollingUpdate")
        update = as_map(item.get(*path))
        surge, down = _share(update.get("maxSurge", 0)), _share(update.get("maxUnavailable", 1))
        if surge == 0 == down:
            yield item.finding("maxSurge and maxUnavailable are both 0", *path, "maxUnavailable")
        elif surge and down:
            text = "maxSurge and maxUnavailable of a DaemonSet may not both be above 0"
            yield item.finding(text, *path, "maxSurge", hint="add `maxUnavailable: 0`")


@needs("Deployment|DaemonSet|StatefulSet", "rollingUpdate")
@rule(Stage.SEMANTICS)
def rolling_update_shares(manifest: Manifest) -> Iterator[Finding]:
    """`maxSurge` and `maxUnavailable` are counts or percentages such as `25%`, not negative.

    More than `100%` cannot be unavailable.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy:
            rollingUpdate: {maxUnavailable: a quarter}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          strategy:
            rollingUpdate: {maxUnavailable: "25%", maxSurge: 2}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, "Deployment", "DaemonSet", "StatefulSet"):
        field = "strategy" if item.kind == "Deployment" else "updateStrategy"
        path = ("spec", field, "rollingUpdate")
        update = as_map(item.get(*path))
        for name in ("maxSurge", "maxUnavailable"):
            value = update.get(name)
            if isinstance(value, bool) or not isinstance(value, (int, str)):
                continue
            share = _share(value)
            if share is None or share < 0:
                yield item.finding(f"`{value}` is neither a count nor a percentage", *path, name)
            elif isinstance(value, str) and share > 100 and name == "maxUnavailable":
                yield item.finding(f"`{value}` is more than 100%", *path, name)


@needs("Deployment", "progressDeadlineSeconds|minReadySeconds")
@rule(Stage.SEMANTICS)
def progress_deadline(manifest: Manifest) -> Iterator[Finding]:
    """A Deployment's `progressDeadlineSeconds` (600 by default) is above `minReadySeconds`.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          minReadySeconds: 60
          progressDeadlineSeconds: 60
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          minReadySeconds: 60
          progressDeadlineSeconds: 120
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "nginx:1.27"}]
    """
    for item in of_kind(manifest, "Deployment"):
        deadline = whole(item.get("spec", "progressDeadlineSeconds", default=600))
        ready = whole(item.get("spec", "minReadySeconds", default=0))
        if deadline is not None and ready is not None and deadline <= ready:
            text = f"the progress deadline of {deadline} s is not above minReadySeconds ({ready})"
            field = "progressDeadlineSeconds"
            shown = field if item.has("spec", field) else "minReadySeconds"
            yield item.finding(text, "spec", shown)


@needs("StatefulSet", "rollingUpdate")
@rule(Stage.SEMANTICS)
def update_on_deletion(manifest: Manifest) -> Iterator[Finding]:
    """A StatefulSet whose pods are updated on deletion has no settings for a rolling update.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies

    Bad::

        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db}
        spec:
          serviceName: db
          updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers: [{name: db, image: "postgres:16"}]

    Good::

        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db}
        spec:
          serviceName: db
          updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers: [{name: db, image: "postgres:16"}]
    """
    for item in of_kind(manifest, "StatefulSet"):
        strategy = as_map(item.get("spec", "updateStrategy"))
        if strategy.get("type") == "OnDelete" and strategy.get("rollingUpdate") is not None:
            text = "`rollingUpdate` may not be given when the update strategy is OnDelete"
            yield item.finding(text, "spec", "updateStrategy", "rollingUpdate")


@needs("StatefulSet", "volumeClaimTemplates")
@rule(Stage.SEMANTICS)
def named_claim_templates(manifest: Manifest) -> Iterator[Finding]:
    """Each of a StatefulSet's volumeClaimTemplates has a name of its own.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates

    Bad::

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
          volumeClaimTemplates:
            - spec:
                accessModes: [ReadWriteOnce]
                resources: {requests: {storage: 1Gi}}

    Good::

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
          volumeClaimTemplates:
            - metadata: {name: data}
              spec:
                accessModes: [ReadWriteOnce]
                resources: {requests: {storage: 1Gi}}
    """
    field = ("spec", "volumeClaimTemplates")
    for item in of_kind(manifest, "StatefulSet"):
        seen: set[str] = set()
        for path, claim in entries(item.get(*field), field):
            name = as_map(claim.get("metadata")).get("name")
            if not name:
                yield item.finding("the claim template has no name", *path, "metadata", "name")
            elif isinstance(name, str):
                if name in seen:
                    text = f"there are two claim templates `{name}`"
                    yield item.finding(text, *path, "metadata", "name")
                seen.add(name)


@needs(PODS, "restartPolicy|Job|CronJob")
@rule(Stage.SEMANTICS)
def restart_policy_of_workload(manifest: Manifest) -> Iterator[Finding]:
    """Pods of Deployments and the like always restart; a Job says Never or OnFailure.

    The default of a pod is Always, so a Job has to say which of the two it means.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-template

    Bad::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          template:
            spec:
              containers: [{name: import, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          template:
            spec:
              restartPolicy: OnFailure
              containers: [{name: import, image: "busybox:1.36"}]
    """
    for pod in view(manifest).pods:
        policy = pod.spec.get("restartPolicy") or "Always"
        place = (*pod.path, "restartPolicy")
        if not isinstance(policy, str):
            continue
        if pod.item.kind in _ALWAYS and policy != "Always":
            text = f"restartPolicy of a {pod.item.kind} must be Always, it is `{policy}`"
            yield pod.item.finding(text, *place)
        elif pod.item.kind in ("Job", "CronJob") and policy not in ("Never", "OnFailure"):
            text = (
                f"restartPolicy of a {pod.item.kind} must be Never or OnFailure, it is `{policy}`"
            )
            yield pod.item.finding(text, *place)


@needs(PODS, "activeDeadlineSeconds")
@rule(Stage.SEMANTICS)
def no_deadline_of_lasting_pods(manifest: Manifest) -> Iterator[Finding]:
    """Pods of workloads that run for ever have no `activeDeadlineSeconds`.

    Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/apps/validation/validation.go

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              activeDeadlineSeconds: 600
              containers: [{name: web, image: "nginx:1.27"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          activeDeadlineSeconds: 600
          template:
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]
    """
    for pod in view(manifest).pods:
        if pod.item.kind in _ALWAYS and pod.spec.get("activeDeadlineSeconds") is not None:
            text = f"activeDeadlineSeconds may not be given for pods of a {pod.item.kind}"
            yield pod.item.finding(text, *pod.path, "activeDeadlineSeconds")


@needs("Job|CronJob", "selector|manualSelector")
@rule(Stage.SEMANTICS)
def generated_job_selector(manifest: Manifest) -> Iterator[Finding]:
    """A Job's selector is generated: it is given only together with `manualSelector: true`.

    A CronJob's Jobs never have one of their own.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector

    Bad::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          selector: {matchLabels: {app: import}}
          template:
            metadata: {labels: {app: import}}
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          manualSelector: true
          selector: {matchLabels: {app: import}}
          template:
            metadata: {labels: {app: import}}
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]
    """
    for item, path, spec in _jobs(manifest):
        selector, manual = spec.get("selector"), spec.get("manualSelector") is True
        if item.kind == "CronJob" and (selector is not None or manual):
            yield item.finding("the Jobs of a CronJob generate their selector", *path, "selector")
        elif selector is not None and not manual:
            text = "a Job's selector is generated; give none"
            yield item.finding(text, *path, "selector")
        elif manual and selector is None:
            yield item.finding("`manualSelector` is true, but no selector is given", *path)
        elif manual:
            labels = as_map(as_map(as_map(spec.get("template")).get("metadata")).get("labels"))
            if not matches(selector, labels):
                text = "the selector does not match the labels of the pod template"
                yield item.finding(text, *path, "selector")


@needs("Job|CronJob", "completionMode|backoffLimitPerIndex|maxFailedIndexes")
@rule(Stage.SEMANTICS)
def indexed_jobs(manifest: Manifest) -> Iterator[Finding]:
    """An indexed Job says how many completions; limits per index need an indexed Job.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode

    Bad::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: render}
        spec:
          completionMode: Indexed
          template:
            spec:
              restartPolicy: Never
              containers: [{name: render, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: render}
        spec:
          completionMode: Indexed
          completions: 5
          backoffLimitPerIndex: 1
          template:
            spec:
              restartPolicy: Never
              containers: [{name: render, image: "busybox:1.36"}]
    """
    for item, path, spec in _jobs(manifest):
        for field, message in _index_problems(spec):
            yield item.finding(message, *path, field)


def _index_problems(spec: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    mode, completions = spec.get("completionMode"), whole(spec.get("completions"))
    if mode == "Indexed":
        if spec.get("completions") is None:
            yield "completions", "an indexed Job needs `completions`"
        parallelism = whole(spec.get("parallelism"))
        if completions is not None and parallelism is not None and parallelism > _MOST_INDEXES:
            yield "parallelism", f"an indexed Job runs at most {_MOST_INDEXES} pods at once"
        return
    for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
        if spec.get(field) is not None:
            yield field, f"`{field}` is for indexed Jobs only"


@needs("Job|CronJob", "podFailurePolicy")
@rule(Stage.SEMANTICS)
def pod_failure_policy(manifest: Manifest) -> Iterator[Finding]:
    """A Job's pod failure policy needs `restartPolicy: Never`, and one condition in each rule.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy

    Bad::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          podFailurePolicy:
            rules:
              - action: FailJob
                onExitCodes: {operator: In, values: [42]}
          template:
            spec:
              restartPolicy: OnFailure
              containers: [{name: import, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: Job
        metadata: {name: import}
        spec:
          podFailurePolicy:
            rules:
              - action: FailJob
                onExitCodes: {operator: In, values: [42]}
          template:
            spec:
              restartPolicy: Never
              containers: [{name: import, image: "busybox:1.36"}]
    """
    for item, path, spec in _jobs(manifest):
        policy = spec.get("podFailurePolicy")
        if not isinstance(policy, dict):
            continue
        pod = as_map(as_map(spec.get("template")).get("spec"))
        if pod.get("restartPolicy") == "OnFailure":
            text = "a podFailurePolicy needs `restartPolicy: Never`"
            yield item.finding(text, *path, "podFailurePolicy")
        place = (*path, "podFailurePolicy", "rules")
        for where, one in entries(policy.get("rules"), place):
            given = [f for f in ("onExitCodes", "onPodConditions") if one.get(f)]
            if len(given) != 1:
                yield item.finding("give exactly one of onExitCodes, onPodConditions", *where)


@needs("CronJob")
@rule(Stage.SEMANTICS)
def cron_schedule(manifest: Manifest) -> Iterator[Finding]:
    """A CronJob's schedule has five valid fields, or is a descriptor such as `@daily`.

    Fields hold lists, ranges and steps; months and days of the week may be named. Sunday is 0,
    not 7, and a time zone has its own field.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax

    Bad::

        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: "0 24 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: backup, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: "*/15 8-18/2 1,15 * mon-fri"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: backup, image: "busybox:1.36"}]
    """
    for item in of_kind(manifest, "CronJob"):
        schedule = item.get("spec", "schedule")
        if isinstance(schedule, str) and (problem := schedule_problem(schedule)):
            yield item.finding(problem, "spec", "schedule")


@needs("CronJob", "timeZone")
@rule(Stage.SEMANTICS)
def cron_time_zone(manifest: Manifest) -> Iterator[Finding]:
    """A CronJob's `timeZone` is the name of an IANA time zone.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones

    Bad::

        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: "0 3 * * *"
          timeZone: Europe/Pariss
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: backup, image: "busybox:1.36"}]

    Good::

        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup}
        spec:
          schedule: "0 3 * * *"
          timeZone: Europe/Paris
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: backup, image: "busybox:1.36"}]
    """
    for item in of_kind(manifest, "CronJob"):
        zone = item.get("spec", "timeZone")
        if isinstance(zone, str) and zone not in TIME_ZONES:
            yield item.finding(f"`{zone[:80]}` is no IANA time zone", "spec", "timeZone")


@needs("StatefulSet")
@rule(Stage.SEMANTICS)
def stateful_set_name_as_label(manifest: Manifest) -> Iterator[Finding]:
    """A StatefulSet's pods, called `NAME-ORDINAL`, carry their name as a label.

    So the name with the highest ordinal has at most 63 characters; otherwise no pod is created.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label

    Bad::

        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: the-database-of-the-orders-of-the-web-shop-in-western-germany-2}
        spec:
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers: [{name: db, image: "postgres:16"}]

    Good::

        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: orders-db}
        spec:
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec:
              containers: [{name: db, image: "postgres:16"}]
    """
    for item in of_kind(manifest, "StatefulSet"):
        replicas = whole(item.get("spec", "replicas", default=1)) or 1
        pod = f"{item.name}-{max(replicas - 1, 0)}"
        if len(item.name) <= 63 and len(pod) > 63 and is_label_value(item.name):
            text = f"the pod `{pod}` would have {len(pod)} characters, at most 63 are allowed"
            yield item.finding(text, "metadata", "name")


IN_ORDER = (
    selector_matches_template,
    controller_selector_matches_template,
    non_empty_selector,
    well_formed_selectors,
    no_negative_counts,
    deployment_strategy,
    rolling_update_moves,
    rolling_update_shares,
    progress_deadline,
    update_on_deletion,
    stateful_set_name_as_label,
    named_claim_templates,
    restart_policy_of_workload,
    no_deadline_of_lasting_pods,
    generated_job_selector,
    indexed_jobs,
    pod_failure_policy,
    cron_schedule,
    cron_time_zone,
)
