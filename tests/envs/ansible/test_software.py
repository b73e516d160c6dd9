"""Requirements about packages, repositories, downloads and services."""

from __future__ import annotations

import pytest

from tests.envs.ansible.answers import Case, judge

DEB = "ansible_facts['os_family'] == 'Debian'"
CASES = (
    Case("package-installed", {"package": "htop"}, (
        "- ansible.builtin.apt: {name: [htop, git], state: present}",
        "- apt: pkg=htop,git",
        "- action: apt name=htop state=latest",
        "- package: {name: '{{ item }}'}\n  with_items: [git, htop]",
        "- hosts: web\n  vars: {wanted: [htop, jq]}\n  tasks:\n    - apt: {name: '{{ wanted }}'}",
        f"- apt: {{name: htop}}\n  when: {DEB}",
        "- block:\n    - apt: {name: htop}\n  when: ansible_distribution in ['Debian', 'Ubuntu']",
        "- apt: {name: htop}\n  when: not ansible_check_mode",
        "- apt: {name: htop}\n  ignore_errors: '{{ ansible_check_mode }}'",
        "- set_fact: {wanted: [htop]}\n- apt: {name: '{{ wanted }}'}",
        "- apt: {name: htop=3.0}",
        "- dnf: name=htop",
    ), (
        "- apt: {name: htop, state: absent}",
        "- apt: {name: htop}\n- apt: {name: htop, state: absent}",
        "- apt: {name: '{{ item }}'}\n  loop: [git, jq]",
        "- apt: {name: htop}\n  delegate_to: other01",
        "- apt: {name: htop}\n  run_once: true", "- apt: {name: htop, only_upgrade: true}",
        "- apt: {name: htop}\n  when: ansible_facts['os_family'] == 'RedHat'",
        f"- apt: {{name: htop}}\n  when: {DEB}\n- dnf: {{name: jq}}\n"
        "  when: ansible_facts['os_family'] == 'RedHat'",
        "- command: echo apt install htop",
        "- hosts: web\n  tasks:\n    - debug: msg=x\n  handlers:\n    - name: h\n"
        "      apt: {name: htop}",
        "- block:\n    - command: /bin/true\n  rescue:\n    - apt: {name: htop}",
        "- hosts: web\n  vars: {state: absent}\n  tasks:\n"
        "    - apt: {name: htop, state: '{{ state }}'}",
    )),
    Case("package-latest", {"package": "openssl"},
         ("- apt: {name: openssl, state: latest}", "- package: name=openssl state=latest"),
         ("- apt: {name: openssl}", "- apt: {upgrade: dist}")),
    Case("package-version", {"package": "nginx", "version": "1.24.0-2"}, (
        "- apt: {name: nginx=1.24.0-2}",
        "- apt: {name: 'nginx={{ v }}', allow_downgrade: true}\n  vars: {v: 1.24.0-2}",
        "- dnf: {name: nginx-1.24.0-2}",
    ), (
        "- apt: {name: nginx}", "- apt: {name: nginx=1.24.0-1}",
        "- apt: {name: nginx=1.24.0-2}\n- apt: {name: nginx, state: latest}",
        "- apt: {name: nginx=1.24.0-2}\n- apt: {name: nginx, state: absent}",
    )),
    Case("package-removed", {"package": "telnet"},
         ("- apt: {name: telnet, state: absent, purge: true}", "- dnf: name=telnet state=removed"),
         ("- apt: {name: telnet}",
          "- apt: {name: telnet, state: absent}\n- apt: {name: [telnet, git]}")),
    Case("package-cache", {"seconds": 3600}, (
        "- apt: {update_cache: true, cache_valid_time: 3600}",
        "- apt: update_cache=yes cache_valid_time=3600 name=git",
        "- hosts: web\n  pre_tasks:\n    - apt: {cache_valid_time: 3600}",
    ), ("- apt: {update_cache: true}", "- apt: {update_cache: true, cache_valid_time: 360}",
        "- apt: {update_cache: false, cache_valid_time: 3600}")),
    Case("apt-repository",
         {"uri": "https://p.example.com/debian", "suite": "bookworm", "component": "main"}, (
        "- apt_repository: {repo: 'deb [signed-by=/k.asc] https://p.example.com/debian bookworm "
        "main', filename: p}",
        "- apt_repository: {repo: 'deb [arch={{ a }} signed-by=/k] https://p.example.com/debian/ "
        "bookworm main contrib'}",
        "- deb822_repository: {name: p, types: [deb], uris: 'https://p.example.com/debian', "
        "suites: [bookworm], components: [main], signed_by: /k.asc}",
    ), (
        "- apt_repository: {repo: 'deb-src https://p.example.com/debian bookworm main'}",
        "- apt_repository: {repo: '# deb https://p.example.com/debian bookworm main'}",
        "- apt_repository: {repo: 'deb https://p.example.com/debian bullseye main'}",
        "- apt_repository: {repo: 'deb https://p.example.com/debian bookworm main', state: absent}",
        "- deb822_repository: {name: p, uris: 'https://p.example.com/debian', suites: bookworm, "
        "components: [main], enabled: false}",
    )),
    Case("yum-repository", {"name": "zinc", "url": "https://rpm.example.com/el9/"}, (
        "- yum_repository: {name: zinc, description: z, baseurl: 'https://rpm.example.com/el9', "
        "gpgcheck: true}",
        "- yum_repository: {name: zinc, description: z, baseurl: ['https://rpm.example.com/el9/'], "
        "gpgcheck: yes, gpgkey: 'https://rpm.example.com/k'}",
    ), (
        "- yum_repository: {name: zinc, description: z, baseurl: 'https://rpm.example.com/el9'}",
        "- yum_repository: {name: zinc, description: z, baseurl: 'https://rpm.example.com/el9', "
        "gpgcheck: true, enabled: false}",
        "- yum_repository: {name: zinc, description: z, baseurl: 'https://rpm.example.com/el8', "
        "gpgcheck: true}",
    )),
    Case("pip-package", {"package": "gunicorn==22.0.0", "venv": "/srv/a/venv"}, (
        "- pip: {name: gunicorn==22.0.0, virtualenv: /srv/a/venv}",
        "- pip: name=gunicorn version=22.0.0 virtualenv=/srv/a/venv/",
        "- pip: {name: [gunicorn == 22.0.0, gevent], executable: /srv/a/venv/bin/pip}",
    ), (
        "- pip: {name: gunicorn==22.0.0}", "- pip: {name: gunicorn, virtualenv: /srv/a/venv}",
        "- pip: {name: gunicorn==22.0.0, virtualenv: /srv/b/venv}",
        "- pip: {name: gunicorn==22.0.0, virtualenv: /srv/a/venv, state: absent}",
    )),
    Case("pip-requirements", {"path": "/srv/a/requirements.txt", "venv": "/srv/a/venv"}, (
        "- pip: {requirements: /srv/a/requirements.txt, virtualenv: /srv/a/venv}",
        "- pip: {requirements: requirements.txt, chdir: /srv/a, virtualenv: /srv/a/venv}",
    ), ("- pip: {requirements: requirements.txt, virtualenv: /srv/a/venv}",)),
    Case("git-checkout", {"repository": "https://g.example.com/a.git", "folder": "/srv/a"}, (
        "- git: {repo: 'https://g.example.com/a.git', dest: /srv/a/, version: v1}",
        "- git: repo=https://g.example.com/a.git dest=/srv/a",
    ), ("- git: {repo: 'https://g.example.com/a.git', dest: /srv/b}",
        "- git: {repo: 'https://g.example.com/a.git', dest: /srv/a, clone: false}")),
    Case("git-version", {"folder": "/srv/a", "version": "v1"}, (
        "- git: {repo: 'https://g.example.com/a.git', dest: /srv/a, version: v1}",
        "- git: {repo: 'https://g.example.com/a.git', dest: /srv/a, version: '{{ r }}'}\n"
        "  vars: {r: v1}",
    ), ("- git: {repo: 'https://g.example.com/a.git', dest: /srv/a}",
        "- git: {repo: 'https://g.example.com/a.git', dest: /srv/a, version: v1, update: false}")),
    Case("downloaded", {"url": "https://e.com/a.tgz", "path": "/tmp/a.tgz"}, (
        "- get_url: {url: 'https://e.com/a.tgz', dest: /tmp/a.tgz}",
        "- get_url: {url: 'https://e.com/a.tgz', dest: /tmp/}",
        "- get_url: url=https://e.com/a.tgz dest=/tmp/a.tgz\n"
        "- file: {path: /tmp/a.tgz, state: absent}",
    ), ("- get_url: {url: 'https://e.com/b.tgz', dest: /tmp/a.tgz}",
        "- get_url: {url: 'https://e.com/a.tgz', dest: /tmp/b.tgz}",
        "- get_url: {url: 'https://e.com/a.tgz', dest: /tmp/a.tgz}\n  delegate_to: localhost")),
    Case("download-checked", {"url": "https://e.com/a.tgz", "sum": "ab" * 32}, (
        f"- get_url: {{url: 'https://e.com/a.tgz', dest: /tmp/, checksum: 'sha256:{'ab' * 32}'}}",
        f"- get_url: {{url: 'https://e.com/a.tgz', dest: /tmp/, checksum: 'sha256:{'AB' * 32}'}}",
    ), ("- get_url: {url: 'https://e.com/a.tgz', dest: /tmp/}",
        f"- get_url: {{url: 'https://e.com/a.tgz', dest: /tmp/, checksum: 'sha256:{'ac' * 32}'}}",
        f"- get_url: {{url: 'https://e.com/a.tgz', dest: /tmp/, checksum: 'md5:{'ab' * 32}'}}")),
    Case("unpacked", {"source": "/tmp/a.tgz", "folder": "/opt/a"},
         ("- unarchive: {src: /tmp/a.tgz, dest: /opt/a/, remote_src: true}",
          "- unarchive: src=/tmp/a.tgz dest=/opt/a remote_src=yes"),
         ("- unarchive: {src: /tmp/a.tgz, dest: /opt/a}",
          "- unarchive: {src: /tmp/a.tgz, dest: /opt/b, remote_src: true}")),
    Case("unpacked-once", {"folder": "/opt/a", "path": "/opt/a/bin/a"},
         ("- unarchive: {src: /tmp/a.tgz, dest: /opt/a, remote_src: true, creates: /opt/a/bin/a}",),
         ("- unarchive: {src: /tmp/a.tgz, dest: /opt/a, remote_src: true}",
          "- unarchive: {src: /tmp/a.tgz, dest: /opt/a, remote_src: true, creates: /opt/a}")),
    Case("service-running", {"service": "nginx"}, (
        "- service: {name: nginx, state: started}", "- systemd: name=nginx.service state=restarted",
        "- ansible.builtin.systemd_service: {name: '{{ item }}', state: started}\n"
        "  loop: [redis, nginx]",
        "- service: {name: nginx, state: stopped}\n- service: {name: nginx, state: started}",
    ), (
        "- service: {name: nginx, enabled: true}",
        "- service: {name: nginx, state: started}\n- systemd: {name: nginx, state: stopped}",
        "- service: {name: nginx2, state: started}",
        "- hosts: web\n  tasks:\n    - debug: msg=x\n  handlers:\n    - name: s\n"
        "      service: {name: nginx, state: started}",
    )),
    Case("service-enabled", {"service": "nginx"},
         ("- service: {name: nginx, enabled: yes}", "- systemd: name=nginx enabled=true"),
         ("- service: {name: nginx, state: started}", "- service: {name: nginx, enabled: no}")),
    Case("service-stopped", {"service": "cups"}, ("- service: {name: cups, state: stopped}",),
         ("- service: {name: cups, state: started}", "- service: {name: cups, enabled: false}")),
    Case("service-disabled", {"service": "cups"},
         ("- service: {name: cups, enabled: false}", "- service: name=cups enabled=no"),
         ("- service: {name: cups, enabled: true}", "- service: {name: cups, state: stopped}")),
    Case("service-masked", {"service": "cups"}, ("- systemd: {name: cups, masked: true}",),
         ("- systemd: {name: cups, masked: false}", "- systemd: {name: cups, enabled: false}",
          "- systemd: {name: cups, masked: true}\n- systemd: {name: cups, masked: false}")),
)  # fmt: skip
RESTART = """
- hosts: web
  tasks:
    - template: {src: a.j2, dest: /etc/a.conf}
      notify: %s
  handlers:
    %s
"""
HANDLED = (
    ("restart a", "- {name: restart a, service: {name: a, state: restarted}}"),
    ("[x, restart a]", "- {name: restart a, systemd: {name: a.service, state: restarted}}\n"
                       "    - {name: x, debug: {msg: x}}"),
    ("topic", "- {name: r, listen: topic, service: name=a state=restarted}"),
    ("check", "- {name: check, command: a -t, notify: go}\n"
              "    - {name: go, service: {name: a, state: restarted}}"),
    ("run", "- {name: run, command: systemctl restart a}"),
)  # fmt: skip
UNHANDLED = (
    ("other", "- {name: restart a, service: {name: a, state: restarted}}\n"
              "    - {name: other, debug: {msg: x}}"),
    ("r", "- {name: r, service: {name: a, state: reloaded}}"),
    ("r", "- {name: r, service: {name: b, state: restarted}}"),
    ("r", "- {name: r, service: {name: a, state: restarted}, when: false}"),
    ("r", "- {name: r, service: {name: a, state: restarted}, ignore_errors: true}"),
    ("r", "- {name: r, service: {name: a, state: restarted}, delegate_to: localhost}"),
    ("r\n      changed_when: false", "- {name: r, service: {name: a, state: restarted}}"),
    ("check", "- {name: check, command: a -t, changed_when: false, notify: go}\n"
              "    - {name: go, service: {name: a, state: restarted}}"),
)  # fmt: skip
UNIT = "- template: {src: a.service.j2, dest: /etc/systemd/system/a.service}\n"
START = "- service: {name: a, state: started}\n"
MORE = (
    Case("change-restarts", {"path": "/etc/a.conf", "service": "a"}, (
        *(RESTART % one for one in HANDLED),
        "- hosts: web\n  tasks:\n    - block:\n        - copy: {content: x, dest: /etc/a.conf}\n"
        "      notify: r\n  handlers:\n    - {name: r, service: name=a state=restarted}",
    ), (
        *(RESTART % one for one in UNHANDLED),
        "- copy: {content: x, dest: /etc/a.conf}\n- service: {name: a, state: restarted}",
    ), plain=True),
    Case("change-reloads", {"path": "/etc/a.conf", "service": "a"},
         (RESTART % ("r", "- {name: r, service: {name: a, state: reloaded}}"),),
         (RESTART % ("r", "- {name: r, service: {name: a, state: restarted}}"),)),
    Case("units-reloaded", {"service": "a"}, (
        UNIT + "- systemd: {name: a, state: started, daemon_reload: true}",
        UNIT + "- systemd: daemon_reload=yes\n" + START,
        UNIT + "- command: systemctl daemon-reload\n" + START,
        UNIT + "  register: u\n- systemd: {daemon_reload: true}\n  when: u is changed\n" + START,
        "- hosts: web\n  tasks:\n    - template: {src: a.j2, dest: /etc/systemd/system/a.service}\n"
        "      notify: reload\n    - meta: flush_handlers\n"
        "    - service: {name: a, state: started}\n"
        "  handlers:\n    - {name: reload, systemd: {daemon_reload: true}}",
    ), (
        UNIT + START,
        "- systemd: {daemon_reload: true}\n" + UNIT + START,
        UNIT + "  register: u\n- systemd: {daemon_reload: true}\n  when: v is changed\n" + START,
        UNIT + START + "- systemd: {daemon_reload: true}",
        UNIT + "- systemd: {daemon_reload: true}",
        "- hosts: web\n  tasks:\n    - template: {src: a.j2, dest: /etc/systemd/system/a.service}\n"
        "      notify: reload\n    - service: {name: a, state: started}\n"
        "  handlers:\n    - {name: reload, systemd: {daemon_reload: true}}",
    )),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES + MORE, ids=str)
def test_software_and_services(case: Case) -> None:
    judge(case)
