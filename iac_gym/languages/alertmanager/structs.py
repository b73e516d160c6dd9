"""What Alertmanager's structs check when they are decoded: one function per struct."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.alertmanager.checker import Checker
from iac_gym.languages.alertmanager.decode import hook, label
from iac_gym.languages.alertmanager.intervals import IntervalError, read_times
from iac_gym.languages.alertmanager.receivers import is_set
from iac_gym.languages.alertmanager.values import is_scalar, is_true, kind, mark_of, text_of, texts

COMPLETE = "integrations-are-complete"
EXCLUDE = "settings-exclude-each-other"
VALUES = "settings-are-right"
GROUPS = "group-by-is-right"

#: Struct -> pairs of settings of which one may be given; and of which one must be given.
EXCLUSIVE = {
    "GlobalConfig": (
        ("slack_api_url", "slack_api_url_file"),
        ("opsgenie_api_key", "opsgenie_api_key_file"),
        ("victorops_api_key", "victorops_api_key_file"),
        ("smtp_auth_password", "smtp_auth_password_file"),
        ("rocketchat_token", "rocketchat_token_file"),
        ("rocketchat_token_id", "rocketchat_token_id_file"),
    ),
    "DiscordConfig": (("webhook_url", "webhook_url_file"),),
    "MSTeamsConfig": (("webhook_url", "webhook_url_file"),),
    "MSTeamsV2Config": (("webhook_url", "webhook_url_file"),),
    "WebhookConfig": (("url", "url_file"),),
    "SlackConfig": (("api_url", "api_url_file"),),
    "OpsGenieConfig": (("api_key", "api_key_file"),),
    "VictorOpsConfig": (("api_key", "api_key_file"),),
    "PagerdutyConfig": (
        ("routing_key", "routing_key_file"),
        ("service_key", "service_key_file"),
    ),
    "PushoverConfig": (("user_key", "user_key_file"), ("token", "token_file")),
    "TelegramConfig": (("bot_token", "bot_token_file"),),
    "RocketchatConfig": (("token", "token_file"), ("token_id", "token_id_file")),
    "TLSConfig": (
        ("ca", "ca_file", "ca_ref"),
        ("cert", "cert_file", "cert_ref"),
        ("key", "key_file", "key_ref"),
    ),
    "BasicAuth": (
        ("username", "username_file", "username_ref"),
        ("password", "password_file", "password_ref"),
    ),
    "Authorization": (("credentials", "credentials_file", "credentials_ref"),),
    "OAuth2": (("client_secret", "client_secret_file", "client_secret_ref"),),
    "HTTPClientConfig": (("bearer_token", "bearer_token_file"),),
}
#: Struct -> groups of settings of which at least one must be given.
NEEDED = {
    "DiscordConfig": (("webhook_url", "webhook_url_file"),),
    "MSTeamsConfig": (("webhook_url", "webhook_url_file"),),
    "MSTeamsV2Config": (("webhook_url", "webhook_url_file"),),
    "WebhookConfig": (("url", "url_file"),),
    "EmailConfig": (("to",),),
    "PagerdutyConfig": (("routing_key", "routing_key_file", "service_key", "service_key_file"),),
    "VictorOpsConfig": (("routing_key",),),
    "PushoverConfig": (("user_key", "user_key_file"), ("token", "token_file")),
    "TelegramConfig": (("bot_token", "bot_token_file"), ("chat_id",)),
    "WebexConfig": (("room_id",),),
    "JiraConfig": (("project",), ("issue_type",)),
    "SlackAction": (("type",), ("text",), ("url", "name")),
    "SlackConfirmationField": (("text",),),
    "SlackField": (("title",), ("value",)),
    "OpsGenieConfigResponder": (("id", "username", "name"),),
    "OAuth2": (("client_id",), ("token_url",)),
}
_OPSGENIE_TYPES = ("team", "teams", "user", "escalation", "schedule")
_PARSE_MODES = ("", "Markdown", "MarkdownV2", "HTML")
_VICTOROPS_FIELDS = frozenset(
    """routing_key message_type state_message entity_display_name monitoring_tool entity_id
    entity_state""".split()
)
_RESERVED_HEADERS = frozenset(
    """authorization host content-encoding content-length content-type user-agent connection
    keep-alive proxy-authenticate proxy-authorization www-authenticate accept-encoding
    x-prometheus-remote-write-version x-prometheus-remote-read-version
    x-prometheus-scrape-timeout-seconds x-amz-date x-amz-security-token
    x-amz-content-sha256""".split()
)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")


def _names(group: tuple[str, ...]) -> str:
    return " or ".join(f"`{one}`" for one in group)


def _both(check: Checker, name: str, tree: YamlMap, mark: Mark) -> None:
    """Check which settings exclude each other, and which are needed."""
    for group in EXCLUSIVE.get(name, ()):
        given = [key for key in group if is_set(tree.get(key))]
        if len(given) > 1:
            message = f"{' and '.join(f'`{one}`' for one in given)} exclude each other"
            check.bad(EXCLUDE, message, tree.key_marks[given[1]])
    for group in NEEDED.get(name, ()):
        if not any(is_set(tree.get(key)) and tree.get(key) != "0" for key in group):
            check.bad(COMPLETE, f"{_names(group)} is missing here", mark)


def _register(name: str) -> None:
    hook(name)(lambda check, tree, mark: _both(check, name, tree, mark))


for _name in EXCLUSIVE.keys() | NEEDED.keys():
    _register(_name)


# --- routes and inhibitions ----------------------------------------------------------------------


@hook("Route")
def _route(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _labels_of(check, tree, "match")
    labels = texts(tree.get("group_by"))
    if labels:
        marks = tree["group_by"].marks
        for at, one in enumerate(labels):
            if not one:
                check.bad("labels-are-named-right", "a label of `group_by` has no name", marks[at])
        named = [one for one in labels if one != "..."]
        if named and len(named) < len(labels):
            message = "`...` groups by all labels: no others can stand beside it"
            check.bad(GROUPS, message, tree.marks["group_by"])
        seen: set[str] = set()
        for one in named:
            if one in seen:
                check.bad(
                    GROUPS, f"`{one[:60]}` stands twice in `group_by`", tree.marks["group_by"]
                )
            seen.add(one)
    for key in ("group_interval", "repeat_interval"):
        if prometheus_duration(text_of(tree.get(key))) == 0:
            check.bad("durations-are-right", f"`{key}` cannot be zero", tree.marks[key])


@hook("InhibitRule")
def _inhibition(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _labels_of(check, tree, "source_match")
    _labels_of(check, tree, "target_match")
    for at, one in enumerate(texts(tree.get("equal"))):
        if not one:
            place = tree["equal"].marks[at]
            check.bad("labels-are-named-right", "a label of `equal` has no name", place)


def _labels_of(check: Checker, tree: YamlMap, key: str) -> None:
    given = tree.get(key)
    if given.__class__ is YamlMap:
        for name in given:
            label(check, name, given.key_marks[name])


# --- time intervals ------------------------------------------------------------------------------


@hook("TimeInterval")
def _named_interval(check: Checker, tree: YamlMap, mark: Mark) -> None:
    if not is_set(tree.get("name")):
        check.bad("time-intervals-are-named", "a time interval has no `name`", mark)


hook("MuteTimeInterval")(_named_interval)


@hook("TimeRange")
def _times(check: Checker, tree: YamlMap, mark: Mark) -> None:
    start, end = tree.get("start_time"), tree.get("end_time")
    if any(one is not None and not is_scalar(one) for one in (start, end)):
        return
    try:
        read_times(text_of(start), text_of(end))
    except IntervalError as error:
        hint = (
            "quote times, or they are read as numbers" if kind(start or end) == "a number" else ""
        )
        check.bad("time-ranges-are-right", str(error), mark, hint)


# --- settings of HTTP ----------------------------------------------------------------------------


@hook("TLSConfig")
def _tls(check: Checker, tree: YamlMap, mark: Mark) -> None:
    if is_true(tree.get("insecure_skip_verify")):
        message = "the certificate of the other side is not verified"
        check.bad("certificates-are-verified", message, tree.marks["insecure_skip_verify"])
    _both(check, "TLSConfig", tree, mark)
    cert = any(is_set(tree.get(key)) for key in ("cert", "cert_file", "cert_ref"))
    key = any(is_set(tree.get(key)) for key in ("key", "key_file", "key_ref"))
    if cert != key:
        missing = "key" if cert else "certificate"
        check.bad("http-settings-are-right", f"the {missing} of the client is missing", mark)


@hook("OAuth2")
def _oauth2(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "OAuth2", tree, mark)


@hook("SigV4Config")
def _sigv4(check: Checker, tree: YamlMap, mark: Mark) -> None:
    if is_set(tree.get("access_key")) != is_set(tree.get("secret_key")):
        check.bad(COMPLETE, "`access_key` and `secret_key` are needed together", mark)


@hook("HTTPClientConfig")
def _http(check: Checker, tree: YamlMap, mark: Mark) -> None:
    rule = "http-settings-are-right"
    _both(check, "HTTPClientConfig", tree, mark)
    kinds = [key for key in ("basic_auth", "authorization", "oauth2") if tree.get(key) is not None]
    kinds += [key for key in ("bearer_token", "bearer_token_file") if is_set(tree.get(key))][:1]
    if len(kinds) > 1:
        message = f"`{kinds[0]}` and `{kinds[1]}` exclude each other"
        check.bad(EXCLUDE, message, tree.key_marks[kinds[1]])
    named = tree.get("authorization")
    if named.__class__ is YamlMap and text_of(named.get("type")).strip().lower() == "basic":
        check.bad(rule, "use `basic_auth` instead of the type `basic`", named.marks["type"])
    headers: Any = tree.get("http_headers")
    for name in headers if isinstance(headers, YamlMap) else ():
        if str(name).lower() in _RESERVED_HEADERS:
            message = f"the header `{str(name)[:60]}` cannot be set"
            check.bad(rule, message, headers.key_marks[name])
    _proxy(check, tree, mark)


def _proxy(check: Checker, tree: YamlMap, mark: Mark) -> None:
    rule = "http-settings-are-right"
    url, own = is_set(tree.get("proxy_url")), is_true(tree.get("proxy_from_environment"))
    if tree.get("proxy_connect_header") and not (url or own):
        message = "`proxy_connect_header` needs `proxy_url` or `proxy_from_environment`"
        check.bad(rule, message, tree.key_marks["proxy_connect_header"])
    if own and url:
        message = "`proxy_from_environment` and `proxy_url` exclude each other"
        check.bad(EXCLUDE, message, tree.key_marks["proxy_url"])
    if is_set(tree.get("no_proxy")) and (own or tree.get("proxy_url") is None):
        message = "`no_proxy` needs `proxy_url`, and no `proxy_from_environment`"
        check.bad(rule, message, tree.key_marks["no_proxy"])


# --- integrations --------------------------------------------------------------------------------


def mail_encrypted(check: Checker, tree: YamlMap, key: str) -> None:
    """Report mail that may be sent without TLS."""
    value: Any = tree.get(key)
    if is_scalar(value) and not is_true(value):
        check.bad("alerts-are-sent-encrypted", f"`{key}` is off: mail may be readable",
                  tree.marks[key])  # fmt: skip


@hook("GlobalConfig")
def _global(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "GlobalConfig", tree, mark)
    mail_encrypted(check, tree, "smtp_require_tls")


@hook("EmailConfig")
def _email(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "EmailConfig", tree, mark)
    mail_encrypted(check, tree, "require_tls")
    headers: Any = tree.get("headers")
    seen: set[str] = set()
    for name in headers if isinstance(headers, YamlMap) else ():
        written = text_of(name)
        same = written.lower() if _HEADER.fullmatch(written) else written
        if same in seen:
            check.bad(EXCLUDE, f"the header `{written[:60]}` is given twice", headers.marks[name])
        seen.add(same)


@hook("WebexConfig")
def _webex(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "WebexConfig", tree, mark)
    http = tree.get("http_config")
    token = http.__class__ is YamlMap and any(
        is_set(http.get(key)) for key in ("authorization", "bearer_token", "bearer_token_file")
    )
    if not token:
        check.bad(COMPLETE, "`http_config` with `authorization` is missing here", mark)


@hook("VictorOpsConfig")
def _victorops(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "VictorOpsConfig", tree, mark)
    custom: Any = tree.get("custom_fields")
    for name in custom if isinstance(custom, YamlMap) else ():
        if name in _VICTOROPS_FIELDS:
            check.bad(VALUES, f"`{name}` cannot be a custom field", custom.key_marks[name])


@hook("TelegramConfig")
def _telegram(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "TelegramConfig", tree, mark)
    _one_of(check, tree, "parse_mode", _PARSE_MODES)


@hook("WechatConfig")
def _wechat(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _one_of(check, tree, "message_type", ("", "text", "markdown"))


@hook("OpsGenieConfigResponder")
def _responder(check: Checker, tree: YamlMap, mark: Mark) -> None:
    _both(check, "OpsGenieConfigResponder", tree, mark)
    named = text_of(tree.get("type"))
    if "{{" not in named and named.lower() not in _OPSGENIE_TYPES:
        message = f"the type of a responder is one of {', '.join(_OPSGENIE_TYPES)}"
        check.bad(VALUES, message, mark_of(tree, "type"))


@hook("SNSConfig")
def _sns(check: Checker, tree: YamlMap, mark: Mark) -> None:
    missing = [not is_set(tree.get(key)) for key in ("target_arn", "topic_arn", "phone_number")]
    if (missing[0] != missing[1]) != missing[2]:
        message = "one of `topic_arn`, `target_arn` and `phone_number` is needed"
        check.bad(COMPLETE, message, mark)


def _one_of(check: Checker, tree: YamlMap, key: str, allowed: tuple[str, ...]) -> None:
    value: Any = tree.get(key)
    if value is not None and is_scalar(value) and text_of(value) not in allowed:
        known = ", ".join(one for one in allowed if one)
        message = f"`{key}` is `{text_of(value)[:40]}`, must be one of {known}"
        check.bad(VALUES, message, tree.marks[key])
