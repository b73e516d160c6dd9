"""Families about what runs on hosts and clusters: databases, containers, Kubernetes."""

from __future__ import annotations

from typing import Any

from envs.ansible import choices
from envs.ansible.families.parts import enabled, limits_of_play
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import (
    attributes,
    clusters,
    commands,
    containers,
    databases,
    files,
    services,
    software,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.words import FIRST

_BECOME = Extra("become", 1, lambda made: made.become())
_NAMES = tuple(f"{word}_{end}" for word in FIRST[::3] for end in ("db", "prod", "app", "store"))


@family("ansible", levels=(2, 3, 4, 5))
def postgresql_database(draw: Draw) -> Draft:
    """A database of PostgreSQL with its owner."""
    made = Playbook(draw)
    name = draw.choice("database", _NAMES)
    owner = draw.choice("owner", tuple(word for word in FIRST[::4]))
    variable = f"{draw.choice('prefix', ('vault', 'secret', 'external'))}_{owner}_password"
    user: dict[str, Any] = {"name": owner, "password": f"{{{{ {variable} }}}}"}
    database: dict[str, Any] = {"name": name, "owner": owner}
    made.task("Create the role", "community.postgresql.postgresql_user", user, no_log=True)
    made.task("Create the database", "community.postgresql.postgresql_db", database)
    made.ask(
        databases.postgresql_user(name=owner),
        databases.postgresql_database(name=name),
        databases.postgresql_owner(name=name, owner=owner),
        databases.password_from_variable(user=owner, variable=variable),
    )

    def encoding(made: Playbook) -> None:
        database["encoding"] = draw.choice("encoding", ("UTF-8", "LATIN1", "LATIN9", "SQL_ASCII"))
        made.ask(databases.postgresql_encoding(name=name, encoding=database["encoding"]))

    def extension(made: Playbook) -> None:
        wanted = draw.choice("extension", ("postgis", "pgcrypto", "hstore", "uuid-ossp", "citext",
                                           "pg_trgm", "timescaledb", "vector"))  # fmt: skip
        made.task("Add the extension", "community.postgresql.postgresql_ext",
                  {"name": wanted, "login_db": name})  # fmt: skip
        made.ask(databases.postgresql_extension(extension=wanted, database=name))

    def server(made: Playbook) -> None:
        made.task("Install PostgreSQL", "ansible.builtin.apt",
                  {"name": ["postgresql", "python3-psycopg2"], "state": "present"})  # fmt: skip
        run = made.task("Start PostgreSQL", "ansible.builtin.service",
                        {"name": "postgresql", "state": "started"})  # fmt: skip
        made.sections["tasks"][:0] = made.sections["tasks"][-2:]
        del made.sections["tasks"][-2:]
        made.ask(software.package_installed(package="postgresql"),
                 services.service_running(service="postgresql"))  # fmt: skip
        if draw.chance("postgresql at boot", 0.5):
            enabled(run, "ansible.builtin.service", "postgresql").make(made)

    made.grow((
        Extra("server", 2.5, server),
        Extra("extension", 1, extension), Extra("encoding", 1, encoding), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets up a PostgreSQL database on the Debian hosts of "
        f"`{made.group}`",
        f"`{made.group}` (Debian) hosts a PostgreSQL database; write the playbook that creates it",
    )


@family("ansible", levels=(2, 3, 4))
def mysql_database(draw: Draw) -> Draft:
    """A database of MySQL and a user with exactly the rights that it needs."""
    made = Playbook(draw)
    name = draw.choice("database", _NAMES)
    user = draw.choice("user", tuple(word for word in FIRST[1::4]))
    rights = draw.choice("rights", ("SELECT", "ALL", "SELECT,INSERT,UPDATE",
                                    "SELECT,INSERT,UPDATE,DELETE",
                                    "SELECT,SHOW VIEW"))  # fmt: skip
    privileges = f"{name}.*:{rights}"
    variable = f"{draw.choice('prefix', ('vault', 'secret', 'external'))}_{user}_password"
    socket = "/run/mysqld/mysqld.sock"
    account: dict[str, Any] = {
        "name": user, "password": f"{{{{ {variable} }}}}", "priv": privileges,
        "login_unix_socket": socket,
    }  # fmt: skip
    made.task("Create the database", "community.mysql.mysql_db",
              {"name": name, "state": "present", "login_unix_socket": socket})  # fmt: skip
    made.task("Create the user", "community.mysql.mysql_user", account, no_log=True)
    made.ask(
        databases.mysql_database(name=name),
        databases.mysql_grants(user=user, privileges=privileges),
        databases.password_from_variable(user=user, variable=variable),
    )

    def host(made: Playbook) -> None:
        account["host"] = draw.choice("host", ("%", "10.0.%", "app01.example.com", "192.168.10.%"))
        made.ask(databases.mysql_host(user=user, host=account["host"]))

    def second(made: Playbook) -> None:
        other = f"{name}_{draw.choice('second', ('test', 'archive', 'reports', 'staging'))}"
        made.task("Create another database", "community.mysql.mysql_db",
                  {"name": other, "state": "present", "login_unix_socket": socket})  # fmt: skip
        made.ask(databases.mysql_database(name=other))

    made.grow((
        Extra("host", 1, host), Extra("second", 1, second),
        _BECOME, limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that creates a MySQL database and its user on `{made.group}`",
        f"MySQL on `{made.group}` needs a database and a user for it: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def docker_container(draw: Draw) -> Draft:
    """A container on hosts with Docker."""
    made = Playbook(draw)
    name = draw.choice("name", choices.APPS)
    image = draw.choice("image", ("nginx:1.27", "redis:7.4", "grafana/grafana:11.2.0",
                                  "traefik:v3.1",
                                  "registry:2.8", "prom/prometheus:v2.54.1", "minio/minio:latest",
                                  "gitea/gitea:1.22", "vaultwarden/server:1.32.0"))  # fmt: skip
    container: dict[str, Any] = {"name": name, "image": image, "state": "started"}
    made.task(f"Run {name}", "community.docker.docker_container", container)
    made.ask(containers.container_runs(name=name, image=image))

    def port(made: Playbook) -> None:
        outer, inner = (
            draw.choice("outer", choices.PORTS),
            draw.choice("inner", (80, 443, 3000, 6379, 9090)),
        )
        container["published_ports"] = [f"{outer}:{inner}"]
        made.ask(containers.container_port(name=name, host=outer, container=inner))

    def restart(made: Playbook) -> None:
        container["restart_policy"] = draw.choice(
            "restart", ("always", "unless-stopped", "on-failure")
        )
        made.ask(containers.container_restarts(name=name, policy=container["restart_policy"]))

    def environment(made: Playbook) -> None:
        key, values = draw.choice("key", (
            ("LOG_LEVEL", ("info", "debug", "warn")), ("TZ", choices.ZONES),
            ("WORKERS", ("2", "4", "8")), ("MODE", ("production", "readonly", "cluster")),
        ))  # fmt: skip
        container["env"] = {key: draw.choice("value", values)}
        made.ask(containers.container_environment(name=name, key=key, value=container["env"][key]))

    def volume(made: Playbook) -> None:
        source = f"/srv/{name}"
        path = draw.choice("path", ("/data", "/var/lib/app", "/config", "/etc/app", "/storage"))
        container["volumes"] = [f"{source}:{path}"]
        made.task("Make the folder of its data", "ansible.builtin.file",
                  {"path": source, "state": "directory"})  # fmt: skip
        made.sections["tasks"].insert(0, made.sections["tasks"].pop())
        made.ask(files.folder_exists(path=source),
                 containers.container_volume(name=name, source=source, path=path))  # fmt: skip

    def network(made: Playbook) -> None:
        joined = draw.choice("network", ("frontend", "backend", "monitoring", "proxy", "internal"))
        made.task("Make the network", "community.docker.docker_network", {"name": joined})
        made.sections["tasks"].insert(0, made.sections["tasks"].pop())
        container["networks"] = [{"name": joined}]
        made.ask(containers.container_network(name=name, network=joined))

    made.grow((
        Extra("port", 1, port), Extra("restart", 1, restart), Extra("volume", 2, volume),
        Extra("environment", 1, environment), _BECOME, Extra("network", 1, network),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that runs the container {name} on the Docker hosts of `{made.group}`",
        f"Docker runs on `{made.group}`; write a playbook for the container {name}",
    )


@family("ansible", levels=(2, 3, 4))
def compose_project(draw: Draw) -> Draft:
    """A Compose project that is copied and brought up."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    folder = f"{draw.choice('root', ('/opt', '/srv', '/data'))}/{app}"
    path = f"{folder}/compose.yaml"
    made.task("Make the folder", "ansible.builtin.file", {"path": folder, "state": "directory"})
    copy = made.task(
        "Copy the project", "ansible.builtin.copy", {"src": "compose.yaml", "dest": path}
    )
    made.task("Bring it up", "community.docker.docker_compose_v2", {"project_src": folder})
    made.ask(
        files.folder_exists(path=folder),
        files.file_copied(path=path, source="compose.yaml"),
        containers.compose_up(folder=folder),
    )

    def settings(made: Playbook) -> None:
        there = f"{folder}/.env"
        task = made.task("Write the settings", "ansible.builtin.template",
                         {"src": "env.j2", "dest": there})  # fmt: skip
        made.sections["tasks"].insert(1, made.sections["tasks"].pop())
        made.ask(files.file_from_template(path=there, source="env.j2"))
        if draw.chance("settings mode", 0.7):
            mode = draw.choice("mode", ("0600", "0640", "0400"))
            task["ansible.builtin.template"]["mode"] = mode
            made.ask(attributes.mode_is(path=there, mode=mode))

    def owner(made: Playbook) -> None:
        user = draw.choice("owner", choices.USERS)
        copy["ansible.builtin.copy"]["owner"] = user
        made.ask(attributes.owner_is(path=path, owner=user))

    made.grow((
        Extra("settings", 1.7, settings), Extra("owner", 1, owner), _BECOME, limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that deploys the Compose project of {app} to `{made.group}`",
        f"{app} is a Compose project and belongs on `{made.group}`: write the playbook",
    )


@family("ansible", levels=(1, 2, 3), held_out=True)
def cluster_release(draw: Draw) -> Draft:
    """A Helm release in a cluster, with its namespace."""
    made = Playbook(draw, "localhost", connection="local", gather_facts=False)
    name = draw.choice("release", choices.APPS)
    namespace = draw.choice("namespace", FIRST)
    chart = draw.choice("chart", ("bitnami/redis", "bitnami/postgresql", "grafana/loki",
                                  "jetstack/cert-manager",
                                  "ingress-nginx/ingress-nginx",
                                  "prometheus-community/prometheus"))  # fmt: skip
    made.task("Make the namespace", "kubernetes.core.k8s",
              {"api_version": "v1", "kind": "Namespace", "name": namespace,
               "state": "present"})  # fmt: skip
    values: dict[str, Any] = {}
    release: dict[str, Any] = {"name": name, "chart_ref": chart, "release_namespace": namespace}
    made.task("Install the release", "kubernetes.core.helm", release)
    made.ask(
        clusters.cluster_namespace(name=namespace),
        clusters.helm_release(name=name, chart=chart, namespace=namespace),
    )

    def value(made: Playbook) -> None:
        key, options = draw.choice("key", (
            ("replicaCount", (2, 3, 5)), ("service.type", ("ClusterIP", "NodePort",
                                                           "LoadBalancer")),
            ("image.tag", choices.VERSIONS), ("persistence.size", ("5Gi", "20Gi", "100Gi")),
        ))  # fmt: skip
        wanted = draw.choice("value", options)
        first, _, second = key.partition(".")
        values[first] = {second: wanted} if second else wanted
        release["values"] = values
        made.ask(clusters.helm_value(name=name, key=key, value=wanted))

    def config(made: Playbook) -> None:
        wanted = draw.choice("config", ("settings", "features", "limits", "branding", "routes"))
        made.task("Add the configuration", "kubernetes.core.k8s", {
            "state": "present",
            "definition": {
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": wanted, "namespace": namespace}, "data": {"mode": "live"},
            },
        })  # fmt: skip
        made.ask(clusters.cluster_config(name=wanted, namespace=namespace))

    made.grow((Extra("value", 1, value), Extra("config", 1, config), Extra("tries", 1, _tries)))
    return made.draft(
        f"Write a playbook that runs on localhost and installs {name} into a Kubernetes cluster",
        f"Install the Helm release {name} from Ansible, from the controller itself: write the "
        "playbook",
    )


def _tries(made: Playbook) -> None:

    seconds = made.draw.choice("timeout", (60, 120, 300))
    line = f"kubectl wait --for=condition=Ready nodes --all --timeout={seconds}s"
    made.task("Wait for the nodes", "ansible.builtin.command", {"cmd": line}, section="pre_tasks",
              changed_when=False)  # fmt: skip
    made.ask(commands.command_runs(command=line), commands.command_changes_nothing(command=line))
