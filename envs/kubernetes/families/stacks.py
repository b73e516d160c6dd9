"""Tasks about several objects that belong together and refer to each other."""

from __future__ import annotations

from typing import Any

from envs.kubernetes import choices, parts
from envs.kubernetes import cluster_choices as pick
from envs.kubernetes import requirements as ask
from envs.kubernetes.choices import Tree
from envs.kubernetes.parts import Workload
from envs.kubernetes.requirements.access import GROUPS
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _service(draw: Draw, work: Workload, target: int, **spec: Any) -> tuple[str, int]:
    """Ask for a Service in front of a workload; returns its name and port."""
    name, port = draw.name("service"), draw.choice("service port", (80, 81, 88, 443, 8800))
    work.asks += [
        ask.service_port(of=name, port=port, target=target),
        ask.routes_to(of=name, app=work.name),
    ]
    work.also.append(pick.service(name, work.name, [pick.service_port(port, target)], **spec))
    return name, port


def _app(draw: Draw) -> Workload:
    return parts.workload(draw, choices.APP_IMAGES)


@family("kubernetes", levels=(1, 2, 3))
def app_with_service(draw: Draw) -> Draft:
    """A Deployment and the Service in front of it."""
    work = _app(draw)
    target = draw.choice("target", choices.PORTS)
    if draw.wants("port", 2):
        work.main["ports"] = [{"containerPort": target}]
        work.ask(ask.container_port, port=target)
    if draw.wants("replicated", 2):
        parts.replicas(draw, work)
    if draw.wants("with setting", 3):
        parts.setting(draw, work)
    if draw.wants("limited", 3):
        parts.memory_limit(draw, work)
    _service(draw, work, target)
    return work.draft(
        f"Run `{work.name}` and make it reachable inside the cluster",
        f"`{work.name}` needs a Deployment and a Service",
    )


@family("kubernetes", levels=(3, 4, 5))
def public_app(draw: Draw) -> Draft:
    """A Deployment, a Service, an Ingress and perhaps an autoscaler."""
    work = _app(draw)
    target = parts.port(draw, work)
    service, port = _service(draw, work, target)
    name, host = draw.name("ingress"), draw.choice("host", pick.HOSTS)
    work.asks.append(ask.ingress_route(of=name, host=host, path="/", service=service, port=port))
    spec: Tree = {}
    if draw.wants("class", 3):
        spec["ingressClassName"] = kind = draw.choice("class name", pick.INGRESS_CLASSES)
        work.asks.append(ask.ingress_class(of=name, name=kind))
    if draw.wants("tls", 4):
        secret = f"{draw.choice('secret', pick.TEAMS)}-tls"
        spec["tls"] = [{"hosts": [host], "secretName": secret}]
        work.asks.append(ask.ingress_tls(of=name, host=host, secret=secret))
    if draw.wants("replicated", 4):
        parts.replicas(draw, work)
    if draw.wants("limited", 5):
        parts.memory_limit(draw, work)
    work.also.append(pick.ingress(name, host, [pick.ingress_path("/", service, port)], **spec))
    if draw.wants("scaled", 5):
        _scaler(draw, work)
    return work.draft(
        f"Bring `{work.name}` to the internet",
        f"Deploy `{work.name}` with all it needs to be called from outside",
    )


def _scaler(draw: Draw, work: Workload) -> None:
    """Ask for an autoscaler of the Deployment by CPU, and for the CPU request it needs."""
    name = draw.name("scaler", ("scaler", "hpa", "autoscaler"))
    low, high = draw.integer("fewest", 2, 4), draw.integer("most", 6, 20)
    percent = draw.integer("percent", 50, 90, 5)
    parts.cpu_request(draw, work)
    work.asks += [
        ask.autoscaler(name=name, of=work.name),
        ask.fewest_replicas(name=name, count=low),
        ask.most_replicas(name=name, count=high),
        ask.cpu_target(name=name, percent=percent),
    ]
    target = {"type": "Utilization", "averageUtilization": percent}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": work.name},
        "minReplicas": low,
        "maxReplicas": high,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    work.also.append(pick.resource("autoscaling/v2", "HorizontalPodAutoscaler", name, spec=spec))


@family("kubernetes", levels=(2, 3))
def app_with_settings(draw: Draw) -> Draft:
    """A Deployment and the ConfigMap that it reads, as variables or as files."""
    work = _app(draw)
    name = draw.name("config", ("config", "settings", "env", "options"))
    data: dict[str, str] = {}
    for key, values in draw.sample("settings", pick.SETTINGS, draw.integer("how many", 2, 4)):
        data[key] = draw.choice(f"value of {key}", values)
        work.asks.append(ask.config_value(of=name, key=key, value=data[key]))
    if draw.chance("mounted"):
        path = draw.choice("path", ("/etc/app", "/config", "/etc/settings", "/app/config"))
        work.volume("settings", path, {"configMap": {"name": name}})
        work.asks.append(ask.config_mount(of=work.name, config=name, path=path))
    else:
        work.main["envFrom"] = [{"configMapRef": {"name": name}}]
        work.asks.append(ask.env_from_config(of=work.name, config=name))
    if draw.wants("replicated", 3):
        parts.replicas(draw, work)
    work.also.append(pick.resource("v1", "ConfigMap", name, data=data))
    return work.draft(
        f"Run `{work.name}` with settings from a ConfigMap",
        f"`{work.name}` shall read its settings from `{name}`",
    )


@family("kubernetes", levels=(2, 3))
def app_with_storage(draw: Draw) -> Draft:
    """A Deployment that keeps its files on a claim."""
    work = _app(draw)
    name = draw.name("claim", ("data", "files", "uploads", "media", "state"))
    size, mode = draw.choice("size", pick.SIZES), draw.choice("mode", pick.MODES)
    path = draw.choice("path", ("/data", "/var/lib/app", "/uploads", "/srv/files"))
    work.volume("storage", path, {"persistentVolumeClaim": {"claimName": name}})
    spec: Tree = {}
    work.asks += [
        ask.volume_claim(name=name, size=size),
        ask.volume_claim_mode(of=name, mode=mode),
        ask.claim_mounted(of=work.name, claim=name, path=path),
    ]
    if draw.wants("class", 3):
        spec["storageClassName"] = kind = draw.choice("class name", pick.CLASSES)
        work.asks.append(ask.volume_claim_class(of=name, name=kind))
    if draw.wants("replaced", 3):
        work.spec["strategy"] = {"type": "Recreate"}
        work.ask(ask.recreate)
    if draw.wants("limited", 3):
        parts.memory_limit(draw, work)
    work.also.append(pick.claim(name, size, mode, **spec))
    return work.draft(
        f"`{work.name}` keeps files that must outlive its pods",
        f"Run `{work.name}` with storage of its own",
    )


@family("kubernetes", levels=(4, 5))
def database_with_secret(draw: Draw) -> Draft:
    """A StatefulSet, its headless Service and the Secret with its password."""
    work = parts.workload(draw, choices.DATABASE_IMAGES, "StatefulSet")
    port = draw.choice("port", pick.POLICY_PORTS)
    service, secret = draw.name("service", ("peers", "nodes", "db")), draw.name("secret")
    key = draw.choice("key", pick.CREDENTIALS)
    value = draw.choice("value", pick.SECRETS)
    work.main["ports"] = [{"containerPort": port}]
    reference = {"secretKeyRef": {"name": secret, "key": key}}
    work.main["env"] = [{"name": key, "valueFrom": reference}]
    work.spec["serviceName"] = service
    work.ask(ask.container_port, port=port)
    work.asks += [
        ask.headless(name=service),
        ask.service_port(of=service, port=port, target=port),
        ask.routes_to(of=service, app=work.name),
        ask.governing_service(of=work.name, service=service),
        ask.secret_value(of=secret, key=key, value=value),
        ask.env_secret_key(of=work.name, variable=key, secret=secret, key=key),
    ]
    if draw.wants("replicated", 5):
        parts.replicas(draw, work)
    if draw.wants("with limit", 5):
        parts.memory_limit(draw, work)
    if draw.wants("patient", 5):
        parts.grace(draw, work)
    if draw.wants("requested", 5):
        parts.memory_request(draw, work)
    work.also += [
        pick.service(service, work.name, [{"port": port}], clusterIP="None"),
        pick.resource("v1", "Secret", secret, stringData={key: value}),
    ]
    return work.draft(
        f"Run the database `{work.name}` with a password from a Secret",
        f"`{work.name}` holds our data; deploy it as a StatefulSet",
    )


@family("kubernetes", levels=(3, 4))
def scheduled_access(draw: Draw) -> Draft:
    """A CronJob with its own service account, Role and RoleBinding."""
    work = parts.workload(draw, choices.TOOL_IMAGES, "CronJob")
    account, role = draw.name("account"), draw.name("role", ("role", "access", "rights"))
    binding = draw.name("binding", ("binding", "grant"))
    cron = draw.choice("cron", choices.CRONS)
    resources = list(draw.sample("resources", pick.CORE_RESOURCES, draw.integer("count", 1, 2)))
    work.spec["schedule"] = cron
    work.pod |= {"serviceAccountName": account, "restartPolicy": "Never"}
    work.ask(ask.schedule, cron=cron)
    work.asks += [ask.account(name=account), ask.runs_as_account(of=work.name, account=account)]
    rules = []
    for place, resource in enumerate(resources):
        verbs = list(draw.choice(f"verbs {place}", pick.VERB_SETS))
        work.asks.append(ask.role_permits(of=role, verbs=verbs, resource=resource))
        group = GROUPS.get(resource.partition("/")[0], "")
        rules.append(pick.policy_rule(verbs, group, resource))
    work.asks += [
        ask.role_covers_only(of=role, resources=resources),
        ask.role_binding(name=binding, role=role, account=account),
    ]
    subject = pick.account_subject(account, "default")
    work.also += [
        pick.resource("v1", "ServiceAccount", account),
        pick.resource("rbac.authorization.k8s.io/v1", "Role", role, rules=rules),
        pick.binding("RoleBinding", binding, ("Role", role), subject),
    ]
    return work.draft(
        f"`{work.name}` looks after objects of the cluster on a schedule",
        f"Run `{work.name}` regularly, with rights of its own",
    )


@family("kubernetes", levels=(3, 4, 5))
def team_space(draw: Draw) -> Draft:
    """A namespace with a quota, defaults for containers and a network policy."""
    space = draw.name("namespace", ("apps", "dev", "prod", "team", "lab", "sandbox"))
    quota, limits = draw.name("quota", ("quota", "cap")), draw.name("limits", ("limits", "range"))
    pods, memory = (
        draw.choice("pods", pick.COUNTS["pods"]),
        draw.choice("memory", pick.LIMIT_MEMORY),
    )
    asks = [
        ask.namespace(name=space),
        ask.quota(of=quota, resource="pods", amount=pods),
        ask.placed_in(kind="ResourceQuota", of=quota, namespace=space),
        ask.default_limit(of=limits, resource="memory", amount=memory),
        ask.placed_in(kind="LimitRange", of=limits, namespace=space),
    ]
    hard, labels = {"pods": pods}, {}
    item: Tree = {"type": "Container", "default": {"memory": memory}}
    trees: list[Tree] = []
    if draw.wants("restricted", 3):
        level = draw.choice("standard", ("baseline", "restricted"))
        labels = {"pod-security.kubernetes.io/enforce": level}
        asks.append(ask.pod_security(of=space, mode="enforce", level=level))
    if draw.wants("isolated", 4):
        policy = draw.name("policy", ("isolation", "deny", "wall"))
        asks += [
            ask.policy_for_all(name=policy),
            ask.policy_blocks(of=policy, direction="incoming"),
            ask.placed_in(kind="NetworkPolicy", of=policy, namespace=space),
        ]
        trees = [pick.network_policy(policy, {}, types=["Ingress"], namespace=space)]
    if draw.wants("cpu", 5):
        hard["requests.cpu"] = cpu = draw.choice("cpu amount", pick.CPU_CAPS)
        asks.append(ask.quota(of=quota, resource="requests.cpu", amount=cpu))
    if draw.wants("request", 5):
        item["defaultRequest"] = {"memory": draw.choice("request amount", pick.REQUEST_MEMORY)}
        amount = item["defaultRequest"]["memory"]
        asks.append(ask.default_request(of=limits, resource="memory", amount=amount))
    trees = [
        pick.resource("v1", "Namespace", space, labels=labels),
        pick.resource("v1", "ResourceQuota", quota, namespace=space, spec={"hard": hard}),
        pick.resource("v1", "LimitRange", limits, namespace=space, spec={"limits": [item]}),
        *trees,
    ]
    openings = (f"Prepare `{space}` for a team", f"A new team starts in `{space}`")
    return Draft(openings, asks, choices.reference(*trees))


@family("kubernetes", levels=(1, 2))
def worker_with_secret(draw: Draw) -> Draft:
    """A Deployment without a port, and the Secret from which it gets its key."""
    work = _app(draw)
    secret, key = draw.name("secret", ("secret", "keys")), draw.choice("key", pick.CREDENTIALS)
    value = draw.choice("value", pick.SECRETS)
    work.main["env"] = [{"name": key, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}]
    work.asks += [
        ask.secret_value(of=secret, key=key, value=value),
        ask.env_secret_key(of=work.name, variable=key, secret=secret, key=key),
    ]
    if draw.wants("replicated", 2):
        parts.replicas(draw, work)
    if draw.wants("limited", 2):
        parts.memory_limit(draw, work)
    work.also.append(pick.resource("v1", "Secret", secret, stringData={key: value}))
    return work.draft(
        f"The worker `{work.name}` gets its key from a Secret",
        f"Run `{work.name}` with credentials from `{secret}`",
    )


@family("kubernetes", levels=(3,), held_out=True)
def canary(draw: Draw) -> Draft:
    """Two Deployments, stable and canary, behind one Service."""
    image, other = draw.sample("images", choices.APP_IMAGES, 2)
    name, target = draw.name("app"), draw.choice("target", choices.PORTS)
    stable, trial = f"{name}-stable", f"{name}-canary"
    service, port = draw.name("service"), draw.choice("service port", (80, 81, 443, 8800))
    count, fewer = draw.integer("replicas", 4, 9), draw.integer("canaries", 2, 3)
    trees = []
    for full, used, number in ((stable, image, count), (trial, other, fewer)):
        tree = choices.deployment(full, used, number)
        tree["spec"]["selector"]["matchLabels"] = {"app": name, "track": full.split("-")[-1]}
        tree["spec"]["template"]["metadata"]["labels"] = {
            "app": name, "track": full.split("-")[-1],
        }  # fmt: skip
        trees.append(tree)
    asks = [
        ask.deployment(name=stable, image=image),
        ask.replicas(of=stable, count=count),
        ask.deployment(name=trial, image=other),
        ask.replicas(of=trial, count=fewer),
        ask.routes_to(of=service, app=stable),
        ask.routes_to(of=service, app=trial),
        ask.service_port(of=service, port=port, target=target),
    ]
    trees.append(pick.service(service, name, [pick.service_port(port, target)]))
    openings = (f"Try a new version of `{name}` on a part of the traffic",)
    return Draft(openings, asks, choices.reference(*trees))
