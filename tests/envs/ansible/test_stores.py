"""Requirements about databases, containers and clusters."""

from __future__ import annotations

import pytest

from tests.envs.ansible.answers import Case, judge

PG = "- community.postgresql.postgresql_db: {name: shop, owner: pilot%s}"
PW = "- postgresql_user: {name: pilot, password: '%s'}\n  no_log: true"
MY = "- mysql_user: {name: pilot, priv: '%s', password: x}"
BOX = "- docker_container: {name: box, image: 'nginx:1'%s}"
HELM = "- kubernetes.core.helm: {name: r, chart_ref: b/redis, release_namespace: ns%s}"
CASES = (
    Case("postgresql-database", {"name": "shop"}, (
        PG % "", "- postgresql_db: db=shop", "- postgresql_db: {name: shop}\n  run_once: true",
        "- postgresql_db: {name: '{{ item }}'}\n  loop: [shop, till]\n  become: true\n"
        "  become_user: postgres",
    ), (PG % ", state: absent", "- postgresql_db: {name: till}",
        "- postgresql_db: {name: shop, state: dump, target: /x}",
        "- postgresql_db: {name: shop}\n- postgresql_db: {name: shop, state: absent}")),
    Case("postgresql-owner", {"name": "shop", "owner": "pilot"},
         (PG % "",), ("- postgresql_db: {name: shop}", "- postgresql_db: {name: shop, owner: x}")),
    Case("postgresql-encoding", {"name": "shop", "encoding": "UTF-8"},
         (PG % ", encoding: UTF-8", PG % ", encoding: utf8"),
         (PG % "", PG % ", encoding: LATIN1")),
    Case("postgresql-user", {"name": "pilot"},
         (PW % "{{ v }}", "- postgresql_user: user=pilot"),
         ("- postgresql_user: {name: pilot, state: absent}", "- user: {name: pilot}")),
    Case("postgresql-extension", {"extension": "hstore", "database": "shop"},
         ("- postgresql_ext: {name: hstore, login_db: shop}",
          "- postgresql_ext: name=hstore db=shop"),
         ("- postgresql_ext: {name: hstore, login_db: till}",
          "- postgresql_ext: {name: hstore, login_db: shop, state: absent}")),
    Case("password-from-variable", {"user": "pilot", "variable": "vault_pw"}, (
        PW % "{{ vault_pw }}", PW % "{{ vault_pw | string }}",
        PW % "{{ pw }}" + "\n  vars: {pw: '{{ vault_pw }}'}",
        "- user: {name: pilot, password: \"{{ vault_pw | password_hash('sha512') }}\"}\n"
        "  no_log: true",
        "- hosts: web\n  vars_prompt: [{name: vault_pw, private: true}]\n  no_log: true\n  tasks:\n"
        "    - mysql_user: {name: pilot, password: '{{ vault_pw }}'}",
    ), (
        PW % "secret", PW % "{{ other_pw }}", PW % "{{ vault_pw | default(\"x\") }}",
        PW % "{{ vault_pw }}" + "\n  vars: {vault_pw: secret}",
        "- postgresql_user: {name: pilot, password: '{{ vault_pw }}'}",
        PW % "{{ \"x\" if vault_pw else \"y\" }}", PW % "x{{ vault_pw }}",
    )),
    Case("mysql-database", {"name": "shop"},
         ("- mysql_db: {name: shop}", "- mysql_db: {name: [shop, till], state: present}"),
         ("- mysql_db: {name: shop, state: absent}",
          "- mysql_db: {name: shop, state: dump, target: /x}")),
    Case("mysql-grants", {"user": "pilot", "privileges": "shop.*:SELECT,INSERT"}, (
        MY % "shop.*:SELECT,INSERT", MY % "shop.*:INSERT, select", MY % "`shop`.*:SELECT,INSERT",
        MY % "*.*:USAGE/shop.*:SELECT,INSERT",
        "- mysql_user: {name: pilot, priv: {shop.*: 'SELECT,INSERT'}}",
    ), (MY % "shop.*:SELECT", MY % "*.*:ALL", MY % "shop.*:SELECT,INSERT,GRANT",
        MY % "shop.*:SELECT,INSERT/till.*:ALL",
        "- mysql_user: {name: pilot, priv: 'shop.*:SELECT,INSERT', append_privs: true}",
        "- mysql_user: {name: pilot}")),
    Case("mysql-host", {"user": "pilot", "host": "%"},
         ("- mysql_user: {name: pilot, host: '%'}",),
         ("- mysql_user: {name: pilot}", "- mysql_user: {name: pilot, host: web}")),
    Case("container-runs", {"name": "box", "image": "nginx:1"},
         (BOX % "", BOX % ", state: started", "- docker_container: name=box image=nginx:1"),
         (BOX % ", state: stopped", BOX % ", state: absent", BOX % ", state: present",
          "- docker_container: {name: box, image: nginx}",
          BOX % "" + "\n- docker_container: {name: box, state: absent}")),
    Case("container-port", {"name": "box", "host": 8080, "container": 80}, (
        BOX % ", ports: ['8080:80']", BOX % ", published_ports: ['0.0.0.0:8080:80/tcp']",
        BOX % ", ports: '8080:80,8443:443'", BOX % ", ports: ['8000-8100:0-100']",
    ), (BOX % "", BOX % ", ports: ['80:8080']", BOX % ", ports: ['8080:80/udp']",
        BOX % ", exposed_ports: ['80']", BOX % ", ports: ['8080']")),
    Case("container-restarts", {"name": "box", "policy": "always"},
         (BOX % ", restart_policy: always",), (BOX % "", BOX % ", restart_policy: 'no'")),
    Case("container-environment", {"name": "box", "key": "A", "value": "2"},
         (BOX % ", env: {A: '2'}", BOX % ", env: {A: '{{ n }}'}" + "\n  vars: {n: '2'}"),
         (BOX % "", BOX % ", env: {A: '3'}")),
    Case("container-volume", {"name": "box", "source": "/srv/a", "path": "/data"}, (
        BOX % ", volumes: ['/srv/a:/data']", BOX % ", volumes: '/srv/a/:/data:ro'",
        BOX % ", mounts: [{source: /srv/a, target: /data, type: bind}]",
    ), (BOX % ", volumes: ['/data:/srv/a']", BOX % ", volumes: ['/data']",
        BOX % ", mounts: [{source: /srv/a, target: /data, type: volume}]")),
    Case("container-network", {"name": "box", "network": "back"}, (
        "- docker_network: {name: back}\n" + BOX % ", networks: [{name: back}]",
        "- docker_network: name=back\n" + BOX % ", network_mode: back",
    ), (BOX % ", networks: [{name: back}]", "- docker_network: {name: back}\n" + BOX % "",
        BOX % ", networks: [{name: back}]" + "\n- docker_network: {name: back}",
        "- docker_network: {name: back, state: absent}\n" + BOX % ", networks: [{name: back}]")),
    Case("compose-up", {"folder": "/opt/a"}, (
        "- community.docker.docker_compose_v2: {project_src: /opt/a/}",
        "- command: docker compose up -d\n  args: {chdir: /opt/a}",
    ), ("- docker_compose_v2: {project_src: /opt/a, state: absent}",
        "- docker_compose_v2: {project_src: /opt/b}", "- command: docker compose up -d",
        "- command: docker compose ps chdir=/opt/a")),
    Case("helm-release", {"name": "r", "chart": "b/redis", "namespace": "ns"}, (
        HELM % "",
        "- kubernetes.core.helm: {release_name: r, chart_ref: b/redis, namespace: ns}\n"
        "  run_once: true",
        "- hosts: localhost\n  tasks:\n    - kubernetes.core.helm: {name: r, chart_ref: b/redis, "
        "release_namespace: ns}",
    ), (HELM % ", state: absent", HELM.replace("redis", "loki") % "",
        HELM % "" + "\n" + HELM % ", state: absent")),
    Case("helm-value", {"name": "r", "key": "image.tag", "value": "v1"}, (
        HELM % ", values: {image: {tag: v1}}", HELM % ", set_values: [{value: image.tag=v1}]",
    ), (HELM % "", HELM % ", values: {image.tag: v1}", HELM % ", values: {image: {tag: v2}}")),
    Case("cluster-namespace", {"name": "ns"}, (
        "- k8s: {kind: Namespace, name: ns, api_version: v1}", HELM % ", create_namespace: true",
        "- k8s:\n    definition: {apiVersion: v1, kind: Namespace, metadata: {name: ns}}",
        "- k8s:\n    definition: |\n      apiVersion: v1\n      kind: Namespace\n      metadata:\n"
        "        name: ns",
    ), ("- k8s: {kind: Namespace, name: ns, state: absent}", "- k8s: {kind: Pod, name: ns}",
        "- command: kubectl create namespace nsx")),
    Case("cluster-config", {"name": "c", "namespace": "ns"}, (
        "- k8s:\n    namespace: ns\n    definition:\n      - {apiVersion: v1, kind: ConfigMap, "
        "metadata: {name: c}}",
        "- k8s: {kind: ConfigMap, name: c, namespace: ns, api_version: v1}",
    ), ("- k8s: {kind: ConfigMap, name: c, api_version: v1}",
        "- k8s: {kind: Secret, name: c, namespace: ns}")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_stores(case: Case) -> None:
    judge(case)
