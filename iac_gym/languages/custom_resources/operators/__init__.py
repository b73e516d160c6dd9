"""What the admission webhooks and controllers of operators refuse, by API group and kind."""

from __future__ import annotations

from iac_gym.languages.custom_resources.operators import (
    autoscaling,
    katib,
    kserve,
    kubeflow,
    kueue,
    networking,
    prometheus,
    ray,
    seldon,
)
from iac_gym.languages.custom_resources.operators.reading import CheckKind

CHECKS: dict[tuple[str, str], CheckKind] = {
    **autoscaling.CHECKS,
    **katib.CHECKS,
    **kserve.CHECKS,
    **kubeflow.CHECKS,
    **kueue.CHECKS,
    **networking.CHECKS,
    **prometheus.CHECKS,
    **ray.CHECKS,
    **seldon.CHECKS,
}
