"""Tasks that are about security: buckets, machines, databases and networks that are closed down."""

from __future__ import annotations

from envs.terraform.choices import RETENTION_DAYS
from envs.terraform.families.aws_network import admit
from envs.terraform.families.aws_storage import region
from envs.terraform.families.google_network import add_network
from envs.terraform.families.google_storage import REGIONS
from envs.terraform.nested_settings import NestedSettings
from envs.terraform.requirements import (
    aws_buckets,
    aws_databases,
    aws_networks,
    aws_operations,
    google_compute,
    google_networks,
    instances,
)
from envs.terraform.requirements import security as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate, label_of
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, expression, nested, template

OFFICES = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24", "10.0.0.0/8", "172.16.0.0/12")
#: Engines of databases, each with a version, its family of parameters and its port.
ENGINES = {
    "postgres": ("16.4", "postgres16", 5432, "rds.force_ssl", "1"),
    "mysql": ("8.0", "mysql8.0", 3306, "require_secure_transport", "ON"),
    "mariadb": ("10.11", "mariadb10.11", 3306, "require_secure_transport", "1"),
}


def _tls_statement(bucket: Handle) -> dict[str, object]:
    """Write the statement that denies requests without TLS."""
    return {
        "Sid": "DenyPlainRequests",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket["arn"], template(f"${{{bucket['arn']}}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _tls_document(stack: Stack, bucket: Handle) -> Raw:
    """Write the same as a data source; return the expression of its JSON."""
    made = stack.data("aws_iam_policy_document", "tls_only")
    made.nest(
        "statement", sid="DenyPlainRequests", effect="Deny", actions=["s3:*"],
        resources=[bucket["arn"], template(f"${{{bucket['arn']}}}/*")],
        principals=nested(type="*", identifiers=["*"]),
        condition=nested(test="Bool", variable="aws:SecureTransport", values=["false"]),
    )  # fmt: skip
    return made["json"]


def _encoded(value: dict[str, object]) -> Raw:
    """Write `jsonencode` of a policy with one statement."""
    return Raw(f"jsonencode({expression({'Version': '2012-10-17', 'Statement': [value]})})")


@family("terraform", levels=(1, 2, 3, 4, 5))
def hardened_bucket(draw: Draw) -> Draft:
    """An S3 bucket that is closed to the public, encrypted with its own key and TLS only."""
    stack = Stack(draw, "aws")
    name = draw.name("bucket", ("vault", "records", "ledger", "private", "evidence", "patients"))
    label = label_of(name)
    made = stack.add("aws_s3_bucket", label, bucket=name)
    stack.ask(aws_buckets.bucket(name=name), aws_buckets.bucket_private(of=name))
    stack.add(
        "aws_s3_bucket_public_access_block", label, bucket=made["id"], block_public_acls=True,
        block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True,
    )  # fmt: skip

    def tls() -> None:
        stack.ask(ask.bucket_tls_only(of=name))
        if draw.phrase("document", ("inline", "data")) == "data":
            policy = _tls_document(stack, made)
        else:
            policy = _encoded(_tls_statement(made))
        stack.add("aws_s3_bucket_policy", label, bucket=made["id"], policy=policy)

    def owned() -> None:
        stack.ask(ask.bucket_no_acls(of=name))
        rule = nested(object_ownership="BucketOwnerEnforced")
        stack.add("aws_s3_bucket_ownership_controls", label, bucket=made["id"], rule=rule)

    def versioned() -> None:
        stack.ask(aws_buckets.bucket_versioned(of=name))
        settings = nested(status="Enabled")
        stack.add(
            "aws_s3_bucket_versioning", label, bucket=made["id"], versioning_configuration=settings
        )  # fmt: skip

    def keyed() -> None:
        alias = "alias/" + draw.name("alias", ("records", "storage", "files", "vault"))
        stack.ask(
            aws_operations.key(alias=alias), aws_operations.key_rotation(alias=alias),
            aws_operations.key_for_bucket(alias=alias, bucket=name),
        )  # fmt: skip
        key = stack.add("aws_kms_key", "storage", enable_key_rotation=True)
        stack.add("aws_kms_alias", "storage", name=alias, target_key_id=key["key_id"])
        default = nested(sse_algorithm="aws:kms", kms_master_key_id=key["arn"])
        stack.add(
            "aws_s3_bucket_server_side_encryption_configuration", label, bucket=made["id"],
            rule=nested(apply_server_side_encryption_by_default=default),
        )  # fmt: skip

    def logged() -> None:
        other = f"{name}-access-logs"
        stack.ask(
            aws_buckets.bucket(name=other), aws_buckets.bucket_private(of=other),
            aws_buckets.bucket_logs_to(of=name, to=other),
        )  # fmt: skip
        logs = stack.add("aws_s3_bucket", "access_logs", bucket=other)
        stack.add(
            "aws_s3_bucket_public_access_block", "access_logs", bucket=logs["id"],
            block_public_acls=True, block_public_policy=True, ignore_public_acls=True,
            restrict_public_buckets=True,
        )  # fmt: skip
        stack.add(
            "aws_s3_bucket_logging", label, bucket=made["id"], target_bucket=logs["id"],
            target_prefix="access/",
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("TLS", 1, tls), Extra("ownership", 1, owned), Extra("versions", 1, versioned),
            Extra("key", 3, keyed), Extra("logs", 3, logged),
            Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"The bucket `{name}` holds confidential data: harden it with Terraform",
        f"Set up the S3 bucket `{name}` so that it passes our security review",
        f"Security asks for a locked-down S3 bucket `{name}`",
    )


def _machine(stack: Stack) -> tuple[Handle, str]:
    """Ask for an EC2 instance without IMDSv1; return it and its name."""
    draw = stack.draw
    name = draw.name("instance", ("bastion", "app", "worker", "scanner", "runner", "billing"))
    size = draw.choice("type", ("t3.micro", "t3.small", "t3.large", "m6i.large", "c6i.xlarge"))
    stack.ask(
        instances.instance(name=name), instances.instance_type(of=name, value=size),
        ask.instance_metadata(of=name),
    )  # fmt: skip
    image = stack.data("aws_ami", "image", most_recent=True, owners=["amazon"])
    image.nest("filter", name="name", values=["al2023-ami-2023*-x86_64"])
    made = stack.add(
        "aws_instance", name, ami=image["id"], instance_type=size, tags={"Name": name},
        metadata_options=[nested(http_endpoint="enabled", http_tokens="required")],
    )  # fmt: skip
    return made, name


@family("terraform", levels=(1, 2, 3, 4, 5), held_out=True)
def locked_down_instance(draw: Draw) -> Draft:
    """An EC2 instance that the internet does not reach, and whose disks are encrypted."""
    stack = Stack(draw, "aws")
    made, name = _machine(stack)

    def disks() -> None:
        stack.ask(ask.instance_disks(of=name))
        made.inner("root_block_device")["encrypted"] = True
        if draw.phrase("second disk", (True, False, False)):
            made.nest("ebs_block_device", device_name="/dev/sdf", volume_size=20, encrypted=True)

    def hidden() -> None:
        stack.ask(ask.instance_hidden(of=name))
        made.set(associate_public_ip_address=False)

    def watched() -> None:
        stack.ask(instances.instance_monitoring(of=name))
        made.set(monitoring=True)

    def kept() -> None:
        stack.ask(instances.instance_protected(of=name))
        made.set(disable_api_termination=True)

    def guarded() -> None:
        guard, port = f"{name}-sg", draw.choice("port", (22, 443, 3389, 8443))
        source = draw.choice("source", OFFICES)
        stack.ask(
            aws_networks.group(name=guard), instances.instance_group(of=name, to=guard),
            aws_networks.group_admits(of=guard, port=port, source=source),
            ask.group_no_admin(of=guard),
        )  # fmt: skip
        group = stack.add("aws_security_group", guard, name=guard)
        admit(stack, group, port, cidr=source)
        made.set(vpc_security_group_ids=[group["id"]])

    decorate(
        stack,
        (
            Extra("disks", 1, disks), Extra("no address", 1, hidden),
            Extra("monitoring", 1, watched), Extra("protection", 1, kept),
            Extra("group", 4, guarded), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Lock down the EC2 instance `{name}`",
        f"Run `{name}` on EC2 as our security guideline demands",
        f"We need a hardened EC2 instance `{name}`, written in Terraform",
    )


class _Sealed:
    """An RDS instance under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("database", ("ledger", "patients", "payroll", "orders", "accounts"))
        self.engine = draw.phrase("engine", tuple(ENGINES))
        stack.ask(
            aws_databases.database(name=self.name),
            aws_databases.database_encrypted(of=self.name),
            ask.database_password_hidden(of=self.name),
        )
        self.made = stack.add(
            "aws_db_instance", self.name, identifier=self.name, engine=self.engine,
            engine_version=ENGINES[self.engine][0], instance_class="db.m6g.large",
            allocated_storage=50, storage_encrypted=True, username="dbadmin",
            skip_final_snapshot=True,
        )  # fmt: skip
        if draw.phrase("password", ("managed", "variable")) == "managed":
            self.made.set(manage_master_user_password=True)
        else:
            stack.top(block("variable", "master_password", type=Raw("string"), sensitive=True))
            self.made.set(password=Raw("var.master_password"))

    def tls(self) -> None:
        """Ask for TLS on every connection."""
        _, kind, _, parameter, value = ENGINES[self.engine]
        self.stack.ask(ask.database_tls(of=self.name))
        group = self.stack.add(
            "aws_db_parameter_group", self.name, name=f"{self.name}-tls", family=kind,
            parameter=nested(name=parameter, value=value),
        )  # fmt: skip
        self.made.set(parameter_group_name=group["name"])

    def hidden(self) -> None:
        """Ask for a security group that only some addresses get through."""
        stack, name = self.stack, self.name
        guard, port = f"{name}-sg", ENGINES[self.engine][2]
        source = stack.draw.choice("source", OFFICES)
        stack.ask(
            aws_networks.group(name=guard), aws_databases.database_group(of=name, to=guard),
            ask.database_hidden(of=name),
            aws_networks.group_admits(of=guard, port=port, source=source),
        )  # fmt: skip
        group = stack.add("aws_security_group", guard, name=guard)
        admit(stack, group, port, cidr=source)
        self.made.set(publicly_accessible=False, vpc_security_group_ids=[group["id"]])

    def backups(self) -> None:
        """Ask for backups."""
        days = self.stack.draw.choice("days", RETENTION_DAYS[2:6])
        self.stack.ask(aws_databases.database_backups(of=self.name, value=days))
        self.made.set(backup_retention_period=days)

    def extras(self) -> tuple[Extra, ...]:
        """Return the optional parts."""
        own = NestedSettings(self.stack, self.made, self.name)
        return (
            Extra("TLS", 1, self.tls),
            Extra("backups", 1, self.backups),
            own.switch(aws_databases.database_protected, deletion_protection=True),
            Extra("hidden", 4, self.hidden),
            own.switch(aws_databases.database_two_zones, multi_az=True),
            Extra("region", 1, lambda: region(self.stack)),
        )


@family("terraform", levels=(1, 2, 3, 4, 5))
def sealed_database(draw: Draw) -> Draft:
    """An RDS instance that is encrypted, takes TLS only, and is out of the internet's reach."""
    stack = Stack(draw, "aws")
    sealed = _Sealed(stack)
    decorate(stack, sealed.extras())
    return stack.draft(
        f"The database `{sealed.name}` holds personal data: set it up securely on RDS",
        f"Write Terraform for a hardened RDS database `{sealed.name}`",
        f"Our auditors want the RDS database `{sealed.name}` sealed off",
    )


@family("terraform", levels=(1, 2, 3, 4, 5))
def least_open_network(draw: Draw) -> Draft:
    """A Google network that lets in as little as possible, perhaps with a machine in it."""
    stack = Stack(draw, "google")
    net, to = add_network(stack)
    stack.ask(ask.google_network_no_admin(of=to))

    def proxied() -> None:
        stack.ask(ask.google_ssh_by_proxy(of=to))
        stack.add(
            "google_compute_firewall", "ssh", name=f"{to}-ssh", network=net["id"],
            direction="INGRESS", source_ranges=[ask.PROXY],
            allow=nested(protocol="tcp", ports=["22"]),
        )  # fmt: skip

    def opened() -> None:
        port = draw.choice("port", (443, 80, 8443, 8080))
        stack.ask(ask.google_only_open_port(of=to, port=port))
        stack.add(
            "google_compute_firewall", "public", name=f"{to}-public", network=net["id"],
            source_ranges=["0.0.0.0/0"], allow=nested(protocol="tcp", ports=[str(port)]),
        )  # fmt: skip

    def divided() -> None:
        place, inner = draw.phrase("region", REGIONS), f"{to}-inner"
        subnet = stack.add(
            "google_compute_subnetwork", inner, name=inner, network=net["id"], region=place,
            ip_cidr_range=f"10.{draw.phrase('octet', range(1, 230))}.0.0/20",
        )  # fmt: skip
        stack.ask(
            google_networks.subnet(name=inner), google_networks.subnet_network(of=inner, to=to)
        )
        if draw.chance("private access", 0.4):
            stack.ask(google_networks.subnet_private_access(of=inner))
            subnet.set(private_ip_google_access=True)
        if draw.chance("logs", 0.4):
            rate = draw.choice("rate", (0.25, 0.75, 1))
            stack.ask(google_networks.subnet_logs(of=inner, value=rate))
            subnet.nest("log_config", flow_sampling=rate, metadata="INCLUDE_ALL_METADATA")
        if draw.chance("inhabited", 0.85 if draw.level >= 4 else 0.1):
            _hidden_machine(stack, subnet, inner, f"{place}-b")

    decorate(
        stack,
        (
            Extra("proxy", 1, proxied),
            Extra("open port", 1, opened),
            Extra("subnet", 3, divided),
        ),
    )
    return stack.draft(
        f"Set up the Google Cloud network `{to}` so that it is open as little as possible",
        f"Write Terraform for a closed VPC network `{to}` on Google Cloud",
        f"Build the network `{to}` on Google Cloud by the rules of our security team",
    )


def _hidden_machine(stack: Stack, subnet: Handle, inner: str, zone: str) -> None:
    """Ask for a machine in a subnet that has no external address, perhaps with more safeguards."""
    draw = stack.draw
    vm = draw.name("machine", ("app", "bastion", "worker", "scanner"))
    stack.ask(
        google_compute.machine(name=vm), google_compute.machine_subnet(of=vm, to=inner),
        ask.google_vm_hidden(of=vm),
    )  # fmt: skip
    made = stack.add(
        "google_compute_instance", vm, name=vm, machine_type="e2-small", zone=zone,
        boot_disk=[nested(initialize_params=nested(image="debian-cloud/debian-12"))],
        network_interface=[nested(subnetwork=subnet["id"])],
    )  # fmt: skip
    if draw.chance("secure boot", 0.5):
        stack.ask(google_compute.machine_secure(of=vm))
        made.nest("shielded_instance_config", enable_secure_boot=True)
    if draw.chance("project keys", 0.5):
        stack.ask(ask.google_vm_no_project_keys(of=vm))
        made.set(metadata={"block-project-ssh-keys": "TRUE"})
    if draw.chance("identity", 0.5):
        stack.ask(ask.google_vm_own_identity(of=vm))
        account = stack.add("google_service_account", vm, account_id=f"{vm}-vm"[:30])
        made.nest("service_account", email=account["email"], scopes=["cloud-platform"])
