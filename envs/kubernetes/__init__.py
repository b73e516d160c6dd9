"""IaC-K8s-v0: Kubernetes manifests, from a single Pod to a whole stack."""

from __future__ import annotations

from envs.kubernetes import requirements
from envs.kubernetes.families import MODULES
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-K8s-v0", "kubernetes", requirements, *MODULES)


class KubernetesEnv(IaCEnv):
    """Write Kubernetes manifests that the API server accepts and that do what was asked."""

    category = CATEGORY
