"""The environment `IaC-Terraform-v0`: configurations for AWS, Google Cloud and Azure."""

from __future__ import annotations

from envs.terraform import families, requirements
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-Terraform-v0", "terraform", requirements.MODULES, *families.MODULES)


class TerraformEnv(IaCEnv):
    """Terraform configurations for AWS, Google Cloud and Azure.

    ## Description
    A task asks for infrastructure: a single bucket, or a stack of resources that refer to one
    another (a network with subnets and routes, a service behind a load balancer, a function with
    its role and trigger, a cluster, a database in private subnets, ...), sometimes as a module of
    several files. The configuration is parsed as Terraform parses it and judged as
    `terraform validate` judges it, by the schemas of the providers; no Terraform, provider or cloud
    account is needed. What a task asks for is looked for in the resolved configuration: variables
    have their defaults, locals and references are followed, `count`, `for_each` and dynamic blocks
    are written out, modules are entered. Things are found by their real names, not by the labels
    that the author gives them.

    ## Action Space
    Any text: the answer of the agent, `main.tf` alone or in one fenced code block; several files in
    a fenced block each, under their paths.

    ## Observation Space
    Any text: the instruction of the task; after an answer, the report of its verification.

    ## Rewards
    `0.4 * syntax + 0.3 * correctness + 0.3 * format`, each part between 0 and 1 and proportional to
    the share of the requirements that are met. A configuration that `terraform validate` would
    reject stays below 0.5; text that does not parse earns 0. Resources of a provider without a
    schema earn nothing and cost nothing.

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
