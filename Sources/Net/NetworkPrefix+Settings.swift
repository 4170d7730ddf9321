public import Core

extension NetworkPrefix {
    /// The networks given for an option.
    ///
    /// - Parameter problems: grows by every entry that is none.
    public static func list(
        _ key: String, of settings: PluginSettings, problems: inout [SettingsProblem]
    ) -> [NetworkPrefix] {
        var networks: [NetworkPrefix] = []
        for given in settings.given where given.key == key {
            guard case .text(let text) = given.value else { continue }
            if let network = NetworkPrefix(text) {
                networks.append(network)
            } else {
                problems.append(problem(key, text, at: given.location))
            }
        }
        return networks
    }

    /// What is wrong with an option's text that is no network.
    public static func problem(
        _ key: String, _ text: String, at location: SourceLocation
    ) -> SettingsProblem {
        SettingsProblem(
            .invalidValue, at: location, "'\(key)' has '\(text)', which is no address or network",
            hint: "for example 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32")
    }
}
