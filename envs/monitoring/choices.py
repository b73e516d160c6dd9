"""What monitoring tasks draw from: many values, so that answers to others meet hardly anything."""

from __future__ import annotations

from iac_gym.words import FIRST, SECOND

JOBS = tuple(f"{first}-{second}" for first in FIRST for second in SECOND[::7])
#: Words from which the names of alerts are made.
SUBJECTS = tuple(word.capitalize() for word in FIRST)
TEAMS = ("platform", "payments", "growth", "search", "logistics", "identity", "data", "mobile",
         "storage", "network", "checkout", "media")  # fmt: skip
SEVERITIES = ("critical", "warning", "info", "page", "ticket", "major", "minor")
WINDOWS = ("2m", "3m", "5m", "10m", "15m", "20m", "30m", "1h")
LONG_WINDOWS = ("1h", "2h", "3h", "6h", "12h")
WAITS = ("1m", "2m", "3m", "5m", "10m", "15m", "20m", "30m", "45m", "1h")
#: None of them is a default.
INTERVALS = ("10s", "15s", "20s", "30s", "45s", "90s", "2m", "3m")
#: For a whole server: no job has one of these as its own.
GENERAL_INTERVALS = ("12s", "25s", "40s", "50s", "75s", "4m")
DOMAINS = tuple(f"{word}.example.com" for word in FIRST)
LABELS = ("instance", "service", "job", "cluster", "namespace", "region", "tenant", "queue")
#: Gauges, the label that tells them apart, and thresholds.
GAUGES = (
    ("node_load15", "instance", (4, 8, 12, 16, 32)),
    ("redis_connected_clients", "instance", (200, 500, 1000, 5000)),
    ("rabbitmq_queue_messages_ready", "queue", (100, 500, 1000, 10000)),
    ("kafka_consumergroup_lag", "consumergroup", (1000, 5000, 10000, 50000)),
    ("pg_stat_activity_count", "datname", (50, 100, 150, 300)),
    ("mysql_global_status_threads_running", "instance", (30, 60, 100)),
    ("elasticsearch_cluster_health_number_of_pending_tasks", "cluster", (10, 20, 50)),
    ("jvm_threads_current", "instance", (200, 400, 800)),
    ("process_open_fds", "instance", (1000, 4000, 16000)),
    ("nginx_connections_active", "instance", (500, 1000, 5000)),
    ("smartctl_device_temperature", "device", (45, 55, 65)),
    ("ceph_osd_apply_latency_ms", "ceph_daemon", (50, 100, 200)),
)
LOW_GAUGES = (
    ("elasticsearch_cluster_health_number_of_nodes", "cluster", (3, 5, 7)),
    ("kafka_brokers", "cluster", (3, 5)),
    ("redis_connected_slaves", "instance", (1, 2, 3)),
    ("consul_raft_peers", "instance", (3, 5)),
    ("node_entropy_available_bits", "instance", (100, 200, 500)),
    ("nvidia_smi_fan_speed_ratio", "uuid", (0.1, 0.2, 0.3)),
    ("ups_battery_charge_percent", "ups", (20, 40, 60)),
    ("haproxy_backend_active_servers", "proxy", (2, 3, 4)),
)
COUNTERS = (
    ("kube_pod_container_status_restarts_total", "pod", (2, 3, 5, 8), ("15m", "30m", "1h")),
    ("node_network_receive_errs_total", "instance", (10, 50, 100), ("5m", "10m", "30m")),
    ("redis_rejected_connections_total", "instance", (5, 10, 20), ("5m", "15m")),
    ("rabbitmq_queue_messages_redelivered_total", "queue", (50, 100, 500), ("10m", "30m")),
    ("node_vmstat_oom_kill", "instance", (1, 2, 4), ("10m", "1h")),
    ("prometheus_rule_evaluation_failures_total", "instance", (2, 5), ("5m", "15m")),
    ("coredns_panics_total", "instance", (1, 3), ("10m", "30m")),
    ("vault_audit_log_request_failure", "instance", (3, 6), ("5m", "10m")),
)
RATES = (
    ("nginx_http_requests_total", "host", (100, 500, 2000)),
    ("kafka_server_brokertopicmetrics_bytesin_total", "topic", (1000000, 5000000)),
    ("node_network_receive_bytes_total", "instance", (10000000, 100000000)),
    ("container_network_transmit_bytes_total", "namespace", (5000000, 50000000)),
    ("mysql_global_status_slow_queries", "instance", (1, 5, 10)),
    ("envoy_http_downstream_rq_total", "cluster", (200, 1000)),
)
#: Counters of requests, the label with the code of the answer, and labels to group by.
REQUESTS = (
    ("http_requests_total", "code", ("service", "job", "handler")),
    ("http_requests_total", "status", ("service", "job", "app")),
    ("http_server_requests_seconds_count", "status", ("application", "uri", "service")),
    ("nginx_ingress_controller_requests", "status", ("ingress", "host", "service")),
    ("istio_requests_total", "response_code", ("destination_service", "destination_workload")),
    ("traefik_service_requests_total", "code", ("service", "entrypoint")),
    ("envoy_cluster_upstream_rq", "envoy_response_code", ("envoy_cluster_name", "app")),
)
HISTOGRAMS = (
    ("http_request_duration_seconds", ("service", "handler", "job")),
    ("grpc_server_handling_seconds", ("grpc_service", "grpc_method")),
    ("http_server_requests_seconds", ("application", "uri")),
    ("traefik_service_request_duration_seconds", ("service",)),
    ("apiserver_request_duration_seconds", ("verb", "resource")),
    ("etcd_disk_wal_fsync_duration_seconds", ("instance",)),
    ("nginx_ingress_controller_request_duration_seconds", ("ingress", "host")),
)
LIMITS = (0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 1.5, 2.0, 3.0)
METRIC_PREFIXES = ("go_", "process_", "jvm_gc_", "python_gc_", "promhttp_", "node_softnet_",
                   "container_fs_", "etcd_debugging_", "rest_client_")  # fmt: skip
KEPT_PREFIXES = ("slo_", "node_", "kube_", "http_", "job_", "business_", "app_")
