"""What is risky in the commands of `command`, `shell`, `raw` and `script`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.languages.ansible.written import Written

_PIPED = re.compile(
    r"\b(?:curl|wget)\b[^|;&\n]{0,300}\|\s*(?:sudo\s+(?:-\S+\s+){0,3})?(?:/[\w/]{0,20}/)?"
    r"(?:ba|z|da|k)?sh\b"
    r"|\b(?:ba|z|da)?sh\s+(?:-c\s+)?[\"']?[<$]\(\s*(?:curl|wget)\b"
    r"|\b(?:curl|wget)\b[^|;&\n]{0,300}\|\s*(?:sudo\s+)?python[\d.]*\b"
)
_INSECURE = re.compile(
    r"\bcurl\b[^|;&\n]{0,300}\s(?:-k|--insecure)(?=\s|$)"
    r"|\bwget\b[^|;&\n]{0,300}\s--no-check-certificate\b"
    r"|\bsslverify\s*=?\s*false\b|\bgit\s+-c\s+http\.sslVerify=false\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:curl|wget|git\s+clone)\b[^|;&\n]{0,300}\s[\"']?(?:http|git|ftp)://"
    r"(?!localhost|127\.|\{\{)"
)
_SELINUX = re.compile(r"\bsetenforce\s+(?:0|permissive)\b", re.IGNORECASE)
_FIREWALL = re.compile(
    r"\bufw\s+(?:--force\s+)?(?:disable|reset)\b|\biptables\s+(?:-F|--flush)\b|\bnft\s+flush\b"
    r"|\bsystemctl\s+(?:\S+\s+){0,3}(?:stop|disable|mask)\s+(?:--now\s+)?(?:ufw|firewalld|nftables)\b"
)
_MODE = re.compile(
    r"\bchmod\s+(?:-\S+\s+){0,3}(?:[0-7]{2,3}[2367]|[ug]*[oa][ugoa]*[+=][rxst]*w\S*)\s"
)
_HOST_KEYS = re.compile(r"StrictHostKeyChecking[= ]no\b", re.IGNORECASE)
_UNSIGNED = re.compile(r"--allow-unauthenticated\b|--nogpgcheck\b|--no-gpg-checks\b")
_SUDO = re.compile(r"NOPASSWD:\s*ALL\b")

_FOUND: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (_PIPED, "downloads-are-not-run-unseen", "what is downloaded is run unseen"),
    (_INSECURE, "certificates-are-checked", "the server's certificate is not checked"),
    (_OPEN, "downloads-are-encrypted", "something is fetched without encryption"),
    (_SELINUX, "selinux-stays-on", "SELinux is switched off"),
    (_FIREWALL, "firewalls-stay-on", "the firewall is switched off"),
    (_HOST_KEYS, "host-keys-are-checked", "any host key is accepted"),
    (_UNSIGNED, "packages-are-signed", "packages are installed without a signature"),
    (_SUDO, "sudo-asks-for-a-password", "everything may be run without a password"),
)
#: As much of a command is looked at.
_MOST_TEXT = 4_096
#: What in a command only a shell can do, or what the text of a template may hide.
_SHELL_ONLY = re.compile(r"[|&;<>$`~*?(){}\[\]#!\\\n]|=")
#: Programs of which a module does the work: known to check mode, and changing only what differs.
_INSTEAD: Mapping[str, str] = {
    "apt": "apt", "apt-get": "apt", "yum": "dnf", "dnf": "dnf", "pip": "pip", "pip3": "pip",
    "systemctl": "systemd", "service": "service", "useradd": "user", "usermod": "user",
    "userdel": "user", "groupadd": "group", "chown": "file", "chmod": "file", "mkdir": "file",
    "ln": "file", "touch": "file", "rm": "file", "cp": "copy", "wget": "get_url",
    "curl": "get_url", "git": "git", "tar": "unarchive", "unzip": "unarchive", "sed": "lineinfile",
    "hostname": "hostname", "rpm": "dnf", "apt-key": "apt_key", "mount": "ansible.posix.mount",
    "sysctl": "ansible.posix.sysctl", "ufw": "community.general.ufw",
    "firewall-cmd": "ansible.posix.firewalld", "crontab": "cron", "timedatectl":
    "community.general.timezone", "npm": "community.general.npm",
}  # fmt: skip
#: Commands of these programs that only look, or do what no module does.
_LOOKING = re.compile(
    r"systemctl\s+(?:--\S+\s+)*(?:is-|status|show|list|cat|daemon-reexec|set-default|get-default"
    r"|reset-failed|isolate)"
    r"|service\s+\S+\s+(?:status|configtest|reload)"
    r"|git\s+(?!clone|pull|checkout|fetch)"
    r"|(?:pip3?|apt|apt-get|dnf|yum|npm)\s+(?!install|remove|upgrade|update|uninstall|purge)"
    r"|apt-get\s+(?:-\S+\s+)*(?:download|source|check)|rpm\s+-q|hostname(?:\s+-|$)|ufw\s+status"
    r"|firewall-cmd\s+--(?:list|state|get|query)|crontab\s+-l|mount\s*$|sysctl\s+-(?:n|a)"
    r"|timedatectl\s+(?:status|show)?$|sed\s+-n|tar\s+\S*[ct]|curl\s|sysctl\s+(?:--system|-p)"
)


def check_command(task: Written, args: Mapping[Any, Any], note: Callable[..., None]) -> None:
    """Note what is risky in a command."""
    given = args.get("_raw_params", args.get("cmd"))
    if given is None and isinstance(args.get("argv"), list):
        given = " ".join(str(one) for one in args["argv"])
    if not isinstance(given, str):
        return
    given = given[:_MOST_TEXT]
    for pattern, rule, message in _FOUND:
        if pattern.search(given):
            note(rule, message)
    if _MODE.search(given + " "):
        note("files-are-not-open-to-all", "everyone may write the file")
    _instead(task, given, note)


def _instead(task: Written, text: str, note: Callable[..., None]) -> None:
    """Note a command for which there is a module."""
    words = text.split(None, 2)
    if words and words[0] == "sudo":
        words = words[1:]
    if not words:
        return
    program = words[0].rpartition("/")[2]
    module = _INSTEAD.get(program)
    rest = " ".join([program, *words[1:]])
    if module is None or _LOOKING.match(rest) or _joined(task, text):
        return
    whole = module if "." in module else f"ansible.builtin.{module}"
    message = f"a module does what the command `{program}` does"
    note("modules-do-the-work", message, "", f"use `{whole}`")


def _joined(task: Written, text: str) -> bool:
    """Say whether a shell joins several commands, which one module cannot do."""
    return task.module == "ansible.builtin.shell" and _SHELL_ONLY.search(text) is not None
