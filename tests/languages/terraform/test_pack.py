"""What the schema pack that ships says: facts that the real providers' schemas state."""

import json
from pathlib import Path

import pytest

from iac_gym.languages.terraform import pack as packs
from iac_gym.languages.terraform.pack import (
    ProviderSchema,
    provider,
    provider_names,
    provider_versions,
)
from iac_gym.languages.terraform.schemas import BodySchema


def resource(type: str, major: int | None = None) -> BodySchema:
    found = provider(type.split("_")[0], major)
    assert found is not None
    body = found.resource(type)
    assert body is not None, type
    return body


def test_the_newest_version_is_the_default() -> None:
    assert provider_versions("aws") == ("5.100.0", "6.25.0")
    assert provider("aws").version == "6.25.0"
    assert provider("aws", 5).version == "5.100.0"
    assert provider("aws", 6) is provider("aws")


@pytest.mark.parametrize(("name", "major"), [("aws", 4), ("nope", None), ("", None)])
def test_an_unknown_provider_is_none(name: str, major: int | None) -> None:
    assert provider(name, major) is None
    assert not provider_versions("nope")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("aws", "hashicorp/aws"),
        ("google-beta", "hashicorp/google-beta"),
        ("helm", "hashicorp/helm"),
        ("terraform", "terraform.io/builtin/terraform"),
    ],
)
def test_a_provider_knows_its_address(name: str, source: str) -> None:
    assert provider(name).source == source


def test_an_unknown_type_is_none_however_often_it_is_asked_for() -> None:
    aws = provider("aws")
    assert aws.resource("aws_instnace") is aws.resource("aws_instnace") is None
    assert aws.data("aws_nope") is None
    assert aws.ephemeral("aws_instance") is None


def test_a_body_is_built_once() -> None:
    assert resource("aws_vpc") is resource("aws_vpc")


def test_the_modes_of_attributes() -> None:
    bucket = resource("aws_s3_bucket_versioning", 5)
    assert bucket.attributes["bucket"] == ("string", "required")
    assert bucket.attributes["mfa"] == ("string", "optional")
    assert resource("aws_instance", 5).attributes["arn"] == ("string", "computed")
    assert "versioning_configuration" in bucket.required
    assert "arn" in resource("aws_instance", 5).computed


def test_the_limits_of_blocks() -> None:
    assert resource("aws_lb", 5).blocks["access_logs"][:3] == ("list", 0, 1)
    assert resource("aws_codepipeline", 5).blocks["stage"][:3] == ("list", 2, 0)
    assert resource("aws_ecs_service", 5).blocks["timeouts"][:3] == ("single", 0, 0)
    assert resource("aws_security_group_rule", 5).blocks.keys() == {"timeouts"}


def test_types_of_lists_sets_and_maps() -> None:
    instance = resource("aws_instance", 5)
    assert instance.attributes["vpc_security_group_ids"].type == ("set", "string")
    assert instance.attributes["ipv6_addresses"].type == ("list", "string")
    assert instance.attributes["tags"].type == ("map", "string")


def test_a_list_of_plain_objects_may_be_written_as_blocks() -> None:
    group = resource("aws_security_group", 5)
    kind, (_, fields, optional) = group.attributes["ingress"].type
    assert (kind, fields["from_port"], optional) == ("set", "number", frozenset())
    form = group.as_blocks["ingress"]
    assert form.nesting == "set"
    assert form.body.attributes["cidr_blocks"] == (("list", "string"), "optional")
    assert not form.body.required


def test_objects_of_a_nested_attribute_are_no_blocks() -> None:
    release = resource("helm_release")
    kind, (_, fields, optional) = release.attributes["set"].type
    assert (kind, set(fields)) == ("list", {"name", "value", "type"})
    assert "type" in optional
    assert "name" not in optional
    assert not release.as_blocks
    assert not release.blocks


def test_blocks_in_blocks_of_recursive_schemas_are_there() -> None:
    rule = resource("aws_wafv2_web_acl").blocks["rule"].body
    statement = rule.blocks["statement"].body
    assert "rate_based_statement" in statement.blocks
    assert "not_statement" in statement.blocks["and_statement"].body.blocks["statement"].body.blocks


def test_an_id_that_the_provider_refuses_is_computed() -> None:
    assert resource("aws_instance", 5).attributes["id"].mode == "computed"
    assert resource("azurerm_resource_group").attributes["id"].mode == "computed"
    for major in (5, 6):
        assert provider("aws", major).data("aws_vpc").attributes["id"].mode == "optional"


def test_what_changed_from_aws_5_to_6() -> None:
    old, new = resource("aws_instance", 5), resource("aws_instance", 6)
    assert "cpu_core_count" in old.attributes
    assert "cpu_core_count" not in new.attributes
    assert "region" not in old.attributes
    assert new.attributes["region"] == ("string", "optional")
    assert "vpc" in resource("aws_eip", 5).attributes
    assert "vpc" not in resource("aws_eip", 6).attributes
    assert provider("aws", 6).resource("aws_opsworks_stack") is None
    # What did not change is as exact as in version 5, though no package holds it.
    assert resource("aws_appmesh_route", 6).blocks["spec"].body.blocks["http_route"].body.blocks[
        "action"
    ].body.blocks["weighted_target"][:3] == ("set", 1, 10)


def test_sensitive_and_write_only_attributes() -> None:
    database = resource("aws_db_instance", 5)
    assert "password" in database.sensitive
    assert "username" not in database.sensitive
    assert database.write_only == {"password_wo"}


def test_other_providers() -> None:
    assert "resource_group_name" in resource("azurerm_storage_account").required
    assert resource("google_compute_instance").blocks["network_interface"][:2] == ("list", 1)
    container = resource("kubernetes_deployment").blocks["spec"].body.blocks["template"].body
    assert "image" in container.blocks["spec"].body.blocks["container"].body.attributes
    assert resource("kubernetes_manifest").attributes["manifest"] == ("any", "required")
    assert resource("random_password").required == ("length",)
    assert resource("terraform_data").attributes["input"] == ("any", "optional")
    assert provider("terraform").data("terraform_remote_state").required == ("backend",)
    assert provider("google-beta").resource("google_compute_instance") is not None


def test_provider_blocks() -> None:
    aws = provider("aws").config
    assert aws.attributes["region"] == ("string", "optional")
    assert "default_tags" in aws.blocks
    assert "alias" not in aws.attributes
    assert provider("azurerm").config.required == ("features",)
    assert provider("random").config.attributes == {}


def test_functions() -> None:
    build = provider("aws", 5).functions["arn_build"]
    assert (len(build.parameters), build.rest, build.result) == (5, None, "string")
    assert provider("random").functions == {}
    assert provider("terraform").functions["encode_expr"].parameters == ("any",)


def test_ephemeral_resources() -> None:
    assert (
        "secret_string"
        in provider("aws", 5).ephemeral("aws_secretsmanager_secret_version").computed
    )
    assert provider("random").ephemeral("random_password").required == ("length",)


def test_types_are_sorted_and_each_can_be_read() -> None:
    for name in provider_names():
        for version in provider_versions(name):
            found = provider(name, int(version.split(".")[0]))
            for types, read in (
                (found.resource_types, found.resource),
                (found.data_types, found.data),
                (found.ephemeral_types, found.ephemeral),
            ):
                assert list(types) == sorted(types)
                assert all(read(type) is not None for type in types)


def test_the_pack_knows_each_provider_of_the_notes() -> None:
    notes = (packs.PATH.parent / "SOURCE.md").read_text("utf-8")
    for name in provider_names():
        for version in provider_versions(name):
            assert f"| {name} | {version} |" in notes


def test_a_file_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="build it again"):
        packs.Pack(b"something else entirely")


def test_reading_one_provider_reads_no_other() -> None:
    pack = packs.schema_pack()
    fresh = ProviderSchema(pack, next(e for e in pack.index if e["name"] == "random"))
    read: list[int] = []

    class Watched:
        def raw(self, place: int) -> bytes:
            read.append(place)
            return pack.raw(place)

    fresh._pack = Watched()  # type: ignore[assignment]
    assert fresh.resource("random_id") is not None
    assert len(read) == 2
    assert json.loads(pack.raw(read[0])).keys() == {"resource", "data", "ephemeral"}
