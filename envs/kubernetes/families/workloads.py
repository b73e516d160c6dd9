"""Families about Deployments, Pods, DaemonSets and StatefulSets."""

from __future__ import annotations

from envs.kubernetes import choices, parts
from envs.kubernetes import requirements as ask
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("kubernetes", levels=(1, 2, 3))
def web_service(draw: Draw) -> Draft:
    """A stateless web server with some replicas."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    parts.replicas(draw, work)
    parts.extras(
        draw,
        work,
        (1, parts.port),
        (2, parts.memory_limit),
        (2, parts.setting),
        (3, parts.pod_label),
        (3, parts.namespace),
        (3, parts.cpu_request),
    )
    return work.draft("Deploy a web server", "We need a web server on the cluster", "Run a website")


@family("kubernetes", levels=(1, 2, 3))
def env_settings(draw: Draw) -> Draft:
    """An application that is configured by environment variables."""
    work = parts.workload(draw, choices.APP_IMAGES)
    parts.setting(draw, work)
    parts.extras(
        draw,
        work,
        (1, parts.number_setting),
        (2, parts.own_field),
        (2, parts.port),
        (3, parts.replicas),
        (3, parts.memory_limit),
        (3, parts.argument),
    )
    return work.draft(
        "Deploy an application that is configured through its environment",
        "Run our application with these settings",
    )


@family("kubernetes", levels=(1, 2, 3))
def sized_service(draw: Draw) -> Draft:
    """An application with resource requests and limits."""
    work = parts.workload(draw, choices.APP_IMAGES)
    parts.memory_limit(draw, work)
    parts.extras(
        draw,
        work,
        (1, parts.cpu_limit),
        (2, parts.cpu_request),
        (2, parts.memory_request),
        (3, parts.replicas),
        (3, parts.port),
        (3, parts.pull_secret),
    )
    return work.draft(
        "Deploy an application with fixed resources",
        "We want to bound what this application may use",
    )


@family("kubernetes", levels=(2, 3, 4))
def probed_service(draw: Draw) -> Draft:
    """A service whose health is watched by probes."""
    work = parts.workload(draw, choices.APP_IMAGES)
    port = parts.port(draw, work)
    parts.http_probe(draw, work, "liveness", port)
    if draw.chance("readiness by TCP", 0.3):
        parts.tcp_probe(work, "readiness", port)
    else:
        parts.http_probe(draw, work, "readiness", port)
    if draw.wants("with period", 2):
        parts.probe_period(draw, work, "liveness")
    if draw.wants("with delay", 3):
        parts.probe_delay(draw, work, "readiness")
    if draw.wants("with failures", 3):
        parts.probe_failures(draw, work, "liveness")
    if draw.wants("with timeout", 4):
        parts.probe_timeout(draw, work, "readiness")
    if draw.wants("with startup", 4):
        parts.exec_probe(draw, work, "startup")
    parts.extras(draw, work, (4, parts.replicas))
    return work.draft(
        "Deploy a service that is watched by probes",
        "We need health checks on a service",
        "Deploy a service and let the kubelet check its health",
    )


@family("kubernetes", levels=(1, 2))
def checked_worker(draw: Draw) -> Draft:
    """A worker without a port, whose health is told by a command."""
    work = parts.workload(draw, choices.APP_IMAGES)
    probe = draw.choice("probe", ("liveness", "readiness", "startup"))
    parts.exec_probe(draw, work, probe)
    if draw.wants("with period", 2):
        parts.probe_period(draw, work, probe)
    if draw.wants("with failures", 2):
        parts.probe_failures(draw, work, probe)
    parts.extras(draw, work, (2, parts.memory_limit))
    return work.draft(
        "Deploy a background worker with a health check",
        "Our worker needs a health check by command",
    )


_SURGES = (1, 2, 3, "10%", "20%", "50%", "100%")
_LOSSES = (0, 1, 2, "10%", "20%", "30%")


@family("kubernetes", levels=(2, 3, 4))
def rolling_service(draw: Draw) -> Draft:
    """A service that is updated step by step."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    parts.replicas(draw, work, 3, 12)
    surge = draw.choice("surge", _SURGES)
    rolling = {"maxSurge": surge}
    work.spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
    work.ask(ask.max_surge, surge=surge)
    if draw.wants("with loss", 2):
        rolling["maxUnavailable"] = draw.choice("unavailable", _LOSSES)
        work.ask(ask.max_unavailable, count=rolling["maxUnavailable"])
    if draw.wants("with patience", 3):
        work.spec["minReadySeconds"] = draw.choice("min ready", (5, 10, 15, 20, 30, 60))
        work.ask(ask.min_ready, seconds=work.spec["minReadySeconds"])
    if draw.wants("with history", 3):
        work.spec["revisionHistoryLimit"] = draw.choice("revisions", (1, 2, 3, 4, 5, 8))
        work.ask(ask.revision_history, count=work.spec["revisionHistoryLimit"])
    if draw.wants("with deadline", 4):
        work.spec["progressDeadlineSeconds"] = draw.choice("progress", (120, 240, 300, 900))
        work.ask(ask.progress_deadline, seconds=work.spec["progressDeadlineSeconds"])
    parts.extras(draw, work, (3, parts.memory_limit))
    if draw.wants("with ready", 4):
        port = parts.port(draw, work)
        parts.http_probe(draw, work, "readiness", port)
    return work.draft(
        "Deploy a web server with controlled rolling updates",
        "We roll out a web server step by step",
    )


@family("kubernetes", levels=(1, 2))
def recreated_app(draw: Draw) -> Draft:
    """An application of which two versions must never run at once."""
    work = parts.workload(draw, choices.DATABASE_IMAGES)
    work.spec["strategy"] = {"type": "Recreate"}
    work.ask(ask.recreate)
    parts.extras(
        draw, work, (1, parts.port), (2, parts.memory_limit), (2, parts.grace), (2, parts.namespace)
    )
    return work.draft(
        "Deploy an application of which two versions must never run together",
        "Run a single-writer data store",
    )


_INITS = ("init", "prepare", "migrate", "setup", "wait", "fix-permissions", "fetch", "seed")


@family("kubernetes", levels=(1, 2, 3, 4))
def prepared_app(draw: Draw) -> Draft:
    """An application with an init container that runs first."""
    work = parts.workload(draw, choices.APP_IMAGES)
    name = draw.choice("init", _INITS)
    image = draw.choice("init image", choices.INIT_IMAGES)
    init = choices.container(image, name)
    work.pod["initContainers"] = [init]
    work.ask(ask.init_container, name=name, image=image)
    if draw.wants("with init command", 2):
        line = draw.choice("init line", choices.WAIT_COMMANDS)
        init["command"] = line.split()
        work.ask(ask.init_command, name=name, command=line)
    if draw.wants("with shared", 3):
        volume = draw.choice("volume", ("work", "data", "cache", "assets", "shared"))
        path = draw.choice("path", ("/work", "/data", "/srv/data", "/var/cache/app"))
        work.volume(volume, path, {"emptyDir": {}})
        init["volumeMounts"] = [{"name": volume, "mountPath": path}]
        work.ask(ask.empty_dir, volume=volume)
        work.ask(ask.mount, volume=volume, path=path)
        work.ask(ask.container_mount, name=name, volume=volume, path=path)
    parts.extras(
        draw, work, (2, parts.port), (3, parts.replicas), (4, parts.memory_limit),
        (4, parts.setting),
    )  # fmt: skip
    return work.draft(
        "Deploy an application that is prepared by an init container",
        "Before our application starts, something must run first",
    )


@family("kubernetes", levels=(1, 2, 3))
def sidecar_app(draw: Draw) -> Draft:
    """An application with a second container beside it, perhaps as a native sidecar."""
    work = parts.workload(draw, choices.APP_IMAGES)
    image = draw.choice("sidecar image", tuple(choices.SIDECARS))
    name = draw.choice("sidecar", choices.SIDECARS[image])
    beside = choices.container(image, name)
    work.ask(ask.pod_container, name=name, image=image)
    if draw.wants("with native", 2):
        beside["restartPolicy"] = "Always"
        work.pod["initContainers"] = [beside]
        work.ask(ask.native_sidecar, name=name)
    else:
        work.pod["containers"].append(beside)
    if draw.wants("with logs", 3):
        path = draw.choice("path", ("/var/log/app", "/logs", "/var/log/shop", "/data/logs"))
        work.volume("logs", path, {"emptyDir": {}})
        beside["volumeMounts"] = [{"name": "logs", "mountPath": path}]
        work.ask(ask.empty_dir, volume="logs")
        work.ask(ask.mount, volume="logs", path=path)
        work.ask(ask.container_mount, name=name, volume="logs", path=path)
    parts.extras(draw, work, (2, parts.replicas), (2, parts.pod_label))
    return work.draft(
        "Deploy an application with a helper beside it",
        "Our application needs a second container in its pods",
    )


_CONFIG_PATHS = ("/etc/app", "/etc/config", "/app/config", "/config", "/etc/nginx/conf.d")


@family("kubernetes", levels=(1, 2, 3))
def mounted_config(draw: Draw) -> Draft:
    """An application that reads a ConfigMap which is already in the cluster, as files."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    config = draw.name("config", ("config", "settings", "conf", "files", "rules"))
    path = draw.choice("path", _CONFIG_PATHS)
    work.volume("config", path, {"configMap": {"name": config}})
    work.ask(ask.config_mount, config=config, path=path)
    parts.extras(
        draw, work, (1, parts.replicas), (2, parts.port), (2, parts.setting),
        (3, parts.memory_limit), (3, parts.account), (3, parts.argument),
    )  # fmt: skip
    return work.draft(
        "Deploy a server that reads its files from a ConfigMap of the cluster",
        "Run a server with an existing ConfigMap",
    )


@family("kubernetes", levels=(1, 2, 3, 4))
def hardened_app(draw: Draw) -> Draft:
    """An application with few rights."""
    work = parts.workload(draw, choices.APP_IMAGES)
    parts.non_root(draw, work)
    parts.extras(
        draw, work, (1, parts.read_only_root), (2, parts.drop_all), (2, parts.user_id),
        (3, parts.no_escalation), (3, parts.seccomp), (4, parts.no_token),
        (4, parts.volume_group), (4, parts.memory_limit),
    )  # fmt: skip
    return work.draft(
        "Deploy an application with restricted rights",
        "Security wants this application locked down",
        "Deploy a hardened application",
    )


@family("kubernetes", levels=(1, 2, 3))
def graceful_app(draw: Draw) -> Draft:
    """An application that gets time to finish its requests."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    parts.grace(draw, work)
    if draw.wants("with pre stop", 1):
        seconds = draw.choice("sleep", (3, 5, 8, 10, 12, 15, 20, 25))
        hook = {"exec": {"command": ["sleep", str(seconds)]}}
        work.main["lifecycle"] = {"preStop": hook}
        work.ask(ask.pre_stop_sleep, seconds=seconds)
    parts.extras(
        draw, work, (2, parts.replicas), (2, parts.memory_limit), (3, parts.setting),
        (3, parts.pull_policy),
    )  # fmt: skip
    if draw.wants("with ready", 3):
        port = parts.port(draw, work)
        parts.http_probe(draw, work, "readiness", port)
    return work.draft(
        "Deploy a server that shuts down gracefully",
        "Our server must finish its requests before it stops",
    )
