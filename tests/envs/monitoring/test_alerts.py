# ruff: noqa: E501
"""Alerts in many spellings fire as asked; alerts that nearly do what was asked do not pass."""

from __future__ import annotations

import pytest

from tests.envs.monitoring.judging import found, rule_file

CPU = ("alert_cpu", {"percent": 80, "window": "5m"})
MEMORY = ("alert_memory", {"percent": 10})
DISK = ("alert_disk", {"percent": 10})
NOT_TMPFS = ("alert_disk_leaves_out", {"fstype": "tmpfs"})
TREND = ("alert_disk_trend", {"window": "6h", "hours": 24})
ERRORS = ("alert_error_share", {
    "metric": "http_requests_total", "label": "service", "code": "status", "percent": 5,
    "window": "5m"})  # fmt: skip
LATENCY = ("alert_percentile", {
    "metric": "http_request_duration_seconds", "label": "service", "percentile": 95, "limit": 0.5,
    "window": "5m"})  # fmt: skip
ABOVE = (
    "alert_above",
    {"metric": "redis_connected_clients", "label": "instance", "threshold": 500},
)
BELOW = ("alert_below", {"metric": "kafka_brokers", "label": "cluster", "threshold": 3})
GROWTH = ("alert_increase", {
    "metric": "kube_pod_container_status_restarts_total", "label": "pod", "count": 3, "window": "15m"})  # fmt: skip
RATE = (
    "alert_rate",
    {"metric": "nginx_http_requests_total", "label": "host", "rate": 500, "window": "5m"},
)
DOWN = ("alert_down", {"job": "shop-api"})
ABSENT = ("alert_absent", {"job": "shop-api"})
HEARTBEAT = ("alert_heartbeat", {})
CERTIFICATE = ("alert_certificate", {"days": 14})
REPLICAS = ("alert_replicas", {})
BURN = ("alert_burn_rate", {
    "job": "shop-api", "metric": "http_requests_total", "objective": 99.9, "factor": 14.4,
    "long": "1h", "short": "5m"})  # fmt: skip

RIGHT = [
    (CPU, """
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 80
100 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100) > 80
(1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) * 100 > 80
1 - avg without (cpu, mode) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.8
1 - (avg without (cpu) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > .80
avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) < 0.2
avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 < 20
0.8 < 1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) by (instance)
sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) / count by (instance) (node_cpu_seconds_total{mode="idle"}) > 0.8
sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) / sum by (instance) (rate(node_cpu_seconds_total[5m])) * 100 > 80
100 * sum by (instance) (rate(node_cpu_seconds_total{mode!~"idle"}[5m])) / on (instance) sum by (instance) (rate(node_cpu_seconds_total[5m])) > 80
avg by (instance) (sum by (instance, cpu) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))) > 0.8
avg by (instance) (sum without (mode) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))) * 100 > 80
(1 - sum by (instance) (increase(node_cpu_seconds_total{mode="idle"}[5m])) / sum by (instance) (increase(node_cpu_seconds_total[5m]))) * 100 > 80
1 - avg by (instance, job) (rate(node_cpu_seconds_total{job="node-exporter", mode="idle"}[5m])) > 0.8
1 - avg by (instance) (rate(node_cpu_seconds_total{job="node_exporter", mode="idle"}[5m])) > 0.8
100 - avg by (instance) (rate(node_cpu_seconds_total{job="node", mode="idle"}[300s])) * 100 > 80
1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",job=~".*node.*"}[5m])) > 0.8
avg by (instance) (1 - rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.8
(100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))) >= 80
label_replace(100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100, "node", "$1", "instance", "([^:]+):.*") > 80
sum by (instance) (avg without (cpu) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))) > 0.8
"""),
    (MEMORY, """
node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 < 10
(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) < 0.1
100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 10
(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100 > 90
100 - (node_memory_MemAvailable_bytes * 100 / node_memory_MemTotal_bytes) > 90
(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes) / node_memory_MemTotal_bytes > 0.9
node_memory_MemAvailable_bytes < 0.1 * node_memory_MemTotal_bytes
node_memory_MemAvailable_bytes < node_memory_MemTotal_bytes * 10 / 100
node_memory_MemAvailable_bytes{job="node-exporter"} / node_memory_MemTotal_bytes{job="node-exporter"} * 100 < 10
sum by (instance) (node_memory_MemAvailable_bytes) / sum by (instance) (node_memory_MemTotal_bytes) < 0.10
node_memory_MemAvailable_bytes / on (instance) node_memory_MemTotal_bytes * 100 < 10
node_memory_MemAvailable_bytes / on (instance) group_left () node_memory_MemTotal_bytes * 100 < 10
(node_memory_MemAvailable_bytes / ignoring (x) node_memory_MemTotal_bytes) * 100 < 10
0.1 > node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes
10 > (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100
avg by (instance, job) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) < 0.1
min by (instance) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100) < 10
(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100) < 10 and node_memory_MemTotal_bytes > 0
(node_memory_MemAvailable_bytes / (node_memory_MemTotal_bytes > 0)) * 100 < 10
(node_memory_MemAvailable_bytes / clamp_min(node_memory_MemTotal_bytes, 1)) < 0.1
"""),
    (DISK, """
node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 10
(node_filesystem_avail_bytes{fstype!~"^(fuse.*|tmpfs|cifs|nfs)"} / node_filesystem_size_bytes < .10 and on (instance, device, mountpoint) node_filesystem_readonly == 0)
(node_filesystem_avail_bytes * 100) / node_filesystem_size_bytes < 10 and ON (instance, device, mountpoint) node_filesystem_readonly == 0
node_filesystem_avail_bytes{job="node-exporter",fstype!="",mountpoint!=""} / node_filesystem_size_bytes{job="node-exporter",fstype!="",mountpoint!=""} * 100 < 10 and node_filesystem_readonly{job="node-exporter",fstype!="",mountpoint!=""} == 0
100 - (node_filesystem_avail_bytes / node_filesystem_size_bytes * 100) > 90
1 - node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.9
min by (instance, mountpoint) (node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100 < 10
sum by (instance, mountpoint) (node_filesystem_avail_bytes) / sum by (instance, mountpoint) (node_filesystem_size_bytes) < 0.1
max by (instance, device, mountpoint) (node_filesystem_avail_bytes{device=~"/dev/.*"}) / max by (instance, device, mountpoint) (node_filesystem_size_bytes{device=~"/dev/.*"}) < 0.1
avg without (fstype, device) (node_filesystem_avail_bytes / node_filesystem_size_bytes) < 0.1
node_filesystem_avail_bytes < 0.1 * node_filesystem_size_bytes
node_filesystem_avail_bytes / on (instance, mountpoint) group_left node_filesystem_size_bytes * 100 < 10
(node_filesystem_avail_bytes / ignoring () node_filesystem_size_bytes) < 0.10 unless node_filesystem_readonly == 1
(node_filesystem_size_bytes - node_filesystem_avail_bytes) / node_filesystem_size_bytes * 100 > 90
node_filesystem_avail_bytes{fstype=~"ext4|xfs|btrfs"} / node_filesystem_size_bytes{fstype=~"ext4|xfs|btrfs"} * 100 <= 10
"""),
    (NOT_TMPFS, """
node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes{fstype!="tmpfs"} * 100 < 10
node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes * 100 < 10
node_filesystem_avail_bytes / node_filesystem_size_bytes{fstype!~"tmpfs|overlay"} * 100 < 10
node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs"} / node_filesystem_size_bytes < 0.1
(node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1) unless node_filesystem_size_bytes{fstype="tmpfs"}
node_filesystem_avail_bytes{fstype=~"ext.*|xfs"} / node_filesystem_size_bytes < 0.1
"""),
    (TREND, """
predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) < 0
predict_linear(node_filesystem_avail_bytes[6h], 86400) <= 0
predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs"}[6h], 24*60*60) < 0 and node_filesystem_readonly == 0
predict_linear(node_filesystem_avail_bytes{fstype!~"^(fuse.*|tmpfs|cifs|nfs)"}[6h], 86400) <= 0 and node_filesystem_avail_bytes > 0 and node_filesystem_readonly == 0
0 > predict_linear(node_filesystem_avail_bytes{job="node"}[6h], 1440 * 60)
min by (instance, mountpoint) (predict_linear(node_filesystem_avail_bytes[6h], 86400)) < 0
node_filesystem_avail_bytes + deriv(node_filesystem_avail_bytes[6h]) * 86400 < 0
predict_linear(node_filesystem_avail_bytes[360m], 24 * 60 * 60) < 0 and on (instance, mountpoint) node_filesystem_size_bytes > 1e9
"""),
    (ERRORS, """
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05
(sum(rate(http_requests_total{status=~"5.*"}[5m])) by (service) / sum(rate(http_requests_total[5m])) by (service)) > 0.05
100 * sum by (service) (rate(http_requests_total{status=~"^5.."}[5m])) / on (service) sum by (service) (rate(http_requests_total[5m])) > 5
sum by (service) (rate(http_requests_total{status=~"5[0-9]{2}"}[5m])) / sum by (service) (rate(http_requests_total[5m])) >= 0.05
sum by (service) (rate(http_requests_total{status=~"5[0-9][0-9]"}[5m])) > 0.05 * sum by (service) (rate(http_requests_total[5m]))
sum by (service) (rate(http_requests_total{status=~"5\\\\d\\\\d"}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05
sum without (status, instance) (rate(http_requests_total{status=~"5.."}[5m])) / sum without (status, instance) (rate(http_requests_total[5m])) > 0.05
1 - sum by (service) (rate(http_requests_total{status!~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05
sum by (service) (increase(http_requests_total{status=~"5.."}[5m])) / sum by (service) (increase(http_requests_total[5m])) > 0.05
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / clamp_min(sum by (service) (rate(http_requests_total[5m])), 0.001) > 0.05
(sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5) and sum by (service) (rate(http_requests_total[5m])) > 0
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05 and on (service) sum by (service) (rate(http_requests_total[5m])) > 1
(sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) or 0 * sum by (service) (rate(http_requests_total[5m]))) / sum by (service) (rate(http_requests_total[5m])) > 0.05
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / (sum by (service) (rate(http_requests_total[5m])) > 0) > 0.05
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / ignoring (status) sum by (service) (rate(http_requests_total[5m])) * 100 > 5
(sum by (job, service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (job, service) (rate(http_requests_total[5m]))) > 0.05
0.05 < sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))
sum by (service) (rate({__name__="http_requests_total", status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05
round(100 * sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])), 0.01) > 5
sum by (service) (rate(http_requests_total{status=~"5.{2}"}[5m])) / sum by (service) (rate(http_requests_total{status=~".+"}[5m])) > 5 / 100
"""),
    (LATENCY, """
histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[5m])) by (le, service)) > 0.5
histogram_quantile(.95, sum without (instance) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, sum by (le, service) (increase(http_request_duration_seconds_bucket[5m]))) >= 0.5
0.5 < histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])))
histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m]))) * 1000 > 500
histogram_quantile(95 / 100, sum by (le, service, job) (rate(http_request_duration_seconds_bucket[5m]))) > 500e-3
histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5 and sum by (service) (rate(http_request_duration_seconds_count[5m])) > 0
(histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[300s])))) > (0.5)
max by (service) (histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))) > 0.5
1 - sum by (service) (rate(http_request_duration_seconds_bucket{le="0.5"}[5m])) / sum by (service) (rate(http_request_duration_seconds_bucket{le="+Inf"}[5m])) > 0.05
"""),
    (ABOVE, """
redis_connected_clients > 500
redis_connected_clients > 5e2
500 < redis_connected_clients
max by (instance) (redis_connected_clients) > 500
sum by (instance) (redis_connected_clients) > 500
redis_connected_clients - 500 > 0
redis_connected_clients / 500 > 1
(redis_connected_clients > 500) or (redis_connected_clients > 1000)
redis_connected_clients > 500 and redis_connected_clients > 0
avg_over_time(redis_connected_clients[1m]) > 500
{__name__="redis_connected_clients"} > 500
redis_connected_clients{instance=~".+"} > 500
"""),
    (BELOW, """
kafka_brokers < 3
3 > kafka_brokers
min by (cluster) (kafka_brokers) < 3
kafka_brokers - 3 < 0
kafka_brokers < scalar(vector(3))
kafka_brokers < 3 unless kafka_brokers >= 3
"""),
    (GROWTH, """
increase(kube_pod_container_status_restarts_total[15m]) > 3
sum by (pod) (increase(kube_pod_container_status_restarts_total[15m])) > 3
rate(kube_pod_container_status_restarts_total[15m]) * 900 > 3
rate(kube_pod_container_status_restarts_total[15m]) * 60 * 15 > 3
rate(kube_pod_container_status_restarts_total[15m]) > 3 / 900
sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total[15m])) > 3
3 < sum without (container) (increase(kube_pod_container_status_restarts_total[900s]))
increase(kube_pod_container_status_restarts_total[15m]) > 3 and kube_pod_container_status_restarts_total > 0
max by (pod) (increase(kube_pod_container_status_restarts_total[15m])) >= 3
"""),
    (RATE, """
sum by (host) (rate(nginx_http_requests_total[5m])) > 500
sum(rate(nginx_http_requests_total[5m])) by (host) > 500
sum by (host) (increase(nginx_http_requests_total[5m])) / 300 > 500
sum by (host) (increase(nginx_http_requests_total[5m])) > 500 * 5 * 60
sum without (instance) (rate(nginx_http_requests_total[5m])) > 500
500 < sum by (host, job) (rate(nginx_http_requests_total[5m]))
sum by (host) (rate(nginx_http_requests_total[5m])) * 60 > 30000
"""),
    (DOWN, """
up{job="shop-api"} == 0
up{job="shop-api"} < 1
up{job="shop-api"} != 1
sum by (instance) (up{job="shop-api"}) == 0
up{job=~"shop-api"} == 0
up{job="shop-api"} == 0 or absent(up{job="shop-api"}) == 1
(up == 0) * on (job, instance) group_left () up{job="shop-api"} == 0
up{job="shop-api"} == 0 unless on (job) absent(up{job="shop-api"})
max_over_time(up{job="shop-api"}[2m]) == 0
avg_over_time(up{job="shop-api"}[5m]) < 0.5
not_there{a="b"} > 1 or up{job="shop-api"} == 0
1 - up{job="shop-api"} > 0
"""),
    (ABSENT, """
absent(up{job="shop-api"})
absent(up{job="shop-api"}) == 1
absent(up{job="shop-api"}) > 0
absent_over_time(up{job="shop-api"}[5m])
(count(up{job="shop-api"}) or vector(0)) == 0
absent(count(up{job="shop-api"}))
vector(1) unless on () up{job="shop-api"}
absent(sum by (job) (up{job="shop-api"}))
"""),
    (HEARTBEAT, "vector(1)\nvector(1) == 1\nvector(1) > 0\n1\n1 == bool 1\nabsent(never_there)\ntime() > bool 0\nvector(0) < 1"),
    (CERTIFICATE, """
probe_ssl_earliest_cert_expiry - time() < 14 * 86400
probe_ssl_earliest_cert_expiry - time() < 86400 * 14
(probe_ssl_earliest_cert_expiry - time()) / 86400 < 14
(probe_ssl_earliest_cert_expiry - time()) / 3600 / 24 < 14
probe_ssl_earliest_cert_expiry < time() + 14 * 24 * 3600
probe_ssl_earliest_cert_expiry - time() < 1209600
round((last_over_time(probe_ssl_earliest_cert_expiry[10m]) - time()) / 86400, 0.1) < 14
0 <= round((last_over_time(probe_ssl_earliest_cert_expiry[10m]) - time()) / 86400, 0.1) < 14
probe_ssl_earliest_cert_expiry{job="blackbox"} - time() < 60 * 60 * 24 * 14
min by (instance) (probe_ssl_earliest_cert_expiry) - time() < 14 * 86400
(time() - probe_ssl_earliest_cert_expiry) / 86400 > -14
probe_ssl_earliest_cert_expiry - time() <= 14 * 86400 and probe_ssl_earliest_cert_expiry > time()
probe_ssl_earliest_cert_expiry - timestamp(probe_ssl_earliest_cert_expiry) < 14 * 86400
floor((probe_ssl_earliest_cert_expiry - time()) / 86400) < 14
"""),
    (REPLICAS, """
kube_deployment_status_replicas_available < kube_deployment_spec_replicas
kube_deployment_spec_replicas > kube_deployment_status_replicas_available
kube_deployment_spec_replicas - kube_deployment_status_replicas_available > 0
kube_deployment_status_replicas_available / kube_deployment_spec_replicas < 1
(kube_deployment_spec_replicas{job="kube-state-metrics"} > kube_deployment_status_replicas_available{job="kube-state-metrics"}) and (changes(kube_deployment_status_replicas_updated{job="kube-state-metrics"}[10m]) == 0)
kube_deployment_status_replicas_available < on (namespace, deployment) kube_deployment_spec_replicas
sum by (namespace, deployment) (kube_deployment_status_replicas_available) < sum by (namespace, deployment) (kube_deployment_spec_replicas)
kube_deployment_spec_replicas > on (namespace, deployment) group_left () kube_deployment_status_replicas_available
"""),
    (BURN, """
(sum(rate(http_requests_total{job="shop-api", code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > 14.4 * 0.001) and (sum(rate(http_requests_total{job="shop-api", code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > 14.4 * 0.001)
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > (14.4 * (1 - 0.999)) and sum(rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > (14.4 * (1 - 0.999))
sum by (job) (rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum by (job) (rate(http_requests_total{job="shop-api"}[1h])) > 0.0144 and sum by (job) (rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total{job="shop-api"}[5m])) > 0.0144
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) / 0.001 > 14.4 and sum(rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) / 0.001 > 14.4
(1 - sum(rate(http_requests_total{job="shop-api",code!~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h]))) > 14.4 * 0.1 / 100 and (1 - sum(rate(http_requests_total{job="shop-api",code!~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m]))) > 14.4 * 0.1 / 100
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > 0.0144 and on () sum(rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > 0.0144
"""),
]  # fmt: skip

WRONG = [
    (CPU, """
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 8
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 < 80
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 0.8
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[10m])) * 100 > 80
100 - avg by (instance) (irate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 80
100 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 80
100 - rate(node_cpu_seconds_total{mode="idle"}[5m]) * 100 > 80
avg by (instance) (rate(node_cpu_seconds_total{mode="user"}[5m])) * 100 > 80
sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) * 100 > 80
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m] offset 1h)) * 100 > 80
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > bool 80
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 80 and vector(0)
(100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 80) > 1000
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle", job="my-own-job"}[5m])) * 100 > 80
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle", job="node-exporter"}[5m] offset 5m)) * 100 > 80
100 - max by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 80.4
node_load1 > 0.8
"""),
    (MEMORY, """
node_memory_MemFree_bytes / node_memory_MemTotal_bytes * 100 < 10
node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 > 10
node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 10
node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 < 12
sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes) * 100 < 10
(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100 > 10
(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100 < 10
node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100
node_memory_MemAvailable_bytes offset 1d / node_memory_MemTotal_bytes * 100 < 10
node_memory_MemAvailable_bytes < 1e9
node_memory_MemTotal_bytes / node_memory_MemAvailable_bytes < 0.1
"""),
    (DISK, """
node_filesystem_free_bytes / node_filesystem_size_bytes * 100 < 10
node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 > 10
node_filesystem_avail_bytes / node_filesystem_size_bytes < 10
node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 12
node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"} * 100 < 10
min by (instance) (node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100 < 10
sum by (mountpoint) (node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100 < 10
100 - node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 10
"""),
    (NOT_TMPFS, """
node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 10
node_filesystem_avail_bytes{fstype="tmpfs"} / node_filesystem_size_bytes * 100 < 10
node_filesystem_avail_bytes{fstype!~"tmp"} / node_filesystem_size_bytes * 100 < 10
node_filesystem_avail_bytes{device!="tmpfs"} / node_filesystem_size_bytes * 100 < 10
"""),
    (TREND, """
predict_linear(node_filesystem_avail_bytes[6h], 24) < 0
predict_linear(node_filesystem_avail_bytes[6h], 12 * 3600) < 0
predict_linear(node_filesystem_avail_bytes[1h], 24 * 3600) < 0
predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) > 0
predict_linear(node_filesystem_free_bytes[6h], 24 * 3600) < 0
predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) < bool 0
sum by (instance) (predict_linear(node_filesystem_avail_bytes[6h], 86400)) < 0
"""),
    (ERRORS, """
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 5
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 50
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 < 5
sum by (service) (rate(http_requests_total{status=~"5.."}[1h])) / sum by (service) (rate(http_requests_total[1h])) * 100 > 5
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[1h])) * 100 > 5
sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{status=~"[45].."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{status="500"}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{status=~"5"}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{status=~"500|502|503|504"}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100 > 5
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total{status!~"5.."}[5m])) > 0.05
sum by (service) (irate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (irate(http_requests_total[5m])) > 0.05
sum by (service) (http_requests_total{status=~"5.."}) / sum by (service) (http_requests_total) > 0.05
rate(http_requests_total{status=~"5.."}[5m]) / rate(http_requests_total[5m]) > 0.05
rate(http_requests_total{status=~"5.."}[5m]) / ignoring (status) group_left () sum without (status) (rate(http_requests_total[5m])) > 0.05
sum by (service, instance) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service, instance) (rate(http_requests_total[5m])) > 0.05
sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) > 0.05
avg by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05
sum by (service) (rate(http_requests_total{job="api", status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05
sum by (service) (rate(http_requests_total{status=~"5.."}[5m] offset 5m)) / sum by (service) (rate(http_requests_total[5m] offset 5m)) > 0.05
"""),
    (LATENCY, """
histogram_quantile(0.5, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.9, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, sum by (service) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m])) > 0.5
histogram_quantile(0.95, sum by (service, le) (irate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, sum by (service, le, instance) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
avg by (service) (histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))) > 0.5
histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 500
histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) < 0.5
histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[10m]))) > 0.5
histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds[5m]))) > 0.5
sum by (service) (rate(http_request_duration_seconds_sum[5m])) / sum by (service) (rate(http_request_duration_seconds_count[5m])) > 0.5
http_request_duration_seconds{quantile="0.95"} > 0.5
"""),
    (ABOVE, """
redis_connected_clients > 5000
redis_connected_clients > 50
redis_connected_clients < 500
redis_connected_clients >= 500
redis_connected_clients > bool 500
redis_connected_clients
rate(redis_connected_clients[5m]) > 500
sum(redis_connected_clients) > 500
redis_connected_clients offset 1h > 500
redis_blocked_clients > 500
redis_connected_clients{job="redis"} > 500
delta(redis_connected_clients[5m]) > 500
redis_connected_clients > 500 and vector(1)
redis_connected_clients > 500 and redis_connected_clients < 400
"""),
    (BELOW, "kafka_brokers <= 3\nkafka_brokers < 30\nkafka_brokers > 3\ncount(kafka_brokers) < 3\nkafka_brokers < 2\nkafka_brokers == 0\n"),
    (GROWTH, """
increase(kube_pod_container_status_restarts_total[1h]) > 3
increase(kube_pod_container_status_restarts_total[15m]) > 30
rate(kube_pod_container_status_restarts_total[15m]) > 3
rate(kube_pod_container_status_restarts_total[15m]) * 60 > 3
kube_pod_container_status_restarts_total > 3
delta(kube_pod_container_status_restarts_total[15m]) > 3
changes(kube_pod_container_status_restarts_total[15m]) > 3
sum(increase(kube_pod_container_status_restarts_total[15m])) > 3
increase(kube_pod_container_status_restarts_total[15m]) < 3
irate(kube_pod_container_status_restarts_total[15m]) * 900 > 3
increase(kube_pod_container_status_restarts_total[15m] offset 15m) > 3
resets(kube_pod_container_status_restarts_total[15m]) > 3
"""),
    (RATE, """
rate(nginx_http_requests_total[5m]) > 500
sum(rate(nginx_http_requests_total[5m])) > 500
sum by (host) (irate(nginx_http_requests_total[5m])) > 500
sum by (host) (rate(nginx_http_requests_total[1m])) > 500
sum by (host) (increase(nginx_http_requests_total[5m])) > 500
avg by (host) (rate(nginx_http_requests_total[5m])) > 500
sum by (host) (deriv(nginx_http_requests_total[5m])) > 500
sum by (host) (rate(nginx_http_requests_total[5m])) > 50
sum by (host) (nginx_http_requests_total) > 500
rate(sum by (host) (nginx_http_requests_total)[5m:]) > 500
"""),
    (DOWN, """
up == 0
up{job="shop-api"} == 1
up{job=~"shop-api.*"} == 0
up{job=~".*shop-api"} == 0
up{job!="shop-api"} == 0
up{job="shop-api"} == bool 0
sum(up{job="shop-api"}) == 0
sum by (job) (up{job="shop-api"}) < 2
absent(up{job="shop-api"})
up{job="shop-api"} == 0 and vector(1)
up{job="shop-api"} offset 1d == 0
up{job="shop-ap"} == 0
min(up{job="shop-api"}) by (job) == 0
"""),
    (ABSENT, """
up{job="shop-api"} == 0
absent(up)
absent(up{job="shop-api"} == 1)
sum(up{job="shop-api"}) == 0
count(up{job="shop-api"}) == 0
absent(up{job="shop"})
absent(up{job=~"shop-api.*|.*shop-api"})
up{job="shop-api"} == 0 or absent(up{job="shop-api"})
vector(1)
"""),
    (HEARTBEAT, "up == 1\nvector(0) == 1\nabsent(up)\ncount(up) > 0\nup or vector(1) > 2\n"),
    (CERTIFICATE, """
probe_ssl_earliest_cert_expiry - time() < 14 * 3600
probe_ssl_earliest_cert_expiry - time() < 14
probe_ssl_earliest_cert_expiry - time() > 14 * 86400
time() - probe_ssl_earliest_cert_expiry < 14 * 86400
probe_ssl_earliest_cert_expiry < 14 * 86400
probe_ssl_earliest_cert_expiry - time() < 30 * 86400
min(probe_ssl_earliest_cert_expiry) - time() < 14 * 86400
(probe_ssl_earliest_cert_expiry - time()) / 86400 < 15
"""),
    (REPLICAS, """
kube_deployment_status_replicas_available != kube_deployment_spec_replicas
kube_deployment_status_replicas_available > kube_deployment_spec_replicas
kube_deployment_status_replicas_available == 0
kube_deployment_status_replicas_available < 3
sum by (deployment) (kube_deployment_status_replicas_available) < sum by (deployment) (kube_deployment_spec_replicas)
sum(kube_deployment_status_replicas_available) < sum(kube_deployment_spec_replicas)
kube_deployment_status_replicas_available < bool kube_deployment_spec_replicas
kube_deployment_status_replicas_unavailable > 0
"""),
    (BURN, """
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > 0.0144
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > 0.0144
sum(rate(http_requests_total{code=~"5.."}[1h])) / sum(rate(http_requests_total[1h])) > 0.0144 and sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.0144
sum by (job) (rate(http_requests_total{code=~"5.."}[1h])) / sum by (job) (rate(http_requests_total[1h])) > 0.0144 and sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m])) > 0.0144
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > 0.0144 or sum(rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > 0.0144
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > 0.144 and sum(rate(http_requests_total{job="shop-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > 0.144
sum(rate(http_requests_total{job="shop-api",code=~"5.."}[6h])) / sum(rate(http_requests_total{job="shop-api"}[6h])) > 0.0144 and sum(rate(http_requests_total{job="shop-api",code=~"5.."}[30m])) / sum(rate(http_requests_total{job="shop-api"}[30m])) > 0.0144
sum(rate(http_requests_total{job="shop-api",code=~"[45].."}[1h])) / sum(rate(http_requests_total{job="shop-api"}[1h])) > 0.0144 and sum(rate(http_requests_total{job="shop-api",code=~"[45].."}[5m])) / sum(rate(http_requests_total{job="shop-api"}[5m])) > 0.0144
"""),
]  # fmt: skip


def _cases(table):
    return [
        pytest.param(name, args, expr, id=f"{name}: {expr[:90]}")
        for (name, args), lines in table
        for expr in lines.strip().splitlines()
    ]


@pytest.mark.parametrize(("name", "args", "expr"), _cases(RIGHT))
def test_other_spellings_are_met(name: str, args: dict, expr: str) -> None:
    text = rule_file({"alert": "A", "expr": expr})
    assert found("prometheus", text, name, alert="A", **args) == []


@pytest.mark.parametrize(("name", "args", "expr"), _cases(WRONG))
def test_near_misses_are_not(name: str, args: dict, expr: str) -> None:
    text = rule_file({"alert": "A", "expr": expr})
    assert found("prometheus", text, name, alert="A", **args) != []
