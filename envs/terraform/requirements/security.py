"""Requirements that ask for security: the predicates of the security rules, on a named thing.

They are stricter than the rules: what is not known before the apply is no fulfilment.
"""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_databases import DATABASE
from envs.terraform.requirements.aws_networks import SUBNET
from envs.terraform.requirements.factories import Companion, fixed
from envs.terraform.requirements.google_compute import MACHINE
from envs.terraform.requirements.google_networks import FIREWALL, NETWORK
from envs.terraform.requirements.instances import INSTANCE, VOLUME
from envs.terraform.requirements.kinds import OWN, Kind, arn_text, companions, same, the
from envs.terraform.requirements.lookup import targets, unless
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.iam_documents import Statement, statements
from iac_gym.languages.terraform.known import flat, is_false, is_true, text_of, texts_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.network_rules import rules_of
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.rules import security_google as google
from iac_gym.languages.terraform.rules import security_network as network
from iac_gym.languages.terraform.rules import security_platforms as platforms
from iac_gym.languages.terraform.rules import security_storage as storage
from iac_gym.languages.terraform.rules.security_faults import Predicate
from iac_gym.languages.terraform.values import Unknown, Value
from iac_gym.verdict import Finding

#: The addresses from which Identity-Aware Proxy forwards TCP connections.
PROXY = "35.235.240.0/20"


def secure(name: str, kind: Kind, predicate: Predicate, *wordings: str) -> RequirementType:
    """Make "a predicate of the security rules holds for the thing `of`"."""

    def check(config: Configuration, of: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        for at, message in predicate(thing, True):
            yield config.finding(at, f"`{of}` {message}")

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


# -- buckets ---------------------------------------------------------------------------------------

bucket_no_acls = fixed(
    "bucket-no-acls", BUCKET,
    Companion("aws_s3_bucket_ownership_controls", "bucket", "rule.object_ownership"),
    "BucketOwnerEnforced",
    "ACLs disabled on the bucket `{of}`", "object ownership of `{of}` enforced for its owner",
)  # fmt: skip


def _policies(config: Configuration, bucket: Instance) -> list[tuple[Value, int]]:
    """Return the policies of a bucket with their offsets."""
    holders = [bucket, *companions(config, "aws_s3_bucket_policy", "bucket", bucket, BUCKET)]
    found = [(one.get("policy"), one.where("policy")) for one in holders]
    return [(value, at) for value, at in found if value is not None]


def _denies_plain(statement: Statement) -> bool:
    """Whether a statement denies everybody every action without TLS, under no other condition."""
    if statement.effect != "Deny" or not statement.for_everybody or len(statement.conditions) != 1:
        return False
    test, key, value = statement.conditions[0]
    named = test.lower() in ("bool", "boolifexists") and key.lower() == "aws:securetransport"
    return (
        named and is_false(value) and bool({"*", "s3:*"} & {a.lower() for a in statement.actions})
    )


@requirement(
    "requests to the bucket `{of}` without TLS denied by its policy",
    "a policy of the bucket `{of}` that denies every request over plain HTTP",
)
def bucket_tls_only(config: Configuration, of: str) -> Findings:
    """Statements that deny requests without TLS, for the bucket and for its objects."""
    bucket = the(config, BUCKET, of)
    if isinstance(bucket, Finding):
        return [bucket]
    covered = {
        arn_text(resource, bucket, BUCKET)
        for policy, _ in _policies(config, bucket)
        for statement in statements(policy)
        if _denies_plain(statement)
        for resource in statement.resources
    }
    right = "*" in covered or {OWN, f"{OWN}/*"} <= covered or f"{OWN}*" in covered
    return unless(right, config, bucket.at, f"no policy of `{of}` denies requests without TLS")


# -- machines --------------------------------------------------------------------------------------

instance_metadata = secure(
    "instance-metadata", INSTANCE, platforms.needs_token,
    "IMDSv1 switched off on the instance `{of}`",
    "the instance metadata of `{of}` only by IMDSv2",
)  # fmt: skip


@requirement(
    "every disk of the instance `{of}` encrypted", "the instance `{of}` with encrypted disks only",
)  # fmt: skip
def instance_disks(config: Configuration, of: str) -> Findings:
    """Its root disk, the other disks in its description, and the volumes attached to it."""
    thing = the(config, INSTANCE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    if storage.encrypts_by_default(config):
        return
    for at, message in (*storage.encrypted_root(thing, True), *storage.plain_disks(thing, True)):
        yield config.finding(at, f"`{of}` {message}")
    attached = companions(config, "aws_volume_attachment", "instance_id", thing, INSTANCE)
    for volume in targets(config, VOLUME, [one.get("volume_id") for one in attached]):
        for at, _ in storage.encrypted_volume(volume, True):
            yield config.finding(at, f"a volume attached to `{of}` is not encrypted")


@requirement(
    "no public IP address for the instance `{of}`", "the instance `{of}` without a public address",
)  # fmt: skip
def instance_hidden(config: Configuration, of: str) -> Findings:
    """None is assigned on launch (by itself or by its subnet), and no Elastic IP is given to it."""
    thing = the(config, INSTANCE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = thing.get("associate_public_ip_address")
    subnets = targets(config, SUBNET, [thing.get("subnet_id")])
    by_subnet = [one.get("map_public_ip_on_launch") for one in subnets]
    plain = bool(by_subnet) and all(one is None or is_false(one) for one in by_subnet)
    if not is_false(given) and not (given is None and plain):
        at = thing.where("associate_public_ip_address")
        yield config.finding(at, f"`{of}` may get a public address")
    for kind, link in (("aws_eip", "instance"), ("aws_eip_association", "instance_id")):
        for one in companions(config, kind, link, thing, INSTANCE):
            yield config.finding(one.at, f"`{of}` has an Elastic IP")


@requirement(
    "no inbound SSH or RDP from the internet in the security group `{of}`",
    "SSH and RDP of the security group `{of}` closed to the internet",
)
def group_no_admin(config: Configuration, of: str) -> Findings:
    """No ingress rule for the whole internet that opens port 22 or 3389."""
    thing = the(config, SECURITY_GROUP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in rules_of(config, thing, "ingress"):
        if network.opened(one, network.ADMIN_PORTS):
            yield config.finding(one.at, f"`{of}` is open to the internet on {one.said()}")


# -- databases -------------------------------------------------------------------------------------


@requirement(
    "the database `{of}` closed to the internet by its security groups as well as its address",
    "no way to the database `{of}` from the internet: no public address, no open security group",
)
def database_hidden(config: Configuration, of: str) -> Findings:
    """It has no public address, and groups of its own that admit the whole internet nowhere."""
    thing = the(config, DATABASE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for at, message in network.not_public(thing, True):
        yield config.finding(at, f"`{of}` {message}")
    groups = targets(config, SECURITY_GROUP, [thing.get("vpc_security_group_ids")])
    if not groups:
        at = thing.where("vpc_security_group_ids")
        yield config.finding(at, f"`{of}` has no security group that is declared here")
    for group in groups:
        for one in rules_of(config, group, "ingress"):
            if one.for_everybody:
                yield config.finding(one.at, f"everybody is admitted on {one.said()}")


@requirement(
    "the master password of `{of}` nowhere in plain text",
    "no readable master password of `{of}` in the configuration",
)
def database_password_hidden(config: Configuration, of: str) -> Findings:
    """RDS keeps the password, or it comes from where only the apply can read it."""
    thing = the(config, DATABASE, of)
    if isinstance(thing, Finding):
        return [thing]
    given = [thing.get(name) for name in ("password", "password_wo")]
    managed = is_true(thing.get("manage_master_user_password"))
    right = managed or any(isinstance(one, Unknown) for one in given)
    right = right and not any(isinstance(one, str) for one in given)
    at = thing.where("password")
    return unless(right, config, at, f"`{of}` has no master password, or one in plain text")


#: The parameter that makes TLS compulsory, by the engine (as it begins).
_FORCED = {
    "postgres": ("rds.force_ssl", ("1",)),
    "sqlserver": ("rds.force_ssl", ("1",)),
    "mysql": ("require_secure_transport", ("1", "ON", "on")),
    "mariadb": ("require_secure_transport", ("1", "ON", "on")),
}
PARAMETERS = Kind("DB parameter group", ("aws_db_parameter_group",), "name", ("name", "id"), True)


@requirement(
    "TLS forced on all connections to the database `{of}` by its parameter group",
    "a parameter group for `{of}` that refuses connections without TLS",
)
def database_tls(config: Configuration, of: str) -> Findings:
    """The parameter group that it uses sets what its engine has for that."""
    thing = the(config, DATABASE, of)
    if isinstance(thing, Finding):
        return [thing]
    engine = str(thing.get("engine"))
    name, values = next(
        (wanted for start, wanted in _FORCED.items() if engine.startswith(start)), ("", ())
    )
    groups = targets(config, PARAMETERS, [thing.get("parameter_group_name")])
    right = any(
        same(one.get("name"), name) and any(same(one.get("value"), value) for value in values)
        for group in groups
        for one in group.blocks("parameter")
    )
    at = thing.where("parameter_group_name")
    return unless(right, config, at, f"no parameter group of `{of}` sets {name or 'TLS'}")


# -- Google Cloud ----------------------------------------------------------------------------------


def _firewalls(config: Configuration, net: Instance) -> list[Instance]:
    """Return the rules of a network that are in force and let traffic in."""
    return [
        one
        for one in companions(config, FIREWALL.types[0], "network", net, NETWORK)
        if one.get("direction") in (None, "", "INGRESS")
        and not is_true(one.get("disabled"))
        and one.blocks("allow")
    ]


@requirement(
    "no SSH or RDP from the internet in the network `{of}`",
    "SSH and RDP of the network `{of}` closed to the internet",
)
def google_network_no_admin(config: Configuration, of: str) -> Findings:
    """No firewall rule of the network opens port 22 or 3389 to everybody."""
    net = the(config, NETWORK, of)
    if isinstance(net, Finding):
        yield net
        return
    for one in _firewalls(config, net):
        for at, message in google.opens_admin(one, True):
            yield config.finding(at, f"a firewall rule of `{of}` {message}")


@requirement(
    f"SSH in the network `{{of}}` from {PROXY} (Identity-Aware Proxy) and from nowhere else",
    f"SSH to the machines of `{{of}}` by Identity-Aware Proxy ({PROXY}) only",
)
def google_ssh_by_proxy(config: Configuration, of: str) -> Findings:
    """A firewall rule opens SSH to the proxy, and none opens it to others."""
    net = the(config, NETWORK, of)
    if isinstance(net, Finding):
        yield net
        return
    found = [one for one in _firewalls(config, net) if google.firewall_opens(one, 22)]
    if not found:
        yield config.finding(net.at, f"no firewall rule of `{of}` admits SSH")
    for one in found:
        sources = flat([one.get("source_ranges")])
        others = one.get("source_tags") or one.get("source_service_accounts")
        if texts_of(sources) != [PROXY] or len(sources) != 1 or others:
            yield config.finding(one.where("source_ranges"), f"SSH is open not just to {PROXY}")


@requirement(
    "TCP port {port} as the only one of the network `{of}` that the whole internet may reach",
    "the network `{of}` open to the internet on TCP port {port} and on nothing else",
)
def google_only_open_port(config: Configuration, of: str, port: int) -> Findings:
    """One rule or more for everybody, all of them for just that port."""
    net = the(config, NETWORK, of)
    if isinstance(net, Finding):
        yield net
        return
    found = [one for one in _firewalls(config, net) if google.admits_world(one)]
    if not found:
        yield config.finding(net.at, f"nothing in `{of}` is open to the internet")
    for one in found:
        for allow in one.blocks("allow"):
            tcp = str(allow.get("protocol")).lower() in ("tcp", "6")
            ports = flat([allow.get("ports")])
            if not tcp or len(ports) != 1 or not same(ports[0], port):
                yield config.finding(allow.at, f"not just TCP {port} is open to the internet")


@requirement(
    "no external IP address for the VM `{of}`", "the VM `{of}` without an external address",
)  # fmt: skip
def google_vm_hidden(config: Configuration, of: str) -> Findings:
    """Its network interfaces have no access configuration."""
    thing = the(config, MACHINE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    faces = thing.blocks("network_interface")
    if not faces:
        yield config.finding(thing.at, f"`{of}` has no network interface")
    for face in faces:
        for one in (*face.blocks("access_config"), *face.blocks("ipv6_access_config")):
            yield config.finding(one.at, f"`{of}` has an external address")


def _same_switch(value: Value, wanted: str) -> bool:
    """Whether a metadata entry is a switch in that position: metadata are strings in any case."""
    text = str(value).lower() if isinstance(value, bool) else text_of(value)
    return text.upper() == wanted


google_vm_no_project_keys = fixed(
    "google-vm-no-project-keys", MACHINE, "metadata.block-project-ssh-keys", "TRUE",
    "the SSH keys of the project blocked on the VM `{of}`",
    "the VM `{of}` not accepting the project-wide SSH keys", compare=_same_switch,
)  # fmt: skip


@requirement(
    "the VM `{of}` not running as the default service account",
    "a service account other than the default one for the VM `{of}`",
)
def google_vm_own_identity(config: Configuration, of: str) -> Findings:
    """It names a service account, which is not the default one."""
    thing = the(config, MACHINE, of)
    if isinstance(thing, Finding):
        return [thing]
    emails = [one.get("email") for one in thing.blocks("service_account")]
    right = bool(emails) and all(one is not None and not google.is_default(one) for one in emails)
    return unless(right, config, thing.at, f"`{of}` runs as the default service account")
