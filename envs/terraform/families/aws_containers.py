"""Tasks about containers on ECS: task definitions, services on Fargate."""

from __future__ import annotations

from envs.terraform.families.aws_balancers import Balancer
from envs.terraform.families.aws_compute import small_network
from envs.terraform.families.aws_network import add_group, admit, send_anywhere
from envs.terraform.families.aws_serverless import encoded, service_trust
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_containers as ask
from envs.terraform.requirements import aws_networks as nets
from envs.terraform.requirements import aws_operations as operations
from envs.terraform.requirements import balancers
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested, template

IMAGES = (
    "nginx:1.27", "httpd:2.4", "traefik/whoami:v1.10", "grafana/grafana:11.1.0",
    "ghcr.io/acme/shop:2.3.1", "ghcr.io/acme/api:1.8.0", "public.ecr.aws/nginx/nginx:1.27",
    "docker.io/library/redis:7.4",
)  # fmt: skip
SIZES = ((256, 512), (256, 1024), (512, 1024), (512, 2048), (1024, 2048), (1024, 4096),
         (2048, 4096), (2048, 8192))  # fmt: skip
PORTS = (80, 3000, 5000, 8000, 8080, 8081, 9000)
VARIABLES = (
    ("LOG_LEVEL", ("debug", "info", "warn")), ("STAGE", ("dev", "staging", "prod")),
    ("WORKERS", ("2", "4", "8")), ("CURRENCY", ("EUR", "USD", "GBP")),
)  # fmt: skip
TASK_POLICIES = ("AmazonS3ReadOnlyAccess", "AmazonDynamoDBReadOnlyAccess", "AmazonSQSFullAccess",
                 "AWSXRayDaemonWriteAccess")  # fmt: skip
EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


class FargateTask:
    """A task definition under construction: one container, and what belongs to it."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("task", ("app", "api", "worker", "web", "backend"))
        self.container = draw.choice("container", ("app", "main", "web", "server"))
        image = draw.choice("image", IMAGES)
        cpu, memory = draw.choice("size", SIZES)
        stack.ask(
            ask.task(name=self.name), ask.task_size(of=self.name, cpu=cpu, memory=memory),
            ask.task_container(of=self.name, container=self.container, image=image),
        )  # fmt: skip
        self.made = stack.add(
            "aws_ecs_task_definition", self.name, family=self.name, cpu=cpu, memory=memory,
            network_mode="awsvpc", requires_compatibilities=["FARGATE"],
        )  # fmt: skip
        self.definition: dict[str, object] = {
            "name": self.container, "image": image, "essential": True,
        }  # fmt: skip

    def role(self, label: str, policy_arn: str) -> Handle:
        """Add a role for tasks with a managed policy."""
        role = self.stack.add(
            "aws_iam_role", label, name=f"{self.name}-{label}",
            assume_role_policy=service_trust("ecs-tasks.amazonaws.com"),
        )  # fmt: skip
        self.stack.add(
            "aws_iam_role_policy_attachment", label, role=role["name"], policy_arn=policy_arn
        )  # fmt: skip
        return role

    def execution(self) -> None:
        """Ask for the execution role, and perhaps for logs, which need it."""
        self.stack.ask(ask.task_execution_role(of=self.name))
        self.made.set(execution_role_arn=self.role("execution", EXECUTION)["arn"])
        if self.stack.draw.chance("logged", 0.6):
            self._logs()

    def own_role(self) -> None:
        """Ask for a task role."""
        chosen = self.stack.draw.choice("task policy", TASK_POLICIES)
        self.stack.ask(ask.task_role(of=self.name, policy=chosen))
        role = self.role("task", f"arn:aws:iam::aws:policy/{chosen}")
        self.made.set(task_role_arn=role["arn"])

    def port(self) -> int:
        """Ask for a port of the container; return it."""
        port = self.stack.draw.choice("port", PORTS)
        self.stack.ask(ask.task_port(of=self.name, container=self.container, port=port))
        self.definition["portMappings"] = [{"containerPort": port, "protocol": "tcp"}]
        return port

    def listening(self) -> None:
        """Ask for a port of the container."""
        self.port()

    def variable(self) -> None:
        """Ask for a variable of the container's environment."""
        key, values = self.stack.draw.choice("variable", VARIABLES)
        value = self.stack.draw.choice("variable value", values)
        self.stack.ask(
            ask.task_variable(of=self.name, container=self.container, key=key, value=value)
        )  # fmt: skip
        self.definition["environment"] = [{"name": key, "value": value}]

    def _logs(self) -> None:
        """Ask for the log group, and its retention."""
        group = f"/ecs/{self.name}"
        days = self.stack.draw.choice("log days", (3, 5, 7, 14, 30, 60, 90, 180, 365))
        self.stack.ask(
            ask.task_logs(of=self.name, container=self.container, group=group),
            operations.log_retention(of=group, value=days),
        )
        made = self.stack.add(
            "aws_cloudwatch_log_group", "task", name=group, retention_in_days=days
        )
        where = self.stack.data("aws_region", "current")
        self.definition["logConfiguration"] = {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": made["name"], "awslogs-region": where["name"],
                "awslogs-stream-prefix": self.container,
            },
        }  # fmt: skip

    def finish(self) -> None:
        """Write the container definition."""
        self.made.set(container_definitions=encoded([self.definition]))


@family("terraform", levels=(1, 2, 3, 4))
def fargate_task(draw: Draw) -> Draft:
    """A task definition for Fargate with its container, roles and logs."""
    stack = Stack(draw, "aws")
    task = FargateTask(stack)
    decorate(
        stack,
        (
            Extra("port", 1, task.listening), Extra("execution", 2.2, task.execution),
            Extra("variable", 1, task.variable),
            Extra("task role", 1, task.own_role), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    task.finish()
    return stack.draft(
        f"Define the ECS task `{task.name}` for Fargate",
        f"Write the Terraform for a Fargate task definition `{task.name}`",
        f"We run `{task.name}` as a container on ECS and need its task definition",
    )


class Service:
    """An ECS service of a task, in a cluster, under construction."""

    def __init__(self, stack: Stack, task: FargateTask) -> None:
        draw = stack.draw
        self.stack, self.task = stack, task
        self.cluster = draw.name("cluster", ("cluster", "apps", "platform", "services"))
        self.name = draw.name("service", ("service", "svc", "site", "run"))
        stack.ask(
            ask.cluster(name=self.cluster), ask.service(name=self.name),
            ask.service_in(of=self.name, to=self.cluster),
            ask.service_runs(of=self.name, to=task.name), ask.service_fargate(of=self.name),
        )  # fmt: skip
        self.home = stack.add("aws_ecs_cluster", self.cluster, name=self.cluster)
        self.made = stack.add(
            "aws_ecs_service", self.name, name=self.name, cluster=self.home["id"],
            task_definition=task.made["arn"], launch_type="FARGATE",
        )  # fmt: skip

    def place(self, names: list[str], subnets: list[Handle]) -> None:
        """Ask for the subnets of the tasks."""
        self.stack.ask(ask.service_subnets(of=self.name, subnets=names))
        self.made.inner("network_configuration")["subnets"] = [one["id"] for one in subnets]

    def count(self) -> None:
        """Ask for the number of tasks."""
        number = self.stack.draw.integer("count", 2, 9)
        self.stack.ask(ask.service_count(of=self.name, value=number))
        self.made.set(desired_count=number)

    def insights(self) -> None:
        """Ask for Container Insights."""
        self.stack.ask(ask.ecs_insights(of=self.cluster))
        self.home.nest("setting", name="containerInsights", value="enabled")

    def capacity(self) -> None:
        """Ask for the capacity providers of the cluster."""
        chosen = ["FARGATE", "FARGATE_SPOT"]
        self.stack.ask(ask.ecs_capacity(of=self.cluster, providers=chosen))
        self.stack.add(
            "aws_ecs_cluster_capacity_providers", self.cluster,
            cluster_name=self.home["name"], capacity_providers=chosen,
        )  # fmt: skip

    def breaker(self) -> None:
        """Ask for the deployment circuit breaker."""
        self.stack.ask(ask.service_breaker(of=self.name))
        self.made.nest("deployment_circuit_breaker", enable=True, rollback=True)

    def scaled(self) -> None:
        """Ask for autoscaling of the number of tasks."""
        least, most = self.stack.draw.integer("least", 1, 4), self.stack.draw.integer("most", 5, 20)
        percent = self.stack.draw.integer("percent", 30, 85, 5)
        self.stack.ask(
            ask.service_scales(of=self.name, least=least, most=most),
            ask.service_target(of=self.name, percent=percent),
        )
        names = f"${{{self.home['name']}}}/${{{self.made['name']}}}"
        target = self.stack.add(
            "aws_appautoscaling_target", "tasks", service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount", min_capacity=least, max_capacity=most,
            resource_id=template(f"service/{names}"),
        )  # fmt: skip
        metric = nested(predefined_metric_type="ECSServiceAverageCPUUtilization")
        self.stack.add(
            "aws_appautoscaling_policy", "cpu", name=f"{self.name}-cpu",
            policy_type="TargetTrackingScaling", resource_id=target["resource_id"],
            scalable_dimension=target["scalable_dimension"],
            service_namespace=target["service_namespace"],
            target_tracking_scaling_policy_configuration=nested(
                target_value=percent, predefined_metric_specification=metric
            ),
        )  # fmt: skip


@family("terraform", levels=(5,))
def fargate_service(draw: Draw) -> Draft:
    """An ECS service on Fargate in the subnets of a VPC, perhaps scaled by its load."""
    stack = Stack(draw, "aws")
    vpc, net, names, subnets = small_network(stack)
    task = FargateTask(stack)
    made = Service(stack, task)
    made.place(names, subnets)

    def guarded() -> None:
        port, guard = task.port(), f"{made.name}-sg"
        group = add_group(stack, guard, vpc, net)
        stack.ask(
            nets.group_admits(of=guard, port=port, source="10.0.0.0/8"),
            ask.service_group(of=made.name, to=guard),
        )
        admit(stack, group, port, cidr="10.0.0.0/8")
        send_anywhere(stack, group)
        made.made.inner("network_configuration")["security_groups"] = [group["id"]]

    def public() -> None:
        stack.ask(ask.service_public(of=made.name))
        made.made.inner("network_configuration")["assign_public_ip"] = True

    for name, likely, make in (
        ("count", 0.6, made.count), ("guard", 0.5, guarded), ("scaling", 0.4, made.scaled),
        ("public", 0.3, public), ("execution", 0.5, task.execution),
        ("insights", 0.4, made.insights), ("capacity", 0.3, made.capacity),
        ("breaker", 0.4, made.breaker),
    ):  # fmt: skip
        if draw.chance(f"with {name}", likely):
            make()
    task.finish()
    return stack.draft(
        f"Run the ECS service `{made.name}` on Fargate",
        f"Terraform for a Fargate service `{made.name}` in its own network",
    )


@family("terraform", levels=(5,))
def balanced_service(draw: Draw) -> Draft:
    """An ECS service on Fargate behind an application load balancer."""
    stack = Stack(draw, "aws")
    front = Balancer(stack, "application")
    task = FargateTask(stack)
    port = task.port()
    made = Service(stack, task)
    made.place(front.names, front.subnets)
    name = f"{made.name}-tg"
    group = front.targets(name, "HTTP", port, target_type="ip")
    stack.ask(
        balancers.target_kind(of=name, value="ip"),
        balancers.listener_forwards(of=front.name, protocol="HTTP", port=80, to=name),
        ask.service_balanced(of=made.name, to=name, container=task.container, port=port),
    )
    listener = front.listener("http", "HTTP", 80, type="forward", target_group_arn=group["arn"])
    made.made.nest(
        "load_balancer", target_group_arn=group["arn"], container_name=task.container,
        container_port=port,
    )  # fmt: skip
    made.made.set(depends_on=[Raw(f"aws_lb_listener.{listener.label}")])
    for one, likely, make in (
        ("count", 0.5, made.count), ("execution", 0.5, task.execution),
        ("breaker", 0.4, made.breaker), ("scaling", 0.3, made.scaled),
        ("variable", 0.3, task.variable), ("insights", 0.3, made.insights),
    ):  # fmt: skip
        if draw.chance(f"with {one}", likely):
            make()
    task.finish()
    return stack.draft(
        f"Serve `{made.name}` from ECS behind the load balancer `{front.name}`",
        f"Put the Fargate service `{made.name}` behind a load balancer",
    )
