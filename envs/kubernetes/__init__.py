"""The environment `IaC-K8s-v0`: Kubernetes manifests, from a single Pod to a whole stack."""

from __future__ import annotations

from envs.kubernetes import requirements
from envs.kubernetes.families import MODULES
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-K8s-v0", "kubernetes", requirements, *MODULES)


class KubernetesEnv(IaCEnv):
    """Kubernetes manifests that an API server accepts and that run what was asked for.

    ## Description
    A task asks for one manifest of one or several objects: workloads (Deployments, StatefulSets,
    DaemonSets, Pods), jobs, networking, storage, configuration, access rights, scheduling,
    autoscaling and policies. The manifest is read as kubectl reads it (YAML or JSON, several
    documents, `List` objects) and examined as the API server would: kinds, fields, types, names,
    selectors, ports, volumes, references between objects. No cluster is needed. What a task asks
    for is looked for in the parsed objects, with the defaults that the API fills in. A workload
    that runs nothing (`replicas: 0`, `suspend: true`) meets no requirement.

    Where a task says "`shop`", it means every workload of that name. Where it names no container,
    it means the only one; of several the one that is called as the workload is (or as the
    annotation `kubectl.kubernetes.io/default-container` says), else the first.

    ## Action Space
    Any text: the answer of the agent, the manifest alone or in one fenced code block.

    ## Observation Space
    Any text: the instruction of the task; after an answer, the report of its verification.

    ## Rewards
    `0.4 * syntax + 0.3 * correctness + 0.3 * format`, each part between 0 and 1 and proportional to
    the share of the requirements that are met. A manifest that the API server would reject stays
    below half of that; text that is no YAML earns 0. With several turns, a step's reward is the
    change of the total.

    ## Starting State
    `reset(seed=...)` draws a task of the split `train`. The options `split`, `family`, `difficulty`
    and `task_id` narrow the choice.

    ## Episode End
    An episode ends after `max_turns` answers (1 by default), or as soon as an answer solves the
    task.

    ## Arguments
    `split`, `families` and `levels` say which tasks are drawn, `max_turns` how many answers an
    episode has, `alpha`, `beta` and `gamma` are the weights of the reward, and `render_mode` is
    `"ansi"` or None.

    ## Version History
    * v0: first version.
    """

    category = CATEGORY
