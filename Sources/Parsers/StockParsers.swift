import Patterns

/// Parsers that are there without being defined, under the names Fluent Bit's own file gives them.
enum StockParsers {
    static let definitions: [ParserDefinition] =
        [ParserDefinition(name: "json", format: .json, rules: FieldRules())] + pairs
        + [
            docker,
            regex(
                "apache",
                common(#"(?<host>\S+) \S+ (?<user>\S+)"#, agent: #"[^"]*"#),
                time: accessTime),
            regex(
                "apache2", common(#"(?<host>\S+) \S+ (?<user>\S+)"#, agent: ".*"),
                time: accessTime),
            // [Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 1:tid 2] [client a:1] text
            regex(
                "apache_error",
                #"^\[\w{3} (?<time>[^\]]+)\] \[(?<level>[^\]]*)\](?: \[pid (?<pid>[^\]]*)\])?"#
                    + #"(?: \[client (?<client>[^\]]*)\])? (?<message>.*)$"#,
                time: "%b %d %H:%M:%S.%L %Y", isStrict: false),
            regex(
                "nginx", common(#"(?<remote>\S+) (?<host>\S+) (?<user>\S+)"#, agent: ".*"),
                time: accessTime),
            regex(
                "k8s-nginx-ingress",
                #"^(?<host>\S*) - (?:\[(?<real_ip>[^ \]]*)\] - )?(?<user>\S*) \[(?<time>[^\]]+)\] "#
                    + request + #" "(?<referer>[^"]*)" "(?<agent>[^"]*)" (?<request_length>\S*) "#
                    + #"(?<request_time>\S*) \[(?<proxy_upstream_name>[^ \]]*)\]"#
                    + #"(?: \[(?<proxy_alternative_upstream_name>[^ \]]*)\])? "#
                    + several("upstream_addr") + " " + several("upstream_response_length") + " "
                    + several("upstream_response_time") + " " + several("upstream_status")
                    + #"(?: (?<last>\S+))?\s*$"#,
                time: accessTime),
            regex(
                "docker-daemon",
                #"time="(?<time>[^" ]+)" level=(?<level>\S+) msg="(?<msg>[^"\\]*(?:\\.[^"\\]*)*)""#,
                time: "%Y-%m-%dT%H:%M:%S.%L%z", isStrict: false, keepsTime: true),
            regex(
                "cri", #"^(?<time>\S+) (?<stream>stdout|stderr) (?<logtag>\S*) (?<message>.*)$"#,
                time: "%Y-%m-%dT%H:%M:%S.%L%z"),
            regex(
                "syslog-rfc3164-local",
                #"^<(?<pri>\d{1,3})>(?<time>\w{3} +\d{1,2} \d\d:\d\d:\d\d) "#
                    + #"(?<ident>[\w/.\-]*)(?:\[(?<pid>\d+)\])?[^:]*(?:: *|$)(?<message>.*)$"#,
                time: "%b %d %H:%M:%S", keepsTime: true),
            // 2024-01-02T03:04:05.678+0100 I NETWORK  [conn1] text 12ms
            regex(
                "mongodb",
                #"^(?<time>\S+)\s+(?<severity>\w)\s+(?<component>\S+)\s+\[(?<context>[^\]]+)\]\s+"#
                    + #"(?<message>.*?)(?: +(?<ms>\d+)ms)?$"#,
                time: "%Y-%m-%dT%H:%M:%S.%L%z", keepsTime: true),
            envoy(
                "envoy",
                #" (?<code>\S*) (?<response_flags>\S*) "# + counters
                    + #" "(?<x_forwarded_for>[^"]*)" "(?<user_agent>[^"]*)" "(?<request_id>[^"]*)""#
                    + #" "(?<authority>[^"]*)" "(?<upstream_host>[^"]*)""#),
            envoy(
                "istio-envoy-proxy",
                #" (?<response_code>\S*) (?<response_flags>\S*) (?<response_code_details>\S*) "#
                    + #"(?<connection_termination_details>\S*) "#
                    + #"(?<upstream_transport_failure_reason>"[^"]*"|\S*) "# + counters
                    + #" "(?<x_forwarded_for>[^"]*)" "(?<user_agent>[^"]*)" "(?<x_request_id>[^"]*)""#
                    + #" "?(?<authority>[^ "]*)" "(?<upstream_host>[^"]*)" (?<upstream_cluster>\S*) "#
                    + #"(?<upstream_local_address>\S*) (?<downstream_local_address>\S*) "#
                    + #"(?<downstream_remote_address>\S*) (?<requested_server_name>\S*) "#
                    + #"(?<route_name>\S*)"#),
            // The names of log files: POD_NAMESPACE_CONTAINER-ID.log, or a tag made of one.
            regex(
                "kube-custom",
                #"^(?:(?<tag>[^.]+)\.)?(?<pod_name>[a-z0-9][-.a-z0-9]*)_"#
                    + #"(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\.log$"#
            ),
        ].compactMap { $0 }

    private static let accessTime = "%d/%b/%Y:%H:%M:%S %z"

    /// Request line, status and size of the common log format.
    private static let request =
        #""(?<method>\S+)(?: +(?<path>\S+)(?: +\S*)?)?" (?<code>\S+) (?<size>\S+)"#

    /// A line of the common log format, or the combined one.
    private static func common(_ start: String, agent: String) -> String {
        "^" + start + #" \[(?<time>[^\]]+)\] "# + request
            + #"(?: "(?<referer>[^"]*)" "(?<agent>"# + agent + #")")?$"#
    }

    /// One value, or those of all upstreams that were tried: `10.0.0.1:80, 10.0.0.2:80`.
    private static func several(_ name: String) -> String {
        #"(?<\#(name)>[^ ,]*(?: ?[,:] [^ ,]+)*)"#
    }

    private static let counters =
        #"(?<bytes_received>\S*) (?<bytes_sent>\S*) (?<duration>\S*) "#
        + #"(?<x_envoy_upstream_service_time>\S*)"#

    private static func envoy(_ name: String, _ rest: String) -> ParserDefinition? {
        regex(
            name,
            #"^\[(?<start_time>[^\]]*)\] "(?<method>\S+)(?: +(?<path>[^" ]*))?(?: +(?<protocol>\S+))?""#
                + rest,
            key: "start_time", time: "%Y-%m-%dT%H:%M:%S.%L%z", keepsTime: true)
    }

    /// One JSON object per line with `log`, `stream` and `time`, as Docker's json-file driver writes.
    private static var docker: ParserDefinition? {
        guard let format = try? TimeFormat("%Y-%m-%dT%H:%M:%S.%L%z") else { return nil }
        return ParserDefinition(
            name: "docker", format: .json,
            rules: FieldRules(time: TimeRule(format: format), reportsBadTime: true))
    }

    /// `nil` only for a mistake in this file, which a test finds.
    private static func regex(
        _ name: String, _ source: String, key: String = TimeRule.timeName, time: String? = nil,
        isStrict: Bool = true, keepsTime: Bool = false
    ) -> ParserDefinition? {
        guard let pattern = try? Pattern(source) else { return nil }
        var rules = FieldRules(time: TimeRule(key: key))
        if let time {
            guard let format = try? TimeFormat(time, isStrict: isStrict) else { return nil }
            rules.time.format = format
            rules.reportsBadTime = true
        }
        rules.time.keepsText = keepsTime
        return ParserDefinition(name: name, format: .regex(pattern), rules: rules)
    }
}
