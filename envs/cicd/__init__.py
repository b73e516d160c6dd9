"""The environment `IaC-CICD-v0`: pipelines of GitHub Actions, GitLab CI and Jenkins."""

from __future__ import annotations

from envs.cicd import families, requirements
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-CICD-v0", "cicd", requirements.MODULES, *families.MODULES)


class CICDEnv(IaCEnv):
    """Pipelines of GitHub Actions, GitLab CI and Jenkins.

    ## Description
    A task asks for a GitHub Actions workflow, a `.gitlab-ci.yml` or a Jenkinsfile: tests over a
    matrix, images that are built and pushed, releases, deployments with an approval, Terraform
    plans, scheduled jobs, scans, ... A workflow is read by the definitions that GitHub publishes, a
    GitLab pipeline by GitLab's schema and its documented rules, a Jenkinsfile as the declarative
    pipeline plugin reads it; no service is asked. What a task asks for is looked for in the
    resolved pipeline: steps that never run, or whose failure is ignored, do not count.

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
