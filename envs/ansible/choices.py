"""What Ansible tasks draw from: many values, so that answers to others meet hardly anything."""

from __future__ import annotations

from iac_gym.words import FIRST, SECOND

_KINDS = ("web", "app", "db", "cache", "workers", "edge", "hosts", "nodes", "batch", "queue")
GROUPS = tuple(f"{word}_{kind}" for word in FIRST for kind in _KINDS)
PACKAGES = (
    "htop", "curl", "git", "vim", "tmux", "jq", "rsync", "unzip", "tree", "strace", "tcpdump",
    "lsof", "sysstat", "iotop", "ncdu", "wget", "zip", "net-tools", "dnsutils", "acl", "screen",
    "mtr", "socat", "python3-pip", "python3-venv", "logrotate", "lvm2", "nfs-common", "parted",
)  # fmt: skip
UNWANTED = (
    "telnet", "rsh-client", "talk", "xinetd", "nis", "ftp", "tftp", "ypbind", "snapd",
    "popularity-contest",
    "avahi-daemon", "cups", "rpcbind", "vsftpd", "sendmail",
)  # fmt: skip
#: Packages that run one service of the same name, with their main configuration file.
SERVERS = {
    "nginx": "/etc/nginx/nginx.conf",
    "haproxy": "/etc/haproxy/haproxy.cfg",
    "redis-server": "/etc/redis/redis.conf",
    "chrony": "/etc/chrony/chrony.conf",
    "rsyslog": "/etc/rsyslog.conf",
    "fail2ban": "/etc/fail2ban/jail.local",
    "dnsmasq": "/etc/dnsmasq.conf",
    "squid": "/etc/squid/squid.conf",
    "memcached": "/etc/memcached.conf",
    "keepalived": "/etc/keepalived/keepalived.conf",
    "unbound": "/etc/unbound/unbound.conf",
    "varnish": "/etc/varnish/default.vcl",
    "postfix": "/etc/postfix/main.cf",
    "auditd": "/etc/audit/auditd.conf",
}
#: Commands that check the configuration of a server before it is put into place.
VALIDATIONS = {
    "nginx": "nginx -t -c %s",
    "haproxy": "haproxy -c -f %s",
    "rsyslog": "rsyslogd -N1 -f %s",
    "dnsmasq": "dnsmasq --test -C %s",
    "squid": "squid -k parse -f %s",
    "unbound": "unbound-checkconf %s",
    "varnish": "varnishd -C -f %s",
    "keepalived": "keepalived -t -f %s",
}
USERS = (
    "deploy", "ansible", "backup", "ci", "app", "svc-web", "svc-batch", "reporter", "operator",
    "etl", "runner", "media", "gitops", "releaser", "metrics", "archiver",
)  # fmt: skip
PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")
UNIX_GROUPS = ("www-data", "docker", "adm", "sudo", "wheel", "staff", "ops", "devs", "audit")
SHELLS = ("/bin/bash", "/bin/zsh", "/bin/sh", "/usr/bin/fish", "/usr/sbin/nologin")
MODES = ("0640", "0644", "0600", "0440", "0660", "0444")
FOLDER_MODES = ("0750", "0755", "0700", "0770", "2775")
APPS = tuple(f"{first}-{second}" for first in FIRST[::5] for second in SECOND[::9])
DOMAINS = tuple(f"{word}.example.com" for word in FIRST)
REPOSITORIES = tuple(f"https://git.example.com/{word}/app.git" for word in FIRST)
VERSIONS = ("v1.4.2", "v2.0.1", "v2.3.0", "v3.1.4", "1.9.0", "2.7.3", "release-24", "v0.12.5")
PORTS = (8000, 8080, 8081, 8443, 3000, 5000, 9000, 9090, 7000, 6543)
FOLDERS = tuple(f"/srv/{word}" for word in FIRST) + tuple(f"/opt/{word}" for word in FIRST)
ZONES = (
    "Europe/Berlin", "Europe/Paris", "America/New_York", "America/Chicago", "Asia/Tokyo",
    "Asia/Singapore", "Australia/Sydney", "UTC", "America/Sao_Paulo", "Africa/Nairobi",
)  # fmt: skip
SYSCTLS = {
    "vm.swappiness": ("1", "5", "10", "20"),
    "net.core.somaxconn": ("1024", "4096", "8192", "65535"),
    "fs.file-max": ("500000", "1000000", "2097152"),
    "net.ipv4.ip_forward": ("0", "1"),
    "net.ipv4.tcp_syncookies": ("1",),
    "vm.max_map_count": ("262144", "524288"),
    "kernel.pid_max": ("65536", "131072", "4194304"),
    "net.ipv4.tcp_fin_timeout": ("15", "20", "30"),
    "vm.overcommit_memory": ("1", "2"),
    "net.ipv4.conf.all.rp_filter": ("1", "2"),
    "net.ipv4.tcp_tw_reuse": ("1",),
    "vm.dirty_ratio": ("10", "15", "30"),
}
SSH_OPTIONS = {
    "PermitRootLogin": ("no", "prohibit-password"),
    "PasswordAuthentication": ("no",),
    "X11Forwarding": ("no",),
    "MaxAuthTries": ("3", "4", "5"),
    "ClientAliveInterval": ("120", "300", "600"),
    "AllowTcpForwarding": ("no", "local"),
    "LoginGraceTime": ("30", "45", "60"),
    "PermitEmptyPasswords": ("no",),
    "AllowAgentForwarding": ("no",),
    "MaxSessions": ("2", "4", "8"),
}
COLLECTIONS = (
    "community.general", "ansible.posix", "community.docker", "community.postgresql",
    "community.mysql", "kubernetes.core", "amazon.aws", "azure.azcollection", "google.cloud",
    "community.crypto", "community.grafana", "ansible.netcommon", "cisco.ios", "containers.podman",
)  # fmt: skip
ROLES = (
    "geerlingguy.nginx", "geerlingguy.docker", "geerlingguy.postgresql", "geerlingguy.redis",
    "geerlingguy.java", "geerlingguy.nodejs", "geerlingguy.certbot", "geerlingguy.firewall",
)  # fmt: skip
#: A range of versions of a collection or role.
PINS = ("1.4.0", "2.1.3", "3.8.0", "5.2.1", "7.0.0", "8.6.1", "9.4.0")
OS_FAMILIES = ("Debian", "RedHat", "Suse")
