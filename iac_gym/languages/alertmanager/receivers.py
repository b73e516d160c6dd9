"""Receivers with their integrations; what `global` says is filled in as Alertmanager does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.formats.yaml_scalars import Spelled
from iac_gym.languages.alertmanager import pack
from iac_gym.languages.alertmanager.values import mappings, text_of

#: Integration -> its settings that `global` may give: (settings that exclude it, {setting: key}).
#: A group is taken from `global` as a whole, and only where none of its settings is given.
FALLBACKS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "email": (
        {"smarthost": "smtp_smarthost"},
        {"from": "smtp_from"},
        {"hello": "smtp_hello"},
        {"auth_username": "smtp_auth_username"},
        {"auth_password": "smtp_auth_password", "auth_password_file": "smtp_auth_password_file"},
        {"auth_secret": "smtp_auth_secret"},
        {"auth_identity": "smtp_auth_identity"},
        {"require_tls": "smtp_require_tls"},
        {"tls_config": "smtp_tls_config"},
    ),
    "slack": ({"api_url": "slack_api_url", "api_url_file": "slack_api_url_file"},),
    "pagerduty": ({"url": "pagerduty_url"},),
    "opsgenie": (
        {"api_url": "opsgenie_api_url"},
        {"api_key": "opsgenie_api_key", "api_key_file": "opsgenie_api_key_file"},
    ),
    "wechat": (
        {"api_url": "wechat_api_url"},
        {"api_secret": "wechat_api_secret"},
        {"corp_id": "wechat_api_corp_id"},
    ),
    "victorops": (
        {"api_url": "victorops_api_url"},
        {"api_key": "victorops_api_key", "api_key_file": "victorops_api_key_file"},
    ),
    "telegram": ({"api_url": "telegram_api_url"},),
    "webex": ({"api_url": "webex_api_url"},),
    "jira": ({"api_url": "jira_api_url"},),
    "rocketchat": (
        {"api_url": "rocketchat_api_url"},
        {"token_id": "rocketchat_token_id", "token_id_file": "rocketchat_token_id_file"},
        {"token": "rocketchat_token", "token_file": "rocketchat_token_file"},
    ),
}
#: The values of `global` where it says nothing.
GLOBAL_DEFAULTS: Mapping[str, Any] = {
    "smtp_hello": "localhost",
    "smtp_require_tls": True,
    "pagerduty_url": "https://events.pagerduty.com/v2/enqueue",
    "opsgenie_api_url": "https://api.opsgenie.com/",
    "wechat_api_url": "https://qyapi.weixin.qq.com/cgi-bin/",
    "victorops_api_url": "https://alert.victorops.com/integrations/generic/20131114/alert/",
    "telegram_api_url": "https://api.telegram.org",
    "webex_api_url": "https://webexapis.com/v1/messages",
    "rocketchat_api_url": "https://open.rocket.chat/",
}
#: Integrations that do not tell when an alert is resolved, unless they are asked to.
SILENT = frozenset(("email", "slack", "wechat", "rocketchat"))
SUFFIX = "_configs"


@dataclass(frozen=True, slots=True, eq=False)
class Integration:
    """One way of notifying: `kind` is `email`, `slack`, `webhook`, ...

    `settings` are what is written and what `global` and the defaults add; `tree` is what is
    written.
    """

    kind: str
    settings: Mapping[str, Any]
    tree: YamlMap
    mark: Mark

    def at(self, key: str) -> Mark:
        """Return the place of a setting, or of the integration where it is not written here."""
        return self.tree.marks.get(key, self.mark)

    def text(self, key: str) -> str:
        """Return a setting as text, '' where it is not set."""
        return text_of(self.settings.get(key))

    @property
    def send_resolved(self) -> bool:
        """Whether it tells when an alert is resolved."""
        return self.settings.get("send_resolved") is True


@dataclass(frozen=True, slots=True, eq=False)
class Receiver:
    """A named receiver; one without integrations drops what it gets."""

    name: str
    integrations: tuple[Integration, ...]
    tree: YamlMap
    mark: Mark

    def of(self, kind: str) -> tuple[Integration, ...]:
        """Return the integrations of a kind."""
        return tuple(one for one in self.integrations if one.kind == kind)


def read_receivers(tree: YamlMap, given: YamlMap) -> dict[str, Receiver]:
    """Return the receivers by name; of equal names the first counts."""
    found: dict[str, Receiver] = {}
    for one, mark in mappings(tree, "receivers"):
        name = text_of(one.get("name"))
        made = tuple(
            _integration(key.removesuffix(SUFFIX), config, place, given)
            for key in one
            if key.__class__ is str and key.endswith(SUFFIX)
            for config, place in mappings(one, key)
        )
        found.setdefault(name, Receiver(name, made, one, mark))
    return found


def is_set(value: Any) -> bool:
    """Whether a setting has a value: null and the empty text have none."""
    return value is not None and value != ""


@cache
def _fields(kind: str) -> Mapping[str, str]:
    """Return the types of an integration's settings."""
    of = pack.structs()["Receiver"].get(kind + SUFFIX, "")
    return pack.structs().get(of.removeprefix("list:struct:"), {})


def _plain(value: Any, of: str) -> Any:
    """Return a setting as its field holds it: text as it is written, numbers and booleans."""
    return value.value if value.__class__ is Spelled and of not in _TEXTS else value


_TEXTS = frozenset(("text", "secret", "duration", "go duration"))


def _integration(kind: str, tree: YamlMap, mark: Mark, given: YamlMap) -> Integration:
    types = _fields(kind)
    settings = {
        key: _plain(value, types.get(key, "")) for key, value in tree.items() if is_set(value)
    }
    settings.setdefault("send_resolved", kind not in SILENT)
    for group in FALLBACKS.get(kind, ()):
        if any(key in settings for key in group):
            continue
        for key, name in group.items():
            value = given.get(name)
            value = value if is_set(value) else GLOBAL_DEFAULTS.get(name)
            if value is not None:
                settings[key] = _plain(value, types.get(key, ""))
    if kind != "email" and "http_config" not in settings and is_set(given.get("http_config")):
        settings["http_config"] = given["http_config"]
    return Integration(kind, settings, tree, mark)
