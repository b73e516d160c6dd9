"""What is allowed in an Ansible project but not wise: the findings of the rules about security."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.modules import canonical, spec
from iac_gym.languages.ansible.modules.values import Wrong, boolean
from iac_gym.languages.ansible.risk_commands import check_command
from iac_gym.languages.ansible.risk_files import check_file
from iac_gym.languages.ansible.secrets import is_plain_secret, is_secret_name, names_a_secret
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

COMMANDS = frozenset(f"ansible.builtin.{name}" for name in ("command", "shell", "raw", "script"))
#: Modules that show what they are given: in their result, in a command line, in a fact.
_SHOWING = COMMANDS | frozenset(
    f"ansible.builtin.{name}" for name in ("debug", "set_fact", "uri", "lineinfile", "expect")
)
_CERTIFICATES = ("validate_certs", "verify_ssl", "ssl_verify", "tls_verify", "verify_certs")
_UNSIGNED_TRUE = ("allow_unauthenticated", "disable_gpg_check", "no_gpg_checks")
_UNSIGNED_FALSE = ("gpgcheck", "gpg_check")
_FIREWALLS = frozenset("ufw firewalld nftables iptables netfilter-persistent".split())
_SERVICES = frozenset(
    f"ansible.builtin.{name}" for name in ("service", "systemd", "systemd_service", "sysvinit")
)
_ADDRESSES = ("url", "src", "repo", "baseurl", "mirrorlist", "gpgkey", "name", "key_url", "uris")
_LOCAL = re.compile(r"(?:http|ftp|git)://(?:localhost|127\.|\[::1\]|\{\{)")
_OPEN_ADDRESS = re.compile(r"(?:http|ftp|git)://")
_ANYWHERE = frozenset(("0.0.0.0/0", "::/0"))
_REMOTE_PORTS = (22, 3389)
_VARIABLES = frozenset("vars defaults group_vars host_vars".split())

Note = Callable[..., None]


def check_risks(project: Project) -> None:
    """Note what is risky in tasks, in variables and in the configuration."""
    for task in project.written_tasks:
        _task(project, task)
    for path, place in project.places.items():
        if place.kind in _VARIABLES:
            _variables(project, path, project.trees.get(path))
    for play in project.written_plays:
        _variables(project, play.path, play.tree.get("vars"))
        _hidden(project, play.path, play.tree)
    for block in project.written_blocks:
        _variables(project, block.path, block.tree.get("vars"))
    for path, inventory in project.inventories.items():
        for given in (*inventory.group_vars.values(), *inventory.host_vars.values()):
            _variables(project, path, given)
    _logged(project)
    _configuration(project)


def _hidden(project: Project, path: str, tree: YamlMap) -> None:
    if tree.get("ignore_errors") is True:
        mark = tree.marks["ignore_errors"]
        project.note("failures-are-not-ignored", "the play ignores every failure", path, mark)


# --- tasks ----------------------------------------------------------------------------------------


def _task(project: Project, task: Written) -> None:
    def note(rule: str, message: str, key: str = "", hint: str = "") -> None:
        mark = task.arg_mark(key) if key else task.action_mark or task.mark
        project.note(rule, message, task.path, mark, hint)

    _variables(project, task.path, task.tree.get("vars"))
    if task.tree.get("ignore_errors") is True:
        mark = task.tree.marks["ignore_errors"]
        message = "the task ignores its failure"
        hint = "say with `failed_when` which results are failures"
        project.note("failures-are-not-ignored", message, task.path, mark, hint)
    if not task.args:
        return
    args = canonical(task.module, task.args)
    if task.module in COMMANDS:
        check_command(task, args, note)
    else:
        _options(project, task, args, note)
        check_file(project, task, args, note)
        special = _MODULES.get(task.module)
        if special is not None:
            special(args, note)


def _truth(value: Any) -> bool | None:
    try:
        return boolean(value)
    except Wrong:
        return None


def _options(project: Project, task: Written, args: Mapping[Any, Any], note: Note) -> None:
    """Check options that mean the same in many modules."""
    for key, value in args.items():
        if key in _CERTIFICATES and _truth(value) is False:
            note("certificates-are-checked", f"`{key}` is off: anyone can pose as the server", key)
        elif key in _UNSIGNED_TRUE and _truth(value) is True:
            note("packages-are-signed", f"`{key}` is on: packages of anyone are installed", key)
        elif key in _UNSIGNED_FALSE and _truth(value) is False:
            note("packages-are-signed", f"`{key}` is off: packages of anyone are installed", key)
        elif key in _ADDRESSES:
            _address(key, value, note)
    _secrets(project, task, args)
    if args.get("state") == "latest" and "name" in args:
        note("versions-are-pinned", "`state: latest` installs what is new at each run", "state")


def _address(key: str, value: Any, note: Note) -> None:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and _OPEN_ADDRESS.search(one) and not _LOCAL.search(one):
            message = f"`{one[:80]}` is fetched without encryption"
            note("downloads-are-encrypted", message, key, "use `https://`")
            return


def _secrets(project: Project, task: Written, args: Mapping[Any, Any]) -> None:
    """Find secrets that stand in the arguments: by the module's own mark, or by their name."""
    if task.module == "ansible.builtin.set_fact":
        _variables(project, task.path, dict(args), task.args)
        return
    known = spec(task.module)
    for key, value in args.items():
        option = known.names.get(key) if known is not None and isinstance(key, str) else None
        secret = option.secret if option is not None else False
        if not secret and not is_secret_name(str(key)):
            continue
        if option is not None and (option.choices or option.type in "bil"):
            continue
        if task.module == "ansible.builtin.copy" or not is_plain_secret(value):
            continue
        message = f"the secret `{key}` stands in the file"
        hint = "take it from a vault, or from a variable that is"
        project.note("secrets-are-not-in-plain-text", message, task.path, task.arg_mark(key), hint)


def _get_url(args: Mapping[Any, Any], note: Note) -> None:
    if not args.get("checksum"):
        note("downloads-are-checked", "the download has no `checksum`", "url")


def _selinux(args: Mapping[Any, Any], note: Note) -> None:
    if args.get("state") in ("disabled", "permissive"):
        note("selinux-stays-on", f"SELinux is set to `{args['state']}`", "state")


def _ufw(args: Mapping[Any, Any], note: Note) -> None:
    if args.get("state") in ("disabled", "reset"):
        note("firewalls-stay-on", f"the firewall is `{args['state']}`", "state")
    if args.get("default") == "allow" and args.get("direction") in ("incoming", "in", None):
        note("firewalls-stay-on", "the firewall lets everything in", "default")


def _service(args: Mapping[Any, Any], note: Note) -> None:
    name = str(args.get("name", "")).removesuffix(".service")
    off = args.get("state") == "stopped" or _truth(args.get("enabled")) is False
    if name in _FIREWALLS and (off or _truth(args.get("masked")) is True):
        note("firewalls-stay-on", f"the firewall `{name}` is switched off", "name")


def _sudoers(args: Mapping[Any, Any], note: Note) -> None:
    commands = args.get("commands")
    listed = commands if isinstance(commands, list) else [commands]
    if "ALL" in listed and _truth(args.get("nopassword", True)) is not False:
        note("sudo-asks-for-a-password", "everything may be run without a password", "commands")


def _container(args: Mapping[Any, Any], note: Note) -> None:
    if _truth(args.get("privileged")) is True:
        note("containers-are-contained", "the container is privileged", "privileged")
    volumes = args.get("volumes")
    for volume in volumes if isinstance(volumes, list) else [volumes]:
        if isinstance(volume, str) and volume.startswith("/var/run/docker.sock"):
            note("containers-are-contained", "the container controls the host's Docker", "volumes")


def _security_group(args: Mapping[Any, Any], note: Note) -> None:
    rules = args.get("rules")
    for one in rules if isinstance(rules, list) else ():
        if isinstance(one, Mapping) and _reaches(one):
            note("remote-access-is-limited", "the whole world may log in", "rules")


def _reaches(one: Mapping[Any, Any]) -> bool:
    sources = [one.get("cidr_ip"), one.get("cidr_ipv6")]
    flat = [s for source in sources for s in (source if isinstance(source, list) else [source])]
    if not _ANYWHERE.intersection(s for s in flat if isinstance(s, str)):
        return False
    ports = one.get("ports")
    given = [*(ports if isinstance(ports, list) else [ports]), one.get("from_port")]
    if any(str(port) in map(str, _REMOTE_PORTS) for port in given):
        return True
    low, high = one.get("from_port"), one.get("to_port")
    if type(low) is int and type(high) is int:
        return any(low <= port <= high for port in _REMOTE_PORTS)
    return str(one.get("proto")) in ("all", "-1")


def _git(args: Mapping[Any, Any], note: Note) -> None:
    if _truth(args.get("accept_hostkey")) is True:
        message = "any host key is accepted"
        note("host-keys-are-checked", message, "accept_hostkey", "use `accept_newhostkey`")


_MODULES: Mapping[str, Callable[[Mapping[Any, Any], Note], None]] = {
    "ansible.builtin.get_url": _get_url,
    "ansible.posix.selinux": _selinux,
    "community.general.ufw": _ufw,
    "community.general.sudoers": _sudoers,
    "community.docker.docker_container": _container,
    "containers.podman.podman_container": _container,
    "amazon.aws.ec2_security_group": _security_group,
    "ansible.builtin.git": _git,
    **dict.fromkeys(_SERVICES, _service),
}


# --- variables, what is logged, the configuration -------------------------------------------------


def _variables(project: Project, path: str, tree: Any, place: Any = None, depth: int = 0) -> None:
    """Find variables that hold a secret, also inside of mappings."""
    if not isinstance(tree, Mapping) or depth > _MOST_DEPTH:
        return
    for name, value in tree.items():
        if isinstance(value, Mapping):
            _variables(project, path, value, None, depth + 1)
        elif value.__class__ is YamlList:
            for one in value:
                _variables(project, path, one, None, depth + 1)
        elif isinstance(name, str) and is_secret_name(name) and is_plain_secret(value):
            holder = place if place is not None else tree
            mark: Mark = holder.marks[name] if isinstance(holder, YamlMap) else (0, 0)
            message = f"the secret `{name}` stands in the file"
            hint = "encrypt it with `ansible-vault`"
            project.note("secrets-are-not-in-plain-text", message, path, mark, hint)


_MOST_DEPTH = 6


def _logged(project: Project) -> None:
    """Find tasks that show a secret and do not hide their results."""
    suspects = [
        task for task in project.written_tasks if task.module in _SHOWING and _shows(task.args)
    ]
    if not suspects:
        return
    hidden = {id(task.written) for task in _effective(project) if task.no_log is not False}
    for one in suspects:
        if id(one) not in hidden and one.tree.get("no_log") is not True:
            message = f"`{one.action[:60]}` shows a secret in the log"
            mark = one.action_mark or one.mark
            project.note("secrets-are-not-logged", message, one.path, mark, "add `no_log: true`")


def _effective(project: Project) -> Iterator[Any]:
    for play in project.plays:
        yield from play.every_task
        yield from play.handlers


def _shows(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        return names_a_secret(value)
    if depth > _MOST_DEPTH:
        return False
    if isinstance(value, Mapping):
        return any(_shows(one, depth + 1) for one in value.values())
    return isinstance(value, list) and any(_shows(one, depth + 1) for one in value)


def _configuration(project: Project) -> None:
    checking = project.config.get("defaults", {}).get("host_key_checking")
    if checking is not None and _truth(checking) is False:
        path = next((path for path, one in project.places.items() if one.kind == "config"), "")
        project.note("host-keys-are-checked", "`host_key_checking` is off", path)
