"""What Helm 3.18 takes for granted where no cluster is asked: Kubernetes 1.33 and its APIs.

Source: `pkg/chartutil/capabilities.go` of Helm v3.18.6; the versions are those that client-go 0.33
and apiextensions register.
"""

from __future__ import annotations

HELM_VERSION = "v3.18.6"
KUBE_VERSION = "v1.33.0"

_GROUPS = """
    admissionregistration.k8s.io: v1 v1beta1 v1alpha1
    apiextensions.k8s.io: v1 v1beta1
    apps: v1 v1beta2 v1beta1
    authentication.k8s.io: v1 v1beta1 v1alpha1
    authorization.k8s.io: v1 v1beta1
    autoscaling: v2 v1 v2beta1 v2beta2
    batch: v1 v1beta1
    certificates.k8s.io: v1 v1beta1 v1alpha1
    coordination.k8s.io: v1 v1beta1 v1alpha2
    discovery.k8s.io: v1 v1beta1
    events.k8s.io: v1 v1beta1
    extensions: v1beta1
    flowcontrol.apiserver.k8s.io: v1 v1beta3 v1beta2 v1beta1
    internal.apiserver.k8s.io: v1alpha1
    networking.k8s.io: v1 v1beta1 v1alpha1
    node.k8s.io: v1 v1beta1 v1alpha1
    policy: v1 v1beta1
    rbac.authorization.k8s.io: v1 v1beta1 v1alpha1
    resource.k8s.io: v1beta2 v1beta1 v1alpha3
    scheduling.k8s.io: v1 v1beta1 v1alpha1
    storage.k8s.io: v1 v1beta1 v1alpha1
    storagemigration.k8s.io: v1alpha1
"""

#: What `.Capabilities.APIVersions.Has` knows: groups with versions, never kinds.
API_VERSIONS = (
    "v1",
    *(
        f"{group}/{version}"
        for group, _, versions in (
            line.strip().partition(": ") for line in _GROUPS.strip().splitlines()
        )
        for version in versions.split()
    ),
)
