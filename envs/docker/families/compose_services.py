"""Task families about compose files: one service and what belongs to it."""

from __future__ import annotations

from envs.docker.compose_stack import (
    CPUS,
    DATABASES,
    DB_NAMES,
    ENGINES,
    INTERVALS,
    MEMORY,
    PORTS,
    PROXIES,
    PROXY_NAMES,
    RESTARTS,
    TIMEOUTS,
    VOLUMES,
    WORKER_NAMES,
    WORKERS,
    Stack,
)
from envs.docker.requirements import compose as ask
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("compose", levels=(1, 2, 3))
def compose_single_service(draw: Draw) -> Draft:
    """One application with a published port, and what it needs to run on a small server."""
    stack = Stack(draw)
    name, _ = stack.application()
    if draw.wants("configured", 1):
        stack.setting(name)
    if draw.wants("restarting", 2):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("stored", 2):
        path = draw.choice("path", ("/data", "/var/lib/app", "/srv/data", "/var/data"))
        stack.volume(name, draw.choice("volume", VOLUMES), path)
    if draw.wants("limited", 3):
        stack.memory(name, draw.choice("memory", MEMORY))
    if draw.wants("labelled", 3):
        team = draw.choice("team", ("core", "growth", "billing", "platform", "data"))
        asked = ask.service_label(of=name, label="com.acme.team", value=team)
        stack.set(name, asked, "labels", {"com.acme.team": team})
    return stack.draft(
        "Write a compose file for an application",
        f"Run `{name}` with Docker Compose",
        f"We want to start `{name}` on a single server with docker compose",
    )


@family("compose", levels=(1, 2, 3, 4))
def compose_database(draw: Draw) -> Draft:
    """A database for development: data in a volume, a health check, a local port, limits."""
    stack = Stack(draw)
    name, engine = stack.database()
    if draw.wants("named", 1):
        database = draw.choice("database", DATABASES)
        stack.variable(name, engine.database, database)
    if draw.wants("checked", 2):
        stack.health(name, engine.health)
        if draw.wants("interval wanted", 3):
            stack.interval(name, draw.choice("interval", INTERVALS))
        if draw.wants("retries wanted", 3):
            stack.retries(name, draw.integer("retries", 4, 10))
        if draw.wants("timeout wanted", 4):
            stack.timeout(name, draw.choice("timeout", TIMEOUTS))
    if draw.wants("local", 2):
        stack.local_port(name, draw.integer("local port", 5500, 5599), engine.port)
    if draw.wants("limited", 4):
        stack.memory(name, draw.choice("memory", MEMORY))
    if draw.wants("restarting", 3):
        stack.restart(name, draw.choice("restart", RESTARTS))
    return stack.draft(
        "We need a database in a compose file",
        "Set up a database for development with docker compose",
        f"Describe the database `{name}` as a compose project",
    )


@family("compose", levels=(1, 2, 3))
def compose_environment(draw: Draw) -> Draft:
    """A worker configured through its environment, files and a command."""
    stack = Stack(draw)
    name = stack.image(draw.name("worker", second=WORKER_NAMES), draw.choice("image", WORKERS))
    path = draw.choice("env file", ("./common.env", "./app.env", "./config/app.env", "./prod.env"))
    stack.set(name, ask.service_env_file(of=name, path=path), "env_file", [path])
    if draw.wants("configured", 1):
        stack.setting(name)
    if draw.wants("commanded", 2):
        queue = draw.choice("queue", ("default", "mail", "images", "reports", "slow"))
        command = f"work --queue {queue}"
        asked = ask.service_command(of=name, command=command)
        stack.set(name, asked, "command", command.split())
    if draw.wants("threaded", 2):
        stack.variable(name, "WORKER_THREADS", str(draw.integer("threads", 2, 16)))
    if draw.wants("graceful", 3):
        period = draw.choice("period", ("45s", "1m", "1m30s", "2m", "5m"))
        asked = ask.service_grace_period(of=name, period=period)
        stack.set(name, asked, "stop_grace_period", period)
    if draw.wants("reaped", 3):
        stack.set(name, ask.service_init(of=name), "init", True)
    if draw.wants("mapped", 3):
        address = f"10.{draw.integer('net', 0, 40)}.0.{draw.integer('host', 2, 200)}"
        asked = ask.service_extra_host(of=name, host="legacy.acme.test", address=address)
        stack.set(name, asked, "extra_hosts", [f"legacy.acme.test={address}"])
    return stack.draft(
        "Configure a background worker with docker compose",
        f"Write a compose file for the worker `{name}`",
        "We run a worker in a container and keep its settings in a compose file",
    )


@family("compose", levels=(2, 3, 4))
def compose_secrets(draw: Draw) -> Draft:
    """A database that takes its password from a secret file, sometimes with its application."""
    stack = Stack(draw)
    engine = draw.choice("engine", ENGINES[:5])
    database = stack.image(draw.choice("db", DB_NAMES), engine.image)
    secret = draw.choice("secret", ("db_password", "db-pass", "root_password", "database_pw"))
    folder = draw.choice("folder", ("./secrets", "./run", "./private", "./.secrets"))
    stack.secret(secret, f"{folder}/{secret}.txt")
    stack.give_secret(database, secret)
    stack.variable(database, f"{engine.password}_FILE", f"/run/secrets/{secret}")
    if draw.wants("with app", 3):
        name, _ = stack.application()
        stack.give_secret(name, secret)
        if draw.wants("ordered", 4):
            stack.needs(name, database)
    if draw.wants("stored", 2):
        stack.volume(database, draw.choice("volume", VOLUMES), engine.path)
    if draw.wants("restarting", 4):
        stack.restart(database, draw.choice("restart", RESTARTS))
    if draw.wants("limited", 4):
        stack.memory(database, draw.choice("memory", MEMORY))
    return stack.draft(
        "We hand passwords to containers as secrets",
        f"Give the database `{database}` its password through a secret",
        "Write a compose file that uses secrets from files",
    )


@family("compose", levels=(2, 3, 4))
def compose_resources(draw: Draw) -> Draft:
    """Two services that share a machine: limits, reservations and open files."""
    stack = Stack(draw)
    name, _ = stack.application()
    stack.memory(name, draw.choice("memory", MEMORY))
    if draw.wants("cpu limited", 2):
        stack.cpus(name, draw.choice("cpus", CPUS))
    if draw.wants("reserved", 3):
        stack.reserve(name, draw.choice("reserved memory", ("32m", "64m", "96m")))
    if draw.wants("opened", 4):
        count = draw.choice("files", (4096, 8192, 16384, 32768, 65536))
        asked = ask.service_open_files(of=name, count=count)
        stack.set(name, asked, "ulimits", {"nofile": {"soft": count, "hard": count}})
    if draw.wants("with worker", 3):
        picture = draw.choice("worker image", WORKERS)
        worker = stack.image(draw.choice("worker", WORKER_NAMES), picture)
        stack.memory(worker, draw.choice("worker memory", MEMORY))
        if draw.wants("worker cpus wanted", 4):
            stack.cpus(worker, draw.choice("worker cpus", CPUS))
    if draw.wants("restarting", 3):
        stack.restart(name, draw.choice("restart", RESTARTS))
    return stack.draft(
        "Keep containers from using up the machine",
        f"Write a compose file that limits the resources of `{name}`",
        "We share a small server and need resource limits in docker compose",
    )


@family("compose", levels=(2, 3, 4))
def compose_logging(draw: Draw) -> Draft:
    """Services whose logs are rotated, so that the disk does not fill up."""
    stack = Stack(draw)
    name, _ = stack.application()
    driver = draw.choice("driver", ("json-file", "local"))
    stack.one(name)["logging"] = {"driver": driver}
    stack.asks.append(ask.service_log_driver(of=name, driver=driver))
    size = draw.choice("size", ("5m", "10m", "20m", "50m", "100m"))
    stack.log(name, "max-size", size, ask.service_log_size(of=name, size=size))
    if draw.wants("counted", 2):
        count = draw.integer("files", 2, 9)
        stack.log(name, "max-file", str(count), ask.service_log_files(of=name, count=count))
    if draw.wants("restarting", 3):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("configured", 3):
        stack.setting(name)
    if draw.wants("with worker", 4):
        picture = draw.choice("worker image", WORKERS)
        worker = stack.image(draw.choice("worker", WORKER_NAMES), picture)
        other = draw.choice("worker size", ("5m", "10m", "20m", "50m", "100m"))
        stack.log(worker, "max-size", other, ask.service_log_size(of=worker, size=other))
    return stack.draft(
        "The logs of our containers fill the disk",
        f"Rotate the logs of `{name}` with docker compose",
        "Write a compose file with bounded log files",
    )


@family("compose", levels=(3, 4, 5))
def compose_hardened(draw: Draw) -> Draft:
    """A service that runs with as few rights as possible."""
    stack = Stack(draw)
    name, _ = stack.application()
    stack.set(name, ask.service_read_only_root(of=name), "read_only", True)
    stack.set(name, ask.service_drops_capabilities(of=name), "cap_drop", ["ALL"])
    if draw.wants("fixed", 3):
        asked = ask.service_no_new_privileges(of=name)
        stack.set(name, asked, "security_opt", ["no-new-privileges:true"])
    if draw.wants("unprivileged", 3):
        user = f"{draw.integer('uid', 1000, 1020)}:{draw.integer('gid', 1000, 1020)}"
        stack.set(name, ask.service_user(of=name, user=user), "user", user)
    if draw.wants("scratch", 3):
        path = draw.choice("tmpfs", ("/tmp", "/run", "/var/cache", "/var/tmp"))
        stack.set(name, ask.service_tmpfs(of=name, path=path), "tmpfs", [path])
    if draw.wants("capable", 4):
        added = draw.choice("capability", ("NET_BIND_SERVICE", "CHOWN", "SETUID", "SETGID"))
        asked = ask.service_capability(of=name, capability=added)
        stack.set(name, asked, "cap_add", [added])
    if draw.wants("limited", 4):
        stack.memory(name, draw.choice("memory", MEMORY))
    if draw.wants("cpu limited", 5):
        stack.cpus(name, draw.choice("cpus", CPUS))
    if draw.wants("reaped", 5):
        stack.set(name, ask.service_init(of=name), "init", True)
    if draw.wants("restarting", 5):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("configured", 5):
        stack.setting(name)
    return stack.draft(
        "Harden a container in docker compose",
        f"Write a compose file that gives `{name}` as few rights as possible",
        "Our security team asks for a locked-down service",
    )


@family("compose", levels=(2, 3, 4))
def compose_configs(draw: Draw) -> Draft:
    """A proxy that gets its configuration through compose configs."""
    stack = Stack(draw)
    picture, path = draw.choice("proxy image", PROXIES)
    proxy = stack.image(draw.choice("proxy", PROXY_NAMES), picture)
    config = draw.choice("config", ("proxy_conf", "edge-config", "site", "routes", "main_conf"))
    stack.config(config, draw.choice("source", ("./proxy.conf", "./etc/site", "./routes.cfg")))
    stack.give_config(proxy, config, path)
    stack.port(proxy, draw.choice("port", PORTS), draw.choice("inner port", (80, 8080, 8000)))
    if draw.wants("restarting", 2):
        stack.restart(proxy, draw.choice("restart", RESTARTS))
    if draw.wants("with app", 3):
        name, _ = stack.application(published=False)
        stack.asks.append(ask.service_without_ports(of=name))
        if draw.wants("ordered", 3):
            stack.needs(proxy, name)
        if draw.wants("configured", 4):
            stack.setting(name)
    if draw.wants("limited", 4):
        stack.memory(proxy, draw.choice("memory", MEMORY))
    return stack.draft(
        "Configure a proxy through docker compose",
        f"Write a compose file that hands the proxy `{proxy}` its configuration",
        "Keep the configuration of a proxy in a compose config",
    )


@family("compose", levels=(2, 3, 4))
def compose_built_application(draw: Draw) -> Draft:
    """An application that is built from source, with a target, arguments, and a database."""
    stack = Stack(draw)
    name = draw.name("app")
    stack.build(name, draw.choice("context", ("./app", "./api", "./service", "./src", "./backend")))
    stack.port(name, draw.choice("port", PORTS), draw.choice("own port", (3000, 5000, 8000, 9000)))
    build = stack.one(name)["build"]
    if draw.wants("staged", 2):
        build["target"] = draw.choice("target", ("runtime", "release", "production", "dev"))
        stack.asks.append(ask.service_build_target(of=name, target=build["target"]))
    if draw.wants("parameterised", 2):
        argument, values = draw.choice(
            "argument",
            (
                ("NODE_VERSION", ("20", "22", "23")),
                ("PYTHON_VERSION", ("3.11", "3.12", "3.13")),
                ("BUILD_MODE", ("release", "debug", "profile")),
            ),
        )
        value = draw.choice("argument value", values)
        build["args"] = {argument: value}
        asked = ask.service_build_argument(of=name, argument=argument, value=value)
        stack.asks.append(asked)
    if draw.wants("other file", 3):
        path = draw.choice("dockerfile", ("Dockerfile.prod", "docker/Dockerfile", "Containerfile"))
        build["dockerfile"] = path
        stack.asks.append(ask.service_dockerfile(of=name, path=path))
    if draw.wants("configured", 2):
        stack.setting(name)
    if draw.wants("with database", 3):
        database, _ = stack.database()
        if draw.wants("ordered", 4):
            stack.needs(name, database)
    if draw.wants("restarting", 4):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("limited", 4):
        stack.memory(name, draw.choice("memory", MEMORY))
    return stack.draft(
        "Our application is built by docker compose",
        f"Write a compose file that builds and runs `{name}`",
        f"Let docker compose build the image of `{name}`",
    )
