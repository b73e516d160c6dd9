"""Values that the API server allows where the published schema says only "string".

Source: the `+enum` types and the validation of the Kubernetes API (`staging/src/k8s.io/api`,
`pkg/apis/*/validation`), https://kubernetes.io/docs/reference/kubernetes-api/. Keys are
(API package, definition, field); of a list, the values of its items. An empty string counts as
absent.
"""

from __future__ import annotations

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_EXISTS = ("In", "NotIn", "Exists", "DoesNotExist")
_ACCESS = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_VOLUME_MODES = ("Block", "Filesystem")
_PULL = ("Always", "IfNotPresent", "Never")
_MESSAGE = ("File", "FallbackToLogsOnError")
_POLICIES = ("Ignore", "Fail")
_MATCH = ("Exact", "Equivalent")
_SCOPES = ("Cluster", "Namespaced", "*")
_TAINTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_METRIC_TYPES = ("ContainerResource", "External", "Object", "Pods", "Resource")
_RECLAIM = ("Retain", "Delete", "Recycle")

ALLOWED: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("admissionregistration", "MutatingWebhook", "failurePolicy"): _POLICIES,
    ("admissionregistration", "MutatingWebhook", "matchPolicy"): _MATCH,
    ("admissionregistration", "MutatingWebhook", "reinvocationPolicy"): ("Never", "IfNeeded"),
    ("admissionregistration", "MutatingWebhook", "sideEffects"): ("None", "NoneOnDryRun"),
    ("admissionregistration", "RuleWithOperations", "operations"): (
        "*",
        "CREATE",
        "UPDATE",
        "DELETE",
        "CONNECT",
    ),
    ("admissionregistration", "RuleWithOperations", "scope"): _SCOPES,
    ("admissionregistration", "ValidatingWebhook", "failurePolicy"): _POLICIES,
    ("admissionregistration", "ValidatingWebhook", "matchPolicy"): _MATCH,
    ("admissionregistration", "ValidatingWebhook", "sideEffects"): ("None", "NoneOnDryRun"),
    ("apiextensions", "CustomResourceDefinitionSpec", "scope"): ("Cluster", "Namespaced"),
    ("apps", "DaemonSetUpdateStrategy", "type"): ("RollingUpdate", "OnDelete"),
    ("apps", "DeploymentStrategy", "type"): ("Recreate", "RollingUpdate"),
    ("apps", "StatefulSetPersistentVolumeClaimRetentionPolicy", "whenDeleted"): (
        "Retain",
        "Delete",
    ),
    ("apps", "StatefulSetPersistentVolumeClaimRetentionPolicy", "whenScaled"): (
        "Retain",
        "Delete",
    ),
    ("apps", "StatefulSetSpec", "podManagementPolicy"): ("OrderedReady", "Parallel"),
    ("apps", "StatefulSetUpdateStrategy", "type"): ("RollingUpdate", "OnDelete"),
    ("autoscaling", "HPAScalingPolicy", "type"): ("Pods", "Percent"),
    ("autoscaling", "HPAScalingRules", "selectPolicy"): ("Max", "Min", "Disabled"),
    ("autoscaling", "MetricSpec", "type"): _METRIC_TYPES,
    ("autoscaling", "MetricTarget", "type"): ("Utilization", "Value", "AverageValue"),
    ("batch", "CronJobSpec", "concurrencyPolicy"): ("Allow", "Forbid", "Replace"),
    ("batch", "JobSpec", "completionMode"): ("NonIndexed", "Indexed"),
    ("batch", "JobSpec", "podReplacementPolicy"): ("TerminatingOrFailed", "Failed"),
    ("batch", "PodFailurePolicyOnExitCodesRequirement", "operator"): ("In", "NotIn"),
    ("batch", "PodFailurePolicyRule", "action"): ("FailJob", "FailIndex", "Ignore", "Count"),
    ("core", "AppArmorProfile", "type"): ("Localhost", "RuntimeDefault", "Unconfined"),
    ("core", "AzureDiskVolumeSource", "cachingMode"): ("None", "ReadOnly", "ReadWrite"),
    ("core", "AzureDiskVolumeSource", "kind"): ("Shared", "Dedicated", "Managed"),
    ("core", "Container", "imagePullPolicy"): _PULL,
    ("core", "Container", "terminationMessagePolicy"): _MESSAGE,
    ("core", "ContainerPort", "protocol"): _PROTOCOLS,
    ("core", "ContainerResizePolicy", "restartPolicy"): ("NotRequired", "RestartContainer"),
    ("core", "EndpointPort", "protocol"): _PROTOCOLS,
    ("core", "EphemeralContainer", "imagePullPolicy"): _PULL,
    ("core", "EphemeralContainer", "terminationMessagePolicy"): _MESSAGE,
    ("core", "HTTPGetAction", "scheme"): ("HTTP", "HTTPS"),
    ("core", "HostPathVolumeSource", "type"): (
        "DirectoryOrCreate",
        "Directory",
        "FileOrCreate",
        "File",
        "Socket",
        "CharDevice",
        "BlockDevice",
    ),
    ("core", "LimitRangeItem", "type"): ("Container", "Pod", "PersistentVolumeClaim"),
    ("core", "NodeSelectorRequirement", "operator"): (*_EXISTS, "Gt", "Lt"),
    ("core", "PersistentVolumeClaimSpec", "accessModes"): _ACCESS,
    ("core", "PersistentVolumeClaimSpec", "volumeMode"): _VOLUME_MODES,
    ("core", "PersistentVolumeSpec", "accessModes"): _ACCESS,
    ("core", "PersistentVolumeSpec", "persistentVolumeReclaimPolicy"): _RECLAIM,
    ("core", "PersistentVolumeSpec", "volumeMode"): _VOLUME_MODES,
    ("core", "PodOS", "name"): ("linux", "windows"),
    ("core", "PodSecurityContext", "fsGroupChangePolicy"): ("OnRootMismatch", "Always"),
    ("core", "PodSecurityContext", "supplementalGroupsPolicy"): ("Merge", "Strict"),
    ("core", "PodSpec", "dnsPolicy"): (
        "ClusterFirstWithHostNet",
        "ClusterFirst",
        "Default",
        "None",
    ),
    ("core", "PodSpec", "preemptionPolicy"): ("PreemptLowerPriority", "Never"),
    ("core", "PodSpec", "restartPolicy"): ("Always", "OnFailure", "Never"),
    ("core", "ResourceQuotaSpec", "scopes"): (
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
    ),
    ("core", "ScopedResourceSelectorRequirement", "operator"): _EXISTS,
    ("core", "SeccompProfile", "type"): ("Localhost", "RuntimeDefault", "Unconfined"),
    ("core", "SecurityContext", "procMount"): ("Default", "Unmasked"),
    ("core", "ServicePort", "protocol"): _PROTOCOLS,
    ("core", "ServiceSpec", "externalTrafficPolicy"): ("Cluster", "Local"),
    ("core", "ServiceSpec", "internalTrafficPolicy"): ("Cluster", "Local"),
    ("core", "ServiceSpec", "ipFamilies"): ("IPv4", "IPv6"),
    ("core", "ServiceSpec", "ipFamilyPolicy"): (
        "SingleStack",
        "PreferDualStack",
        "RequireDualStack",
    ),
    ("core", "ServiceSpec", "sessionAffinity"): ("ClientIP", "None"),
    ("core", "ServiceSpec", "type"): ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    ("core", "Taint", "effect"): _TAINTS,
    ("core", "Toleration", "effect"): _TAINTS,
    ("core", "Toleration", "operator"): ("Exists", "Equal", "Lt", "Gt"),
    ("core", "TopologySpreadConstraint", "nodeAffinityPolicy"): ("Honor", "Ignore"),
    ("core", "TopologySpreadConstraint", "nodeTaintsPolicy"): ("Honor", "Ignore"),
    ("core", "TopologySpreadConstraint", "whenUnsatisfiable"): (
        "DoNotSchedule",
        "ScheduleAnyway",
    ),
    ("core", "VolumeMount", "mountPropagation"): ("None", "HostToContainer", "Bidirectional"),
    ("core", "VolumeMount", "recursiveReadOnly"): ("Disabled", "IfPossible", "Enabled"),
    ("discovery", "EndpointPort", "protocol"): _PROTOCOLS,
    ("discovery", "EndpointSlice", "addressType"): ("IPv4", "IPv6", "FQDN"),
    ("meta", "LabelSelectorRequirement", "operator"): _EXISTS,
    ("networking", "HTTPIngressPath", "pathType"): ("Exact", "Prefix", "ImplementationSpecific"),
    ("networking", "IngressClassParametersReference", "scope"): ("Namespace", "Cluster"),
    ("networking", "NetworkPolicyPort", "protocol"): _PROTOCOLS,
    ("networking", "NetworkPolicySpec", "policyTypes"): ("Ingress", "Egress"),
    ("policy", "PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"): (
        "IfHealthyBudget",
        "AlwaysAllow",
    ),
    ("rbac", "RoleRef", "apiGroup"): ("rbac.authorization.k8s.io",),
    ("rbac", "RoleRef", "kind"): ("Role", "ClusterRole"),
    ("rbac", "Subject", "kind"): ("ServiceAccount", "User", "Group"),
    ("scheduling", "PriorityClass", "preemptionPolicy"): ("PreemptLowerPriority", "Never"),
    ("storage", "CSIDriverSpec", "fsGroupPolicy"): ("ReadWriteOnceWithFSType", "File", "None"),
    ("storage", "CSIDriverSpec", "volumeLifecycleModes"): ("Persistent", "Ephemeral"),
    ("storage", "StorageClass", "reclaimPolicy"): ("Retain", "Delete"),
    ("storage", "StorageClass", "volumeBindingMode"): ("Immediate", "WaitForFirstConsumer"),
}

#: Required by the schema, but absent is the same as empty and accepted, or a default is filled in.
NOT_ENFORCED = frozenset(
    {
        ("core", "HTTPHeader", "value"),
        ("core", "ISCSIPersistentVolumeSource", "lun"),
        ("core", "ISCSIVolumeSource", "lun"),
        ("core", "LimitRangeSpec", "limits"),
        ("core", "PreferredSchedulingTerm", "preference"),
        ("core", "Sysctl", "value"),
        ("apps", "ControllerRevision", "revision"),
        ("apps", "StatefulSetSpec", "serviceName"),
        ("networking", "NetworkPolicySpec", "podSelector"),
        ("rbac", "RoleRef", "apiGroup"),
        ("scheduling", "PriorityClass", "value"),
        ("storage", "CSINodeSpec", "drivers"),
    }
)

#: Versions of the API that are gone: (apiVersion, kind) -> the Kubernetes version without it.
#: Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
REMOVED: dict[tuple[str, str], str] = {
    ("extensions/v1beta1", "DaemonSet"): "1.16",
    ("extensions/v1beta1", "Deployment"): "1.16",
    ("extensions/v1beta1", "Ingress"): "1.22",
    ("extensions/v1beta1", "NetworkPolicy"): "1.16",
    ("extensions/v1beta1", "PodSecurityPolicy"): "1.16",
    ("extensions/v1beta1", "ReplicaSet"): "1.16",
    ("apps/v1beta1", "Deployment"): "1.16",
    ("apps/v1beta1", "StatefulSet"): "1.16",
    ("apps/v1beta2", "DaemonSet"): "1.16",
    ("apps/v1beta2", "Deployment"): "1.16",
    ("apps/v1beta2", "ReplicaSet"): "1.16",
    ("apps/v1beta2", "StatefulSet"): "1.16",
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration"): "1.22",
    ("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration"): "1.22",
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): "1.22",
    ("apiregistration.k8s.io/v1beta1", "APIService"): "1.22",
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest"): "1.22",
    ("coordination.k8s.io/v1beta1", "Lease"): "1.22",
    ("networking.k8s.io/v1beta1", "Ingress"): "1.22",
    ("networking.k8s.io/v1beta1", "IngressClass"): "1.22",
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole"): "1.22",
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding"): "1.22",
    ("rbac.authorization.k8s.io/v1beta1", "Role"): "1.22",
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding"): "1.22",
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): "1.22",
    ("storage.k8s.io/v1beta1", "CSIDriver"): "1.22",
    ("storage.k8s.io/v1beta1", "CSINode"): "1.22",
    ("storage.k8s.io/v1beta1", "StorageClass"): "1.22",
    ("storage.k8s.io/v1beta1", "VolumeAttachment"): "1.22",
    ("batch/v1beta1", "CronJob"): "1.25",
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): "1.25",
    ("events.k8s.io/v1beta1", "Event"): "1.25",
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): "1.25",
    ("policy/v1beta1", "PodDisruptionBudget"): "1.25",
    ("policy/v1beta1", "PodSecurityPolicy"): "1.25",
    ("node.k8s.io/v1beta1", "RuntimeClass"): "1.25",
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): "1.26",
    ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema"): "1.26",
    ("flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration"): "1.26",
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity"): "1.27",
    ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema"): "1.29",
    ("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration"): "1.29",
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"): "1.32",
    ("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration"): "1.32",
}
