"""The value rules read out of providers' source: what the shipped pack accepts and refuses."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from iac_gym.languages.terraform.pack import provider
from iac_gym.languages.terraform.schemas import BodySchema
from iac_gym.languages.terraform.value_checks import check_value
from iac_gym.languages.terraform.value_rules import (
    DATA,
    TypeRules,
    ValuePack,
    check_groups,
    rules_for,
)

PACK = ValuePack((DATA / "value_rules_docs.bin").read_bytes())
RECORDS = [
    (name, mode, type)
    for name, modes in PACK.types.items()
    for mode, types in modes.items()
    for type in types
]


def _rules(type: str) -> TypeRules:
    found = rules_for(type.partition("_")[0], "resource", type)
    assert found is not None
    return found


def _wrong(type: str, path: str, value: object) -> str:
    rules = _rules(type).values[path]
    return next(filter(None, (check_value(rule, value) for rule in rules)), "")


# type, path, values that the provider accepts, values that it refuses
CASES: list[tuple[str, str, list[object], list[object]]] = [
    ("google_compute_firewall", "direction", ["INGRESS", "EGRESS", ""], ["ingress", "IN"]),
    ("google_compute_firewall", "priority", [0, 1000, 65535], [-1, 65536]),
    (
        "google_compute_firewall",
        "name",
        ["a", "allow-ssh", "a" * 63],
        ["Allow", "a-", "a" * 64, ""],
    ),
    ("google_compute_subnetwork", "ip_cidr_range", ["10.0.0.0/16"], ["10.0.0.0", "10.0/16"]),
    ("google_service_account", "account_id", ["my-app", "a" * 30], ["short", "My-app-1", "a" * 31]),
    (
        "google_storage_bucket_iam_member",
        "member",
        ["allUsers", "user:a@b.c"],
        ["a@b.c", "deleted:x"],
    ),
    ("google_sql_database_instance", "settings.availability_type", ["ZONAL"], ["MULTI", "zonal"]),
    (
        "azurerm_storage_account",
        "name",
        ["abc", "acc0unt"],
        ["ab", "my-account", "Account", "a" * 25],
    ),
    ("azurerm_storage_account", "account_tier", ["Standard", "Premium"], ["standard", "Hot"]),
    ("azurerm_network_security_rule", "priority", [100, 4096], [99, 4097]),
    ("azurerm_network_security_rule", "protocol", ["Tcp", "*"], ["TCP", "tcp", "All"]),
    ("azurerm_network_security_group", "security_rule.direction", ["Inbound"], ["inbound"]),
    ("azurerm_key_vault", "sku_name", ["standard", "premium"], ["Standard"]),
    ("azurerm_key_vault", "soft_delete_retention_days", [7, 90], [6, 91]),
    (
        "azurerm_key_vault",
        "tenant_id",
        ["00000000-0000-0000-0000-000000000000"],
        ["tenant", "00000000000000000000000000000000"],
    ),
    (
        "azurerm_linux_virtual_machine",
        "admin_password",
        ["Abcdef12", "abcdef1!", "P@ssw0rd1234!"],
        ["P@ssw0rd", "abcdefgh", "Ab1!", "alllower1", ""],
    ),
    (
        "azurerm_kubernetes_cluster",
        "default_node_pool.name",
        ["default", "np1"],
        ["Default", "node-pool", "thirteenchars"],
    ),
    (
        "azurerm_network_interface",
        "ip_configuration.subnet_id",
        [
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n",
        ],
        [
            "subnet-1",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
            "/subscriptions/s/resourcegroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n",
        ],
    ),
    ("azurerm_subnet", "address_prefixes", [["10.0.0.0/24"]], [[]]),
    ("kubernetes_service", "spec.type", ["ClusterIP", "LoadBalancer"], ["clusterip", "Cluster"]),
    ("kubernetes_service", "spec.port.port", [1, 65535], [0, 65536]),
    ("kubernetes_deployment_v1", "metadata.name", ["web", "a.b-c"], ["Web", "-a", "a_b"]),
    ("helm_release", "name", ["a", "a" * 53], ["", "a" * 54]),
    ("tls_private_key", "algorithm", ["RSA", "ED25519"], ["rsa", "DSA"]),
    ("time_sleep", "create_duration", ["30s", "1.5h"], ["30", "1d"]),
    ("random_password", "length", [1, 16], [0]),
]


@pytest.mark.parametrize(("type", "path", "good", "bad"), CASES, ids=lambda value: str(value)[:40])
def test_a_value_is_judged_as_the_provider_judges_it(
    type: str, path: str, good: list[object], bad: list[object]
) -> None:
    """What a provider's validation function accepts passes, and what it refuses does not."""
    assert [value for value in good if _wrong(type, path, value)] == []
    assert [value for value in bad if not _wrong(type, path, value)] == []


GROUPS: list[tuple[str, set[str], set[str]]] = [
    # type, set paths that are fine, set paths that are not
    ("google_compute_firewall", {"allow"}, {"allow", "deny"}),
    ("google_compute_firewall", {"deny"}, set()),
    ("azurerm_subnet", {"address_prefixes"}, set()),
    (
        "azurerm_network_security_rule",
        {"source_address_prefix", "destination_address_prefix"},
        {"source_address_prefix", "source_address_prefixes", "destination_address_prefix"},
    ),
    ("time_sleep", {"create_duration"}, set()),
    ("local_file", {"content"}, {"content", "source"}),
    ("kubernetes_namespace", {"metadata.name"}, {"metadata.name", "metadata.generate_name"}),
]


@pytest.mark.parametrize(("type", "good", "bad"), GROUPS)
def test_arguments_are_judged_together(type: str, good: set[str], bad: set[str]) -> None:
    """Exactly one of, at least one of, conflicting arguments."""
    groups = [
        g for g in _rules(type).groups if "." not in g.paths[0] or type == "kubernetes_namespace"
    ]
    assert not list(check_groups(groups, lambda path: path in good))
    assert list(check_groups(groups, lambda path: path in bad))


@pytest.mark.parametrize("value", [None, True, [], {}, 1.5, "a" * 70_000, "\u0000", "\ud800"])
def test_no_rule_raises_whatever_the_value(value: object) -> None:
    """Every rule of every type takes any value."""
    for record in RECORDS[::7]:
        found = PACK.record(*record)
        for rules in (found or {}).get("v", {}).values():
            for rule in rules:
                if rule[0] not in ("pattern", "no_pattern", "any", "all"):
                    check_value(_read(rule), value)


def _read(rule: list[Any]) -> Any:
    from iac_gym.languages.terraform.value_checks import rule_from

    return rule_from(rule)


def _paths(record: dict[str, Any]) -> Iterator[str]:
    yield from record.get("v", {})
    for group in record.get("g", ()):
        yield from group[1:]


def _known(schema: BodySchema, path: str) -> bool:
    body = schema
    for part in path.split("."):
        if part in ("*", "#") or body.open or part in body.attributes:
            return True
        if part not in body.blocks:
            return False
        body = body.blocks[part].body
    return True


def test_every_path_stands_in_the_schema() -> None:
    """The schemas come from another source: that both name the same paths speaks for both."""
    missing = []
    for name, mode, type in RECORDS:
        pack = provider(name)
        assert pack is not None
        schema = pack.resource(type) if mode == "resource" else pack.data(type)
        for path in _paths(PACK.record(name, mode, type) or {}):
            if schema is None or not _known(schema, path):
                missing.append((type, path))
    assert missing == []


def _patterns(rule: list[Any], longest: int) -> Iterator[tuple[str, int]]:
    if rule[0] in ("pattern", "no_pattern"):
        yield rule[1], longest
    elif rule[0] in ("any", "all"):
        # A pattern beside `length n` in an `any` is not asked for longer texts.
        limits = [one[1] for one in rule[1:] if one[0] == "length" and one[2] is None and one[1]]
        for one in rule[1:]:
            yield from _patterns(one, min([longest, *limits]) if rule[0] == "any" else longest)


def test_no_pattern_is_slow_on_hostile_text() -> None:
    """Patterns that need many tries are for short texts only."""
    found: set[tuple[str, int]] = set()
    for record in RECORDS:
        for rules in (PACK.record(*record) or {}).get("v", {}).values():
            for rule in rules:
                found.update(_patterns(rule, 2000))
    slow = []
    for pattern, longest in sorted(found):
        compiled = re.compile(pattern, re.ASCII)
        began = time.process_time()
        for piece in ("a", "0", "-", "/a", "a.", "a-"):
            compiled.search((piece * longest)[: longest - 1] + "!")
        if time.process_time() - began > 2:
            slow.append(pattern)
    assert slow == []


def test_the_pack_says_where_it_comes_from() -> None:
    """Providers, versions and licence are named."""
    assert "google 6.50.0" in PACK.source
    assert "azurerm 4.55.0" in PACK.source
    assert "MPL-2.0" in PACK.source
