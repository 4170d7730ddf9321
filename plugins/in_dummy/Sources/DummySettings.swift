import Codec
import Core

/// The options of the dummy input.
struct DummySettings: Sendable {
    static let info = PluginInfo(
        kind: .input, name: "dummy", summary: "Make the same record again and again",
        options: [
            OptionSpec(
                "dummy", .text, default: #"{"message":"dummy"}"#, help: "The record, as JSON"),
            OptionSpec(
                "metadata", .text, default: "{}", help: "Accepted and not used: there is none"),
            OptionSpec("rate", .integer(1...1_000_000), default: "1", help: "Events per second"),
            OptionSpec(
                "interval_sec", .integer(0...86_400), default: "0",
                help: "Seconds between events; with interval_nsec instead of rate"),
            OptionSpec(
                "interval_nsec", .integer(0...999_999_999), default: "0",
                help: "Nanoseconds added to interval_sec"),
            OptionSpec(
                "samples", .integer(0...Int.max), default: "0",
                help: "Events after which the input ends; 0 is no end"),
            OptionSpec("copies", .integer(1...100_000), default: "1", help: "Records per event"),
            OptionSpec(
                "start_time_sec", .integer(-1...4_102_444_800), default: "-1",
                help: "Event time of the first event, in seconds since 1970; -1 is now"),
            OptionSpec(
                "start_time_nsec", .integer(-1...999_999_999), default: "-1",
                help: "Nanoseconds added to start_time_sec"),
            OptionSpec(
                "fixed_timestamp", .boolean, default: "off",
                help: "Give every event the same event time"),
            OptionSpec(
                "flush_on_startup", .boolean, default: "false",
                help: "Make the first event at once"),
        ])

    /// The JSON text of the record.
    let record: [UInt8]
    /// Nanoseconds between events, at least 1.
    let interval: Int64
    /// `nil` without end.
    let samples: Int?
    let copies: Int
    let startsAtOnce: Bool
    let clock: DummyClock
    /// What to tell the operator about options that do nothing.
    let inertOptions: [String]

    init(_ settings: PluginSettings) throws(SettingsError) {
        record = Array((settings.text("dummy") ?? "{}").utf8)
        do {
            var builder = RecordBuilder()
            try record.withBytes { (text) throws(DecodeError) in
                try JSONReader.readObject(text, into: &builder)
            }
        } catch {
            throw SettingsError(
                .invalidValue, at: settings.location(of: "dummy"),
                "'dummy' is no JSON object: it fails at byte \(error.offset)")
        }
        func number(_ key: String) -> Int64 { Int64(settings.integer(key) ?? 0) }
        let explicit = number("interval_sec") * 1_000_000_000 + number("interval_nsec")
        interval = explicit > 0 ? explicit : 1_000_000_000 / max(number("rate"), 1)
        let samples = settings.integer("samples") ?? 0
        self.samples = samples > 0 ? samples : nil
        copies = settings.integer("copies") ?? 1
        startsAtOnce = settings.boolean("flush_on_startup")
        let (seconds, nanoseconds) = (number("start_time_sec"), number("start_time_nsec"))
        clock = DummyClock(
            start: seconds < 0 && nanoseconds < 0
                ? nil : Timestamp(seconds: max(seconds, 0), nanoseconds: max(nanoseconds, 0)),
            isFixed: settings.boolean("fixed_timestamp"))
        inertOptions = settings.isGiven("metadata") ? ["'metadata' has no effect"] : []
    }
}

/// What event times are made from.
struct DummyClock: Sendable {
    /// The event time of the first event; `nil` takes the real time.
    let start: Timestamp?
    let isFixed: Bool

    /// The event time at `now` of an input whose first event was made at `first`.
    func time(now: Timestamp, first: Timestamp) -> Timestamp {
        if isFixed { return start ?? first }
        guard let start else { return now }
        return Timestamp(nanoseconds: start.nanoseconds &+ now.nanoseconds(since: first))
    }
}
