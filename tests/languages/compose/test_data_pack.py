"""The data pack is what its script makes of the pinned package, and the walker agrees on it."""

import copy
import random
import re
from importlib.metadata import version

from jsonschema import Draft202012Validator

from iac_gym.formats.json_schema import compile_schema
from iac_gym.formats.yaml import COMPOSE, load
from iac_gym.languages.compose.build_data import PACK, build
from iac_gym.languages.compose.parse import schema

DOCUMENT = """
name: shop
services:
  web:
    image: nginx:1.27
    build: {context: ., args: {A: 1}, target: x, platforms: [a]}
    ports: ["8080:80", {target: 81, published: "82", protocol: udp}, 90]
    environment: {A: 1, B: null, C: true}
    env_file: [a.env, {path: b.env, required: false}]
    volumes: [data:/x, {type: bind, source: ./a, target: /b, bind: {propagation: z}}]
    networks: {front: {aliases: [w]}, back: null}
    depends_on: {db: {condition: service_healthy, restart: true}}
    healthcheck: {test: [CMD, a], interval: 5s, retries: 3}
    deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 1g}}, update_config: {order: stop-first}}
    ulimits: {nofile: {soft: 1, hard: 2}, nproc: 5}
    logging: {driver: local, options: {max-size: 10m}}
    extra_hosts: {a: 1.2.3.4}
    secrets: [pw, {source: pw, target: x, mode: 256}]
    command: [a, b]
    develop: {watch: [{path: a, action: sync, target: b}]}
    gpus: all
    post_start: [{command: a}]
  db:
    image: postgres:17
    environment: [A=1]
    cap_drop: [ALL]
    sysctls: [a=1]
    tmpfs: /a
    extends: {service: web}
networks: {front: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/8}]}}, back: {internal: true}}
volumes: {data: null, more: {external: true, labels: [a=b]}}
secrets: {pw: {file: ./a}}
configs: {c: {content: x}}
include: [a.yaml, {path: [b.yaml]}]
models: {m: {model: a}}
"""  # noqa: E501


def test_the_pack_is_rebuilt_exactly():
    assert PACK.read_bytes() == build()


def test_the_source_note_names_the_installed_version():
    note = (PACK.parent / "SOURCE.md").read_text("utf-8")
    assert re.search(rf"check-jsonschema {re.escape(version('check-jsonschema'))}\b", note)


def _part(tree, rng):
    """Copy some of the document: small trees are judged quickly."""
    tree = {key: tree[key] for key in rng.sample(list(tree), 3)} | {"services": tree["services"]}
    some = {
        name: {key: service[key] for key in rng.sample(list(service), 4)}
        for name, service in tree["services"].items()
    }
    return copy.deepcopy({**tree, "services": some})


def _mutant(tree, rng):
    tree = _part(tree, rng)
    for _ in range(rng.randint(1, 2)):
        places = []
        stack = [tree]
        while stack:
            node = stack.pop()
            for key in list(node) if isinstance(node, dict) else range(len(node)):
                places.append((node, key))
                if isinstance(node[key], (dict, list)):
                    stack.append(node[key])
        node, key = rng.choice(places)
        kind = rng.randrange(6)
        if kind == 0:
            node[key] = rng.choice([None, 1, 1.5, True, "x", [], {}, ["a", "a"], {"a": 1}, -3])
        elif kind == 1 and isinstance(node, dict):
            node[f"{key}x"] = node.pop(key)
        elif kind == 2 and isinstance(node, dict):
            node[rng.choice(["x-note", "image", "labels", "type"])] = rng.choice([1, "a", {}])
        elif kind == 3 and isinstance(node, list):
            node.append(copy.deepcopy(node[0]) if node else 1)
        elif kind == 4:
            other, name = rng.choice(places)
            node[key] = copy.deepcopy(other[name])
        else:
            del node[key]
    return tree


def test_a_thousand_mutants_are_judged_as_jsonschema_judges_them():
    plain = load(DOCUMENT, COMPOSE).value
    mine, theirs = compile_schema(schema()), Draft202012Validator(schema())
    assert mine(plain) == []
    rng = random.Random(11)
    mutants = [_mutant(plain, rng) for _ in range(1000)]
    rejected = [bool(mine(tree)) for tree in mutants]
    wrong = [
        tree for tree, bad in zip(mutants, rejected, strict=True) if bad == theirs.is_valid(tree)
    ]
    assert wrong == []
    assert 300 < sum(rejected) < 950
