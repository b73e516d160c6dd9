"""Requirements about compose files: resources, logs, and what services may not do."""

from __future__ import annotations

from collections.abc import Mapping

from envs.docker.requirements.compose_find import differs, running, wrong
from iac_gym.check import Findings, requirement
from iac_gym.languages.compose.model import ComposeFile, Service
from iac_gym.languages.compose.read import as_text
from iac_gym.languages.compose.values import read_size

# Resources and logs ------------------------------------------------------------------------------


@requirement(
    "`{of}` may use at most {amount} of memory",
    "a memory limit of {amount} for `{of}`",
    language="compose",
)
def service_memory_limit(compose: ComposeFile, of: str, amount: str) -> Findings:
    """The memory limit, from `deploy.resources.limits` or `mem_limit`."""
    service = yield from running(compose, of)
    if service is not None and service.limits.memory != read_size(amount):
        found = service.limits.memory
        mark = service.limits.mark if found is not None else service.mark
        yield from wrong(compose, f"the memory limit of `{of}`", found, amount, mark)


@requirement(
    "`{of}` may use at most {amount} CPUs",
    "a CPU limit of {amount} for `{of}`",
    language="compose",
)
def service_cpu_limit(compose: ComposeFile, of: str, amount: str) -> Findings:
    """The CPU limit, from `deploy.resources.limits` or `cpus`."""
    service = yield from running(compose, of)
    if service is not None and service.limits.cpus != float(amount):
        found = service.limits.cpus
        mark = service.limits.mark if found is not None else service.mark
        yield from wrong(compose, f"the CPU limit of `{of}`", found, amount, mark)


@requirement(
    "{amount} of memory are reserved for `{of}`",
    "a memory reservation of {amount} for `{of}`",
    language="compose",
)
def service_memory_reserved(compose: ComposeFile, of: str, amount: str) -> Findings:
    """The memory reservation, from `deploy.resources.reservations` or `mem_reservation`."""
    service = yield from running(compose, of)
    if service is not None and service.reservations.memory != read_size(amount):
        found = service.reservations.memory
        mark = service.reservations.mark if found is not None else service.mark
        yield from wrong(compose, f"the memory reserved for `{of}`", found, amount, mark)


def _options(service: Service) -> Mapping[str, str]:
    return service.logging.options if service.logging else {}


@requirement(
    "`{of}` logs with the driver {driver}",
    "the logging driver of `{of}` is {driver}",
    language="compose",
)
def service_log_driver(compose: ComposeFile, of: str, driver: str) -> Findings:
    """The logging driver."""
    service = yield from running(compose, of)
    if service is not None:
        found = service.logging.driver if service.logging else ""
        what = f"the logging driver of `{of}`"
        yield from differs(compose, what, found, driver, service.place("logging", "driver"))


@requirement(
    "a log file of `{of}` grows to at most {size}",
    "the log files of `{of}` are rotated at {size}",
    language="compose",
)
def service_log_size(compose: ComposeFile, of: str, size: str) -> Findings:
    """The option `max-size` of the logging driver."""
    service = yield from running(compose, of)
    if service is not None:
        found = _options(service).get("max-size", "").lower()
        mark = service.place("logging", "options", "max-size")
        yield from differs(compose, f"the log size of `{of}`", found, size, mark)


@requirement(
    "at most {count} log files of `{of}` are kept",
    "`{of}` keeps {count} log files",
    language="compose",
)
def service_log_files(compose: ComposeFile, of: str, count: int) -> Findings:
    """The option `max-file` of the logging driver."""
    service = yield from running(compose, of)
    if service is not None:
        found = _options(service).get("max-file", "")
        mark = service.place("logging", "options", "max-file")
        yield from differs(compose, f"the log files of `{of}`", found, str(count), mark)


# Hardening ---------------------------------------------------------------------------------------


@requirement(
    "`{of}` runs as the user {user}",
    "the process of `{of}` runs as user {user}",
    language="compose",
)
def service_user(compose: ComposeFile, of: str, user: str) -> Findings:
    """The user, as written."""
    service = yield from running(compose, of)
    if service is not None:
        what = f"the user of `{of}`"
        yield from differs(compose, what, service.user, user, service.place("user"))


@requirement(
    "the root file system of `{of}` is read-only",
    "`{of}` has a read-only root file system",
    language="compose",
)
def service_read_only_root(compose: ComposeFile, of: str) -> Findings:
    """`read_only` is on."""
    service = yield from running(compose, of)
    if service is not None and not service.read_only:
        message = f"the root file system of `{of}` can be written"
        yield compose.finding(message, service.place("read_only"))


@requirement(
    "`{of}` drops all capabilities",
    "all Linux capabilities of `{of}` are dropped",
    language="compose",
)
def service_drops_capabilities(compose: ComposeFile, of: str) -> Findings:
    """`cap_drop` holds ALL and the container is not privileged."""
    service = yield from running(compose, of)
    if service is None:
        return
    if "ALL" not in [name.upper() for name in service.cap_drop] or service.privileged:
        yield compose.finding(f"`{of}` keeps capabilities", service.place("cap_drop"))


@requirement(
    "the only capability added to `{of}` is {capability}",
    "`{of}` is given the capability {capability} and no other",
    language="compose",
)
def service_capability(compose: ComposeFile, of: str, capability: str) -> Findings:
    """The one added capability."""
    service = yield from running(compose, of)
    if service is not None:
        added = [name.upper().removeprefix("CAP_") for name in service.cap_add]
        if added != [capability] or service.privileged:
            message = f"the capabilities added to `{of}` are {', '.join(added) or 'none'}"
            yield compose.finding(message, service.place("cap_add"))


@requirement(
    "the processes of `{of}` cannot gain new privileges",
    "`{of}` has the security option no-new-privileges",
    language="compose",
)
def service_no_new_privileges(compose: ComposeFile, of: str) -> Findings:
    """`security_opt` holds no-new-privileges."""
    service = yield from running(compose, of)
    if service is None:
        return
    options = {option.replace("=", ":") for option in service.security_opt}
    if not options & {"no-new-privileges", "no-new-privileges:true"}:
        message = f"the processes of `{of}` may gain privileges"
        yield compose.finding(message, service.place("security_opt"))


@requirement(
    "`{of}` may open {count} files at once (soft and hard limit)",
    "the soft and hard limit of open files in `{of}` is {count}",
    language="compose",
)
def service_open_files(compose: ComposeFile, of: str, count: int) -> Findings:
    """The ulimit `nofile`."""
    service = yield from running(compose, of)
    if service is not None:
        found = service.ulimits.get("nofile")
        if found != (count, count):
            message = f"the limit of open files in `{of}` is {found or 'not set'}"
            yield compose.finding(message, service.place("ulimits"))


@requirement(
    "the project is named `{name}`",
    "the compose project has the name `{name}`",
    language="compose",
)
def project_name(compose: ComposeFile, name: str) -> Findings:
    """The top-level `name`."""
    found = as_text(compose.tree.get("name"))
    yield from differs(compose, "the project's name", found, name, compose.tree.mark)
