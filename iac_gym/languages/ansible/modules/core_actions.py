"""What ansible-core's action plugins take: they stand before a module, or have none behind them.

Facts of ansible-core 2.19, `plugins/action` and `playbook/{task,role}_include.py`, that neither the
documentation nor an argument specification holds. `build_data` puts them into the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXT: Mapping[str, Any] = {"type": "str"}
_ANY: Mapping[str, Any] = {"type": "raw"}
_BOOL: Mapping[str, Any] = {"type": "bool"}
_NUMBER: Mapping[str, Any] = {"type": "float"}
_ROLE = {
    **dict.fromkeys(("tasks_from", "vars_from", "defaults_from", "handlers_from"), _TEXT),
    "name": {"type": "raw", "aliases": ["role"], "required": True},
    "allow_duplicates": _BOOL,
    "public": _BOOL,
    "rolespec_validate": _BOOL,
}
_FILE = {"file": _ANY, "_raw_params": _ANY}

#: Name of a module of ansible-core -> its argument specification, where the plugin has its own.
#: `open`: the plugin does not look at further options; `some`: it needs at least one of these.
SPECIFICATIONS: Mapping[str, Mapping[str, Any]] = {
    "add_host": {
        "spec": {
            "name": {"type": "raw", "aliases": ["hostname", "host"], "required": True},
            "groups": {"type": "raw", "aliases": ["groupname", "group"]},
        },
        "open": True,
    },
    "assert": {
        "spec": {
            "that": {"type": "raw", "required": True},
            "fail_msg": {"type": "raw", "aliases": ["msg"]},
            "success_msg": _ANY,
            "quiet": _BOOL,
        }
    },
    "async_status": {
        "spec": {
            "jid": {"type": "str", "required": True},
            "mode": {"type": "str", "choices": ["status", "cleanup"]},
        }
    },
    "debug": {
        "spec": {"msg": _ANY, "var": _ANY, "verbosity": {"type": "int"}},
        "mutually_exclusive": [["msg", "var"]],
    },
    "fail": {"spec": {"msg": _ANY}},
    "fetch": {
        "spec": {
            "src": {"type": "path", "required": True},
            "dest": {"type": "path", "required": True},
            "flat": _ANY,
            "fail_on_missing": _ANY,
            "validate_checksum": _ANY,
        },
        "open": True,
    },
    "gather_facts": {"spec": {"parallel": _BOOL}, "open": True},
    "group_by": {"spec": {"key": {"type": "str", "required": True}, "parents": _ANY}},
    "import_playbook": {"spec": {"_raw_params": _ANY}, "open": True},
    "import_role": {"spec": _ROLE},
    "import_tasks": {"spec": _FILE, "required_one_of": [["file", "_raw_params"]]},
    "include_role": {"spec": {**_ROLE, "apply": _ANY}},
    "include_tasks": {
        "spec": {**_FILE, "apply": _ANY},
        "required_one_of": [["file", "_raw_params"]],
    },
    "include_vars": {
        "spec": {
            **_FILE,
            **dict.fromkeys(("dir", "files_matching", "ignore_files", "extensions", "name"), _ANY),
            "depth": _ANY,
            "ignore_unknown_extensions": _ANY,
            "hash_behaviour": _ANY,
        },
        "mutually_exclusive": [
            [first, second]
            for first in ("file", "_raw_params")
            for second in (
                "dir", "depth", "files_matching", "ignore_files", "extensions",
                "ignore_unknown_extensions",
            )
        ],
    },
    "meta": {"spec": {"_raw_params": _ANY}, "open": True},
    "pause": {
        "spec": {"minutes": _NUMBER, "seconds": _NUMBER, "prompt": _TEXT, "echo": _BOOL},
        "mutually_exclusive": [["minutes", "seconds"]],
    },
    "raw": {"spec": {"_raw_params": _ANY, "executable": _ANY}, "open": True},
    "reboot": {
        "spec": dict.fromkeys(
            (
                "boot_time_command", "connect_timeout", "msg", "post_reboot_delay",
                "pre_reboot_delay", "reboot_command", "reboot_timeout", "search_paths",
                "test_command",
            ),
            _ANY,
        )
    },
    "script": {
        "spec": {
            **dict.fromkeys(("_raw_params", "cmd", "creates", "removes", "chdir"), _TEXT),
            "executable": _TEXT,
        },
        "required_one_of": [["_raw_params", "cmd"]],
        "mutually_exclusive": [["_raw_params", "cmd"]],
    },
    "set_fact": {"spec": {"cacheable": _BOOL}, "open": True, "some": True},
    "set_stats": {"spec": {"data": _ANY, "aggregate": _ANY, "per_host": _ANY}},
    "validate_argument_spec": {
        "spec": {
            "argument_spec": {"type": "dict", "required": True},
            "provided_arguments": _ANY,
            "validate_args_context": _ANY,
        },
        "open": True,
    },
    "wait_for_connection": {
        "spec": dict.fromkeys(("connect_timeout", "delay", "sleep", "timeout"), _ANY)
    },
}  # fmt: skip

#: Modules whose plugin passes its arguments on to one of several: their options are all taken.
UNIONS: Mapping[str, tuple[str, ...]] = {
    "package": ("apt", "dnf", "dnf5"),
    "service": ("service", "systemd", "sysvinit"),
    "dnf": ("dnf", "dnf5"),
}
#: What an action plugin takes beside the options of the module of this name.
MORE: Mapping[str, Mapping[str, Any]] = {
    "copy": {"decrypt": _ANY, "raw": _ANY},
    "dnf": {"use": _TEXT},
    "package": {"use": _TEXT},
    "service": {"use": _TEXT},
    "unarchive": {"copy": _ANY, "decrypt": _ANY},
    "assemble": {"decrypt": _ANY},
}
#: Constraints that an action plugin tests itself.
CONSTRAINED: Mapping[str, Mapping[str, Any]] = {
    "copy": {
        "mutually_exclusive": [["src", "content"]],
        "required_one_of": [["src", "content"]],
    },
    "service": {
        "required_by": {"state": "name", "enabled": "name", "masked": "name"},
    },
    "unarchive": {"mutually_exclusive": [["include", "exclude"], ["copy", "remote_src"]]},
}
#: Options that an action plugin refuses although the module behind it takes them.
REFUSED: Mapping[str, tuple[str, ...]] = {"shell": ("expand_argument_vars",)}
#: Modules that are another one with other names of options: `template` ends as `copy`.
BASED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "template": ("copy", ("src", "dest")),
    "shell": ("command", ()),
}
