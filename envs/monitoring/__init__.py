"""The environment `IaC-Monitoring-v0`: Prometheus, Alertmanager, Grafana, OpenTelemetry."""

from __future__ import annotations

from envs.monitoring import families, requirements
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-Monitoring-v0", "monitoring", requirements.MODULES, *families.MODULES)


class MonitoringEnv(IaCEnv):
    """Prometheus, Alertmanager, Grafana and OpenTelemetry Collector configurations.

    ## Description
    The agent writes what watches a system:

    - **Prometheus**: rule files with alerts and recording rules, and `prometheus.yml`: whom to
      scrape, what to drop and rename, where samples and alerts go;
    - **Prometheus operator**: PrometheusRule, ServiceMonitor, PodMonitor, Probe, ScrapeConfig and
      AlertmanagerConfig objects;
    - **Alertmanager**: which receiver gets which alert, how often, and when not;
    - **Grafana**: dashboards as JSON with panels, variables, rows, links and annotations, and
      provisioning files of data sources, dashboards and alert rules;
    - **OpenTelemetry Collector**: pipelines of traces, metrics and logs.

    An answer is judged by what it does. Queries are played on series that lie just above and below
    what was asked: an alert must fire for the one and be silent for the other, a panel must show
    the right number, whatever the expression looks like. Alerts are sent through the tree of
    routes, targets through the steps of relabeling, spans and log records through the processors of
    every pipeline. What has no effect does not count: an alert that can never fire, a hidden query,
    a receiver or a processor that nothing uses, a monitor whose targets are all dropped. Each file
    is checked first as `promtool`, `amtool`, Grafana, `otelcol validate` and the operator's
    definitions would.

    ## Action Space
    Any text: the answer of the agent, a file alone or in one fenced code block; several files in a
    fenced block each, under their paths.

    ## Observation Space
    Any text: the instruction of the task; after an answer, the report of its verification.

    ## Rewards
    `0.4 * syntax + 0.3 * correctness + 0.3 * format`, each part between 0 and 1 and proportional to
    the share of the requirements that are met. A pipeline that its service would reject
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
