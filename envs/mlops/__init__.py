"""The environment `IaC-MLOps-v0`: model serving, training and pipelines."""

from __future__ import annotations

from envs.mlops import families, requirements
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-MLOps-v0", "mlops", requirements.MODULES, *families.MODULES)


class MLOpsEnv(IaCEnv):
    """Model serving, training and pipelines on Kubernetes and beside it.

    ## Description
    A task describes in words what models need of a platform: a vLLM, TGI, Triton or Ollama server
    with its GPUs, probes, caches and autoscaling; batch jobs and trainings on GPU nodes, in queues
    of Kueue; quotas and GPU sharing; inference services of KServe and Seldon; Ray clusters, jobs
    and services; training jobs of Kubeflow and searches of Katib; Argo workflows with steps,
    parameters, artifacts and conditions; compiled Kubeflow pipelines; MLflow servers and projects;
    SageMaker and Vertex AI in Terraform. The answer is one file (for some MLflow projects two):
    manifests with custom resources, a pipeline spec, an MLproject file or a Terraform
    configuration. It is parsed as its service would, checked against the schemas and rules of
    Kubernetes, of the operators and of the other services, and every requirement of the task is
    looked for in the tree by its meaning: options of a server in any spelling, steps that the
    entry point of a workflow really reaches, volumes that are declared and mounted, ports by number
    or name. What never runs (scaled to zero, suspended, unreachable) meets nothing.

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
