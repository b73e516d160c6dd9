"""A Prometheus configuration in normal form: what is scraped, how often, and where it goes.

Defaults and globals are filled in, so `scrape_interval` reads the same at the job and
under `global`.
Durations are in seconds. Values of a wrong type are left out: the rules report them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.prometheus.faults import (
    flag_of,
    is_scalar,
    mark_of,
    number_of,
    seconds_of,
    text_of,
    texts_of,
)
from iac_gym.languages.prometheus.relabeling import Relabel, read_relabels, relabeled

NONE = YamlMap()


@dataclass(frozen=True)
class Target:
    """An address of a static list, with the labels that its series get."""

    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    mark: Mark = (0, 0)


@dataclass(frozen=True)
class Discovery:
    """One entry of a service discovery: `kind` is `kubernetes`, `ec2`, `file`, ... (not `static`).

    `tree` holds its settings as written; `get` reads one as text, `texts` a list of texts.
    """

    kind: str
    tree: YamlMap
    mark: Mark = (0, 0)

    def get(self, key: str, default: str = "") -> str:
        """Return one setting as text."""
        value = self.tree.get(key)
        return text_of(value) if is_scalar(value) else default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a list of texts."""
        return texts(self.tree.get(key))

    @property
    def role(self) -> str:
        """What a Kubernetes discovery looks for."""
        return self.get("role").lower()

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that a Kubernetes discovery is limited to; empty for all."""
        found = self.tree.get("namespaces")
        return texts(found.get("names")) if found.__class__ is YamlMap else ()


@dataclass(frozen=True)
class Http:
    """How a client of HTTP identifies itself and checks the other side.

    `basic_auth`, `authorization`, `oauth2` and `tls` are the sections as written, empty where they
    are missing. An old `bearer_token` is an `authorization` here.
    """

    basic_auth: YamlMap = field(default_factory=lambda: NONE)
    authorization: YamlMap = field(default_factory=lambda: NONE)
    oauth2: YamlMap = field(default_factory=lambda: NONE)
    tls: YamlMap = field(default_factory=lambda: NONE)
    proxy_url: str = ""
    follow_redirects: bool = True

    @property
    def insecure(self) -> bool:
        """Whether certificates are not checked."""
        return flag_of(self.tls.get("insecure_skip_verify"), False)


@dataclass(frozen=True)
class Job:
    """One scrape job with its effective settings. `limits` holds those that are set."""

    name: str
    interval: float
    timeout: float
    scheme: str
    path: str
    honor_labels: bool
    honor_timestamps: bool
    params: Mapping[str, tuple[str, ...]]
    targets: tuple[Target, ...]
    discovery: tuple[Discovery, ...]
    relabel: tuple[Relabel, ...]
    metric_relabel: tuple[Relabel, ...]
    http: Http
    limits: Mapping[str, float]
    tree: YamlMap
    mark: Mark
    file: str

    def discovers(self, kind: str) -> tuple[Discovery, ...]:
        """Return the entries of one kind of service discovery."""
        return tuple(one for one in self.discovery if one.kind == kind)

    def mark_of(self, key: str) -> Mark:
        """Return the place of one of its fields, or of the job."""
        return mark_of(self.tree, key)

    @property
    def scrapes(self) -> bool:
        """Whether it has any source of targets."""
        return bool(self.targets or self.discovery)

    def discovered(self, address: str, labels: Mapping[str, str]) -> dict[str, str]:
        """Return the labels of a target of this job before relabeling."""
        found = {
            "job": self.name,
            "__address__": address,
            "__scheme__": self.scheme,
            "__metrics_path__": self.path,
            "__scrape_interval__": f"{self.interval * 1000:.0f}ms",
            "__scrape_timeout__": f"{self.timeout * 1000:.0f}ms",
            **{f"__param_{key}": values[0] for key, values in self.params.items() if values},
        }
        return {**found, **labels}

    def scraped(self, address: str, labels: Mapping[str, str]) -> dict[str, str] | None:
        """Return the labels of a target after relabeling, None where it is dropped.

        `__address__`, `__scheme__`, `__metrics_path__` and `__param_*` tell what is scraped;
        meta labels (`__meta_*`) are given in `labels` and gone afterwards.
        """
        found = relabeled(self.discovered(address, labels), self.relabel)
        if found is None:
            return None
        left = {key: value for key, value in found.items() if not key.startswith("__meta_")}
        left.setdefault("instance", left.get("__address__", ""))
        return left


@dataclass(frozen=True)
class Remote:
    """An entry of `remote_write` or `remote_read`."""

    url: str
    name: str
    timeout: float
    headers: Mapping[str, str]
    relabel: tuple[Relabel, ...]
    queue: YamlMap
    http: Http
    tree: YamlMap
    mark: Mark
    file: str


@dataclass(frozen=True)
class Alertmanagers:
    """An entry of `alerting.alertmanagers`."""

    scheme: str
    path_prefix: str
    timeout: float
    targets: tuple[Target, ...]
    discovery: tuple[Discovery, ...]
    relabel: tuple[Relabel, ...]
    http: Http
    tree: YamlMap
    mark: Mark


@dataclass(frozen=True)
class Config:
    """A whole `prometheus.yml`. `jobs` are in order; `job` finds one by name."""

    file: str
    tree: YamlMap
    interval: float
    timeout: float
    evaluation_interval: float
    external_labels: Mapping[str, str]
    jobs: tuple[Job, ...]
    rule_files: tuple[str, ...]
    scrape_config_files: tuple[str, ...]
    remote_write: tuple[Remote, ...]
    remote_read: tuple[Remote, ...]
    alertmanagers: tuple[Alertmanagers, ...]
    alert_relabel: tuple[Relabel, ...]
    storage: YamlMap
    tracing: YamlMap
    otlp: YamlMap

    def job(self, name: str) -> Job | None:
        """Return the job of a name."""
        return next((one for one in self.jobs if one.name == name), None)

    def mark_of(self, *keys: str) -> Mark:
        """Return the place of a value by its keys, as far as they exist."""
        tree, mark = self.tree, self.tree.mark
        for key in keys:
            if tree.__class__ is not YamlMap or key not in tree:
                break
            mark, tree = tree.marks[key], tree[key]
        return mark


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; empty if it is none."""
    if value.__class__ is not YamlList:
        return ()
    return tuple([text_of(one) for one in value if is_scalar(one)])


def section(tree: Any, key: str) -> YamlMap:
    """Return the mapping under a key; an empty one where there is none."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    return found if found.__class__ is YamlMap else NONE


def mappings(tree: Any, key: str) -> Iterator[tuple[YamlMap, Mark]]:
    """Yield the mappings of the list under a key, with their places."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    if found.__class__ is YamlList:
        for one, mark in zip(found, found.marks, strict=True):
            if one.__class__ is YamlMap:
                yield one, mark


def read_config(tree: YamlMap, file: str) -> Config:
    """Read a configuration; never fails."""
    general = section(tree, "global")
    interval = seconds_of(general.get("scrape_interval")) or 60.0
    timeout = seconds_of(general.get("scrape_timeout")) or min(10.0, interval)
    alerting = section(tree, "alerting")
    return Config(
        file=file,
        tree=tree,
        interval=interval,
        timeout=timeout,
        evaluation_interval=seconds_of(general.get("evaluation_interval")) or 60.0,
        external_labels=texts_of(general.get("external_labels")),
        jobs=read_jobs(tree, file, interval, timeout, general),
        rule_files=texts(tree.get("rule_files")),
        scrape_config_files=texts(tree.get("scrape_config_files")),
        remote_write=tuple(
            _remote(one, mark, file, 30.0) for one, mark in mappings(tree, "remote_write")
        ),
        remote_read=tuple(
            _remote(one, mark, file, 60.0) for one, mark in mappings(tree, "remote_read")
        ),
        alertmanagers=tuple(
            _alertmanagers(one, mark) for one, mark in mappings(alerting, "alertmanagers")
        ),
        alert_relabel=read_relabels(alerting, "alert_relabel_configs"),
        storage=section(tree, "storage"),
        tracing=section(tree, "tracing"),
        otlp=section(tree, "otlp"),
    )


def read_jobs(
    tree: YamlMap, file: str, interval: float, timeout: float, general: YamlMap
) -> tuple[Job, ...]:
    """Read the jobs of a configuration, or of a file that `scrape_config_files` names."""
    return tuple(
        _job(one, mark, file, interval, timeout, general)
        for one, mark in mappings(tree, "scrape_configs")
    )


_LIMITS = (
    "body_size_limit", "keep_dropped_targets", "label_limit", "label_name_length_limit",
    "label_value_length_limit", "native_histogram_bucket_limit", "sample_limit", "target_limit",
)  # fmt: skip


def _job(
    tree: YamlMap, mark: Mark, file: str, interval: float, timeout: float, general: YamlMap
) -> Job:
    own = seconds_of(tree.get("scrape_interval")) or interval
    params = tree.get("params")
    given = params.items() if params.__class__ is YamlMap else ()
    return Job(
        name=text_of(tree.get("job_name")),
        interval=own,
        timeout=seconds_of(tree.get("scrape_timeout")) or min(timeout, own),
        scheme=text_of(tree.get("scheme")) or "http",
        path=text_of(tree.get("metrics_path")) or "/metrics",
        honor_labels=flag_of(tree.get("honor_labels"), False),
        honor_timestamps=flag_of(tree.get("honor_timestamps"), True),
        params={text_of(key): texts(value) for key, value in given},
        targets=read_targets(tree),
        discovery=_discovery(tree),
        relabel=read_relabels(tree, "relabel_configs"),
        metric_relabel=read_relabels(tree, "metric_relabel_configs"),
        http=_http(tree),
        limits=_limits(tree, general),
        tree=tree,
        mark=mark,
        file=file,
    )


def _limits(tree: YamlMap, general: YamlMap) -> dict[str, float]:
    found = {}
    for key in _LIMITS:
        value = tree.get(key) if key in tree else general.get(key)
        size = bytes_of(value) if key == "body_size_limit" else number_of(value)
        if size:
            found[key] = size
    return found


_UNITS = {"K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}


def bytes_of(value: Any) -> float | None:
    """Return the bytes of a size such as `10MB` or `1GiB` (both are counted in 1024s)."""
    text = text_of(value)
    number = text.rstrip("KMGTPEiB")
    unit = text[len(number) :]
    try:
        amount = float(number)
    except ValueError:
        return None
    return amount * float(1024 ** _UNITS.get(unit[:1], 0))


def read_targets(tree: YamlMap) -> tuple[Target, ...]:
    """Read the static targets of a job."""
    found = []
    for one, _ in mappings(tree, "static_configs"):
        addresses = one.get("targets")
        if addresses.__class__ is YamlList:
            labels = texts_of(one.get("labels"))
            for address, mark in zip(addresses, addresses.marks, strict=True):
                if is_scalar(address):
                    found.append(Target(text_of(address), labels, mark))
    return tuple(found)


def _discovery(tree: YamlMap) -> tuple[Discovery, ...]:
    return tuple(
        [
            Discovery(key[: -len("_sd_configs")], one, mark)
            for key in tree
            if isinstance(key, str) and key.endswith("_sd_configs")
            for one, mark in mappings(tree, key)
        ]
    )


def _http(tree: YamlMap) -> Http:
    authorization = section(tree, "authorization")
    for old, new in (("bearer_token", "credentials"), ("bearer_token_file", "credentials_file")):
        if is_scalar(tree.get(old)) and not authorization:
            authorization = YamlMap(tree.marks[old])
            authorization[new] = tree[old]
            authorization.marks[new] = tree.marks[old]
    if authorization is NONE and _CLIENT.isdisjoint(tree):
        return _NO_HTTP
    return Http(
        section(tree, "basic_auth"),
        authorization,
        section(tree, "oauth2"),
        section(tree, "tls_config"),
        text_of(tree.get("proxy_url")),
        flag_of(tree.get("follow_redirects"), True),
    )


_NO_HTTP = Http()
_CLIENT = frozenset(("basic_auth", "tls_config", "oauth2", "proxy_url", "follow_redirects"))


def _remote(tree: YamlMap, mark: Mark, file: str, timeout: float) -> Remote:
    return Remote(
        url=text_of(tree.get("url")),
        name=text_of(tree.get("name")),
        timeout=seconds_of(tree.get("remote_timeout")) or timeout,
        headers=texts_of(tree.get("headers")),
        relabel=read_relabels(tree, "write_relabel_configs"),
        queue=section(tree, "queue_config"),
        http=_http(tree),
        tree=tree,
        mark=mark,
        file=file,
    )


def _alertmanagers(tree: YamlMap, mark: Mark) -> Alertmanagers:
    return Alertmanagers(
        scheme=text_of(tree.get("scheme")) or "http",
        path_prefix=text_of(tree.get("path_prefix")) or "/",
        timeout=seconds_of(tree.get("timeout")) or 10.0,
        targets=read_targets(tree),
        discovery=_discovery(tree),
        relabel=read_relabels(tree, "relabel_configs"),
        http=_http(tree),
        tree=tree,
        mark=mark,
    )
