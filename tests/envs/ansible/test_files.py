"""Requirements about files, folders and their attributes."""

from __future__ import annotations

import pytest

from tests.envs.ansible.answers import Case, judge

CASES = (
    Case("file-from-template", {"path": "/etc/x/a.conf", "source": "a.conf.j2"}, (
        "- ansible.builtin.template: {src: a.conf.j2, dest: /etc/x/a.conf, mode: '0644'}",
        "- template: src=templates/a.conf.j2 dest=/etc/x/a.conf",
        "- action: template src=a.conf.j2 dest=/etc/x/a.conf",
        "- template: {src: '{{ item }}.j2', dest: '/etc/x/{{ item }}'}\n  loop: [a.conf, b.conf]",
        "- template: {src: '{{ item.src }}', dest: '{{ item.dest }}'}\n"
        "  with_items:\n    - {src: a.conf.j2, dest: /etc/x/a.conf}",
        "- template: {src: '{{ playbook_dir }}/templates/a.conf.j2', dest: /etc/x/a.conf}",
        "- hosts: web\n  vars: {conf: /etc/x/a.conf}\n  tasks:\n"
        "    - template: {src: a.conf.j2, dest: '{{ conf }}'}",
        "- block:\n    - template: {src: a.conf.j2, dest: /etc/x/a.conf}\n  become: true",
    ), (
        "- copy: {src: a.conf.j2, dest: /etc/x/a.conf}",
        "- template: {src: b.conf.j2, dest: /etc/x/a.conf}",
        "- template: {src: a.conf.j2, dest: /etc/x/b.conf}",
        "- template: {src: a.conf.j2, dest: /etc/x/a.conf}\n  delegate_to: localhost",
        "- template: {src: a.conf.j2, dest: /etc/x/a.conf}\n  run_once: true",
        "- template: {src: a.conf.j2, dest: /etc/x/a.conf}\n"
        "- file: {path: /etc/x/a.conf, state: absent}",
        "- template: {src: a.conf.j2, dest: /etc/x/a.conf}\n- file: {path: /etc/x, state: absent}",
        "- template: {src: a.conf.j2, dest: /etc/x/a.conf}\n"
        "- copy: {content: hello, dest: /etc/x/a.conf}",
        "- hosts: web\n  connection: local\n  tasks:\n"
        "    - template: {src: a.conf.j2, dest: /etc/x/a.conf}",
        "- hosts: localhost\n  tasks:\n    - template: {src: a.conf.j2, dest: /etc/x/a.conf}\n"
        "- hosts: web\n  tasks:\n    - debug: {msg: done}",
    )),
    Case("file-copied", {"path": "/opt/a/compose.yaml", "source": "compose.yaml"}, (
        "- copy: {src: compose.yaml, dest: /opt/a/compose.yaml}",
        "- copy: {src: files/compose.yaml, dest: /opt/a/}",
        "- copy: src=./compose.yaml dest=/opt/a/compose.yaml",
    ), (
        "- copy: {src: compose.yaml, dest: /opt/a/compose.yaml, remote_src: true}",
        "- copy: {content: '', dest: /opt/a/compose.yaml}",
        "- copy: {src: docker-compose.yaml, dest: /opt/a/compose.yaml}",
    )),
    Case("file-says", {"path": "/srv/a/OWNER", "content": "managed by ops"}, (
        '- copy: {content: "managed by ops\\n", dest: /srv/a/OWNER}',
        "- copy:\n    dest: /srv/a/OWNER\n    content: |\n      managed by ops",
        "- hosts: web\n  vars: {team: ops}\n  tasks:\n"
        "    - copy: {content: 'managed by {{ team }}', dest: /srv/a/OWNER}",
    ), (
        "- copy: {content: managed by dev, dest: /srv/a/OWNER}",
        "- lineinfile: {path: /srv/a/OWNER, line: managed by ops, create: true}",
        "- copy: {content: managed by ops, dest: /srv/a/OWNER}\n"
        "- lineinfile: {path: /srv/a/OWNER, line: other}",
        "- copy: {content: 'managed by {{ team }}', dest: /srv/a/OWNER}",
    )),
    Case("file-has-line", {"path": "/etc/x", "line": "UMASK 027"}, (
        "- lineinfile: {path: /etc/x, line: UMASK 027}",
        "- lineinfile: dest=/etc/x line='UMASK 027' regexp='^UMASK'",
        "- blockinfile:\n    path: /etc/x\n    block: |\n      # {{ ansible_managed }}\n"
        "      UMASK 027",
        "- copy: {content: \"# {{ inventory_hostname }}\\nUMASK 027\\n\", dest: /etc/x}",
    ), (
        "- lineinfile: {path: /etc/x, line: UMASK 027, state: absent}",
        "- lineinfile: {path: /etc/x, line: 'UMASK 0270'}",
        "- lineinfile: {path: /etc/x, line: '# UMASK 027'}",
        "- lineinfile: {path: /etc/x, regexp: '^(UMASK)', line: UMASK 027, backrefs: true}",
        "- lineinfile: {path: /etc/x, line: UMASK 027}\n"
        "- lineinfile: {path: /etc/x, regexp: ^UMASK, line: UMASK 022}",
        "- lineinfile: {path: /etc/x, line: UMASK 027}\n- copy: {content: '', dest: /etc/x}",
    )),
    Case("line-replaced", {"path": "/etc/j", "start": "Max", "line": "Max=5"}, (
        "- lineinfile: {path: /etc/j, regexp: '^Max=', line: Max=5}",
        "- lineinfile: {path: /etc/j, regexp: '^#?\\s*Max\\s*=', line: Max=5}",
        "- lineinfile: {path: /etc/j, regexp: '^(#\\s*)?Max=.*$', line: Max=5}",
        "- lineinfile: {path: /etc/j, regexp: '^\\s*(?!#)\\s*Max=', line: Max=5}",
        "- lineinfile: {path: /etc/j, search_string: Max=, line: Max=5}",
    ), (
        "- lineinfile: {path: /etc/j, line: Max=5}",
        "- lineinfile: {path: /etc/j, regexp: '^Min=', line: Max=5}",
        "- lineinfile: {path: /etc/j, regexp: '^Max=5$', line: Max=5}",
        "- lineinfile: {path: /etc/j, regexp: '^#Max=', line: Max=5}",
    )),
    Case("ini-option",
         {"path": "/etc/a.ini", "section": "server", "option": "workers", "value": "4"}, (
        "- ini_file: {path: /etc/a.ini, section: server, option: workers, value: 4}",
        "- community.general.ini_file: {dest: /etc/a.ini, section: server, option: workers, "
        "value: '4'}",
        "- ini_file: {path: /etc/a.ini, section: server, option: '{{ item.key }}', "
        "value: '{{ item.value }}'}\n  with_dict: {workers: 4, timeout: 30}",
    ), (
        "- ini_file: {path: /etc/a.ini, section: client, option: workers, value: 4}",
        "- ini_file: {path: /etc/a.ini, section: server, option: workers, value: 8}",
        "- ini_file: {path: /etc/a.ini, section: server, option: workers, value: 4}\n"
        "- ini_file: {path: /etc/a.ini, section: server, option: workers, state: absent}",
    )),
    Case("folder-exists", {"path": "/srv/a"}, (
        "- file: {path: /srv/a, state: directory}",
        "- file: dest=/srv/a/ state=directory",
        "- file: {path: '/srv/{{ item }}', state: directory}\n  loop: [a, b]",
        "- file: {path: /srv/a/releases, state: directory}",
    ), (
        "- file: {path: /srv/a, state: touch}",
        "- file: {path: /srv/ab, state: directory}",
        "- file: {path: /srv/a, state: directory}\n- file: {path: /srv/a, state: absent}",
        "- file: {path: '/srv/{{ item }}', state: directory}\n  loop: [b, c]",
        "- local_action: file path=/srv/a state=directory",
    )),
    Case("link-exists", {"path": "/srv/a/current", "target": "/srv/a/v1"}, (
        "- file: {src: /srv/a/v1, dest: /srv/a/current, state: link}",
        "- file: {src: /srv/a/v1/, path: /srv/a/current, state: link, force: true}",
    ), (
        "- file: {src: /srv/a/v2, dest: /srv/a/current, state: link}",
        "- file: {src: /srv/a/v1, dest: /srv/a/current, state: hard}",
        "- file: {src: /srv/a/v1, dest: /srv/a/current, state: link}\n"
        "- file: {path: /srv/a/current, state: absent}",
    )),
    Case("path-absent", {"path": "/tmp/a.tgz"}, (
        "- file: {path: /tmp/a.tgz, state: absent}",
        "- copy: {content: x, dest: /tmp/a.tgz}\n- file: {path: /tmp/a.tgz, state: absent}",
    ), (
        "- file: {path: /tmp/b.tgz, state: absent}",
        "- file: {path: /tmp/a.tgz, state: absent}\n- copy: {content: x, dest: /tmp/a.tgz}",
        "- file: {path: /tmp/a.tgz, state: absent}\n- file: {path: /tmp/a.tgz, state: touch}",
    )),
    Case("fetched", {"path": "/var/b.tgz", "folder": "safe"}, (
        "- fetch: {src: /var/b.tgz, dest: safe/}",
        "- fetch: {src: /var/b.tgz, dest: ./safe}",
        "- fetch: {src: /var/b.tgz, dest: 'safe/{{ inventory_hostname }}.tgz', flat: true}",
        "- fetch: {src: /var/b.tgz, dest: '{{ playbook_dir }}/safe/'}",
    ), (
        "- fetch: {src: /var/b.tgz, dest: safe/, flat: true}",
        "- fetch: {src: /var/b.tgz, dest: safer/}",
        "- fetch: {src: /var/c.tgz, dest: safe/}",
    )),
    Case("archived", {"source": "/srv/a", "path": "/var/b.tar.gz"}, (
        "- archive: {path: /srv/a, dest: /var/b.tar.gz}",
        "- community.general.archive: {path: [/srv/a/], dest: /var/b.tar.gz, format: gz}",
    ), (
        "- archive: {path: /srv/a, dest: /var/b.tar.gz, format: zip}",
        "- archive: {path: /srv/b, dest: /var/b.tar.gz}",
        "- archive: {path: /srv/a, dest: /var/c.tar.gz}",
    )),
    Case("owner-is", {"path": "/srv/a", "owner": "app"}, (
        "- file: {path: /srv/a, state: directory, owner: app}",
        "- file: {path: /srv, state: directory, owner: app, recurse: true}",
        "- copy: {content: x, dest: /srv/a, owner: '{{ u }}'}\n  vars: {u: app}",
    ), (
        "- file: {path: /srv/a, state: directory, group: app}",
        "- file: {path: /srv/a, owner: app, state: directory}\n"
        "- file: {path: /srv/a, owner: root, state: directory}",
        "- file: {path: /srv, state: directory, owner: app}",
    )),
    Case("group-is", {"path": "/srv/a", "group": "app"},
         ("- file: {path: /srv/a, state: directory, group: app}",),
         ("- file: {path: /srv/a, state: directory, owner: app}",)),
    Case("mode-is", {"path": "/srv/a", "mode": "0640"}, (
        "- copy: {content: x, dest: /srv/a, mode: '0640'}",
        "- copy: {content: x, dest: /srv/a, mode: '640'}",
        "- copy: {content: x, dest: /srv/a, mode: 0640}",
        "- copy: {content: x, dest: /srv/a, mode: 'u=rw,g=r,o='}",
        "- copy: {content: x, dest: /srv/a}\n- file: {path: /srv/a, mode: 'u=rw,g=r,o='}",
        "- copy: content=x dest=/srv/a mode=0640",
    ), (
        "- copy: {content: x, dest: /srv/a, mode: '0644'}",
        "- copy: {content: x, dest: /srv/a, mode: 'u=rw,g=r'}",
        "- copy: {content: x, dest: /srv/a, mode: 'g-w'}",
        "- copy: {content: x, dest: /srv/a, mode: '0640'}\n- file: {path: /srv/a, mode: '0600'}",
    )),
    Case("mode-is", {"path": "/srv/d", "mode": "2775"}, (
        "- file: {path: /srv/d, state: directory, mode: '2775'}",
        "- file: {path: /srv/d, state: directory, mode: '02775'}",
        "- file: {path: /srv/d, state: directory, mode: 'u=rwx,g=rwxs,o=rx'}",
        "- file: {path: /srv/d, state: directory, mode: 'u=rwX,g=rwXs,o=rX'}",
    ), (
        "- file: {path: /srv/d, state: directory, mode: '0775'}",
        "- file: {path: /srv/d, state: directory, mode: 'u=rwx,g=rwx,o=rx'}",
    )),
    Case("file-validated", {"path": "/etc/n.conf", "command": "nginx -t -c %s"}, (
        "- template: {src: n.j2, dest: /etc/n.conf, validate: nginx -t -c %s}",
        "- template: {src: n.j2, dest: /etc/n.conf, validate: /usr/sbin/nginx -t -c '%s'}",
    ), (
        "- template: {src: n.j2, dest: /etc/n.conf}",
        "- template: {src: n.j2, dest: /etc/n.conf, validate: true %s}",
        "- template: {src: n.j2, dest: /etc/n.conf}\n- command: nginx -t -c /etc/n.conf",
    )),
    Case("backup-kept", {"path": "/etc/n.conf"}, (
        "- template: {src: n.j2, dest: /etc/n.conf, backup: true}",
        "- lineinfile: path=/etc/n.conf line=x backup=yes",
        "- hosts: web\n  module_defaults:\n    ansible.builtin.copy: {backup: true}\n  tasks:\n"
        "    - copy: {content: x, dest: /etc/n.conf}",
    ), (
        "- template: {src: n.j2, dest: /etc/n.conf, backup: false}",
        "- template: {src: n.j2, dest: /etc/n.conf, backup: true}\n"
        "- lineinfile: path=/etc/n.conf line=x",
    )),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_files(case: Case) -> None:
    judge(case)
