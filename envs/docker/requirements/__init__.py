"""What a Docker task can ask for: one module per language, with no name in both."""

from envs.docker.requirements.compose import *  # noqa: F403
from envs.docker.requirements.dockerfile import *  # noqa: F403
