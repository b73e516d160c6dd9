"""Inventories as the plugins `ini` and `yaml` read them: groups, ranges, variables of a host."""

from __future__ import annotations

import pytest

from iac_gym.languages.ansible.inventory_files import RangeFault, expand, hosts_of, literal
from iac_gym.languages.ansible.parse import parse

INI = """
mail.example.com:2222 user=a
[web]
www[01:03].example.com tier=front  # a note
[db]
db-[a:b]
[all:vars]
zone = eu
[prod:children]
web
db
[prod:vars]
level=2
"""


@pytest.mark.parametrize(
    ("pattern", "hosts"),
    [
        ("a", ["a"]),
        ("w[1:3]", ["w1", "w2", "w3"]),
        ("w[01:10:4]x", ["w01x", "w05x", "w09x"]),
        ("[a:c]", ["a", "b", "c"]),
        ("a[1:2]b[1:2]", ["a1b1", "a1b2", "a2b1", "a2b2"]),
    ],
)
def test_ranges(pattern: str, hosts: list[str]) -> None:
    assert sorted(expand(pattern)) == hosts


@pytest.mark.parametrize("pattern", ["w[3:1]", "w[1:", "w[01:100]", "w[1:3:0]", "w[a:9]", "w:"])
def test_ranges_that_are_refused(pattern: str) -> None:
    with pytest.raises(RangeFault):
        hosts_of(pattern)


def test_ports() -> None:
    assert hosts_of("a:22") == (["a"], 22)
    assert hosts_of("w[1:2].x:2200") == (["w1.x", "w2.x"], 2200)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("'a b'", "a b"),
        ("True", True),
        ("true", "true"),
        ("[1, 2]", [1, 2]),
        ("1.2.3", "1.2.3"),
    ],
)
def test_values_are_literals_of_python(text: str, value: object) -> None:
    assert literal(text) == value


def test_an_inventory_in_ini() -> None:
    inventory = parse({"inventory": INI}).inventory
    assert inventory.members("web") == (
        "www01.example.com", "www02.example.com", "www03.example.com",
    )  # fmt: skip
    assert inventory.members("prod") == (*inventory.members("web"), "db-a", "db-b")
    assert inventory.variables("www02.example.com") == {"zone": "eu", "level": 2, "tier": "front"}
    assert inventory.variables("mail.example.com") == {
        "zone": "eu",
        "ansible_port": 2222,
        "user": "a",
    }


def test_both_forms_say_the_same() -> None:
    text = """
all:
  vars: {zone: eu}
  hosts: {"mail.example.com:2222": {user: a}}
  children:
    prod:
      vars: {level: 2}
      children:
        web: {hosts: {"www[01:03].example.com": {tier: front}}}
        db: {hosts: "db-[a:b]"}
"""
    one, other = parse({"inventory": INI}).inventory, parse({"hosts.yml": text}).inventory
    assert sorted(one.hosts) == sorted(other.hosts)
    for host in one.hosts:
        assert one.variables(host) == other.variables(host)


def test_variables_of_groups_beside_the_inventory() -> None:
    project = parse(
        {
            "inventory": "[web]\na\nb\n[db]\nc\n",
            "group_vars/web/main.yml": "port: 80\n",
            "group_vars/all.yml": "port: 1\n",
            "host_vars/b.yml": "port: 81\n",
            "site.yml": "- hosts: web\n  tasks: [{debug: {msg: '{{ port }}'}}]\n"
            "- hosts: a\n  tasks: [{debug: {msg: '{{ port }}'}}]\n"
            "- hosts: db\n  tasks: [{debug: {msg: '{{ port }}'}}]\n",
        }
    )
    assert project.inventory.variables("b")["port"] == 81
    shown = [task.runs[0]["msg"] for task in project.tasks]
    assert shown[0] == "{{ port }}"  # 80 or 81
    assert shown[1:] == [80, 1]


def test_requirements_and_settings() -> None:
    project = parse(
        {
            "requirements.yml": "roles:\n"
            "  - {name: web, src: 'https://x/ansible-web.git', version: v1}\n"
            "  - src: git@x:a/role-b.git\ncollections:\n  - community.general:>=8\n",
            "ansible.cfg": "[defaults]\nInventory = hosts\n",
        }
    )
    roles = [(one.name, one.version) for one in project.requirements.roles]
    assert roles == [("web", "v1"), ("role-b", "")]
    (collection,) = project.requirements.collections
    assert (collection.name, collection.version) == ("community.general", ">=8")
    assert project.config == {"defaults": {"inventory": "hosts"}}
