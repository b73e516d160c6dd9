"""How the schema pack is made, from packages and printed schemas that the tests write."""

import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from iac_gym.languages.terraform import build_data, pack
from iac_gym.languages.terraform.build_schemas import write
from iac_gym.languages.terraform.cdktf_source import package_texts, read_package
from iac_gym.languages.terraform.documented import FUNCTIONS, ephemeral
from iac_gym.languages.terraform.merge_schemas import merged
from iac_gym.languages.terraform.pack import Pack, ProviderSchema
from iac_gym.languages.terraform.schema_codes import encode, type_code, type_of
from iac_gym.languages.terraform.schema_report import TITLE, differences, report, with_section
from iac_gym.languages.terraform.schema_source import Source, read_schema
from iac_gym.languages.terraform.schemas import AttributeSchema, BodySchema
from iac_gym.languages.terraform.settable_ids import configuration, refused, without_ids

FOLDER = os.environ.get("IAC_GYM_PROVIDER_PACKAGES", "")


def entry(name: str, value: str, kind: str = "simple", storage: str = "string") -> str:
    return f"""
        {name}: {{
            value: {value},
            isBlock: false,
            type: "{kind}",
            storageClassType: "{storage}",
        }},"""


def text(member: str) -> str:
    return f"cdktf.stringToHclTerraform({member})"


def declared(member: str, type: str, doc: str = "Words.", mark: str = "?") -> str:
    comment = f"    /**\n    * {doc}\n    *\n    * Docs at {{@link x#y Z#y}}\n    */\n"
    return f"{comment}    readonly {member}{mark}: {type};\n"


def class_js(name: str, type: str, entries: str, rest: str = "") -> str:
    return f"""class {name} extends cdktf.TerraformResource {{
    constructor(scope, id, config) {{
        super(scope, id, {{
            terraformResourceType: '{type}',
            terraformGeneratorMetadata: {{
                providerName: 'toy',
                providerVersion: '1.2.3',
            }},
            terraformProviderSource: 'toys/toy'
        }});
        this._getSize = config.fetchSize;
{rest}
    }}
    synthesizeHclAttributes() {{
        const attrs = {{{entries}
        }};
    }}
}}
"""


def struct_js(name: str, entries: str, getters: str = "") -> str:
    return f"""function {name[0].lower()}{name[1:]}ToHclTerraform(struct) {{
    const attrs = {{{entries}
    }};
}}
class {name}OutputReference extends cdktf.ComplexObject {{{getters}
}}
"""


def class_types(name: str, kind: str, type: str, interface: str) -> str:
    return f"""export declare class {name} extends cdktf.Terraform{kind} {{
    static readonly tfResourceType = "{type}";
    constructor(scope: Construct, id: string, config: {interface});
}}
"""


def getter(member: str, expression: str) -> str:
    return f"\n    get {member}() {{\n        return {expression};\n    }}"


THING_JS = (
    struct_js(
        "ThingPart",
        entry("part_name", text("struct.partName"))
        + entry(
            "port_numbers",
            "cdktf.listMapperHcl(cdktf.numberToHclTerraform, false)(struct.portNumbers)",
            "set",
            "numberList",
        ),
        getter("partName", "this.getStringAttribute('part_name')")
        + getter("portNumbers", "this.getNumberListAttribute('port_numbers')")
        + getter("arn", "this.getStringAttribute('arn')"),
    )
    + struct_js("ThingRule", entry("from", text("struct.from")))
    + struct_js("ThingTimeouts", entry("create", text("struct.create")))
    + struct_js("ThingSeen", "", getter("who", "this.getStringAttribute('who')"))
    + class_js(
        "Thing",
        "toy_thing",
        entry("id", text("this._id"))
        + entry("name", text("this._name"))
        + entry("get_size", text("this._getSize"))
        + entry(
            "labels",
            "cdktf.listMapperHcl(cdktf.hashMapperHcl(cdktf.stringToHclTerraform), false)"
            "(this._labels)",
            "list",
            "stringMapList",
        )
        + entry(
            "part", "thingPartToHclTerraform(this._part.internalValue)", "list", "ThingPartList"
        )
        + entry(
            "parts",
            "cdktf.listMapperHcl(thingPartToHclTerraform, true)(this._parts.internalValue)",
            "set",
            "ThingPartList",
        )
        + entry(
            "rules",
            "cdktf.listMapperHcl(thingRuleToHclTerraform, false)(this._rules.internalValue)",
            "list",
            "ThingRuleList",
        )
        + entry("tree", "cdktf.anyToHclTerraform(this._tree)", "simple", "any")
        + entry(
            "timeouts", "thingTimeoutsToHclTerraform(this._timeouts.internalValue)", "struct", "T"
        ),
        """        this._seen = new ThingSeenList(this, "seen", true);
        this._one = new ThingSeenOutputReference(this, "one");
        this._tags_all = new cdktf.StringMap(this, "tags_all");
    }
    get arn() {
        return this.getStringAttribute('arn');
    }
    get zones() {
        return cdktf.Fn.tolist(this.getListAttribute('zones'));""",
    )
)
THING_TYPES = (
    "export interface ThingConfig extends cdktf.TerraformMetaArguments {\n"
    + declared("id", "string")
    + declared("name", "string", mark="")
    + declared("fetchSize", "string")
    + declared("labels", "{\n        [key: string]: string;\n    }[]")
    + declared("part", "ThingPart", "part block", mark="")
    + declared("parts", "ThingPart[] | cdktf.IResolvable", "parts block")
    + declared("rules", "ThingRule[] | cdktf.IResolvable")
    + declared("tree", "any", "tree block")
    + declared("timeouts", "ThingTimeouts", "timeouts block")
    + "}\nexport interface ThingPart {\n"
    + declared("partName", "string", mark="")
    + declared("portNumbers", "number[]")
    + "}\nexport interface ThingRule {\n"
    + declared("from", "string", mark="")
    + "}\nexport interface ThingTimeouts {\n"
    + declared("create", "string")
    + "}\n"
    + class_types("Thing", "Resource", "toy_thing", "ThingConfig")
)
PROVIDER_JS = class_js(
    "ToyProvider", "toy", entry("alias", text("this._alias")) + entry("token", text("this._token"))
)
PROVIDER_TYPES = (
    "export interface ToyProviderConfig {\n"
    + declared("alias", "string")
    + declared("token", "string", mark="")
    + "}\n"
    + class_types("ToyProvider", "Provider", "toy", "ToyProviderConfig")
)
LOOK_JS = class_js("DataToyLook", "toy_look", entry("name", text("this._name")))
LOOK_TYPES = (
    "export interface DataToyLookConfig {\n"
    + declared("name", "string")
    + "}\n"
    + class_types("DataToyLook", "DataSource", "toy_look", "DataToyLookConfig")
)
FILES = {
    "package/.jsii": "{}",
    "package/lib/provider/index.js": PROVIDER_JS,
    "package/lib/provider/index.d.ts": PROVIDER_TYPES,
    "package/lib/thing/index.js": THING_JS,
    "package/lib/thing/index.d.ts": THING_TYPES,
    "package/lib/data-toy-look/index.js": LOOK_JS,
    "package/lib/data-toy-look/index.d.ts": LOOK_TYPES,
}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as files:
        for name, content in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            files.addfile(info, io.BytesIO(content.encode()))
    path = tmp_path / "cdktf_cdktf_provider_toy-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr("cdktf_cdktf_provider_toy/_jsii/provider-toy@1.jsii.tgz", inner.getvalue())
    return path


@pytest.fixture
def toy(wheel: Path) -> Source:
    return read_package(package_texts(wheel))


def packed(*sources: Source) -> list[ProviderSchema]:
    made = Pack(write(sources))
    return [ProviderSchema(made, item) for item in made.index]


def test_a_package_names_its_provider(toy: Source) -> None:
    assert (toy.name, toy.source, toy.version) == ("toy", "toys/toy", "1.2.3")
    assert toy.config.attributes == {"token": ("string", "required")}
    assert toy.data["toy_look"].attributes == {"name": ("string", "optional")}


def test_a_package_gives_modes_and_types(toy: Source) -> None:
    seen = ("object", {"who": "string"}, frozenset())
    assert toy.resources["toy_thing"].attributes == {
        "arn": ("string", "computed"),
        "get_size": ("string", "optional"),
        "id": ("string", "optional"),
        "labels": (("list", ("map", "string")), "optional"),
        "name": ("string", "required"),
        "one": (seen, "computed"),
        "rules": (("list", ("object", {"from": "string"}, frozenset())), "optional"),
        "seen": (("set", seen), "computed"),
        "tags_all": (("map", "string"), "computed"),
        "zones": (("set", "string"), "computed"),
    }


def test_a_package_gives_blocks_and_their_limits(toy: Source) -> None:
    blocks = toy.resources["toy_thing"].blocks
    assert {name: block[:3] for name, block in blocks.items()} == {
        "part": ("list", 1, 1),
        "parts": ("set", 0, 0),
        "timeouts": ("single", 0, 0),
        "tree": ("list", 0, 0),
    }
    assert blocks["tree"].body.open
    assert blocks["part"].body.attributes == {
        "arn": ("string", "computed"),
        "part_name": ("string", "required"),
        "port_numbers": (("set", "number"), "optional"),
    }


def test_objects_are_plain_unless_the_provider_nests_attributes(wheel: Path) -> None:
    plain = read_package(package_texts(wheel)).resources["toy_thing"]
    nested = read_package(package_texts(wheel), nested=True).resources["toy_thing"]
    assert plain.as_blocks.keys() == {"rules"}
    assert not nested.as_blocks


def test_a_pack_gives_back_what_was_written(toy: Source) -> None:
    toy.functions = FUNCTIONS["time"]
    toy.ephemeral = ephemeral("random")
    (found,) = packed(toy)
    assert found.resource_types == ("toy_thing",)
    assert found.data_types == ("toy_look",)
    assert encode(found.resource("toy_thing")) == encode(toy.resources["toy_thing"])
    assert found.resource("toy_thing").as_blocks["rules"].body.attributes == {
        "from": ("string", "optional")
    }
    assert found.resource("toy_thing").blocks["tree"].body.open
    assert found.functions["unix_timestamp_parse"].parameters == ("number",)
    assert found.ephemeral("random_password").required == ("length",)


def test_the_same_sources_give_the_same_bytes(wheel: Path) -> None:
    once, again = (write([read_package(package_texts(wheel))]) for _ in range(2))
    assert once == again


def test_equal_records_are_kept_once(wheel: Path, toy: Source) -> None:
    twin = read_package(package_texts(wheel))
    twin.version = "2.0.0"
    assert len(Pack(write([toy, twin]))) == len(Pack(write([toy])))


@pytest.mark.parametrize(
    "kind",
    [
        "any",
        ("list", ("set", ("map", "bool"))),
        ("object", {}, frozenset()),
        (
            "object",
            {"a": "number", "b": ("object", {"c": "string"}, frozenset("c"))},
            frozenset("a"),
        ),
        ("set", ("object", {"x": ("list", "string"), "y": "bool"}, frozenset())),
    ],
)
def test_a_type_survives_its_code(kind: object) -> None:
    assert type_of(type_code(kind)) == kind


PRINTED = {
    "provider_schemas": {
        "registry.example/toys/toy": {
            "provider": {"block": {"attributes": {"token": {"type": "string", "optional": True}}}},
            "resource_schemas": {
                "toy_thing": {
                    "block": {
                        "attributes": {
                            "id": {"type": "string", "optional": True, "computed": True},
                            "name": {"type": "string", "required": True},
                            "key": {"type": "string", "optional": True, "sensitive": True},
                            "key_wo": {"type": "string", "optional": True, "write_only": True},
                            "raw": {"type": "dynamic", "optional": True},
                            "rules": {
                                "type": ["set", ["object", {"from": "string"}]],
                                "optional": True,
                            },
                            "deep": {
                                "optional": True,
                                "nested_type": {
                                    "nesting_mode": "list",
                                    "attributes": {
                                        "a": {"type": "string", "required": True},
                                        "b": {"type": "number", "optional": True},
                                    },
                                },
                            },
                        },
                        "block_types": {
                            "part": {
                                "nesting_mode": "list",
                                "min_items": 2,
                                "max_items": 7,
                                "block": {"attributes": {"x": {"type": "bool", "required": True}}},
                            }
                        },
                    }
                }
            },
            "functions": {
                "join": {
                    "return_type": "string",
                    "parameters": [{"name": "sep", "type": "string"}],
                    "variadic_parameter": {"name": "rest", "type": "dynamic"},
                }
            },
        }
    }
}


def printed() -> Source:
    return read_schema(json.loads(json.dumps(PRINTED)), "toy", "toys/toy", "1.0.0")


def test_a_printed_schema_is_exact() -> None:
    (found,) = packed(printed())
    thing = found.resource("toy_thing")
    assert thing.blocks["part"][:3] == ("list", 2, 7)
    assert thing.attributes["raw"] == ("any", "optional")
    assert thing.attributes["deep"].type == (
        "list",
        ("object", {"a": "string", "b": "number"}, frozenset("b")),
    )
    assert (thing.sensitive, thing.write_only) == ({"key"}, {"key_wo"})
    assert thing.as_blocks.keys() == {"rules"}
    assert found.functions["join"] == (("string",), "any", "string")


def lossy(source: Source) -> Source:
    """Lose what packages lose: numbers of blocks above 1."""
    thing = source.resources["toy_thing"]
    part = thing.blocks["part"]._replace(least=1, most=0)
    attributes = {n: a for n, a in thing.attributes.items() if n != "key_wo"}
    source.resources["toy_thing"] = BodySchema(
        attributes, {"part": part}, as_blocks=thing.as_blocks
    )
    return source


def test_what_stayed_the_same_is_taken_from_the_exact_schema() -> None:
    old, new = lossy(printed()), lossy(printed())
    assert encode(merged(printed(), old, new).resources["toy_thing"]) == encode(
        printed().resources["toy_thing"]
    )


def test_what_changed_is_taken_from_the_new_package() -> None:
    old, new = lossy(printed()), lossy(printed())
    thing = new.resources["toy_thing"]
    attributes = {n: a for n, a in thing.attributes.items() if n != "raw"}
    attributes["key"] = AttributeSchema("number", "required")
    attributes["region"] = AttributeSchema("string", "optional")
    inner = BodySchema({"x": AttributeSchema("bool", "optional")}, {})
    part = thing.blocks["part"]._replace(body=inner)
    new.resources["toy_thing"] = BodySchema(attributes, {"part": part}, as_blocks=thing.as_blocks)
    new.resources["toy_more"] = inner
    found = merged(printed(), old, new)
    body = found.resources["toy_thing"]
    assert "raw" not in body.attributes
    assert body.attributes["key"] == ("number", "required")
    assert body.attributes["region"] == ("string", "optional")
    assert body.attributes["key_wo"] == ("string", "optional")
    assert (body.sensitive, body.write_only) == (frozenset(), {"key_wo"})
    assert body.blocks["part"][:3] == ("list", 2, 7)
    assert body.blocks["part"].body.attributes["x"].mode == "optional"
    assert body.as_blocks.keys() == {"rules"}
    assert found.resources["toy_more"] is inner


def test_differences_are_counted_by_what_differs() -> None:
    found = differences(printed(), lossy(printed()))
    assert {what: n for what, n in found.items() if what not in ("attributes", "blocks")} == {
        "attribute missing": 1,
        "block's least": 1,
        "block's most": 1,
    }


def test_an_id_is_computed_where_validate_refused_it() -> None:
    source = printed()
    program = "".join(configuration(source))
    assert 'resource "toy_thing" "t" {\n  id = "x"\nname = var.x\npart {\nx = var.x\n}\n' in program
    validated = {
        "diagnostics": [
            {"summary": "Invalid or unknown key", "address": "toy_thing.t"},
            {"summary": "Something else", "address": "toy_other.t"},
        ]
    }
    assert refused(validated) == {"toy_thing"}
    without_ids(source, refused(validated).__contains__)
    assert source.resources["toy_thing"].attributes["id"].mode == "computed"


def test_the_notes_keep_other_sections(toy: Source) -> None:
    section = report([toy], differences(toy, toy), 10)
    notes = with_section("# Where from\n\n## Other\n\nwords\n", section)
    assert with_section(notes, section) == notes
    assert "## Other\n\nwords\n" in notes
    assert notes.count(TITLE) == 1
    assert "| toy | 1.2.3 |" in notes


@pytest.mark.skipif(not FOLDER, reason="set IAC_GYM_PROVIDER_PACKAGES to the folder of packages")
def test_the_pack_is_what_the_packages_give() -> None:
    assert write(build_data.read_sources(Path(FOLDER))) == pack.PATH.read_bytes()
