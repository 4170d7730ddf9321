import Core

/// Plugins and sections that Fluent Bit has and Catchment does not, to tell "not built" from
/// "mistyped".
enum FluentBitNames {
    static let sections: [String: String] = [
        "stream_processor": "there is no stream processor",
        "plugins": "plugins cannot be loaded; they are part of the program",
        "upstream_servers": "upstream servers are not supported yet",
        "customs": "custom plugins are not supported",
        "extensions": "extensions are not supported",
    ]

    static func plugins(_ kind: PluginInfo.Kind) -> [String] {
        switch kind {
        case .input:
            [
                "blob", "collectd", "cpu", "disk", "docker", "docker_events", "dummy",
                "elasticsearch", "event_type", "exec", "exec_wasi", "fluentbit_metrics",
                "forward", "head", "health", "http", "kafka", "kmsg", "kubernetes_events", "mem",
                "mqtt", "netif", "nginx_metrics", "node_exporter_metrics", "opentelemetry",
                "podman_metrics", "proc", "process_exporter_metrics", "prometheus_remote_write",
                "prometheus_scrape", "random", "serial", "splunk", "statsd", "stdin", "syslog",
                "systemd", "tail", "tcp", "thermal", "udp",
            ]
        case .filter:
            [
                "alter_size", "aws", "checklist", "ecs", "expect", "geoip2", "grep",
                "kubernetes", "log_to_metrics", "lua", "modify", "multiline", "nest",
                "nightfall", "parser", "record_modifier", "rewrite_tag", "stdout", "sysinfo",
                "throttle", "throttle_size", "type_converter", "wasm",
            ]
        case .output:
            [
                "azure", "azure_blob", "azure_kusto", "azure_logs_ingestion", "bigquery",
                "chronicle", "cloudwatch_logs", "counter", "datadog", "es", "exit", "file",
                "flowcounter", "forward", "gelf", "http", "influxdb", "kafka", "kafka-rest",
                "kinesis_firehose", "kinesis_streams", "loki", "logdna", "nats", "nrlogs",
                "null", "opensearch", "opentelemetry", "oracle_log_analytics", "pgsql", "plot",
                "prometheus_exporter", "prometheus_remote_write", "s3", "skywalking", "slack",
                "splunk", "stackdriver", "stdout", "syslog", "td", "tcp", "udp",
                "vivo_exporter", "websocket",
            ]
        }
    }
}
