"""What components can be set to, and which signals they carry.

A schema is a text of fields: `name` takes anything, `name:type` a type (see `settings.py`), `+name`
adds the fields of a struct of the pack or of `SHARED`, `*` says that other fields are not judged.
Sources: the README of each component in opentelemetry-collector-contrib.
"""

from __future__ import annotations

from collections.abc import Mapping

HTTP, GRPC = "+confighttp.ClientConfig", "+configgrpc.ClientConfig"
SERVER = "+confighttp.ServerConfig"
#: Parts that several components have.
SHARED: Mapping[str, str] = {
    "queue": "sending_queue:struct:queuebatch.Config",
    "retry": "retry_on_failure:struct:configretry.BackOffConfig",
    "scrape": "collection_interval:duration initial_delay:duration timeout:duration",
    "metrics": "metrics:map resource_attributes:map",
    "conversion": "resource_to_telemetry_conversion:map",
    "stanza": """operators:list attributes:map resource:map storage:id id:text output type:text
        retry_on_failure:map""",
    "kafka": """brokers:list:text protocol_version:text
        resolve_canonical_bootstrap_servers_only:truth
        client_id:text rack_id:text auth:map metadata:map tls:struct:configtls.ClientConfig
        topic:text encoding:text logs:map metrics:map traces:map profiles:map use_leader_epoch:truth
        conn_idle_timeout:duration""",
    "k8s": "auth_type:text context:text kube_config_path:text k8s_leader_elector:id",
}

#: (kind, type) -> schema.
SCHEMAS: Mapping[tuple[str, str], str] = {
    ("receivers", "otlp"): "+otlpreceiver.Config",
    ("receivers", "prometheus"): """config:map trim_metric_suffixes:truth
        use_start_time_metric:truth start_time_metric_regex:text report_extra_scrape_metrics:truth
        target_allocator:map api_server:map ignore_metadata:truth skip_offset_init:truth""",
    ("receivers", "hostmetrics"): """+scrape scrapers:map root_path:text
        metadata_collection_interval:duration +metrics""",
    ("receivers", "filelog"): """+stanza include:list:text exclude:list:text start_at:text
        multiline:map encoding:text poll_interval:duration fingerprint_size max_log_size
        max_concurrent_files:whole max_batches:whole delete_after_read:truth
        force_flush_period:duration header:map ordering_criteria:map exclude_older_than:duration
        compression:text preserve_leading_whitespaces:truth preserve_trailing_whitespaces:truth
        include_file_name:truth include_file_path:truth include_file_name_resolved:truth
        include_file_path_resolved:truth include_file_owner_name:truth
        include_file_owner_group_name:truth include_file_record_number:truth
        include_file_record_offset:truth include_file_permissions:truth initial_buffer_size
        on_truncate:text polls_to_archive:whole acquire_fs_lock:truth""",
    ("receivers", "kubeletstats"): """+scrape +k8s endpoint:text ca_file:text cert_file:text
        key_file:text insecure_skip_verify:truth extra_metadata_labels:list:text
        metric_groups:list:text k8s_api_config:map +metrics node:text
        collect_all_network_interfaces:map""",
    ("receivers", "k8s_cluster"): """+k8s collection_interval:duration
        node_conditions_to_report:list:text distribution:text
        allocatable_types_to_report:list:text +metrics metadata_exporters:list:text
        metadata_collection_interval:duration namespace:text namespaces:list:text""",
    ("receivers", "k8s_events"): "+k8s namespaces:list:text dedup_interval:duration",
    ("receivers", "k8sobjects"): """+k8s objects:list error_mode:text include_initial_state:truth
        storage:id""",
    ("receivers", "jaeger"): "protocols:map remote_sampling:map",
    ("receivers", "zipkin"): f"{SERVER} parse_string_tags:truth protocols:map",
    ("receivers", "kafka"): """+kafka group_id:text initial_offset:text autocommit:map
        message_marking:map header_extraction:map session_timeout:duration
        heartbeat_interval:duration rebalance_timeout:duration group_rebalance_strategy:text
        group_instance_id:text min_fetch_size:whole default_fetch_size:whole max_fetch_size:whole
        max_fetch_wait:duration max_partition_fetch_size:whole error_backoff:map telemetry:map
        on_error:map""",
    ("processors", "batch"): "+batchprocessor.Config",
    ("processors", "memory_limiter"): "+memorylimiter.Config",
    ("processors", "attributes"): "actions:list include:map exclude:map",
    ("processors", "resource"): "attributes:list actions:list",
    ("processors", "filter"): """error_mode:text metrics:map logs:map spans:map traces:map
        profiles:map trace_conditions:list metric_conditions:list log_conditions:list
        profile_conditions:list""",
    ("processors", "transform"): """error_mode:text flatten_data:truth trace_statements:list
        metric_statements:list log_statements:list profile_statements:list""",
    ("processors", "tail_sampling"): """decision_wait:duration num_traces:count
        expected_new_traces_per_sec:count policies:list decision_cache:map options:list:text
        sample_on_first_match:truth drop_pending_traces_on_shutdown:truth
        maximum_trace_size_bytes:count block_on_overflow:truth
        decision_wait_after_root_received:duration tail_storage:id sampling_strategy:text
        num_traces_overflow:text""",
    ("processors", "k8sattributes"): """auth_type:text passthrough:truth extract:map filter:map
        pod_association:list exclude:map wait_for_metadata:truth context:text
        wait_for_metadata_timeout:duration pod_ip_debug_window:duration kube_config_path:text""",
    ("processors", "probabilistic_sampler"): """sampling_percentage:number hash_seed:count
        mode:text fail_closed:truth sampling_precision:whole attribute_source:text
        from_attribute:text sampling_priority:text""",
    ("processors", "resourcedetection"): """detectors:list:text override:truth
        attributes:list:text refresh_interval:duration override_policies:map
        fail_on_missing_metadata:truth """
    + " ".join(
        f"{name}:map"
        for name in """akamai alibaba_ecs aks azure consul digitalocean docker ec2 ecs eks
        elastic_beanstalk elasticbeanstalk env gcp hetzner heroku k8snode k8s_api kubeadm lambda
        nova openshift openstack_nova oraclecloud scaleway system tencent_cvm upcloud vultr
        dynatrace ibmcloud_vpc ibmcloud_classic""".split()
    )
    + f" {HTTP}",
    ("processors", "span"): "name:map include:map exclude:map status:map",
    ("processors", "metricstransform"): "transforms:list",
    ("processors", "cumulativetodelta"): """include:map exclude:map max_staleness:duration
        initial_value:text metrics:list:text""",
    ("processors", "deltatocumulative"): "max_stale:duration max_streams:count",
    ("processors", "groupbyattrs"): "keys:list:text",
    ("processors", "groupbytrace"): """wait_duration:duration num_traces:count num_workers:count
        discard_orphans:truth store_on_disk:truth""",
    ("processors", "redaction"): """allow_all_keys:truth allowed_keys:list:text
        ignored_keys:list:text redact_all_types:truth blocked_values:list:text
        allowed_values:list:text blocked_key_patterns:list:text ignored_key_patterns:list:text
        hash_function:text summary:text url_sanitizer:map db_sanitizer:map hmac_key:text""",
    ("processors", "logdedup"): """interval:duration conditions:list:text
        log_count_attribute:text timezone:text exclude_fields:list:text
        include_fields:list:text""",
    ("exporters", "otlp"): "+otlpexporter.Config",
    ("exporters", "otlphttp"): "+otlphttpexporter.Config",
    ("exporters", "debug"): "+debugexporter.Config",
    ("exporters", "nop"): "",
    ("exporters", "prometheus"): f"""{SERVER} namespace:text const_labels:map
        send_timestamps:truth metric_expiration:duration +conversion enable_open_metrics:truth
        add_metric_suffixes:truth translation_strategy:text without_scope_info:truth
        with_resource_constant_labels:map""",
    ("exporters", "prometheusremotewrite"): f"""{HTTP} +retry +queue namespace:text
        external_labels:map remote_write_queue:map +conversion wal:map target_info:map
        created_metric:map add_metric_suffixes:truth send_metadata:truth
        max_batch_size_bytes:whole max_batch_request_parallelism:whole protobuf_message:text
        translation_strategy:text disable_scope_info:truth export_created_metric:map""",
    ("exporters", "loki"): f"{HTTP} +retry +queue default_labels_enabled:map",
    ("exporters", "file"): """path:text rotation:map format:text encoding:id append:truth
        compression:text compression_params:map flush_interval:duration group_by:map
        create_directory:truth directory_permissions:text +queue +retry""",
    ("exporters", "kafka"): """+kafka +retry +queue timeout:duration topic_from_attribute:text
        topic_from_metadata_key:text partition_traces_by_id:truth
        partition_metrics_by_resource_attributes:truth partition_logs_by_resource_attributes:truth
        partition_logs_by_trace_id:truth producer:map include_metadata_keys:list:text
        allow_auto_topic_creation:truth record_partitioner:map record_headers:map""",
    ("exporters", "elasticsearch"): f"""{HTTP} +queue endpoints:list:text cloudid:text user:text
        password:text api_key:text index:text logs_index:text traces_index:text
        metrics_index:text logs_dynamic_index:map metrics_dynamic_index:map
        traces_dynamic_index:map logs_dynamic_id:map traces_dynamic_id:map
        logs_dynamic_pipeline:map pipeline:text mapping:map retry:map flush:map batcher:map
        discover:map logstash_format:map num_workers:whole telemetry:map
        include_source_on_error:truth metadata_keys:list:text suppress_conflict_errors:truth""",
    ("exporters", "awsxray"): """num_workers:whole endpoint:text request_timeout_seconds:whole
        max_retries:whole no_verify_ssl:truth proxy_address:text region:text role_arn:text
        external_id:text local_mode:truth resource_arn:text certificate_file_path:text
        index_all_attributes:truth indexed_attributes:list:text aws_log_groups:list:text
        telemetry:map transit_spans_in_otlp_format:truth skip_timestamp_validation:truth
        imds_retries:whole dualstack:truth""",
    ("exporters", "zipkin"): f"{HTTP} +retry +queue format:text default_service_name:text",
    ("exporters", "loadbalancing"): """protocol:map resolver:map routing_key:text
        routing_attributes:list:text timeout:duration +retry +queue""",
    ("connectors", "spanmetrics"): """dimensions:list calls_dimensions:list histogram:map
        namespace:text exclude_dimensions:list:text dimensions_cache_size:whole
        aggregation_cardinality_limit:whole aggregation_temporality:text
        metrics_flush_interval:duration metrics_expiration:duration
        metric_timestamp_cache_size:whole exemplars:map events:map
        resource_metrics_key_attributes:list:text resource_metrics_cache_size:whole
        include_instrumentation_scope:list:text add_resource_attributes:truth
        include_resource_attributes enable_metrics_sampling_method:truth""",
    ("connectors", "count"): """spans:map spanevents:map metrics:map datapoints:map logs:map
        profiles:map""",
    ("connectors", "forward"): "",
    ("connectors", "routing"): """default_pipelines:list:text table:list error_mode:text
        match_once:truth default""",
    ("connectors", "servicegraph"): """latency_histogram_buckets:list
        exponential_histogram_max_size:whole dimensions:list:text store:map cache_loop:duration
        store_expiration_loop:duration metrics_flush_interval:duration
        metrics_timestamp_offset:duration metrics_exporter:text database_name_attribute:text
        database_name_attributes:list:text virtual_node_peer_attributes:list:text
        virtual_node_extra_label:truth extra_dimensions:map""",
    ("connectors", "failover"): """priority_levels:list retry_interval:duration
        retry_gap:duration max_retries:whole queue:map +queue""",
    ("extensions", "health_check"): f"""{SERVER} path:text response_body:map
        check_collector_pipeline:map use_v2:truth grpc:map http:map component_health:map""",
    ("extensions", "pprof"): """+confignet.TCPAddrConfig block_profile_fraction:whole
        mutex_profile_fraction:whole save_to_file:text""",
    ("extensions", "zpages"): "+zpagesextension.Config",
    ("extensions", "memory_limiter"): "+memorylimiter.Config",
    ("extensions", "basicauth"): "htpasswd:map client_auth:map",
    ("extensions", "bearertokenauth"): """scheme:text token:text tokens:list:text filename:text
        header:text""",
    ("extensions", "oauth2client"): """client_id:text client_id_file:text client_secret:text
        client_secret_file:text token_url:text scopes:list:text endpoint_params:map
        tls:struct:configtls.ClientConfig timeout:duration expiry_buffer:duration
        grant_type:text client_certificate_key:text client_certificate_key_file:text
        client_certificate_key_id:text signature_algorithm:text iss:text audience:text
        claims:map""",
    ("extensions", "file_storage"): """directory:text timeout:duration compaction:map fsync:truth
        create_directory:truth directory_permissions:text recreate:truth max_size:whole""",
    ("extensions", "headers_setter"): "headers:list additional_auth:id",
}

#: Fields that a component needs: each group is met by any of its fields.
NEEDED: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("receivers", "filelog"): (("include",),),
    ("receivers", "hostmetrics"): (("scrapers",),),
    ("receivers", "prometheus"): (("config", "target_allocator"),),
    ("receivers", "jaeger"): (("protocols",),),
    ("exporters", "otlp"): (("endpoint",),),
    ("exporters", "otlphttp"): (
        ("endpoint", "traces_endpoint", "metrics_endpoint", "logs_endpoint", "profiles_endpoint"),
    ),
    ("exporters", "prometheus"): (("endpoint",),),
    ("exporters", "prometheusremotewrite"): (("endpoint",),),
    ("exporters", "loki"): (("endpoint",),),
    ("exporters", "zipkin"): (("endpoint",),),
    ("exporters", "file"): (("path",),),
    ("exporters", "elasticsearch"): (("endpoint", "endpoints", "cloudid"),),
    ("exporters", "loadbalancing"): (("resolver",),),
    ("processors", "attributes"): (("actions",),),
    ("processors", "resource"): (("attributes", "actions"),),
    ("processors", "tail_sampling"): (("policies",),),
    ("processors", "span"): (("name", "status"),),
    ("connectors", "routing"): (("table",),),
    ("connectors", "failover"): (("priority_levels",),),
    ("extensions", "basicauth"): (("htpasswd", "client_auth"),),
    ("extensions", "bearertokenauth"): (("token", "tokens", "filename"),),
    ("extensions", "oauth2client"): (("client_id", "client_id_file"), ("token_url",)),
}

ALL = "traces metrics logs"
#: (kind, type) -> the signals that it carries. Those that are not here carry any.
SIGNALS: Mapping[tuple[str, str], str] = {
    ("receivers", "prometheus"): "metrics",
    ("receivers", "hostmetrics"): "metrics logs",
    ("receivers", "filelog"): "logs",
    ("receivers", "kubeletstats"): "metrics",
    ("receivers", "k8s_cluster"): "metrics logs",
    ("receivers", "k8s_events"): "logs",
    ("receivers", "k8sobjects"): "logs",
    ("receivers", "jaeger"): "traces",
    ("receivers", "zipkin"): "traces",
    ("receivers", "statsd"): "metrics",
    ("receivers", "syslog"): "logs",
    ("receivers", "tcplog"): "logs",
    ("receivers", "udplog"): "logs",
    ("receivers", "journald"): "logs",
    ("receivers", "docker_stats"): "metrics",
    ("receivers", "redis"): "metrics",
    ("receivers", "postgresql"): "metrics logs",
    ("receivers", "mysql"): "metrics logs",
    ("receivers", "mongodb"): "metrics",
    ("receivers", "nginx"): "metrics",
    ("receivers", "httpcheck"): "metrics",
    ("receivers", "fluentforward"): "logs",
    ("receivers", "loki"): "logs",
    ("processors", "tail_sampling"): "traces",
    ("processors", "groupbytrace"): "traces",
    ("processors", "probabilistic_sampler"): "traces logs",
    ("processors", "span"): "traces",
    ("processors", "metricstransform"): "metrics",
    ("processors", "cumulativetodelta"): "metrics",
    ("processors", "deltatocumulative"): "metrics",
    ("processors", "deltatorate"): "metrics",
    ("processors", "logdedup"): "logs",
    ("exporters", "prometheus"): "metrics",
    ("exporters", "prometheusremotewrite"): "metrics",
    ("exporters", "loki"): "logs",
    ("exporters", "awsxray"): "traces",
    ("exporters", "zipkin"): "traces",
    ("exporters", "awsemf"): "metrics",
    ("exporters", "awscloudwatchlogs"): "logs",
}
#: Connectors that turn signals into others: pairs from:to. The others pass on what they get.
CONNECTS: Mapping[str, str] = {
    "spanmetrics": "traces:metrics",
    "servicegraph": "traces:metrics",
    "count": "traces:metrics metrics:metrics logs:metrics profiles:metrics",
    "sum": "traces:metrics metrics:metrics logs:metrics",
    "exceptions": "traces:metrics traces:logs",
    "signaltometrics": "traces:metrics metrics:metrics logs:metrics profiles:metrics",
    "datadog": "traces:metrics traces:traces",
    "grafanacloud": "traces:metrics",
    "otlpjson": "logs:traces logs:metrics logs:logs",
}
#: Types whose modules are called otherwise.
MODULES: Mapping[str, str] = {
    "prometheussimple": "simpleprometheus",
    "asapclient": "asapauth",
    "oauth2client": "oauth2clientauth",
    "oidc": "oidcauth",
    "kafkatopicsobserver": "kafkatopicsobserver",
    "azure": "azureauth",
    "basicauth": "basicauth",
}
