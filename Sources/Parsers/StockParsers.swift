import Patterns

/// Parsers that are there without being defined, under the names Fluent Bit's own file gives them.
enum StockParsers {
    static let definitions: [ParserDefinition] =
        [ParserDefinition(name: "json", pattern: nil, time: TimeRule())]
        + [
            regex(
                "apache2",
                #"^(?<host>\S+) \S+ (?<user>\S+) \[(?<time>[^\]]+)\] "# + request
                    + #"(?: "(?<referer>[^"]*)" "(?<agent>.*)")?$"#,
                time: "%d/%b/%Y:%H:%M:%S %z"),
            regex(
                "nginx",
                #"^(?<remote>\S+) (?<host>\S+) (?<user>\S+) \[(?<time>[^\]]+)\] "# + request
                    + #"(?: "(?<referer>[^"]*)" "(?<agent>.*)")?$"#,
                time: "%d/%b/%Y:%H:%M:%S %z"),
            regex(
                "cri", #"^(?<time>\S+) (?<stream>stdout|stderr) (?<logtag>\S*) (?<message>.*)$"#,
                time: "%Y-%m-%dT%H:%M:%S.%L%z"),
            docker,
        ].compactMap { $0 }

    /// Request line, status and size of the common log format.
    private static let request =
        #""(?<method>\S+)(?: +(?<path>\S+)(?: +\S*)?)?" (?<code>\S+) (?<size>\S+)"#

    /// One JSON object per line with `log`, `stream` and `time`, as Docker's json-file driver writes.
    private static var docker: ParserDefinition? {
        guard let format = try? TimeFormat("%Y-%m-%dT%H:%M:%S.%L%z") else { return nil }
        return ParserDefinition(name: "docker", pattern: nil, time: TimeRule(format: format))
    }

    /// `nil` only for a mistake in this file, which a test finds.
    private static func regex(
        _ name: String, _ source: String, time: String
    ) -> ParserDefinition? {
        guard let pattern = try? Pattern(source), let format = try? TimeFormat(time) else {
            return nil
        }
        return ParserDefinition(name: name, pattern: pattern, time: TimeRule(format: format))
    }
}
