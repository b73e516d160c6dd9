"""Requirements about accounts, the system and its security."""

from __future__ import annotations

import pytest

from tests.envs.ansible.answers import Case, judge

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIYEW alice@desk"
RULE = "deploy ALL=(ALL) NOPASSWD: /usr/bin/rsync"
SUDO = '- copy: {content: "%s", dest: /etc/sudoers.d/deploy, mode: "0440", validate: "%s"}'
JOB = "- cron: {name: a, job: /opt/a.sh, minute: '4', hour: '10'%s}"
MOUNT = "- mount: {path: /data, src: /dev/vdb, fstype: xfs, state: %s}"
SSH = "- lineinfile: {path: /etc/ssh/sshd_config, regexp: '%s', line: %s}"
FW = "- firewalld: {service: http, zone: public, state: enabled, permanent: true%s}"
CASES = (
    Case("user-exists", {"user": "app"}, ("- user: {name: app}", "- user: name=app state=present",
                                         "- user: {name: '{{ item }}'}\n  loop: [app, ci]"),
         ("- user: {name: app, state: absent}", "- group: {name: app}",
          "- user: {name: app}\n- user: {name: app, state: absent}",
          "- user: {name: app}\n  delegate_to: localhost")),
    Case("user-removed", {"user": "bob"},
         ("- user: {name: bob, state: absent}", "- user: name=bob state=absent remove=yes"),
         ("- user: {name: bob}", "- user: {name: bob, state: absent}\n- user: {name: bob}")),
    Case("home-removed", {"user": "bob"}, ("- user: {name: bob, state: absent, remove: true}",),
         ("- user: {name: bob, state: absent}", "- user: {name: bob, remove: true}")),
    Case("user-shell", {"user": "app", "shell": "/bin/zsh"},
         ("- user: {name: app, shell: /bin/zsh}",
          "- user: name=app\n- user: name=app shell=/bin/zsh"),
         ("- user: {name: app}", "- user: {name: app, shell: /bin/sh}",
          "- user: {name: app, shell: /bin/zsh, state: absent}")),
    Case("user-home", {"user": "app", "home": "/srv/app"},
         ("- user: {name: app, home: /srv/app}", "- user: {name: app, home: /srv/app/}"),
         ("- user: {name: app, home: /srv}",)),
    Case("user-id", {"user": "app", "uid": 1500}, ("- user: {name: app, uid: 1500}",
                                                  "- user: name=app uid=1500"),
         ("- user: {name: app, uid: 1501}",)),
    Case("user-expires", {"user": "app", "epoch": 1830297600},
         ("- user: {name: app, expires: 1830297600}", "- user: {name: app, expires: 1830297600.0}"),
         ("- user: {name: app}", "- user: {name: app, expires: -1}")),
    Case("user-is-system", {"user": "app"}, ("- user: {name: app, system: yes}",),
         ("- user: {name: app}", "- user: {name: app, system: false}",
          "- user: {name: app}\n- user: {name: app, system: true}")),
    Case("password-locked", {"user": "app"},
         ("- user: {name: app, password_lock: true}", "- user: {name: app, password: '!'}",
          "- user: {name: app, password: '*'}"),
         ("- user: {name: app}", "- user: {name: app, password: ''}",
          "- user: {name: app, password_lock: true}\n- user: {name: app, password_lock: false}")),
    Case("user-in-group", {"user": "app", "group": "docker"}, (
        "- user: {name: app, groups: [adm, docker], append: true}",
        "- user: name=app groups=docker append=yes",
        "- user: {name: '{{ item }}', groups: 'adm,docker', append: true}\n  loop: [app, ci]",
    ), ("- user: {name: app, groups: [docker]}", "- user: {name: app, group: docker}",
        "- user: {name: app, groups: [docker], append: true}\n- user: {name: app, groups: [adm]}")),
    Case("user-main-group", {"user": "app", "group": "ops"}, ("- user: {name: app, group: ops}",),
         ("- user: {name: app, groups: ops, append: true}",)),
    Case("group-exists", {"group": "ops"}, ("- group: {name: ops}", "- group: name=ops gid=5"),
         ("- group: {name: ops, state: absent}", "- user: {name: ops}")),
    Case("group-id", {"group": "ops", "gid": 2000}, ("- group: {name: ops, gid: 2000}",),
         ("- group: {name: ops}", "- group: {name: ops, gid: 2001}",
          "- group: {name: ops, gid: 2000, state: absent}")),
    Case("key-authorised", {"user": "app", "key": KEY}, (
        f"- authorized_key: {{user: app, key: '{KEY}'}}",
        f"- ansible.posix.authorized_key:\n    user: app\n    key: |\n      ssh-rsa AAAA x\n"
        f"      {KEY}",
        f"- authorized_key: {{user: app, key: '{KEY.rpartition(' ')[0]} other'}}",
        f"- authorized_key: {{user: app, key: '{{{{ item }}}}'}}\n  loop: ['{KEY}']",
    ), (f"- authorized_key: {{user: ci, key: '{KEY}'}}",
        f"- authorized_key: {{user: app, key: '{KEY}', state: absent}}",
        "- authorized_key: {user: app, key: ssh-ed25519 AAAAC3 alice@desk}",
        f"- authorized_key: {{user: app, key: '{KEY}'}}\n"
        f"- authorized_key: {{user: app, key: '{KEY}', state: absent}}")),
    Case("keys-exclusive", {"user": "app"},
         (f"- authorized_key: {{user: app, key: '{KEY}', exclusive: true}}",),
         (f"- authorized_key: {{user: app, key: '{KEY}'}}",)),
    Case("sudo-rule", {"file": "deploy", "rule": RULE}, (
        SUDO % (RULE + "\\n", "visudo -cf %s"), SUDO % (RULE, "/usr/sbin/visudo -c -f %s"),
        SUDO % ("deploy ALL=(ALL) NOPASSWD:/usr/bin/rsync", "visudo -cf %s"),
        f"- lineinfile: {{path: /etc/sudoers.d/deploy, line: '{RULE}', create: true, "
        "validate: visudo -cf %s}",
        "- community.general.sudoers: {name: deploy, user: deploy, runas: ALL, "
        "commands: /usr/bin/rsync}",
    ), (
        SUDO % (RULE, "true %s"), SUDO % ("# " + RULE, "visudo -cf %s"),
        f"- copy: {{content: '{RULE}', dest: /etc/sudoers.d/deploy}}",
        f"- copy: {{content: '{RULE}', dest: /etc/sudoers.d/x, validate: visudo -cf %s}}",
        "- community.general.sudoers: {name: deploy, user: deploy, runas: ALL, "
        "commands: /usr/bin/rsync, nopassword: false}",
        SUDO % (RULE, "visudo -cf %s") + "\n- file: {path: /etc/sudoers.d/deploy, state: absent}",
    )),
    Case("cron-job", {"job": "/opt/a.sh", "schedule": "4 10 * * 1"}, (
        JOB % ", weekday: '1'", JOB % ", weekday: mon", JOB % ", weekday: MON, month: '*'",
        "- cron: name=a job=/opt/a.sh minute=04 hour=10 weekday=1",
        "- cron: {name: a, job: /opt/a.sh > /dev/null 2>&1, minute: 4, hour: 10, weekday: 1}",
    ), (
        JOB % "", JOB % ", weekday: '2'", JOB % ", weekday: '1', disabled: true",
        JOB % ", weekday: '1', state: absent", JOB % ", weekday: '1', day: '1'",
        "- cron: {name: a, job: /opt/a.sh, special_time: daily}",
        JOB % ", weekday: 1" + "\n- cron: {name: a, state: absent}",
        JOB % ", weekday: 1" + "\n- cron: {name: a, job: /bin/x}",
        "- cron: {name: a, job: 'echo /opt/a.sh', minute: 4, hour: 10, weekday: 1}",
    )),
    Case("cron-job", {"job": "/p", "schedule": "*/15 * * * *"},
         ("- cron: {name: a, job: /p, minute: '*/15'}",
          "- cron: {name: a, job: /p, minute: '0,15,30,45'}",
          "- cron: {name: a, job: /p, minute: 0-59/15}"),
         ("- cron: {name: a, job: /p, minute: '15'}",
          "- cron: {name: a, job: /p, minute: '*/20'}")),
    Case("cron-user", {"job": "/p", "user": "app"},
         ("- cron: {name: a, job: /p, user: app}",
          "- cron: {name: a, job: /p}\n  become: true\n  become_user: app"),
         ("- cron: {name: a, job: /p}", "- cron: {name: a, job: /p, user: root}")),
    Case("cron-file", {"job": "/p", "file": "a"},
         ("- cron: {name: a, job: /p, cron_file: a, user: root}",
          "- cron: {name: a, job: /p, cron_file: /etc/cron.d/a, user: root}"),
         ("- cron: {name: a, job: /p}",)),
    Case("kernel-parameter", {"name": "vm.swappiness", "value": "10"}, (
        "- sysctl: {name: vm.swappiness, value: '10'}", "- sysctl: name=vm.swappiness value=10",
        "- sysctl: {name: '{{ item.key }}', value: '{{ item.value }}', reload: true}\n"
        "  loop: '{{ s | dict2items }}'\n  vars: {s: {vm.swappiness: 10}}",
        "- sysctl: {name: vm.swappiness, value: 10, sysctl_set: true, reload: false}",
    ), ("- sysctl: {name: vm.swappiness, value: 1}",
        "- sysctl: {name: vm.swappiness, value: 10, state: absent}",
        "- sysctl: {name: vm.swappiness, value: 10, reload: false}",
        "- sysctl: {name: vm.swappiness, value: 10}\n- sysctl: {name: vm.swappiness, value: 60}")),
    Case("mounted", {"source": "/dev/vdb", "path": "/data", "fstype": "xfs"},
         (MOUNT % "mounted", "- mount: name=/data/ src=/dev/vdb fstype=xfs state=mounted"),
         (MOUNT % "present", MOUNT % "ephemeral",
          MOUNT % "mounted" + "\n- mount: {path: /data, state: absent}")),
    Case("mount-option", {"path": "/data", "option": "noatime"},
         (MOUNT % "mounted, opts: 'defaults,noatime'",), (MOUNT % "mounted",
                                                         MOUNT % "mounted, opts: relatime")),
    Case("file-system", {"device": "/dev/vdb", "fstype": "xfs"},
         ("- filesystem: {dev: /dev/vdb, fstype: xfs}",
          "- community.general.filesystem: device=/dev/vdb type=xfs"),
         ("- filesystem: {dev: /dev/vdb, fstype: ext4}",
          "- filesystem: {dev: /dev/vdb, fstype: xfs, force: true}",
          "- filesystem: {dev: /dev/vdb, state: absent}")),
    Case("time-zone", {"zone": "UTC"},
         ("- timezone: {name: UTC}", "- command: timedatectl set-timezone UTC"),
         ("- timezone: {name: Europe/Paris}", "- timezone: name=UTC\n- timezone: name=Asia/Tokyo")),
    Case("host-named", {},
         ("- hostname: {name: '{{ inventory_hostname }}'}",
          "- hostname: name={{inventory_hostname}}",
          "- hostname: {name: '{{ h }}'}\n  vars: {h: '{{ inventory_hostname }}'}"),
         ("- hostname: {name: web}", "- hostname: {name: '{{ ansible_hostname }}'}")),
    Case("kernel-module", {"name": "overlay"}, (
        "- modprobe: {name: overlay, persistent: present}",
        "- modprobe: {name: overlay}\n- copy: {content: overlay, dest: /etc/modules-load.d/a.conf}",
    ), ("- modprobe: {name: overlay}", "- modprobe: {name: overlay, state: absent}",
        "- copy: {content: overlay, dest: /etc/modules-load.d/a.conf}")),
    Case("resource-limit", {"domain": "root", "kind": "soft", "item": "nofile", "value": 4096}, (
        "- pam_limits: {domain: root, limit_type: soft, limit_item: nofile, value: 4096}",
        "- pam_limits: domain=root limit_type='-' limit_item=nofile value=4096",
        "- lineinfile: {path: /etc/security/limits.conf, line: root   soft nofile 4096}",
    ), ("- pam_limits: {domain: root, limit_type: hard, limit_item: nofile, value: 4096}",
        "- pam_limits: {domain: root, limit_type: soft, limit_item: nofile, value: 1}")),
    Case("rebooted", {"seconds": 600}, ("- reboot: {reboot_timeout: 600}", "- reboot:"),
         ("- reboot: {reboot_timeout: 60}", "- command: reboot")),
    Case("ufw-allows", {"port": 8080, "protocol": "tcp"}, (
        "- ufw: {rule: allow, port: 8080, proto: tcp}", "- ufw: rule=allow port=8080",
        "- ufw: {rule: allow, to_port: 8080/tcp}",
        "- ufw: {rule: allow, port: '80,8080', proto: tcp}",
        "- ufw: {rule: allow, port: '8000:9000', proto: tcp}", "- ufw: {rule: limit, port: '8080'}",
        "- community.general.ufw: {rule: allow, port: '{{ item }}', proto: tcp}\n"
        "  loop: [80, 8080]",
    ), (
        "- ufw: {rule: allow, port: 8080, proto: udp}", "- ufw: {rule: deny, port: 8080}",
        "- ufw: {rule: allow, port: 8080, from_ip: 10.0.0.0/8}",
        "- ufw: {rule: allow, port: 8080, direction: out}",
        "- ufw: {rule: allow, port: 8080, delete: true}", "- ufw: {rule: allow, port: 80}",
        "- ufw: {rule: allow, port: 8080}\n- ufw: {rule: allow, port: 8080, delete: true}",
        "- ufw: {rule: allow, port: 8080}\n- ufw: {state: reset}",
        "- ufw: {rule: allow, port: 8080, interface: lo}",
    )),
    Case("ufw-allows", {"port": 22, "protocol": "tcp"},
         ("- ufw: {rule: allow, name: OpenSSH}", "- ufw: {rule: allow, port: ssh, proto: tcp}"),
         ("- ufw: {rule: allow, name: Samba}",)),
    Case("ufw-allows-from", {"port": 5432, "network": "10.0.0.0/8"},
         ("- ufw: {rule: allow, port: 5432, proto: tcp, src: 10.0.0.0/8}",),
         ("- ufw: {rule: allow, port: 5432}",
          "- ufw: {rule: allow, port: 5432, src: 10.0.0.0/8}\n- ufw: {rule: allow, port: 5432}",
          "- ufw: {rule: allow, port: 5432, src: 10.0.0.0/16}")),
    Case("ufw-on", {}, (
        "- ufw: {state: enabled, policy: deny, direction: incoming}",
        "- ufw: {default: deny}\n- ufw: {state: enabled}",
        "- ufw: {direction: '{{ item.d }}', policy: '{{ item.p }}'}\n"
        "  loop: [{d: incoming, p: deny}, {d: outgoing, p: allow}]\n- ufw: state=enabled",
    ), ("- ufw: {state: enabled}", "- ufw: {default: deny, direction: outgoing, state: enabled}",
        "- ufw: {state: enabled, policy: deny}\n- ufw: {state: disabled}",
        "- ufw: {state: enabled, policy: allow}")),
    Case("firewalld-allows", {"kind": "service", "name": "http", "zone": "public"}, (
        FW % ", immediate: true",
        FW % "" + "\n- service: {name: firewalld, state: reloaded}",
        FW % "" + "\n- command: firewall-cmd --reload",
        FW % "" + "\n- firewalld: {service: http, zone: public, state: enabled, immediate: true}",
    ), (FW % "", "- firewalld: {service: http, zone: public, state: enabled, immediate: true}",
        FW % ", immediate: true" + "\n" + (FW % ", immediate: true").replace("enabled", "disabled"),
        "- firewalld: {service: http, zone: dmz, state: enabled, permanent: true, immediate: true}",
        "- firewalld: {port: 80/tcp, zone: public, state: enabled, permanent: true, "
        "immediate: true}")),
    Case("selinux-enforces", {"policy": "targeted"},
         ("- selinux: {policy: targeted, state: enforcing}",),
         ("- selinux: {policy: targeted, state: permissive}",
          "- selinux: {policy: targeted, state: enforcing}\n- selinux: {state: disabled}")),
    Case("selinux-boolean", {"name": "nis_enabled"},
         ("- seboolean: {name: nis_enabled, state: yes, persistent: true}",),
         ("- seboolean: {name: nis_enabled, state: true}",
          "- seboolean: {name: nis_enabled, state: false, persistent: true}")),
    Case("ssh-option", {"option": "MaxSessions", "value": "4"}, (
        SSH % ("^#?MaxSessions", "MaxSessions 4"),
        SSH % (r"^(#\s*)?MaxSessions\s+.*$", "MaxSessions 4"),
        SSH % (r"^\s*#?\s*MaxSessions\b", "'MaxSessions  4'"),
        SSH % ("(?i)^#?maxsessions ", "MaxSessions 4"),
        "- lineinfile: {path: /etc/ssh/sshd_config, regexp: '^#?\\s*{{ item.key }}\\s', "
        "line: '{{ item.key }} {{ item.value }}'}\n"
        "  with_dict: {MaxSessions: 4, LoginGraceTime: 30}",
    ), (
        SSH % ("^MaxSessions", "MaxSessions 4"), SSH % ("^#?MaxSessions", "MaxSessions 8"),
        SSH % ("^#MaxSessions", "MaxSessions 4"), SSH % ("^#?MaxSessions", "'#MaxSessions 4'"),
        "- lineinfile: {path: /etc/ssh/sshd_config, line: MaxSessions 4}",
        SSH % ("(^#?)*MaxSess(ions)+++", "MaxSessions 4"),
        SSH % ("^#?MaxSessions", "MaxSessions 4") + "\n"
        + SSH % ("^#?MaxSessions", "MaxSessions 9"),
    )),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hosts(case: Case) -> None:
    judge(case)
