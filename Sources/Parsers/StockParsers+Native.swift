import Core

/// Stock parsers written by hand instead of as patterns.
extension StockParsers {
    static let native: [(name: String, make: @Sendable () -> any LineParser)] = [
        ("syslog", { SyslogParser() }),
        ("syslog-rfc3164", { SyslogParser(form: .rfc3164, schema: .fluentBit) }),
        ("syslog-rfc5424", { SyslogParser(form: .rfc5424, schema: .fluentBit) }),
        ("routeros", { RouterOSParser() }),
    ]
}
