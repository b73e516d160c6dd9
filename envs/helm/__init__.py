"""The environment `IaC-Helm-v0`: Helm charts, and values for given charts."""

from __future__ import annotations

from envs.helm import families, requirements
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-Helm-v0", "helm", requirements.MODULES, *families.MODULES)


class HelmEnv(IaCEnv):
    """Helm charts that render what was asked for, and values for given charts.

    ## Description
    A task asks for a whole chart: web applications, workers, stores, agents, jobs, controllers,
    several processes of one image, charts with a subchart or a library chart, with a values schema,
    with `required` and `fail`, with Secrets, files, hooks and tests. Or it gives a chart and asks
    for the values of one or two environments.

    The chart is loaded, linted and rendered as Helm 3 does it: values files, `values.schema.json`,
    subcharts with conditions, Go templates with Sprig's functions. What it renders is examined as
    the Kubernetes API server would, custom resources (ServiceMonitor, HTTPRoute) included. Neither
    Helm nor a cluster is needed.

    A requirement plays the chart through: it renders it with the default values and with the values
    that its text names, under one or two release names, and looks at the objects. Template text is
    never compared, so every style of chart is judged alike; a comment, a branch that is not taken
    or a field that does not follow its value counts for nothing. "The Deployment" means the only
    one of the chart itself, subcharts and hooks aside; "the first container" is that of the pods.

    ## Action Space
    Any text: the answer of the agent. The files of a chart stand in a fenced block each, under
    their paths (`Chart.yaml`, `values.yaml`, `templates/...`); a values file alone may be bare.

    ## Observation Space
    Any text: the instruction of the task; after an answer, the report of its verification.

    ## Rewards
    `0.4 * syntax + 0.3 * correctness + 0.3 * format`, each part between 0 and 1 and proportional to
    the share of the requirements that are met. A chart that Helm or the API server would reject
    stays below 0.5; text that does not parse earns 0.

    ## Starting State
    `reset(seed=...)` draws a task of the split `train`. The options `split`, `family`, `difficulty`
    and `task_id` narrow the choice.

    ## Episode End
    An episode ends after `max_turns` answers (1 by default), or as soon as an answer solves the
    task.

    ## Arguments
    `split`, `families`, `levels`, `max_turns`, `alpha`, `beta`, `gamma`, `render_mode`: see
    `iac_gym.env.IaCEnv`.

    ## Version History
    * v0: first version.
    """

    category = CATEGORY
