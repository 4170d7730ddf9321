import Core
import Net

/// The options that tell exporters apart: `exporters`, `trusted_mediators`, and what holds for all.
enum ExporterSettings {
    private static let rates = 1...Int(UInt32.max)
    private static let scopes = ["address", "address_port"]

    static let mediators = OptionSpec(
        "trusted_mediators", .text, repeatable: true,
        help: "Addresses and networks that are believed about whose records they pass on.")
    static let defaultSampling = OptionSpec(
        "sampling_default", .integer(rates),
        help: "Sampling rate (1-in-N) of records when nobody told.")
    static let templateScope = OptionSpec(
        "template_scope", .choice(scopes), default: scopes[0],
        help: "What templates belong to: the exporter's address, or its address and port.")
    static let exporters = OptionSpec(
        "exporters", .group(members), repeatable: true,
        help: "Settings of single exporters; of several that match the smallest network counts.")

    private static let members = [
        OptionSpec("address", .text, required: true, help: "Address or network of the exporter."),
        OptionSpec("name", .text, help: "Shown as sampler_name."),
        OptionSpec(
            "sampling", .integer(rates), help: "Sampling rate (1-in-N), whatever is told."),
        OptionSpec(
            "default_sampling", .integer(rates), help: "Sampling rate when nobody told."),
        OptionSpec(
            "time_zone", .text,
            help: "Zone (+02:00) of an exporter whose clock shows local time as UTC."),
        OptionSpec("template_scope", .choice(scopes), help: "As the option of all exporters."),
    ]

    /// - Parameter problems: grows by every value that is none.
    static func read(
        _ settings: PluginSettings, problems: inout [SettingsProblem]
    ) -> ExporterProfiles {
        var general = ExporterProfile()
        general.defaultSampling = rate(settings, "sampling_default")
        general.separatesPorts = settings.text("template_scope") == scopes[1]
        var entries: [ExporterProfiles.Entry] = []
        for group in settings.groups("exporters") {
            guard let entry = entry(group, general, &problems) else { continue }
            if entries.contains(where: { $0.network == entry.network }) {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: group.location(of: "address"),
                        "'exporters' has '\(group.text("address") ?? "")' twice"))
            }
            entries.append(entry)
        }
        return ExporterProfiles(
            general, entries: entries,
            mediators: NetworkPrefix.list("trusted_mediators", of: settings, problems: &problems))
    }

    private static func entry(
        _ group: PluginSettings, _ general: ExporterProfile, _ problems: inout [SettingsProblem]
    ) -> ExporterProfiles.Entry? {
        var profile = general
        let name = group.text("name") ?? ""
        profile.name = Array(name.utf8)
        if profile.name.count > FlowConstants.nameLimit {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: group.location(of: "name"),
                    "'name' has \(profile.name.count) bytes, more than \(FlowConstants.nameLimit)"))
        }
        profile.sampling = rate(group, "sampling")
        if group.isGiven("default_sampling") {
            profile.defaultSampling = rate(group, "default_sampling")
        }
        if let scope = group.text("template_scope") { profile.separatesPorts = scope == scopes[1] }
        if let zone = group.text("time_zone") {
            if let offset = clockOffset(zone) {
                profile.clockOffset = offset
            } else {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: group.location(of: "time_zone"),
                        "'time_zone' is '\(zone)', which is no offset from UTC",
                        hint: "for example +02:00, -03:30 or UTC"))
            }
        }
        guard let text = group.text("address") else { return nil }
        guard let network = NetworkPrefix(text) else {
            problems.append(
                NetworkPrefix.problem("address", text, at: group.location(of: "address")))
            return nil
        }
        return ExporterProfiles.Entry(network: network, profile: profile)
    }

    /// 0 when it is not given.
    private static func rate(_ settings: PluginSettings, _ key: String) -> UInt32 {
        settings.integer(key).map { UInt32(clamping: $0) } ?? 0
    }

    /// Seconds east of Greenwich of `UTC`, `Z`, `+02:00`, `-0330`; `nil` for other text.
    static func clockOffset(_ text: String) -> Int32? {
        if ["UTC", "Z"].contains(text.uppercased()) { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        var digits = Array(text.dropFirst().utf8)
        if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
        guard digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let numbers = digits.map { Int32($0) - 0x30 }
        let minutes = numbers[2] * 10 + numbers[3]
        let seconds = (numbers[0] * 10 + numbers[1]) * 3600 + minutes * 60
        // The zones of the world reach from -12:00 to +14:00.
        guard minutes < 60, seconds <= 14 * 3600 else { return nil }
        return sign == "-" ? -seconds : seconds
    }
}
