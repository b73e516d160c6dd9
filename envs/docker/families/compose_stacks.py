"""Task families about compose files: several services that work together."""

from __future__ import annotations

from envs.docker.compose_stack import (
    BASES,
    BROKER_NAMES,
    BROKERS,
    CACHE_NAMES,
    CACHES,
    CPUS,
    DATABASES,
    DB_NAMES,
    ENGINES,
    INTERVALS,
    MEMORY,
    MODES,
    PORTS,
    PROXIES,
    PROXY_NAMES,
    RESTARTS,
    TOOL_NAMES,
    TOOLS,
    VOLUMES,
    WORKER_NAMES,
    WORKERS,
    Stack,
)
from envs.docker.requirements import compose as ask
from envs.docker.requirements import dockerfile as image
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("compose", levels=(2, 3, 4))
def compose_web_and_database(draw: Draw) -> Draft:
    """An application and its database, which is not reachable from outside."""
    stack = Stack(draw)
    name, _ = stack.application()
    database, engine = stack.database()
    if draw.wants("ordered", 2):
        stack.needs(name, database)
    if draw.wants("named", 3):
        stack.variable(database, engine.database, draw.choice("database", DATABASES))
    if draw.wants("pointed", 3):
        stack.variable(name, "DATABASE_HOST", database)
    if draw.wants("restarting", 3):
        stack.restart(database, draw.choice("restart", RESTARTS))
    if draw.wants("limited", 4):
        stack.memory(database, draw.choice("memory", MEMORY))
    if draw.wants("kept", 4):
        asked = ask.service_grace_period(of=database, period="1m30s")
        stack.set(database, asked, "stop_grace_period", "1m30s")
    return stack.draft(
        "Write a compose file for an application with its database",
        f"Compose `{name}` and the database `{database}` into one stack",
        "We need an application and a database that start together",
    )


@family("compose", levels=(2, 3, 4))
def compose_app_with_cache(draw: Draw) -> Draft:
    """An application that waits until its cache is healthy."""
    stack = Stack(draw)
    name, _ = stack.application()
    cache = stack.image(draw.choice("cache", CACHE_NAMES), draw.choice("cache image", CACHES))
    stack.health(cache, "redis-cli ping")
    stack.needs(name, cache, "service_healthy")
    if draw.wants("interval wanted", 3):
        stack.interval(cache, draw.choice("interval", INTERVALS))
    if draw.wants("retries wanted", 3):
        stack.retries(cache, draw.integer("retries", 4, 10))
    if draw.wants("bounded", 3):
        size = draw.choice("cache size", ("64mb", "100mb", "200mb", "300mb"))
        command = f"redis-server --maxmemory {size} --maxmemory-policy allkeys-lru"
        asked = ask.service_command(of=cache, command=command)
        stack.set(cache, asked, "command", command.split())
    if draw.wants("limited", 4):
        stack.memory(cache, draw.choice("memory", MEMORY))
    if draw.wants("restarting", 4):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("pointed", 4):
        stack.variable(name, "REDIS_URL", f"redis://{cache}:6379/0")
    return stack.draft(
        "Write a compose file for an application with a cache",
        f"`{name}` needs a cache beside it in docker compose",
        f"Set up `{name}` and its cache `{cache}` with Docker Compose",
    )


@family("compose", levels=(3, 4, 5))
def compose_front_and_back_networks(draw: Draw) -> Draft:
    """A proxy, an application and a database on two networks, the inner one closed."""
    stack = Stack(draw)
    proxy = stack.image(draw.choice("proxy", PROXY_NAMES), draw.choice("proxy image", PROXIES)[0])
    name, _ = stack.application(published=False)
    engine = draw.choice("engine", ENGINES)
    database = stack.image(draw.choice("db", DB_NAMES), engine.image)
    outer = draw.choice("outer", ("frontend", "public", "dmz", "web-net", "outside"))
    inner = draw.choice("inner", ("backend", "private", "internal", "db-net", "inside"))
    stack.networks(name, (outer, inner))
    stack.networks(database, (inner,))
    stack.networks(proxy, (outer,)) if draw.wants("proxy placed", 3) else None
    if draw.wants("closed", 3):
        stack.internal(inner)
    if draw.wants("published", 3):
        stack.port(proxy, draw.choice("port", PORTS), 8080)
    if draw.wants("ordered", 4):
        stack.needs(proxy, name)
    if draw.wants("database first", 4):
        stack.needs(name, database)
    if draw.wants("stored", 5):
        stack.volume(database, draw.choice("volume", VOLUMES), engine.path)
    if draw.wants("restarting", 5):
        stack.restart(proxy, draw.choice("restart", RESTARTS))
    if draw.wants("checked", 5):
        stack.health(database, engine.health)
    return stack.draft(
        "Separate a stack into two networks with docker compose",
        "Write a compose file that keeps traffic from outside and inside apart",
        "We need a compose file for a proxy, an application and a database",
    )


@family("compose", levels=(2, 3, 4))
def compose_development_tools(draw: Draw) -> Draft:
    """An application, its database, and tools that only start with a profile."""
    stack = Stack(draw)
    name, _ = stack.application()
    profile = draw.choice("profile", ("dev", "debug", "tools", "ops", "local"))
    tool, picture = draw.choice("tool", TOOL_NAMES), draw.choice("tool image", TOOLS)
    stack.tree["services"][tool] = {"image": picture, "profiles": [profile]}
    stack.asks.append(ask.service_in_profile(name=tool, image=picture, profile=profile))
    database, engine = stack.database()
    if draw.wants("ordered", 3):
        stack.needs(name, database)
    if draw.wants("named", 3):
        stack.variable(database, engine.database, draw.choice("database", DATABASES))
    if draw.wants("checked", 4):
        stack.health(database, engine.health)
    if draw.wants("titled", 3):
        stack.tree = {"name": draw.name("project"), **stack.tree}
        stack.asks.append(ask.project_name(name=stack.tree["name"]))
    if draw.wants("configured", 4):
        stack.setting(name)
    return stack.draft(
        "Add a developer's tool to a compose file, switched off by default",
        f"Write a compose file for `{name}` with an optional tool",
        "We want one compose file for production and for debugging",
    )


@family("compose", levels=(3, 4, 5))
def compose_load_balanced(draw: Draw) -> Draft:
    """Several replicas of an application behind a proxy that holds the only public port."""
    stack = Stack(draw)
    name, _ = stack.application(published=False)
    stack.replicas(name, draw.integer("replicas", 2, 9))
    picture, path = draw.choice("proxy image", PROXIES)
    proxy = stack.image(draw.choice("proxy", PROXY_NAMES), picture)
    stack.port(proxy, draw.choice("port", PORTS), draw.choice("inner port", (80, 8080, 8000)))
    stack.asks.append(ask.service_without_ports(of=name))
    source = draw.choice("source", ("./proxy.conf", "./conf/proxy", "./edge.cfg", "./lb.conf"))
    stack.mount(proxy, source, path)
    if draw.wants("ordered", 3):
        stack.needs(proxy, name)
    if draw.wants("limited", 4):
        stack.memory(name, draw.choice("memory", MEMORY))
    if draw.wants("cpu limited", 5):
        stack.cpus(name, draw.choice("cpus", CPUS))
    if draw.wants("configured", 4):
        stack.setting(name)
    if draw.wants("restarting", 4):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("proxy restarting", 5):
        stack.restart(proxy, draw.choice("proxy restart", RESTARTS))
    if draw.wants("proxy limited", 5):
        stack.memory(proxy, draw.choice("proxy memory", MEMORY))
    return stack.draft(
        "Spread the load over several containers",
        f"Run `{name}` several times behind a load balancer",
        "Write a compose file with a proxy in front of replicated containers",
    )


@family("compose", levels=(2, 3, 4, 5))
def compose_full_stack(draw: Draw) -> Draft:
    """A proxy, an application, a cache and a database, wired and checked."""
    stack = Stack(draw)
    name, _ = stack.application()
    database, engine = stack.database()
    if draw.wants("checked", 3):
        stack.health(database, engine.health)
        stack.needs(name, database, "service_healthy")
        if draw.wants("interval wanted", 5):
            stack.interval(database, draw.choice("interval", INTERVALS))
    if draw.wants("cached", 3):
        picture = draw.choice("cache image", CACHES)
        cache = stack.image(draw.choice("cache", CACHE_NAMES), picture)
        if draw.wants("cache first", 4):
            stack.needs(name, cache)
    if draw.wants("configured", 2):
        stack.setting(name)
    if draw.wants("restarting", 4):
        stack.restart(name, draw.choice("restart", RESTARTS))
    if draw.wants("limited", 4):
        stack.memory(database, draw.choice("memory", MEMORY))
    if draw.wants("replicated worker", 5):
        picture = draw.choice("worker image", WORKERS)
        worker = stack.image(draw.choice("worker", WORKER_NAMES), picture)
        stack.replicas(worker, draw.integer("replicas", 2, 6))
    if draw.wants("titled", 5):
        stack.tree = {"name": draw.name("project"), **stack.tree}
        stack.asks.append(ask.project_name(name=stack.tree["name"]))
    return stack.draft(
        "Write the compose file of a whole stack",
        f"Bring up `{name}` with everything that it needs",
        "We want to start our whole stack with one docker compose command",
    )


@family("compose", levels=(2, 3, 4))
def compose_project(draw: Draw) -> Draft:
    """Two files: the Dockerfile of an application, and the compose file that builds and runs it."""
    stack = Stack(draw)
    base, command = draw.choice("base", BASES)
    source = draw.choice("source", ("src", "app", "lib", "service", "code"))
    target = f"/{draw.choice('folder', ('app', 'srv', 'opt', 'work'))}/{source}"
    stack.asks.append(image.final_base_image(image=base))
    stack.asks.append(image.copied(source=source, target=target))
    name = draw.name("app")
    stack.build(name, ".")
    stack.port(name, draw.choice("port", PORTS), draw.choice("own port", (3000, 5000, 8000, 9000)))
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
    words = ", ".join(f'"{word}"' for word in command.split())
    folder = target.rpartition("/")[0]
    lines = [f"FROM {base}", f"WORKDIR {folder}", f"COPY {source} {target}", f"CMD [{words}]"]
    return stack.draft(
        "Write a Dockerfile and the compose file that builds and runs it",
        f"We start `{name}` from its source: it needs a Dockerfile and a compose file",
        f"Containerise `{name}`: one Dockerfile, one compose.yaml",
        dockerfile="\n".join(lines) + "\n",
    )


@family("compose", levels=(3, 4, 5), held_out=True)
def compose_migration_first(draw: Draw) -> Draft:
    """A migration that waits for a healthy database and must finish before the application."""
    stack = Stack(draw)
    database, engine = stack.database()
    stack.health(database, engine.health)
    job = stack.image(draw.choice("job", ("migrate", "setup", "seed", "prepare", "schema")),
                      draw.choice("job image", WORKERS))  # fmt: skip
    stack.needs(job, database, "service_healthy")
    name, _ = stack.application(published=draw.wants("published", 3))
    stack.needs(name, job, "service_completed_successfully")
    if draw.wants("commanded", 4):
        command = draw.choice("command", ("migrate up", "migrate --all", "db upgrade head"))
        asked = ask.service_command(of=job, command=command)
        stack.set(job, asked, "command", command.split())
    if draw.wants("interval wanted", 4):
        stack.interval(database, draw.choice("interval", INTERVALS))
    if draw.wants("retries wanted", 5):
        stack.retries(database, draw.integer("retries", 4, 10))
    if draw.wants("named", 5):
        stack.variable(database, engine.database, draw.choice("database", DATABASES))
    if draw.wants("restarting", 5):
        stack.restart(name, draw.choice("restart", RESTARTS))
    return stack.draft(
        "Run a migration before the application starts",
        f"Write a compose file in which `{name}` starts after its migration",
        "Our stack must start in the right order",
    )


@family("compose", levels=(2, 3, 4, 5), held_out=True)
def compose_message_queue(draw: Draw) -> Draft:
    """A broker with workers that scale."""
    stack = Stack(draw)
    picture, command = draw.choice("broker image", BROKERS)
    broker = stack.image(draw.choice("broker", BROKER_NAMES), picture)
    worker = stack.image(draw.choice("worker", WORKER_NAMES), draw.choice("image", WORKERS))
    stack.replicas(worker, draw.integer("replicas", 2, 9))
    if draw.wants("checked", 2):
        stack.health(broker, command)
        stack.needs(worker, broker, "service_healthy")
    if draw.wants("stored", 3):
        path = draw.choice("path", ("/var/lib/rabbitmq", "/data", "/var/lib/broker"))
        stack.volume(broker, draw.choice("volume", VOLUMES), path)
    if draw.wants("limited", 3):
        stack.memory(worker, draw.choice("memory", MEMORY))
    if draw.wants("graceful", 3):
        period = draw.choice("period", ("45s", "1m", "1m30s", "2m"))
        asked = ask.service_grace_period(of=worker, period=period)
        stack.set(worker, asked, "stop_grace_period", period)
    if draw.wants("restarting", 4):
        stack.restart(worker, draw.choice("restart", RESTARTS))
    if draw.wants("configured", 4):
        variable, values = draw.choice("setting", MODES)
        stack.variable(worker, variable, draw.choice("setting value", values))
    if draw.wants("joined", 5):
        network = draw.choice("network", ("bus-net", "queue-net", "messages"))
        stack.networks(broker, (network,))
        stack.networks(worker, (network,))
    if draw.wants("local", 4):
        stack.local_port(broker, draw.integer("local port", 15600, 15699), 5672)
    return stack.draft(
        "Process messages with several workers",
        f"Write a compose file for the message broker `{broker}` and its workers",
        "We need a queue and workers that can be scaled",
    )
