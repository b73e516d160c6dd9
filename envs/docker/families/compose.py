"""Task families about compose files: single services and stacks."""

from envs.docker.families.compose_services import (
    compose_built_application,
    compose_configs,
    compose_database,
    compose_environment,
    compose_hardened,
    compose_logging,
    compose_resources,
    compose_secrets,
    compose_single_service,
)
from envs.docker.families.compose_stacks import (
    compose_app_with_cache,
    compose_development_tools,
    compose_front_and_back_networks,
    compose_full_stack,
    compose_load_balanced,
    compose_message_queue,
    compose_migration_first,
    compose_project,
    compose_web_and_database,
)

__all__ = [
    "compose_app_with_cache",
    "compose_built_application",
    "compose_configs",
    "compose_database",
    "compose_development_tools",
    "compose_environment",
    "compose_front_and_back_networks",
    "compose_full_stack",
    "compose_hardened",
    "compose_load_balanced",
    "compose_logging",
    "compose_message_queue",
    "compose_migration_first",
    "compose_project",
    "compose_resources",
    "compose_secrets",
    "compose_single_service",
    "compose_web_and_database",
]
