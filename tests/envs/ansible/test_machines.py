"""Requirements about Windows, switches, certificates and clouds; each type has its table."""

from __future__ import annotations

import pytest

from envs.ansible import CATEGORY
from tests.envs.ansible import test_commands, test_files, test_hosts, test_projects, test_software
from tests.envs.ansible import test_stores as stores
from tests.envs.ansible.answers import Case, judge

FIRE = (
    "- win_firewall_rule: {name: a, localport: 80, protocol: tcp, direction: in, action: allow%s}"
)
FIRE = FIRE.replace("win_", "community.windows.win_")
KEY = "- community.crypto.openssl_privatekey: {path: /k%s}"
CSR = "- community.crypto.openssl_csr: {path: /c, privatekey_path: /k, common_name: a.com%s}"
CRT = "- community.crypto.x509_certificate: {path: /x, csr_path: /c, privatekey_path: /k%s}"
SELF = ", provider: selfsigned"
S3 = "- amazon.aws.s3_bucket: {name: b%s}"
SG = "- amazon.aws.ec2_security_group: {name: g, description: d, vpc_id: vpc-1%s}"
RULE = ", rules: [{proto: tcp, ports: [%s], cidr_ip: %s}]"
BLOCK = (
    ", public_access: {block_public_acls: true, block_public_policy: true, "
    "ignore_public_acls: true, restrict_public_buckets: %s}"
)
IOS = "- cisco.ios.ios_config: {%s}"
REGION = "- hosts: localhost\n  module_defaults:\n    group/aws: {region: eu}\n  tasks:\n"
CASES = (
    Case("windows-feature", {"feature": "DNS"}, (
        "- ansible.windows.win_feature: {name: DNS}",
        "- ansible.windows.win_feature: {name: [DNS, DHCP], state: present}",
    ), ("- ansible.windows.win_feature: {name: DNS, state: absent}",
        "- ansible.windows.win_feature: {name: DHCP}")),
    Case("windows-service", {"service": "W3SVC"},
         ("- ansible.windows.win_service: {name: W3SVC, state: started}",),
         ("- ansible.windows.win_service: {name: W3SVC}",
          "- ansible.windows.win_service: {name: W3SVC, state: stopped}")),
    Case("windows-start", {"service": "W3SVC", "mode": "auto"},
         ("- ansible.windows.win_service: {name: w3svc, start_mode: auto}",),
         ("- ansible.windows.win_service: {name: W3SVC, start_mode: manual}",)),
    Case("windows-package", {"package": "git"},
         ("- chocolatey.chocolatey.win_chocolatey: {name: git}",
          "- chocolatey.chocolatey.win_chocolatey: {name: '{{ item }}', state: latest}\n"
          "  loop: [git, 7zip]"),
         ("- chocolatey.chocolatey.win_chocolatey: {name: git, state: absent}",)),
    Case("windows-folder", {"path": "C:\\Apps\\a"},
         ("- ansible.windows.win_file: {path: 'C:\\Apps\\a', state: directory}",
          "- ansible.windows.win_file: {path: C:/Apps/a/, state: directory}"),
         ("- ansible.windows.win_file: {path: 'C:\\Apps\\a', state: absent}",)),
    Case("windows-firewall", {"protocol": "tcp", "port": 80},
         (FIRE % "", FIRE % ", enabled: yes, state: present"),
         (FIRE % ", enabled: false", FIRE % ", state: absent", FIRE % ", remoteip: 10.0.0.1",
          (FIRE % "").replace("direction: in", "direction: out"),
          (FIRE % "").replace("allow", "block"))),
    Case("windows-registry", {"path": "HKLM:\\A", "name": "N", "data": 1},
         ("- ansible.windows.win_regedit: {path: 'HKLM:\\A', name: N, data: 1, type: dword}",),
         ("- ansible.windows.win_regedit: {path: 'HKLM:\\A', name: N, data: 0, type: dword}",
          "- ansible.windows.win_regedit: {path: 'HKLM:\\A', name: N, data: 1}",
          "- ansible.windows.win_regedit: {path: 'HKLM:\\A', name: N, state: absent}")),
    Case("private-key", {"path": "/k", "size": 4096},
         (KEY % "", KEY % ", size: 4096, type: RSA"),
         (KEY % ", size: 2048", KEY % ", type: Ed25519", KEY % ", state: absent")),
    Case("key-kept", {"path": "/k"}, (KEY % ", regenerate: never",),
         (KEY % "", KEY % ", regenerate: always", KEY % ", regenerate: never, force: true")),
    Case("signing-request", {"path": "/c", "name": "a.com", "key": "/k"},
         (CSR % "", CSR.replace("common_name: a.com", "subject: {CN: a.com}") % ""),
         ((CSR % "").replace("a.com", "b.com"), (CSR % "").replace("/k", "/l"))),
    Case("request-name", {"path": "/c", "name": "www.a.com"},
         (CSR % ", subject_alt_name: ['DNS:www.a.com']",
          CSR % ", subject_alt_name: 'DNS:a.com,DNS:www.a.com'"),
         (CSR % "", CSR % ", subject_alt_name: ['IP:10.0.0.1']")),
    Case("certificate", {"path": "/x", "request": "/c", "key": "/k"}, (CRT % SELF,),
         (CRT % ", provider: acme", (CRT % SELF).replace("/c", "/d"))),
    Case("certificate-days", {"path": "/x", "days": 35},
         (CRT % (SELF + ", selfsigned_not_after: +35d"),
          CRT % (SELF + ", selfsigned_not_after: +5w")),
         (CRT % SELF, CRT % (SELF + ", selfsigned_not_after: +30d"))),
    Case("bucket-exists", {"name": "b"}, (S3 % "", S3 % ", state: present"),
         (S3 % ", state: absent", "- amazon.aws.s3_object: {bucket: b, mode: create}")),
    Case("bucket-versioned", {"name": "b"}, (S3 % ", versioning: true",),
         (S3 % "", S3 % ", versioning: false")),
    Case("bucket-encrypted", {"name": "b", "kind": "aws:kms"}, (S3 % ", encryption: aws:kms",),
         (S3 % "", S3 % ", encryption: AES256")),
    Case("bucket-private", {"name": "b"}, (S3 % (BLOCK % "true"), S3 % (BLOCK % "yes")),
         (S3 % "", S3 % (BLOCK % "false"))),
    Case("bucket-tag", {"name": "b", "key": "t", "value": "v"}, (S3 % ", tags: {t: v}",),
         (S3 % "", S3 % ", tags: {t: w}")),
    Case("security-group", {"name": "g", "vpc": "vpc-1"}, (SG % "",),
         ((SG % "").replace("vpc-1", "vpc-2"), SG % ", state: absent")),
    Case("security-rule", {"name": "g", "port": 22, "network": "10.0.0.0/8"},
         (SG % (RULE % ("22", "10.0.0.0/8")),
          SG % ", rules: [{proto: tcp, from_port: 22, to_port: 22, cidr_ip: 10.0.0.0/8}]"),
         (SG % "", SG % (RULE % ("22", "0.0.0.0/0")), SG % (RULE % ("23", "10.0.0.0/8")),
          SG % ", rules: [{proto: tcp, ports: [22], cidr_ip: 10.0.0.0/8}, "
               "{proto: all, cidr_ip: 0.0.0.0/0}]")),
    Case("cloud-region", {"region": "eu"}, (
        S3 % ", region: eu", REGION + "    - amazon.aws.s3_bucket: {name: b}",
        S3 % "" + "\n  environment: {AWS_REGION: eu}",
    ), (S3 % "", S3 % ", region: us", S3 % ", region: eu" + "\n" + S3 % ", region: us")),
    Case("switch-connection", {"group": "web", "connection": "ansible.netcommon.network_cli"}, (
        "- hosts: web\n  connection: ansible.netcommon.network_cli\n  tasks:\n    - ping:",
        "- hosts: web\n  vars: {ansible_connection: network_cli}\n  tasks:\n    - ping:",
    ), ("- hosts: web\n  connection: local\n  tasks:\n    - ping:", "- ping:"), plain=True),
    Case("switch-system", {"group": "web"},
         ("- hosts: web\n  vars: {ansible_network_os: cisco.ios.ios}\n  tasks:\n    - ping:",),
         ("- hosts: web\n  vars: {ansible_network_os: vyos}\n  tasks:\n    - ping:",), plain=True),
    Case("switch-vlan", {"number": 10, "name": "A"}, (
        "- cisco.ios.ios_vlans: {config: [{vlan_id: 10, name: A}], state: merged}",
        IOS % "parents: vlan 10, lines: [name A]",
    ), ("- cisco.ios.ios_vlans: {config: [{vlan_id: 10, name: B}]}",
        "- cisco.ios.ios_vlans: {config: [{vlan_id: 10, name: A}], state: deleted}",
        IOS % "lines: [vlan 10, name A]")),
    Case("switch-port", {"interface": "Gi1", "vlan": 10}, (
        "- cisco.ios.ios_l2_interfaces: {config: [{name: Gi1, mode: access, access: {vlan: 10}}]}",
        IOS % "parents: [interface Gi1], lines: [switchport mode access, "
              "switchport access vlan 10]",
    ), ("- cisco.ios.ios_l2_interfaces: {config: [{name: Gi1, mode: trunk, access: {vlan: 10}}]}",
        IOS % "parents: [interface Gi2], lines: [switchport access vlan 10]")),
    Case("switch-line", {"line": "no ip http server"},
         (IOS % "lines: [no ip http server, no cdp run]", IOS % "lines: no ip http server"),
         (IOS % "lines: [ip http server]", IOS % "parents: vlan 1, lines: [no ip http server]")),
    Case("switch-saved", {}, (IOS % "save_when: modified",
                              "- cisco.ios.ios_command: {commands: [write memory]}"),
         (IOS % "save_when: never", IOS % "lines: [no cdp run]")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_machines(case: Case) -> None:
    judge(case)


def test_every_requirement_has_answers() -> None:
    """Each requirement type is tried with right and with nearly right answers."""
    tables = (CASES, test_commands.CASES, test_files.CASES, test_hosts.CASES, test_projects.CASES)
    tables += (test_software.CASES, test_software.MORE, stores.CASES)
    tried = {case.name for table in tables for case in table if case.right and case.wrong}
    assert tried == set(CATEGORY.requirements)
