"""What a Docker task can ask for: modules per language, with no name in two of them."""

from envs.docker.requirements.compose import *  # noqa: F403
from envs.docker.requirements.dockerfile import *  # noqa: F403
from envs.docker.requirements.dockerfile_runs import *  # noqa: F403
from envs.docker.requirements.dockerfile_settings import *  # noqa: F403
from envs.docker.requirements.dockerfile_start import *  # noqa: F403
