"""The pack is what its script makes of the package, and says where it comes from."""

import json
import re
import zlib

import pytest

from iac_gym.languages.github_actions.build_data import (
    PACK,
    SOURCES,
    VERSION,
    bare,
    build,
    reachable,
)
from iac_gym.languages.github_actions.tool import package_folder

DEFINITIONS = {
    "workflow-root-strict": {
        "description": "prose",
        "mapping": {"properties": {"on": {"type": "on", "required": True, "description": "prose"}}},
    },
    "on": {"one-of": ["null", "events"], "description": "prose"},
    "events": {"sequence": {"item-type": "event"}},
    "event": {"string": {"constant": "push"}},
    "unused": {"string": {}},
}


def test_definitions_lose_their_prose_and_nothing_else():
    made = reachable(DEFINITIONS, "workflow-root-strict")
    assert list(made) == ["event", "events", "on", "workflow-root-strict"]
    assert made["workflow-root-strict"] == {
        "mapping": {"properties": {"on": {"type": "on", "required": True}}}
    }
    assert bare({"mapping": {"properties": {"description": "text", "a": {"type": "b"}}}}) == {
        "mapping": {"properties": {"description": "text", "a": "b"}}
    }


def test_a_package_of_another_version_is_refused(tmp_path):
    (tmp_path / "package.json").write_text(json.dumps({"version": "0.0.1"}))
    with pytest.raises(SystemExit, match=r"0\.0\.1"):
        build(tmp_path)


def test_the_pack_is_built_of_both_schemas(tmp_path):
    (tmp_path / "package.json").write_text(json.dumps({"version": VERSION}))
    (tmp_path / "dist").mkdir()
    for name, file in SOURCES.items():
        renamed = {key.replace("workflow", name): value for key, value in DEFINITIONS.items()}
        (tmp_path / "dist" / file).write_text(json.dumps({"definitions": renamed}))
    made = json.loads(zlib.decompress(build(tmp_path)))
    assert list(made) == ["workflow", "action"]
    assert made["action"]["action-root-strict"]["mapping"]


def test_the_source_note_names_the_version():
    note = (PACK.parent / "SOURCE.md").read_text("utf-8")
    assert re.search(rf"workflow-parser` {re.escape(VERSION)}\b", note)


@pytest.mark.tool
def test_the_pack_is_rebuilt_exactly():
    folder = package_folder()
    if folder is None:
        pytest.skip("@actions/workflow-parser is not installed")
    if json.loads((folder / "package.json").read_text())["version"] != VERSION:
        pytest.skip(f"@actions/workflow-parser is not {VERSION}")
    assert PACK.read_bytes() == build(folder)
