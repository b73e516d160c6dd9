"""The environment `IaC-Docker-v0`: Dockerfiles and compose files."""

from __future__ import annotations

from envs.docker import requirements
from envs.docker.families import compose, dockerfile_apps, dockerfile_stacks
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category(
    "IaC-Docker-v0", "docker", requirements, dockerfile_apps, dockerfile_stacks, compose
)


class DockerEnv(IaCEnv):
    """Dockerfiles and compose files that build images and run stacks of services.

    ## Description
    A task asks for a Dockerfile (a multi-stage build of a Go, Node, Python, Java, Rust or .NET
    program, a static site, a small single-stage image, ...), for a `compose.yaml` (a stack of
    services, networks, volumes and secrets), or for both. A Dockerfile is read as BuildKit reads
    it and a compose file by the Compose specification; no Docker daemon is needed. What a task
    asks for is looked for in the resolved model: the last `CMD` wins, `ARG` and `ENV` are expanded,
    a stage inherits from the stage it is built on, and stages that the final image does not need
    do not count.

    ## Action Space
    Any text: the answer of the agent, a file alone or in one fenced code block; two files in a
    fenced block each, under their paths.

    ## Observation Space
    Any text: the instruction of the task; after an answer, the report of its verification.

    ## Rewards
    `0.4 * syntax + 0.3 * correctness + 0.3 * format`, each part between 0 and 1 and proportional to
    the share of the requirements that are met. A file that Docker would reject stays below 0.5;
    text that does not parse earns 0.

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
