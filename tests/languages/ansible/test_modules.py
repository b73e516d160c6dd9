"""Modules and their options: names, redirects, and every kind of wrong argument."""

from __future__ import annotations

from typing import Any

import pytest

from iac_gym.languages.ansible import modules
from iac_gym.languages.ansible.modules.pack import modules as pack
from iac_gym.languages.ansible.modules.plugins import known_plugin


def faults(module: str, arguments: dict[Any, Any], lenient: bool = False) -> list[tuple[str, str]]:
    """Return rule and path of what is wrong."""
    known = modules.spec(modules.resolve(module) or "")
    assert known is not None
    found = modules.check(known, arguments, lenient)
    return [(one.rule, ".".join(map(str, one.path))) for one in found]


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("copy", "ansible.builtin.copy"),
        ("ansible.legacy.apt", "ansible.builtin.apt"),
        ("docker_container", "community.docker.docker_container"),
        ("community.general.docker_container", "community.docker.docker_container"),
        ("mysql_db", "community.mysql.mysql_db"),
        ("yum", "ansible.builtin.dnf"),
        ("ansible.builtin.copyy", None),
        ("community.docker.nothing", None),
        ("nothing_at_all", None),
        ("acme.tools.widget", "acme.tools.widget"),
    ],
)
def test_names_are_resolved(name: str, whole: str | None) -> None:
    assert modules.resolve(name) == whole


def test_collections_of_a_play_are_searched_first() -> None:
    assert modules.resolve("docker_swarm") == "community.docker.docker_swarm"
    assert (
        modules.resolve("podman_image", ("containers.podman",)) == "containers.podman.podman_image"
    )
    assert modules.resolve("copy", ("acme.tools",)) == "ansible.builtin.copy"


def test_collections_that_are_not_in_the_pack_are_told() -> None:
    assert modules.known_collection("community.postgresql")
    assert not modules.known_collection("acme.tools")


def test_the_pack_holds_what_is_used_most() -> None:
    found = pack().index["modules"]
    assert sum(len(names.split()) for names, _, _ in found.values()) > 2000
    assert all(len(names.split()) == len(sizes) for names, sizes, _ in found.values())
    for collection in found:
        for name in list(pack().places(collection))[::25]:
            assert modules.spec(f"{collection}.{name}") is not None


@pytest.mark.parametrize(
    ("module", "arguments", "found"),
    [
        ("apt", {"name": "nginx", "state": "present"}, []),
        ("apt", {"name": "nginx", "stat": "present"}, [("options-are-known", "stat")]),
        ("apt", {"_raw_params": "nginx"}, [("options-are-known", "")]),
        ("apt", {"name": "a", "state": "installed"}, [("option-values-are-allowed", "state")]),
        ("apt", {"name": "a", "state": None}, [("option-values-are-allowed", "state")]),
        ("apt", {"update_cache": "maybe"}, [("option-types-are-right", "update_cache")]),
        ("apt", {"update_cache": "Yes", "cache_valid_time": "3600"}, []),
        ("apt", {"cache_valid_time": "1h"}, [("option-types-are-right", "cache_valid_time")]),
        ("apt", {"cache_valid_time": 1.5}, [("option-types-are-right", "cache_valid_time")]),
        ("apt", {"name": "{{ p }}", "state": "{{ s }}", "update_cache": "{{ u }}"}, []),
        ("apt", {"pkg": ["a"], "deb": "x.deb"}, [("options-fit-together", "deb")]),
        ("file", {"state": "directory"}, [("required-options-are-given", "")]),
        ("file", {"dest": "/a", "state": "directory"}, []),
        ("user", {"name": "a", "groups": "b,c", "append": True}, []),
        ("user", {"name": "a", "groups": {"b": 1}}, [("option-types-are-right", "groups")]),
        ("get_url", {"url": "https://a", "dest": "/b", "headers": "a:b"}, [
            ("option-types-are-right", "headers")
        ]),
        ("uri", {"url": "https://a", "headers": "k=v, l=m"}, []),
        ("copy", {"dest": "/a"}, [("required-options-are-given", "")]),
        ("copy", {"dest": "/a", "content": "b", "mode": "0644"}, []),
        ("copy", {"dest": "/a", "content": "b", "src": "c"}, [("options-fit-together", "src")]),
        ("debug", {"msg": "a", "var": "b"}, [("options-fit-together", "var")]),
        ("set_fact", {"anything": 1, "cacheable": True}, []),
        ("add_host", {"name": "a", "groups": "b", "some_variable": 1}, []),
        ("shell", {"_raw_params": "ls | wc", "creates": "/a"}, []),
        ("shell", {"_raw_params": "ls", "expand_argument_vars": True}, [
            ("options-are-known", "expand_argument_vars")
        ]),
        ("command", {"cmd": "a", "argv": ["b"]}, [("options-fit-together", "argv")]),
        ("command", {}, [("required-options-are-given", "")]),
        ("package", {"name": "a", "state": "latest", "update_cache": True}, []),
        ("package", {"name": "a", "state": "here"}, [("option-values-are-allowed", "state")]),
        ("service", {"name": "a", "state": "started", "daemon_reload": True}, []),
        ("service", {"name": "a"}, []),  # systemd's `daemon_reload` has a default
        ("service", {"state": "started"}, [("options-fit-together", "")]),
        ("dnf", {"autoremove": True}, []),
        ("sysvinit", {"name": "a"}, [("required-options-are-given", "")]),
        ("template", {"src": "a", "dest": "/b", "lstrip_blocks": True, "mode": "0644"}, []),
        ("template", {"src": "a", "dest": "/b", "content": "c", "state": "x"}, [
            ("options-are-known", "state")
        ]),
        ("systemd", {"state": "started"}, [("options-fit-together", "")]),
        ("docker_container", {"name": "a", "networks": [{"nme": "x"}]}, [
            ("options-are-known", "networks.0.nme"),
            ("required-options-are-given", "networks.0"),
        ]),
        ("docker_container", {"name": "a", "networks": "b"}, [
            ("option-types-are-right", "networks")
        ]),
        ("docker_container", {"name": "a", "memory": "512m"}, []),
        ("ansible.posix.mount", {"path": "/a", "state": "mounted"}, [
            ("required-options-are-given", "")
        ]),
        ("uri", {"url": "https://a", "status_code": [200, "x"]}, [
            ("option-types-are-right", "status_code.1")
        ]),
    ],
)  # fmt: skip
def test_arguments_are_judged_as_the_module_judges_them(
    module: str, arguments: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert faults(module, arguments) == found


def test_nothing_is_missing_where_more_may_come_from_elsewhere() -> None:
    assert faults("file", {"state": "directory"}, lenient=True) == []
    assert faults("file", {"stat": "directory"}, lenient=True) == [("options-are-known", "stat")]


def test_an_alias_goes_before_the_own_name() -> None:
    assert faults("apt", {"package": "a", "name": {"b": 1}}) == [("option-types-are-right", "name")]


def test_messages_name_the_option_and_suggest_one() -> None:
    known = modules.spec("ansible.builtin.apt")
    assert known is not None
    unknown = modules.check(known, {"nane": "a"})[0]
    assert (unknown.message, unknown.hint) == ("there is no option `nane`", "did you mean `name`?")
    choice = modules.check(known, {"name": "a", "state": "presnt"})[0]
    assert "`state` cannot be `presnt`, but one of" in choice.message


def test_the_canonical_form_has_own_names_and_types() -> None:
    given = {"pkg": "a,b", "update_cache": "yes", "cache_valid_time": "60", "state": "{{ s }}"}
    assert modules.canonical("ansible.builtin.apt", given) == {
        "name": ["a", "b"],
        "update_cache": True,
        "cache_valid_time": 60,
        "state": "{{ s }}",
    }
    assert modules.canonical("ansible.builtin.file", {"dest": "/a"}) == {"path": "/a"}
    assert modules.canonical("acme.tools.widget", {"size": "3"}) == {"size": "3"}
    nested = modules.canonical(
        "community.docker.docker_container", {"networks": [{"name": "a", "aliases": "b"}]}
    )
    assert nested["networks"] == [{"name": "a", "aliases": ["b"]}]


@pytest.mark.parametrize(
    ("kind", "name", "known"),
    [
        ("filter", "default", True),
        ("filter", "to_json", True),
        ("filter", "ansible.builtin.to_json", True),
        ("filter", "json_query", True),
        ("filter", "community.general.json_query", True),
        ("filter", "community.general.nothing", False),
        ("filter", "ipaddr", False),
        ("filter", "nothing", False),
        ("filter", "acme.tools.shout", None),
        ("test", "match", True),
        ("test", "ansible.builtin.version", True),
        ("test", "nothing", False),
        ("lookup", "file", True),
        ("lookup", "community.general.passwordstore", True),
        ("lookup", "nothing", False),
    ],
)
def test_plugins_are_known_by_name(kind: str, name: str, known: bool | None) -> None:
    assert known_plugin(kind, name) is known


def test_groups_of_module_defaults_are_known() -> None:
    assert "amazon.aws.ec2_instance" in modules.action_group("amazon.aws.aws")
    assert modules.action_group("aws") == modules.action_group("amazon.aws.aws")
    assert modules.action_group("nothing") == ()


def test_odd_arguments_do_not_break_the_check() -> None:
    odd: list[Any] = [
        None,
        True,
        0,
        1.5,
        "",
        "x",
        [],
        [[]],
        {},
        {1: 2},
        [None],
        "{",
        "{'a'",
        "a=b c",
    ]
    for module in ("apt", "docker_container", "uri", "user", "k8s", "ec2_instance"):
        known = modules.spec(modules.resolve(module) or "")
        assert known is not None
        for name in known.names:
            for value in odd:
                modules.check(known, {name: value, 3: value})
                modules.canonical(modules.resolve(module) or "", {name: value})
