"""Requirements about scrape jobs: whom they scrape, how, and which labels come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.monitoring.requirements.reading import seconds
from iac_gym.check import requirement
from iac_gym.languages.prometheus.config import Job
from iac_gym.languages.prometheus.relabeling import relabeled
from iac_gym.verdict import Finding

_LANGUAGE = "prometheus"


def job_of(model: Any, name: str) -> tuple[Job | None, list[Finding]]:
    """Return the job of a name that has targets, and the findings where there is none."""
    found = model.config.job(name) if model.config else None
    if found is None:
        return None, [Finding(f"there is no scrape job `{name}`")]
    if not found.scrapes:
        return None, [Finding(f"the job `{name}` has no targets", found.file, *found.mark)]
    return found, []


def wrong(job: Job, message: str, key: str = "job_name") -> Finding:
    """Make a finding at a field of a job."""
    return Finding(message, job.file, *job.mark_of(key))


@requirement(
    "the job `{job}` scrapes exactly the targets {targets}",
    "the targets of the job `{job}` are {targets} and no others",
    language=_LANGUAGE,
)
def job_targets(model: Any, job: str, targets: Sequence[str]) -> Iterable[Finding]:
    """Static targets, or those of a file in the answer; none dropped by relabeling."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    kept = [
        one.address for one in model.targets_of(found) if found.scraped(one.address, one.labels)
    ]
    if sorted(kept) != sorted(targets):
        yield wrong(found, f"the job `{job}` scrapes {', '.join(kept) or 'nothing'}")


@requirement(
    "the job `{job}` is scraped every {time}",
    "the scrape interval of the job `{job}` is {time}",
    language=_LANGUAGE,
)
def job_interval(model: Any, job: str, time: str) -> Iterable[Finding]:
    """Its own interval or the global one."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and found.interval != seconds(time):
        yield wrong(found, f"the job `{job}` is not scraped every {time}", "scrape_interval")


@requirement(
    "a scrape of the job `{job}` may take {time}",
    "scrapes of the job `{job}` time out after {time}",
    language=_LANGUAGE,
)
def job_timeout(model: Any, job: str, time: str) -> Iterable[Finding]:
    """Its own timeout or the global one."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and found.timeout != seconds(time):
        yield wrong(found, f"the timeout of `{job}` is not {time}", "scrape_timeout")


@requirement(
    "the metrics of the job `{job}` are read from the path `{path}`",
    "the job `{job}` asks for `{path}`",
    language=_LANGUAGE,
)
def job_path(model: Any, job: str, path: str) -> Iterable[Finding]:
    """`metrics_path`, which relabeling does not change."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and _plain(found, "__metrics_path__") != path:
        yield wrong(found, f"the job `{job}` does not ask for `{path}`", "metrics_path")


def _plain(job: Job, label: str) -> str:
    """Return a label of a target that says nothing of itself, after relabeling."""
    target = job.targets[0] if job.targets else None
    address = target.address if target else "10.0.0.1:80"
    found = job.scraped(address, target.labels if target else {})
    return (found or job.discovered(address, {})).get(label, "")


@requirement(
    "the job `{job}` is scraped over HTTPS, with certificates that are checked",
    "HTTPS is the scheme of the job `{job}`, whose certificates are checked",
    language=_LANGUAGE,
)  # fmt: skip
def job_https(model: Any, job: str) -> Iterable[Finding]:
    """`scheme: https`, with certificates that are checked."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None:
        if _plain(found, "__scheme__") != "https":
            yield wrong(found, f"the job `{job}` is not scraped over HTTPS", "scheme")
        if found.http.insecure:
            yield wrong(found, f"the job `{job}` does not check certificates", "tls_config")


@requirement(
    "the job `{job}` trusts the certificate authority in `{path}`",
    "`{path}` holds the certificate authority for the job `{job}`",
    language=_LANGUAGE,
)
def job_ca(model: Any, job: str, path: str) -> Iterable[Finding]:
    """`tls_config.ca_file`."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and found.http.tls.get("ca_file") != path:
        yield wrong(found, f"the job `{job}` does not trust `{path}`", "tls_config")


@requirement(
    "the job `{job}` logs in as `{user}` with the password from the file `{path}` (basic auth)",
    "basic authentication of the job `{job}`: the user `{user}`, the password in `{path}`",
    language=_LANGUAGE,
)
def job_basic_auth(model: Any, job: str, user: str, path: str) -> Iterable[Finding]:
    """`basic_auth` with `password_file`."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None:
        given = found.http.basic_auth
        if given.get("username") != user or given.get("password_file") != path:
            yield wrong(found, f"the job `{job}` does not log in like that", "basic_auth")


@requirement(
    "the job `{job}` sends the bearer token from the file `{path}`",
    "scrapes of the job `{job}` are authorised by the bearer token in `{path}`",
    language=_LANGUAGE,
)
def job_token(model: Any, job: str, path: str) -> Iterable[Finding]:
    """`authorization.credentials_file`, of the type Bearer."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None:
        given = found.http.authorization
        bearer = str(given.get("type") or "Bearer").strip().lower() == "bearer"
        if not bearer or given.get("credentials_file") != path:
            yield wrong(found, f"the job `{job}` does not send that token", "authorization")


@requirement(
    "all targets of the job `{job}` get the label `{label}` with the value `{value}`",
    "the label `{label}={value}` is on every series of the job `{job}`",
    language=_LANGUAGE,
)
def job_label(model: Any, job: str, label: str, value: str) -> Iterable[Finding]:
    """Labels of the targets or a relabeling."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    plain: Sequence[tuple[str, Mapping[str, str]]] = [
        (one.address, one.labels) for one in model.targets_of(found)
    ]
    for address, labels in plain or [("10.0.0.1:80", _everything(found))]:
        kept = found.scraped(address, labels)
        if (kept or {}).get(label) != value:
            yield wrong(found, f"`{address}` of `{job}` does not get `{label}={value}`")
            return


@requirement(
    "labels that the targets of the job `{job}` send themselves win over Prometheus' own",
    "the job `{job}` honours the labels of its targets",
    language=_LANGUAGE,
)
def job_honors_labels(model: Any, job: str) -> Iterable[Finding]:
    """`honor_labels: true`."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and not found.honor_labels:
        yield wrong(found, f"the job `{job}` overwrites labels", "honor_labels")


@requirement(
    "a scrape of the job `{job}` with more than {count} samples is refused",
    "the job `{job}` has a limit of {count} samples for a scrape",
    language=_LANGUAGE,
)
def job_sample_limit(model: Any, job: str, count: int) -> Iterable[Finding]:
    """`sample_limit`."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and found.limits.get("sample_limit") != count:
        yield wrong(found, f"the job `{job}` has no limit of {count} samples", "sample_limit")


@requirement(
    "the job `{job}` sends the parameter `{name}` with the value `{value}`",
    "scrapes of the job `{job}` have `{name}={value}` as a parameter of the URL",
    language=_LANGUAGE,
)
def job_parameter(model: Any, job: str, name: str, value: str) -> Iterable[Finding]:
    """`params` of the job, or a relabeling that sets the parameter."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    if value not in (*found.params.get(name, ()), _plain(found, f"__param_{name}")):
        yield wrong(found, f"the job `{job}` does not send `{name}={value}`", "params")


@requirement(
    "the job `{job}` finds its targets in Kubernetes, with the role `{role}`",
    "Kubernetes service discovery (role `{role}`) gives the targets of the job `{job}`",
    language=_LANGUAGE,
)
def job_kubernetes(model: Any, job: str, role: str) -> Iterable[Finding]:
    """`kubernetes_sd_configs`."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None and role not in [one.role for one in found.discovers("kubernetes")]:
        yield wrong(found, f"the job `{job}` does not look for `{role}` in Kubernetes")


@requirement(
    "the job `{job}` looks into the Kubernetes namespace `{namespace}` alone",
    "only the namespace `{namespace}` is searched by the job `{job}`",
    language=_LANGUAGE,
)
def job_namespace(model: Any, job: str, namespace: str) -> Iterable[Finding]:
    """`namespaces` of the discovery, or relabeling that keeps only its targets."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    discoveries = found.discovers("kubernetes")
    if discoveries and all(one.namespaces == (namespace,) for one in discoveries):
        return
    meta, pod = META["namespace"], _everything(found)
    inside = found.scraped("10.0.0.1:80", {**pod, meta: namespace})
    outside = [
        found.scraped("10.0.0.1:80", {**pod, meta: name})
        for name in (f"other-{namespace}", f"{namespace}-two")
    ]
    if inside is None or outside != [None, None]:
        yield wrong(found, f"the job `{job}` looks into other namespaces, too")


@requirement(
    "the job `{job}` scrapes port {port} of the EC2 instances in the region `{region}`",
    "EC2 service discovery in `{region}` gives the targets of the job `{job}`, at port {port}",
    language=_LANGUAGE,
)
def job_ec2(model: Any, job: str, region: str, port: int) -> Iterable[Finding]:
    """`ec2_sd_configs`; relabeling may choose the port, too."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    for one in found.discovers("ec2"):
        given = one.get("port") or "80"
        kept = found.scraped(f"10.0.0.1:{given}", _INSTANCE)
        if one.get("region") == region and kept and kept["__address__"] == f"10.0.0.1:{port}":
            return
    yield wrong(found, f"the job `{job}` has no ec2 discovery with region {region}, port {port}")


@requirement(
    "the job `{job}` gets its targets from the Consul server `{server}`",
    "Consul at `{server}` knows the targets of the job `{job}`",
    language=_LANGUAGE,
)
def job_consul(model: Any, job: str, server: str) -> Iterable[Finding]:
    """`consul_sd_configs`."""
    yield from _discovery(model, job, "consul", {"server": server})


@requirement(
    "the job `{job}` scrapes the Consul service `{service}` and no other",
    "`{service}` is the only Consul service of the job `{job}`",
    language=_LANGUAGE,
)
def job_consul_service(model: Any, job: str, service: str) -> Iterable[Finding]:
    """`services` of the discovery, or relabeling that keeps only its targets."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    listed = [one.texts("services") for one in found.discovers("consul")]
    if listed and all(one == (service,) for one in listed):
        return
    meta = "__meta_consul_service"
    inside = found.scraped("10.0.0.1:80", {meta: service})
    outside = [
        found.scraped("10.0.0.1:80", {meta: name})
        for name in (f"other-{service}", f"{service}-two")
    ]
    if not all(service in one or not one for one in listed) or inside is None or any(outside):
        yield wrong(found, f"the job `{job}` does not scrape `{service}` alone")


@requirement(
    "the job `{job}` resolves the DNS name `{name}` (records of the type {kind})",
    "DNS gives the targets of the job `{job}`: the {kind} records of `{name}`",
    language=_LANGUAGE,
)
def job_dns(model: Any, job: str, name: str, kind: str) -> Iterable[Finding]:
    """`dns_sd_configs`; the type is SRV where nothing is said."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None:
        for one in found.discovers("dns"):
            if name in one.texts("names") and (one.get("type") or "SRV") == kind:
                return
        yield wrong(found, f"the job `{job}` does not resolve `{name}` ({kind})")


@requirement(
    "the job `{job}` reads its targets from the files `{pattern}`",
    "files that fit `{pattern}` list the targets of the job `{job}`",
    language=_LANGUAGE,
)
def job_files(model: Any, job: str, pattern: str) -> Iterable[Finding]:
    """`file_sd_configs`."""
    found, findings = job_of(model, job)
    yield from findings
    if found is not None:
        listed = [name for one in found.discovers("file") for name in one.texts("files")]
        if pattern not in [name.removeprefix("./") for name in listed]:
            yield wrong(found, f"the job `{job}` does not read `{pattern}`")


@requirement(
    "the job `{job}` asks `{url}` for its targets (HTTP service discovery)",
    "`{url}` lists the targets of the job `{job}`",
    language=_LANGUAGE,
)
def job_http(model: Any, job: str, url: str) -> Iterable[Finding]:
    """`http_sd_configs`."""
    yield from _discovery(model, job, "http", {"url": url})


@requirement(
    "the list of targets of the job `{job}` is read again every {time}",
    "the service discovery of the job `{job}` refreshes every {time}",
    language=_LANGUAGE,
)
def job_refresh(model: Any, job: str, time: str) -> Iterable[Finding]:
    """`refresh_interval` of the discovery."""
    from iac_gym.languages.prometheus.faults import seconds_of

    found, findings = job_of(model, job)
    yield from findings
    if found is not None:
        given = [seconds_of(one.tree.get("refresh_interval")) for one in found.discovery]
        if not given or any(one != seconds(time) for one in given):
            yield wrong(found, f"the targets of `{job}` are not read again every {time}")


def _discovery(model: Any, job: str, kind: str, settings: Mapping[str, str]) -> Iterable[Finding]:
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    for one in found.discovers(kind):
        if all(one.get(key) == value for key, value in settings.items()):
            return
    said = ", ".join(f"{key} {value}" for key, value in settings.items())
    yield wrong(found, f"the job `{job}` has no {kind} discovery with {said}")


# --- relabeling, played ---------------------------------------------------------------------------


def _annotation(name: str) -> str:
    cleaned = "".join(char if char.isalnum() else "_" for char in name)
    return f"__meta_kubernetes_pod_annotation_{cleaned}"


@requirement(
    "the job `{job}` keeps only pods with the annotation `{annotation}: \"true\"`",
    "pods without the annotation `{annotation}: \"true\"` are not scraped by the job `{job}`",
    language=_LANGUAGE,
)  # fmt: skip
def job_keeps_annotated(model: Any, job: str, annotation: str) -> Iterable[Finding]:
    """Pods with the annotation true, false and without it."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    key = _annotation(annotation)
    base = {**_POD, "__meta_kubernetes_namespace": _namespace(found)}
    present = key.replace("_annotation_", "_annotationpresent_")
    kept = found.scraped("10.0.0.1:80", {**base, key: "true", present: "true"})
    dropped = [
        found.scraped("10.0.0.1:80", base),
        found.scraped("10.0.0.1:80", {**base, key: "false", present: "true"}),
        found.scraped("10.0.0.1:80", {**base, key: "nottrue", present: "true"}),
    ]
    if kept is None or any(one is not None for one in dropped):
        yield wrong(found, f"`{job}` does not keep just the pods with that annotation")


@requirement(
    "the job `{job}` takes the path of the metrics from the pod's annotation `{annotation}`, "
    "where there is one",
    "a pod's annotation `{annotation}` says at which path the job `{job}` finds its metrics",
    language=_LANGUAGE,
)
def job_path_from_annotation(model: Any, job: str, annotation: str) -> Iterable[Finding]:
    """A pod with the annotation and one without."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    base = _everything(found)
    path = found.scraped("10.0.0.1:80", {**base, _annotation(annotation): "/own/metrics"})
    plain = found.scraped("10.0.0.1:80", base)
    if (
        path is None
        or plain is None
        or path.get("__metrics_path__") != "/own/metrics"
        or plain.get("__metrics_path__") != found.path
    ):
        yield wrong(found, f"`{job}` does not take the path from `{annotation}`")


@requirement(
    "the job `{job}` takes the port from the pod's annotation `{annotation}`",
    "a pod's annotation `{annotation}` says at which port the job `{job}` scrapes it",
    language=_LANGUAGE,
)
def job_port_from_annotation(model: Any, job: str, annotation: str) -> Iterable[Finding]:
    """Pods whose address has another port, or none."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    for address in ("10.0.0.1:80", "10.0.0.1"):
        labels = {**_everything(found), _annotation(annotation): "9876"}
        kept = found.scraped(address, labels)
        if kept is None or kept.get("__address__") != "10.0.0.1:9876":
            yield wrong(found, f"`{job}` does not take the port from `{annotation}`")
            return


#: What the discovery tells of a pod, without annotations.
_POD = {
    "__meta_kubernetes_pod_name": "web-0",
    "__meta_kubernetes_pod_ip": "10.0.0.1",
    "__meta_kubernetes_pod_host_ip": "10.1.0.1",
    "__meta_kubernetes_pod_node_name": "node-1",
    "__meta_kubernetes_pod_phase": "Running",
    "__meta_kubernetes_pod_ready": "true",
    "__meta_kubernetes_pod_uid": "0a1b",
    "__meta_kubernetes_pod_container_name": "web",
    "__meta_kubernetes_pod_container_init": "false",
    "__meta_kubernetes_pod_container_port_name": "metrics",
    "__meta_kubernetes_pod_container_port_number": "80",
    "__meta_kubernetes_pod_container_port_protocol": "TCP",
}
#: The same of an instance of EC2, without tags.
_INSTANCE = {
    "__meta_ec2_instance_id": "i-0a1b",
    "__meta_ec2_instance_state": "running",
    "__meta_ec2_private_ip": "10.0.0.1",
    "__meta_ec2_public_ip": "10.0.0.1",
}


_SOME_NAMESPACE = "shop"


def _namespace(job: Job) -> str:
    """Return the namespace that a job keeps, where relabeling keeps only one."""
    for step in job.relabel:
        if step.action == "keep" and step.source == ("__meta_kubernetes_namespace",):
            return step.regex.strip("^$()").partition("|")[0]
    return _SOME_NAMESPACE


def _everything(job: Job) -> dict[str, str]:
    """Return the meta labels of a pod that relabeling which keeps annotated pods lets through."""
    found = {**_POD, "__meta_kubernetes_namespace": _namespace(job)}
    for step in job.relabel:
        for label in step.source:
            if "_annotation" in label and label.endswith("scrape"):
                found[label] = "true"
    return found


META = {
    "namespace": "__meta_kubernetes_namespace",
    "pod": "__meta_kubernetes_pod_name",
    "node": "__meta_kubernetes_pod_node_name",
    "container": "__meta_kubernetes_pod_container_name",
    "service": "__meta_kubernetes_service_name",
}


@requirement(
    "the series of the job `{job}` have a label `{label}` with the name of the Kubernetes {thing}",
    "the Kubernetes {thing} of a target of the job `{job}` becomes the label `{label}`",
    language=_LANGUAGE,
)
def job_label_from_kubernetes(model: Any, job: str, label: str, thing: str) -> Iterable[Finding]:
    """Two targets with different names."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    inside = _namespace(found)
    one_alone = thing == "namespace" and inside != _SOME_NAMESPACE
    for name in (inside,) if one_alone else ("first", "second"):
        kept = found.scraped("10.0.0.1:80", {**_everything(found), META[thing]: name})
        if kept is None or kept.get(label) != name:
            yield wrong(found, f"`{label}` does not name the {thing}", "relabel_configs")
            return


@requirement(
    "the job `{job}` drops all targets of EC2 instances whose tag `{tag}` is `{value}`",
    "EC2 instances with the tag `{tag}={value}` are not scraped by the job `{job}`",
    language=_LANGUAGE,
)
def job_drops_tagged(model: Any, job: str, tag: str, value: str) -> Iterable[Finding]:
    """Instances with that tag, another value, and without it."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    key = f"__meta_ec2_tag_{tag}"
    gone = found.scraped("10.0.0.1:80", {**_INSTANCE, key: value})
    tags = [{**_INSTANCE, key: f"{value}-other"}, {**_INSTANCE, key: f"not{value}"}, _INSTANCE]
    kept = [found.scraped("10.0.0.1:80", one) for one in tags]
    if gone is not None or None in kept:
        yield wrong(found, f"`{job}` does not drop just the instances with `{tag}={value}`")


@requirement(
    "metrics whose name begins with `{prefix}` are dropped from the job `{job}`, and no others",
    "the job `{job}` throws away exactly the metrics that begin with `{prefix}`",
    language=_LANGUAGE,
)
def job_drops_metrics(model: Any, job: str, prefix: str) -> Iterable[Finding]:
    """Metrics with the prefix, in the middle of the name, and without it."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return

    def stays(name: str) -> bool:
        return relabeled({"__name__": name, "job": job}, found.metric_relabel) is not None

    gone = not stays(f"{prefix}x_total") and not stays(f"{prefix}seconds")
    others = stays("http_requests_total") and stays(f"my_{prefix}x") and stays("up")
    if not gone or not others:
        yield wrong(found, f"`{job}` does not drop just `{prefix}*`", "metric_relabel_configs")


@requirement(
    "the label `{label}` is removed from all series of the job `{job}`",
    "the job `{job}` stores its series without the label `{label}`",
    language=_LANGUAGE,
)
def job_drops_label(model: Any, job: str, label: str) -> Iterable[Finding]:
    """A series with the label and others."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    others = {"__name__": "x_total", "job": job, "instance": "a:1", "kept": "k",
              f"my_{label}": "m", f"{label}_two": "t"}  # fmt: skip
    if relabeled({**others, label: "v"}, found.metric_relabel) != others:
        yield wrong(found, f"`{label}` is not removed", "metric_relabel_configs")


@requirement(
    "the job `{job}` probes its targets through the blackbox exporter at `{exporter}`: the target "
    "becomes the URL parameter `target` and the label `instance`",
    "the blackbox exporter `{exporter}` probes the targets of the job `{job}`, each handed over as "
    "the parameter `target` and shown as `instance`",
    language=_LANGUAGE,
)
def job_probes(model: Any, job: str, exporter: str) -> Iterable[Finding]:
    """What becomes of the addresses of two targets."""
    found, findings = job_of(model, job)
    yield from findings
    if found is None:
        return
    for address in ("https://a.example.com", "b.example.com:443"):
        kept = found.scraped(address, {}) or {}
        if (
            kept.get("__param_target") != address
            or kept.get("instance") != address
            or kept.get("__address__") != exporter
        ):
            yield wrong(found, f"`{job}` does not probe through `{exporter}`", "relabel_configs")
            return
