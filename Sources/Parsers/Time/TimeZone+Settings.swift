public import Core

extension TimeZone {
    /// Reads the value of an option that names a zone.
    ///
    /// - Parameter problems: grows when there is no such zone.
    public static func read(
        _ text: String, of key: String, at location: SourceLocation,
        in database: ZoneDatabase = .system, problems: inout [SettingsProblem]
    ) -> TimeZone? {
        do {
            return try database.zone(text)
        } catch {
            problems.append(
                SettingsProblem(
                    error.code, at: location, "'\(key)': \(error.reason)", hint: error.hint))
            return nil
        }
    }

    /// The option of inputs whose messages may leave the zone open.
    public static let option = OptionSpec(
        "time_zone", .text, default: "UTC",
        help: "Zone of timestamps that name none: `Europe/Berlin`, `+02:00`, `UTC`, `local`.")
}

extension PluginSettings {
    /// The zone that the option `time_zone` names; UTC when there is a problem.
    public func timeZone(problems: inout [SettingsProblem]) -> TimeZone {
        guard let text = text(TimeZone.option.key) else { return .utc }
        return TimeZone.read(
            text, of: TimeZone.option.key, at: location(of: TimeZone.option.key),
            problems: &problems) ?? .utc
    }
}
