"""Requirements and families about compose files: equal spellings pass, near misses do not."""

import textwrap

import pytest

from envs.docker import requirements
from envs.docker.families import compose as families
from envs.docker.requirements import compose as ask
from iac_gym import verifier
from iac_gym.answer import Answer
from iac_gym.category import category
from iac_gym.check import RequirementType
from iac_gym.formats.yaml import COMPOSE, dump, load
from iac_gym.languages.compose import LANGUAGE
from iac_gym.languages.compose.equivalents import equivalents
from iac_gym.reward import reward_of
from iac_gym.task import build_task
from iac_gym.verifier import verify

CATEGORY = category("IaC-Docker-v0", "docker", requirements, families)


@pytest.fixture(autouse=True)
def only_compose(monkeypatch):
    """Judge with the compose families alone, whatever else the environment has."""
    monkeypatch.setattr(verifier, "category_of", lambda env_id: CATEGORY)


def _service(*lines, tail=""):
    body = "".join(f"    {line}\n" for line in ("image: x:1", *lines))
    return f"services:\n  a:\n{body}{tail}"


DB = "  db:\n    image: y:1\n    healthcheck: {test: [CMD, true]}\n"
VOLUME = "volumes: {data: }\n"
NETS = "networks: {n: , m: , i: {internal: true}}\n"

#: (requirement, texts that meet it, texts that do not)
CASES = [
    (ask.service_image(name="a", image="nginx:1.27"),
     ["services: {a: {image: nginx:1.27}}", "services: {a: {image: docker.io/library/nginx:1.27}}",
      "services: {a: {image: 'nginx:${TAG:-1.27}'}}",
      "x-b: &b {image: nginx:1.27}\nservices: {a: {<<: *b}}",
      "services: {b: {image: nginx:1.27}, a: {extends: b}}"],
     ["services: {b: {image: nginx:1.27}}", "services: {a: {image: nginx:1.26}}",
      "services: {a: {image: nginx}}", "services: {a: {image: acme/nginx:1.27}}",
      "services: {a: {image: nginx:1.27, profiles: [dev]}}",
      "services: {a: {image: nginx:1.27, scale: 0}}",
      "services: {a: {image: nginx:1.27, deploy: {replicas: 0}}}",
      "services: {a: {image: nginx:1.27, build: .}}",
      "x-services: {a: {image: nginx:1.27}}\nservices: {}",
      "services: {b: {image: x, labels: {note: 'a nginx:1.27'}}} # a: {image: nginx:1.27}"]),
    (ask.service_build(name="a", context="./api"),
     ["services: {a: {build: ./api}}", "services: {a: {build: api/}}",
      "services: {a: {build: {context: ./api, target: x}, image: tag:1}}"],
     ["services: {a: {build: .}}", "services: {a: {image: ./api}}", "services: {a: {build: ap}}"]),
    (ask.service_dockerfile(of="a", path="Dockerfile.prod"),
     ["services: {a: {build: {dockerfile: Dockerfile.prod}}}",
      "services: {a: {build: {dockerfile: ./Dockerfile.prod}}}"],
     ["services: {a: {build: .}}", "services: {a: {build: {dockerfile: x/Dockerfile.prod}}}",
      "services: {a: {build: {dockerfile_inline: 'FROM x'}}}"]),
    (ask.service_build_target(of="a", target="dev"),
     ["services: {a: {build: {context: ., target: dev}}}"],
     ["services: {a: {build: .}}", "services: {a: {build: {target: devel}}}",
      "services: {a: {image: x, labels: {target: dev}}}"]),
    (ask.service_build_argument(of="a", argument="V", value="3"),
     ["services: {a: {build: {args: [V=3]}}}", "services: {a: {build: {args: {V: 3}}}}"],
     ["services: {a: {build: {args: [V]}}}", "services: {a: {build: {args: {V: '3.0'}}}}",
      "services: {a: {build: ., environment: {V: 3}}}"]),
    (ask.service_in_profile(name="a", image="x:1", profile="dev"),
     [_service("profiles: [dev]")],
     [_service(), _service("profiles: [dev, ops]"), _service("profiles: [ops]"),
      "services: {a: {image: x:2, profiles: [dev]}}", "services: {b: {image: x:1}}"]),
    (ask.service_port(of="a", host=8080, container=80),
     [_service("ports: ['8080:80']"), _service("ports: ['8080:80/tcp', 9]"),
      _service("ports: [{target: 80, published: 8080}]"), _service("ports: ['8079-8081:79-81']"),
      _service("ports: ['0.0.0.0:8080:80']"), _service("ports: ['${P:-8080}:80']")],
     [_service("ports: ['80:8080']"), _service("ports: [80]"), _service("ports: ['8080:80/udp']"),
      _service("ports: ['8080-8090:80']"), _service("expose: ['8080:80']"), _service(),
      _service("ports: ['8080:8080']"), "services: {b: {image: x, ports: ['8080:80']}}"]),
    (ask.service_local_port(of="a", host=5500, container=80),
     [_service("ports: ['127.0.0.1:5500:80']"),
      _service("ports: [{target: 80, published: '5500', host_ip: 127.0.0.1}]")],
     [_service("ports: ['5500:80']"), _service("ports: ['127.0.0.1:5500:80', '5501:80']"),
      _service("ports: ['127.0.0.1::80']"), _service("ports: ['10.0.0.1:5500:80']")]),
    (ask.service_without_ports(of="a"), [_service(), _service("expose: [80]")],
     [_service("ports: [80]"), _service("network_mode: host"), "services: {b: {image: x}}"]),
    (ask.service_variable(of="a", variable="A", value="1"),
     [_service("environment: [A=1]"), _service("environment: {A: 1}"),
      _service("environment: {A: '${X:-1}'}")],
     [_service("environment: [A]"), _service("environment: {a: 1}"), _service("labels: {A: 1}"),
      _service("environment: {A: '1 '}"), _service("environment: [A=1, A=2]")]),
    (ask.service_env_file(of="a", path="./a.env"),
     [_service("env_file: a.env"), _service("env_file: [b.env, {path: ./a.env}]")],
     [_service("env_file: [b.env]"), _service("environment: [A=./a.env]"), _service()]),
    (ask.service_command(of="a", command="work --queue mail"),
     [_service("command: work --queue mail"), _service("command: [work, --queue, mail]"),
      _service("command: work  '--queue' mail")],
     [_service("command: [work --queue mail]"), _service("command: work --queue"),
      _service("entrypoint: work --queue mail"), _service("command: [sh, -c, work --queue mail]")]),
    (ask.service_label(of="a", label="t", value="core"),
     [_service("labels: [t=core]"), _service("labels: {t: core}")],
     [_service("labels: {t: Core}"), _service("environment: {t: core}")]),
    (ask.service_restart(of="a", policy="always"),
     [_service("restart: always"), _service("deploy: {restart_policy: {condition: any}}")],
     [_service("restart: unless-stopped"), _service("restart: 'no'"), _service()]),
    (ask.service_replicas(of="a", count=3),
     [_service("deploy: {replicas: 3}"), _service("scale: 3"), _service("scale: '3'")],
     [_service("deploy: {replicas: 2}"), _service(), _service("environment: {replicas: 3}")]),
    (ask.service_grace_period(of="a", period="1m30s"),
     [_service("stop_grace_period: 90s"), _service("stop_grace_period: 1m30s")],
     [_service("stop_grace_period: 30s"), _service()]),
    (ask.service_init(of="a"), [_service("init: true"), _service("init: 'yes'")],
     [_service("init: false"), _service(), _service("labels: {init: true}")]),
    (ask.service_extra_host(of="a", host="h", address="10.0.0.1"),
     [_service("extra_hosts: ['h:10.0.0.1']"), _service("extra_hosts: {h: 10.0.0.1}"),
      _service("extra_hosts: ['h=10.0.0.1', 'i=1.1.1.1']")],
     [_service("extra_hosts: {h: 10.0.0.2}"), _service("extra_hosts: {h: [10.0.0.1, 10.0.0.2]}")]),
    (ask.service_starts_after(of="a", on="db"),
     [_service("depends_on: [db]", tail=DB), _service("links: [db]", "depends_on: [db]", tail=DB),
      _service("depends_on: {db: {condition: service_healthy}}", tail=DB)],
     [_service(tail=DB), _service("labels: {depends_on: db}", tail=DB)]),
    (ask.service_waits_for_health(of="a", on="db"),
     [_service("depends_on: {db: {condition: service_healthy}}", tail=DB)],
     [_service("depends_on: [db]", tail=DB),
      _service("depends_on: {db: {condition: service_started}}", tail=DB),
      _service("depends_on: {db: {condition: service_healthy}}",
               tail="  db: {image: y, healthcheck: {disable: true}}\n")]),
    (ask.service_waits_for_completion(of="a", on="db"),
     [_service("depends_on: {db: {condition: service_completed_successfully}}", tail=DB)],
     [_service("depends_on: {db: {condition: service_healthy}}", tail=DB)]),
    (ask.service_health_command(of="a", command="redis-cli ping"),
     [_service("healthcheck: {test: [CMD, redis-cli, ping]}"),
      _service("healthcheck: {test: redis-cli ping}"),
      _service("healthcheck: {test: [CMD-SHELL, redis-cli ping || exit 1]}"),
      _service("healthcheck: {test: [CMD, sh, -c, redis-cli ping]}")],
     [_service("healthcheck: {test: [CMD, redis-cli ping]}"),
      _service("healthcheck: {test: redis-cli ping || true}"),
      _service("healthcheck: {test: [NONE]}"), _service(),
      _service("healthcheck: {test: [CMD, redis-cli, ping], disable: true}"),
      _service("healthcheck: {test: 'echo redis-cli ping'}"),
      _service("healthcheck: {test: 'redis-cli ping; true'}")]),
    (ask.service_health_interval(of="a", interval="1m30s"),
     [_service("healthcheck: {test: a, interval: 90s}")],
     [_service("healthcheck: {test: a}"), _service("healthcheck: {test: a, timeout: 90s}"),
      _service("healthcheck: {interval: 90s}")]),
    (ask.service_health_timeout(of="a", timeout="3s"),
     [_service("healthcheck: {test: a, timeout: 3000ms}")],
     [_service("healthcheck: {test: a, timeout: 30s}")]),
    (ask.service_health_retries(of="a", retries=5),
     [_service("healthcheck: {test: a, retries: 5}"),
      _service("healthcheck: {test: a, retries: '5'}")],
     [_service("healthcheck: {test: a, retries: 3}"), _service("healthcheck: {test: a}")]),
    (ask.service_volume(of="a", volume="data", path="/d"),
     [_service("volumes: ['data:/d']", tail=VOLUME), _service("volumes: ['data:/d/']", tail=VOLUME),
      _service("volumes: [{type: volume, source: data, target: /d}]", tail=VOLUME)],
     [_service("volumes: ['./data:/d']", tail=VOLUME),
      _service("volumes: ['data:/d:ro']", tail=VOLUME),
      _service("volumes: ['/d']", tail=VOLUME), _service("volumes: ['data:/e']", tail=VOLUME),
      _service("volumes: ['data:/d']"), _service(tail=VOLUME)]),
    (ask.service_read_only_mount(of="a", source="./c", path="/c"),
     [_service("volumes: ['./c:/c:ro']"),
      _service("volumes: [{type: bind, source: ./c/, target: /c, read_only: true}]")],
     [_service("volumes: ['./c:/c']"), _service("volumes: ['./d:/c:ro']"),
      _service("volumes: ['cc:/c:ro']", tail="volumes: {cc: }\n")]),
    (ask.service_tmpfs(of="a", path="/tmp"),
     [_service("tmpfs: /tmp"), _service("tmpfs: ['/tmp:size=64m']"),
      _service("volumes: [{type: tmpfs, target: /tmp}]")],
     [_service("tmpfs: /run"), _service("volumes: ['/tmp']"), _service()]),
    (ask.service_networks(of="a", networks=["n", "m"]),
     [_service("networks: [m, n]", tail=NETS), _service("networks: {n: , m: }", tail=NETS)],
     [_service("networks: [n]", tail=NETS), _service("networks: [n, m, i]", tail=NETS),
      _service(tail=NETS)]),
    (ask.service_only_network(of="a", network="n"),
     [_service("networks: [n]", tail=NETS), _service("networks: {n: {aliases: [x]}}", tail=NETS)],
     [_service("networks: [n, m]", tail=NETS), _service(tail=NETS)]),
    (ask.internal_network(network="i"),
     [_service(tail=NETS), _service(tail="networks: {i: {internal: 'true'}}\n")],
     [_service(tail="networks: {i: }\n"), _service(tail="networks: {i: {internal: false}}\n"),
      _service(), _service(tail="networks: {i: {external: true, internal: true}}\n")]),
    (ask.secret_file(secret="s", path="./s.txt"),
     [_service(tail="secrets: {s: {file: s.txt}}\n")],
     [_service(tail="secrets: {s: {environment: ./s.txt}}\n"), _service(),
      _service(tail="configs: {s: {file: ./s.txt}}\n"),
      _service(tail="secrets: {s: {external: true}}\n")]),
    (ask.service_secret(of="a", secret="s"),
     [_service("secrets: [s]"), _service("secrets: [{source: s, target: s}]")],
     [_service("secrets: [{source: t, target: s}]"), _service("configs: [s]"),
      _service("secrets: [{source: s, target: other}]")]),
    (ask.config_file(config="c", path="./c"),
     [_service(tail="configs: {c: {file: ./c}}\n")],
     [_service(tail="configs: {c: {content: ./c}}\n"), _service(tail="secrets: {c: {file: c}}\n")]),
    (ask.service_config(of="a", config="c", path="/etc/c"),
     [_service("configs: [{source: c, target: /etc/c}]")],
     [_service("configs: [c]"), _service("secrets: [{source: c, target: /etc/c}]")]),
    (ask.service_memory_limit(of="a", amount="512m"),
     [_service("mem_limit: 512M"), _service("mem_limit: 536870912"),
      _service("deploy: {resources: {limits: {memory: 0.5g}}}")],
     [_service("mem_limit: 500m"), _service("mem_reservation: 512m"),
      _service("deploy: {resources: {reservations: {memory: 512m}}}"), _service()]),
    (ask.service_cpu_limit(of="a", amount="0.5"),
     [_service("cpus: 0.50"), _service("deploy: {resources: {limits: {cpus: '.5'}}}")],
     [_service("cpus: 5"), _service("cpu_shares: 1"), _service()]),
    (ask.service_memory_reserved(of="a", amount="64m"),
     [_service("mem_reservation: 64mb"),
      _service("deploy: {resources: {reservations: {memory: 64M}}}")],
     [_service("mem_limit: 64m"), _service()]),
    (ask.service_log_driver(of="a", driver="local"),
     [_service("logging: {driver: local}")],
     [_service("logging: {driver: json-file}"), _service("logging: {options: {driver: local}}")]),
    (ask.service_log_size(of="a", size="10m"),
     [_service("logging: {options: {max-size: 10m}}"),
      _service("logging: {options: {max-size: 10M}}")],
     [_service("logging: {options: {max-file: 10m}}"), _service()]),
    (ask.service_log_files(of="a", count=3),
     [_service("logging: {options: {max-file: 3}}"),
      _service("logging: {options: {max-file: '3'}}")],
     [_service("logging: {options: {max-file: 30}}"), _service()]),
    (ask.service_user(of="a", user="1000:1000"),
     [_service("user: '1000:1000'")],
     [_service("user: root"), _service("user: '1000'"), _service()]),
    (ask.service_read_only_root(of="a"), [_service("read_only: true")],
     [_service("read_only: false"),
      _service("volumes: [{type: volume, target: /x, read_only: true}]")]),
    (ask.service_drops_capabilities(of="a"),
     [_service("cap_drop: [ALL]"), _service("cap_drop: [all]")],
     [_service("cap_drop: [CHOWN]"), _service("cap_drop: [ALL]", "privileged: true"),
      _service("cap_add: [ALL]")]),
    (ask.service_capability(of="a", capability="CHOWN"),
     [_service("cap_add: [CHOWN]"), _service("cap_add: [CAP_CHOWN]")],
     [_service("cap_add: [CHOWN, SYS_ADMIN]"), _service("cap_drop: [CHOWN]"), _service()]),
    (ask.service_no_new_privileges(of="a"),
     [_service("security_opt: ['no-new-privileges:true']"),
      _service("security_opt: [no-new-privileges]")],
     [_service("security_opt: ['no-new-privileges:false']"), _service()]),
    (ask.service_open_files(of="a", count=4096),
     [_service("ulimits: {nofile: 4096}"), _service("ulimits: {nofile: {soft: 4096, hard: 4096}}")],
     [_service("ulimits: {nofile: {soft: 1024, hard: 4096}}"), _service("ulimits: {nproc: 4096}")]),
    (ask.project_name(name="shop"), ["name: shop\nservices: {}"],
     ["services: {shop: {image: x}}", "name: shops\nservices: {}"]),
]  # fmt: skip


def _kind(asked) -> RequirementType:
    return CATEGORY.requirements[asked.name]


def _check(asked, text):
    model = LANGUAGE.parse({"compose.yaml": textwrap.dedent(text)})
    return list(_kind(asked).check(model, **asked.args))


@pytest.mark.parametrize(("asked", "good", "bad"), CASES, ids=[asked.name for asked, _, _ in CASES])
def test_requirement(asked, good, bad):
    for text in good:
        assert _check(asked, text) == [], text
    for text in bad:
        assert _check(asked, text), text


def test_every_requirement_type_has_cases():
    named = {value.name for value in vars(ask).values() if isinstance(value, RequirementType)}
    assert named == {asked.name for asked, _, _ in CASES}


def test_findings_have_places():
    (found,) = _check(ask.service_user(of="a", user="5"), _service("user: root"))
    assert (found.file, found.line) == ("compose.yaml", 4)
    assert found.message == "the user of `a` is `root`, asked for `5`"


NAMES = sorted(CATEGORY.families)


@pytest.mark.parametrize("name", NAMES)
def test_references_and_their_rewritings_solve_the_task(name):
    for index in range(4):
        task = build_task(CATEGORY, name, "test", index)
        assert reward_of(verify(Answer(task.reference), task)).total == 1.0
        for change, files in equivalents(task.reference):
            verdict = verify(Answer(files), task)
            assert verdict.solved, (task.id, change, verdict.diagnostics)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_that_does_not_run_meets_nothing(name):
    task = build_task(CATEGORY, name, "test", 1)
    text = task.reference["compose.yaml"]
    hidden = load(text, COMPOSE).value
    for service in hidden["services"].values():
        service["profiles"] = ["never"]
    for other in (text.replace("services:", "x-services:"), dump([hidden])):
        verdict = verify(Answer({**task.reference, "compose.yaml": other}), task)
        own = [one for one in verdict.outcomes if one.rule.startswith("service-")]
        assert own
        assert not any(one.passed for one in own)


def test_families_reach_every_level_and_some_are_held_out():
    levels = {level for family in CATEGORY.families.values() for level in family.levels}
    assert levels == {1, 2, 3, 4, 5}
    assert len(NAMES) >= 12
    assert sum(family.held_out for family in CATEGORY.families.values()) == 2


def test_a_project_of_two_files():
    task = build_task(CATEGORY, "compose-project", "test", 0)
    assert [path for path, _ in task.files] == ["Dockerfile", "compose.yaml"]
    assert verify(task.reference_text, task).solved
    broken = {**task.reference, "Dockerfile": "FROM scratch\n"}
    assert not verify(Answer(broken), task).solved
