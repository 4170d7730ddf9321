import Core

/// Stock parsers written by hand instead of as patterns.
extension StockParsers {
    static let native: [(name: String, make: @Sendable () -> any LineParser)] = [
        ("syslog", { SyslogParser() }),
        ("syslog-rfc3164", { SyslogParser(form: .rfc3164, schema: .fluentBit) }),
        ("syslog-rfc5424", { SyslogParser(form: .rfc5424, schema: .fluentBit) }),
        ("routeros", { RouterOSParser() }),
    ]

    /// Formats that need no settings.
    static let pairs: [ParserDefinition] = [
        pairs("logfmt", .logfmt(allowsBareKeys: true)),
        pairs("ltsv", .ltsv),
        pairs("csv", .csv(CSVFields(), names: [])),
        pairs("kv", .keyValue(KeyValuePairs())),
        pairs("cef", .cef),
        pairs("leef", .leef),
    ]

    private static func pairs(_ name: String, _ format: PairFormat) -> ParserDefinition {
        ParserDefinition(name: name, format: .pairs(format), rules: format.stockRules)
    }
}
