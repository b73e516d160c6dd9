"""Requirements about probes and security contexts."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.configuration import in_namespace
from envs.kubernetes.requirements.pods import runs_command
from envs.kubernetes.requirements.targets import (
    WORKLOADS,
    differs,
    dotted,
    each,
    equal,
    in_main,
    main_container,
    port_number,
    value_is,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map


def _probe_path(probe: str) -> str:
    return f"{probe}Probe"


@requirement(
    "a {probe} probe of `{of}` by HTTP GET on `{path}`, port {port}",
    "the {probe} probe of `{of}` asks `{path}` on port {port} by HTTP",
)
def http_probe(manifest: Manifest, of: str, probe: str, path: str, port: int) -> Findings:
    """An HTTP probe of the main container; the port by number or name."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        place = (*at, _probe_path(probe), "httpGet")
        action = item.get(*place)
        if not isinstance(action, dict):
            yield item.finding(f"`{of}` has no {probe} probe by HTTP", *place)
            return
        if action.get("scheme", "HTTP") != "HTTP":
            yield differs(item, (*place, "scheme"), action.get("scheme"), "HTTP")
        if action.get("host"):
            yield item.finding(f"the {probe} probe asks another host", *place, "host")
        if action.get("path", "/") != path:
            yield differs(item, (*place, "path"), action.get("path", "/"), path)
        number = port_number(container, action.get("port"))
        if not equal(number, port):
            yield differs(item, (*place, "port"), number, port)

    return in_main(manifest, of, check)


@requirement(
    "a {probe} probe of `{of}` that opens TCP port {port}",
    "the {probe} probe of `{of}` connects to TCP port {port}",
)
def tcp_probe(manifest: Manifest, of: str, probe: str, port: int) -> Findings:
    """A TCP probe of the main container; the port by number or name."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        place = (*at, _probe_path(probe), "tcpSocket", "port")
        number = port_number(container, item.get(*place))
        if item.get(*place[:-1], "host"):
            yield item.finding(f"the {probe} probe asks another host", *place[:-1], "host")
        if not equal(number, port):
            yield differs(item, place, number, port)

    return in_main(manifest, of, check)


@requirement(
    "a {probe} probe of `{of}` that runs `{command}`",
    "the {probe} probe of `{of}` executes `{command}`",
)
def exec_probe(manifest: Manifest, of: str, probe: str, command: str) -> Findings:
    """A probe that runs a command in the main container."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        place = (*at, _probe_path(probe), "exec", "command")
        if not runs_command(as_list(item.get(*place)), command):
            yield item.finding(f"the {probe} probe of `{of}` does not run `{command}`", *place)

    return in_main(manifest, of, check)


def _probe_value(
    manifest: Manifest, of: str, probe: str, field: str, asked: int, default: int
) -> Findings:
    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        place = (*at, _probe_path(probe))
        if not isinstance(container.get(_probe_path(probe)), dict):
            yield item.finding(f"`{of}` has no {probe} probe", *place)
        else:
            found = item.get(*place, field, default=default)
            if not equal(found, asked):
                yield differs(item, (*place, field), found, asked)

    return in_main(manifest, of, check)


@requirement(
    "the {probe} probe of `{of}` runs every {seconds} seconds",
    "{seconds} seconds between two {probe} probes of `{of}`",
)
def probe_period(manifest: Manifest, of: str, probe: str, seconds: int) -> Findings:
    """`periodSeconds` of a probe (the API's default is 10)."""
    return _probe_value(manifest, of, probe, "periodSeconds", seconds, 10)


@requirement(
    "the {probe} probe of `{of}` starts after {seconds} seconds",
    "an initial delay of {seconds} seconds for the {probe} probe of `{of}`",
)
def probe_delay(manifest: Manifest, of: str, probe: str, seconds: int) -> Findings:
    """`initialDelaySeconds` of a probe (the API's default is 0)."""
    return _probe_value(manifest, of, probe, "initialDelaySeconds", seconds, 0)


@requirement(
    "the {probe} probe of `{of}` gives up after {count} failures",
    "a failure threshold of {count} for the {probe} probe of `{of}`",
)
def probe_failures(manifest: Manifest, of: str, probe: str, count: int) -> Findings:
    """`failureThreshold` of a probe (the API's default is 3)."""
    return _probe_value(manifest, of, probe, "failureThreshold", count, 3)


@requirement(
    "the {probe} probe of `{of}` times out after {seconds} seconds",
    "a timeout of {seconds} seconds for the {probe} probe of `{of}`",
)
def probe_timeout(manifest: Manifest, of: str, probe: str, seconds: int) -> Findings:
    """`timeoutSeconds` of a probe (the API's default is 1)."""
    return _probe_value(manifest, of, probe, "timeoutSeconds", seconds, 1)


def _every_container(
    manifest: Manifest, of: str, path: Path, asked: object, *, pod_too: bool
) -> Findings:
    """Ask for a security setting of every container; one that the pod sets holds for all."""

    def check(item: KubeObject) -> Findings:
        pod = (*(item.pod_path or ()), "securityContext", *path)
        default = item.get(*pod) if pod_too else None
        containers = list(item.containers(init=True))
        if not containers:
            yield item.finding(f"`{of}` has no container", *(item.pod_path or ()))
        for at, _ in containers:
            place = (*at, "securityContext", *path)
            found = item.get(*place, default=default)
            if path[0] == "seccompProfile":
                yield from _privileged(item, at)
            if not equal(found, asked):
                shown = str(asked).lower() if isinstance(asked, bool) else asked
                yield differs(item, place, found, shown)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "`{of}` must not run as root (runAsNonRoot)",
    "runAsNonRoot for `{of}`",
)
def non_root(manifest: Manifest, of: str) -> Findings:
    """`runAsNonRoot: true` for every container, set on the pod or on each."""
    return _every_container(manifest, of, ("runAsNonRoot",), True, pod_too=True)


@requirement("`{of}` runs as user {uid}", "the user ID of `{of}` is {uid}")
def user_id(manifest: Manifest, of: str, uid: int) -> Findings:
    """`runAsUser` of the main container, set there or on the pod."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        pod = item.get(*(item.pod_path or ()), "securityContext", "runAsUser")
        found = item.get(*at, "securityContext", "runAsUser", default=pod)
        if not equal(found, uid):
            yield differs(item, (*at, "securityContext", "runAsUser"), found, uid)

    return in_main(manifest, of, check)


@requirement(
    "the volumes of `{of}` belong to the group {gid} (fsGroup)",
    "fsGroup {gid} for the pods of `{of}`",
)
def volume_group(manifest: Manifest, of: str, gid: int) -> Findings:
    """`securityContext.fsGroup` of the pods."""
    return value_is(manifest, of, WORKLOADS, ("pod", "securityContext", "fsGroup"), gid)


@requirement(
    "the root file system of `{of}` is read-only",
    "a read-only root file system for `{of}`",
)
def read_only_root(manifest: Manifest, of: str) -> Findings:
    """`readOnlyRootFilesystem: true` for every container."""
    return _every_container(manifest, of, ("readOnlyRootFilesystem",), True, pod_too=False)


@requirement(
    "no privilege escalation in `{of}`",
    "`{of}` forbids privilege escalation",
)
def no_escalation(manifest: Manifest, of: str) -> Findings:
    """`allowPrivilegeEscalation: false` for every container."""
    return _every_container(manifest, of, ("allowPrivilegeEscalation",), False, pod_too=False)


def _privileged(item: KubeObject, at: Path) -> Findings:
    """Find a privileged container: it has every capability and no seccomp profile."""
    place = (*at, "securityContext", "privileged")
    if item.get(*place) is True:
        yield item.finding(f"a container of `{item.name}` is privileged", *place)


def _adds_all(item: KubeObject, at: Path) -> Findings:
    place = (*at, "securityContext", "capabilities", "add")
    if any(str(word).upper() == "ALL" for word in as_list(item.get(*place))):
        yield item.finding(f"a container of `{item.name}` gets all capabilities back", *place)


@requirement(
    "`{of}` drops all Linux capabilities",
    "all Linux capabilities of `{of}` are dropped",
)
def drop_all(manifest: Manifest, of: str) -> Findings:
    """`capabilities.drop` holds ALL in every container."""

    def check(item: KubeObject) -> Findings:
        containers = list(item.containers(init=True))
        if not containers:
            yield item.finding(f"`{of}` has no container", *(item.pod_path or ()))
        for at, _ in containers:
            yield from _privileged(item, at)
            yield from _adds_all(item, at)
            place = (*at, "securityContext", "capabilities", "drop")
            if not any(str(word).upper() == "ALL" for word in as_list(item.get(*place))):
                yield item.finding(f"`{dotted(place)}` of `{of}` does not hold ALL", *place)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "the seccomp profile RuntimeDefault for `{of}`",
    "`{of}` uses the runtime's default seccomp profile (RuntimeDefault)",
)
def seccomp(manifest: Manifest, of: str) -> Findings:
    """`seccompProfile.type: RuntimeDefault` for every container."""
    path = ("seccompProfile", "type")
    return _every_container(manifest, of, path, "RuntimeDefault", pod_too=True)


@requirement(
    "`{of}` does not mount the token of its service account",
    "no service account token is mounted into the pods of `{of}`",
)
def no_token(manifest: Manifest, of: str) -> Findings:
    """`automountServiceAccountToken: false` in the pod spec, else in the account of the answer."""

    def check(item: KubeObject) -> Findings:
        path = (*(item.pod_path or ()), "automountServiceAccountToken")
        found = item.get(*path, default=_account_mounts(manifest, item))
        if found is not False or main_container(item) is None or _projects_token(item):
            yield item.finding(f"`{of}` mounts the token of its service account", *path)

    return each(manifest, of, WORKLOADS, check)


def _account_mounts(manifest: Manifest, item: KubeObject) -> object:
    """Return what the service account of the pods says, True where the answer does not have it."""
    spec = as_map(item.get(*(item.pod_path or ())))
    name = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    account = in_namespace(manifest, "ServiceAccount", name, item.namespace)
    return True if account is None else account.get("automountServiceAccountToken")


def _projects_token(item: KubeObject) -> bool:
    """Whether a projected volume brings the token after all."""
    volumes = map(as_map, as_list(item.get(*(item.pod_path or ()), "volumes")))
    return any(
        "serviceAccountToken" in as_map(source)
        for volume in volumes
        for source in as_list(as_map(volume.get("projected")).get("sources"))
    )
