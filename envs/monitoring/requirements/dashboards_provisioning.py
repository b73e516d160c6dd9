"""Requirements about provisioning files of Grafana: data sources, and where dashboards lie."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from envs.monitoring.requirements.dashboard_reading import LANGUAGE
from iac_gym.check import requirement
from iac_gym.languages.grafana.provisioning import Datasource, Provider, duration
from iac_gym.languages.grafana.values import objects, text_of
from iac_gym.verdict import Finding


def _source(model: Any, name: str) -> tuple[Datasource | None, list[Finding]]:
    found = [one for one in model.datasources if one.name == name]
    if len(found) == 1:
        return found[0], []
    many = "more than one" if found else "no"
    return None, [Finding(f"there is {many} data source `{name}`")]


def _wrong(model: Any, one: Datasource | Provider, message: str) -> Finding:
    for part in model.parts:
        if any(tree is one.tree for key in part.tree for tree, _ in objects(part.tree, key)):
            found: Finding = model.finding(message, part, one.mark)
            return found
    return Finding(message)


def _plain(url: str) -> str:
    return url.strip().rstrip("/")


@requirement(
    "the data source `{source}` is of the type `{kind}` and reads from `{url}`",
    "`{url}` is the address of the data source `{source}`, which is of the type `{kind}`",
    language=LANGUAGE,
)
def source_address(model: Any, source: str, kind: str, url: str) -> Iterable[Finding]:
    """`type` and `url`; Grafana's server asks it, not the browser."""
    found, findings = _source(model, source)
    yield from findings
    if found is None:
        return
    if found.type != kind or _plain(found.url) != _plain(url):
        yield _wrong(model, found, f"`{source}` is not the {kind} at `{url}`")
    elif found.access not in ("proxy", "server"):
        yield _wrong(model, found, f"`{source}` is asked by the browser")


@requirement(
    "`{source}` is the default data source", "panels that name no data source use `{source}`",
    language=LANGUAGE,
)  # fmt: skip
def source_default(model: Any, source: str) -> Iterable[Finding]:
    """`isDefault`."""
    found, findings = _source(model, source)
    yield from findings
    if found is not None and not found.is_default:
        yield _wrong(model, found, f"`{source}` is not the default")


@requirement(
    "the data source `{source}` has the uid `{uid}`", "`{uid}` is the uid of the data source "
    "`{source}`",
    language=LANGUAGE,
)  # fmt: skip
def source_uid(model: Any, source: str, uid: str) -> Iterable[Finding]:
    """`uid`."""
    found, findings = _source(model, source)
    yield from findings
    if found is not None and found.uid != uid:
        yield _wrong(model, found, f"`{source}` does not have the uid `{uid}`")


@requirement(
    "`{source}` is told that Prometheus scrapes every {time}",
    "the scrape interval that the data source `{source}` knows is {time}",
    language=LANGUAGE,
)
def source_interval(model: Any, source: str, time: str) -> Iterable[Finding]:
    """`jsonData.timeInterval`."""
    found, findings = _source(model, source)
    yield from findings
    if found is not None and duration(found.json.get("timeInterval")) != duration(time):
        yield _wrong(model, found, f"`{source}` does not know the interval {time}")


@requirement(
    "queries of the data source `{source}` are sent with the HTTP method {method}",
    "the data source `{source}` uses {method} for its queries",
    language=LANGUAGE,
)
def source_method(model: Any, source: str, method: str) -> Iterable[Finding]:
    """`jsonData.httpMethod`."""
    found, findings = _source(model, source)
    yield from findings
    if found is not None and text_of(found.json.get("httpMethod")).upper() != method:
        yield _wrong(model, found, f"`{source}` does not use {method}")


@requirement(
    "users can change the data source `{source}` in the browser",
    "the data source `{source}` may be edited in Grafana",
    language=LANGUAGE,
)
def source_editable(model: Any, source: str) -> Iterable[Finding]:
    """`editable`."""
    found, findings = _source(model, source)
    yield from findings
    if found is not None and not found.editable:
        yield _wrong(model, found, f"`{source}` cannot be edited")


def _from_environment(value: Any, variable: str) -> bool:
    text = text_of(value).strip()
    return re.fullmatch(r"\$(?:\w+|\{\w+\}|__env\{\w+\})", text) is not None and (
        text.removeprefix("$__env").strip("${}") == variable
    )


@requirement(
    "Grafana logs in to the data source `{source}` as `{user}` (basic authentication), with the "
    "password from the environment variable `{variable}`",
    "basic authentication for the data source `{source}`: the user `{user}`, the password in the "
    "environment variable `{variable}`",
    language=LANGUAGE,
)
def source_login(model: Any, source: str, user: str, variable: str) -> Iterable[Finding]:
    """`basicAuth`, `basicAuthUser` and `secureJsonData.basicAuthPassword`."""
    found, findings = _source(model, source)
    yield from findings
    if found is None:
        return
    secret = found.secure.get("basicAuthPassword")
    used = found.tree.get("basicAuth") is True and found.tree.get("basicAuthUser") == user
    if not used or not _from_environment(secret, variable):
        yield _wrong(model, found, f"Grafana does not log in to `{source}` like that")


@requirement(
    "requests to the data source `{source}` have the HTTP header `{header}` with the value of the "
    "environment variable `{variable}`",
    "the HTTP header `{header}`, from the environment variable `{variable}`, goes with every "
    "request "
    "to the data source `{source}`",
    language=LANGUAGE,
)
def source_header(model: Any, source: str, header: str, variable: str) -> Iterable[Finding]:
    """`jsonData.httpHeaderNameN` and the value with the same number."""
    found, findings = _source(model, source)
    yield from findings
    if found is None:
        return
    for key, value in found.json.items():
        number = str(key).removeprefix("httpHeaderName")
        named = number.isdecimal() and text_of(value).casefold() == header.casefold()
        if named and _from_environment(found.secure.get(f"httpHeaderValue{number}"), variable):
            return
    yield _wrong(model, found, f"`{source}` is asked without the header `{header}`")


@requirement(
    "exemplars of `{source}` lead, by their label `{label}`, to traces in the data source with the "
    "uid `{uid}`",
    "the label `{label}` of exemplars in `{source}` is the id of a trace in the data source with "
    "the "
    "uid `{uid}`",
    language=LANGUAGE,
)
def source_exemplars(model: Any, source: str, label: str, uid: str) -> Iterable[Finding]:
    """`jsonData.exemplarTraceIdDestinations`."""
    found, findings = _source(model, source)
    yield from findings
    if found is None:
        return
    for one, _ in objects(found.json, "exemplarTraceIdDestinations"):
        if one.get("name") == label and one.get("datasourceUid") == uid:
            return
    yield _wrong(model, found, f"exemplars of `{source}` lead to no traces")


@requirement(
    "a data source `{source}` that may be left from earlier is deleted",
    "Grafana removes the old data source `{source}`",
    language=LANGUAGE,
)
def source_deleted(model: Any, source: str) -> Iterable[Finding]:
    """`deleteDatasources`, and none of that name is made."""
    named = [
        one for part in model.parts for one, _ in objects(part.tree, "deleteDatasources")
        if one.get("name") == source and one.get("orgId", 1) in (1, "1")
    ]  # fmt: skip
    if not named:
        yield Finding(f"`{source}` is not deleted")
    if any(one.name == source for one in model.datasources):
        yield Finding(f"`{source}` is made again")


# --- providers of dashboards ----------------------------------------------------------------------


def _provider(model: Any, name: str) -> tuple[Provider | None, list[Finding]]:
    found = [one for one in model.providers if one.name == name and one.type == "file"]
    if len(found) == 1:
        return found[0], []
    many = "more than one" if found else "no"
    return None, [Finding(f"there is {many} provider `{name}` of dashboards")]


@requirement(
    "the provider `{provider}` loads dashboards from the folder `{path}` on disk",
    "dashboards in `{path}` on disk are loaded by the provider `{provider}`",
    language=LANGUAGE,
)
def provider_path(model: Any, provider: str, path: str) -> Iterable[Finding]:
    """`options.path`."""
    found, findings = _provider(model, provider)
    yield from findings
    if found is not None and _plain(found.dashboards) != _plain(path):
        yield _wrong(model, found, f"`{provider}` does not read `{path}`")


@requirement(
    "dashboards of the provider `{provider}` stand in Grafana's folder `{folder}`",
    "Grafana shows the dashboards of the provider `{provider}` in the folder `{folder}`",
    language=LANGUAGE,
)
def provider_folder(model: Any, provider: str, folder: str) -> Iterable[Finding]:
    """`folder`, not replaced by folders on disk."""
    found, findings = _provider(model, provider)
    yield from findings
    if found is not None and (found.folder != folder or found.from_structure):
        yield _wrong(model, found, f"its dashboards are not in the folder `{folder}`")


@requirement(
    "the provider `{provider}` makes Grafana's folders like those on disk",
    "each folder on disk becomes one of Grafana for the provider `{provider}`",
    language=LANGUAGE,
)
def provider_structure(model: Any, provider: str) -> Iterable[Finding]:
    """`options.foldersFromFilesStructure`."""
    found, findings = _provider(model, provider)
    yield from findings
    if found is not None and not found.from_structure:
        yield _wrong(model, found, "folders on disk do not become Grafana's")


@requirement(
    "the provider `{provider}` looks for changes every {count} seconds",
    "every {count} seconds the provider `{provider}` reads the files again",
    language=LANGUAGE,
)
def provider_interval(model: Any, provider: str, count: int) -> Iterable[Finding]:
    """`updateIntervalSeconds`."""
    found, findings = _provider(model, provider)
    yield from findings
    if found is not None and found.interval != count:
        yield _wrong(model, found, f"it looks for changes every {found.interval} seconds")


@requirement(
    "dashboards of the provider `{provider}` cannot be deleted in the browser",
    "nobody can delete a dashboard of the provider `{provider}` in Grafana",
    language=LANGUAGE,
)
def provider_keeps(model: Any, provider: str) -> Iterable[Finding]:
    """`disableDeletion`."""
    found, findings = _provider(model, provider)
    yield from findings
    if found is not None and found.tree.get("disableDeletion") is not True:
        yield _wrong(model, found, "its dashboards can be deleted")


@requirement(
    "dashboards of the provider `{provider}` may be changed and saved in the browser",
    "users can save changes to dashboards of the provider `{provider}`",
    language=LANGUAGE,
)
def provider_saves(model: Any, provider: str) -> Iterable[Finding]:
    """`allowUiUpdates`."""
    found, findings = _provider(model, provider)
    yield from findings
    if found is not None and found.tree.get("allowUiUpdates") is not True:
        yield _wrong(model, found, "its dashboards cannot be saved")
