public import Core

extension Endpoint {
    /// Where an input listens: its options `listen`, an address, and `port`, which has a default.
    public static func listening(
        _ settings: PluginSettings, _ problems: inout [SettingsProblem]
    ) -> Endpoint {
        let text = settings.text("listen") ?? ""
        let address = IPAddress(text)
        if address == nil {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: settings.location(of: "listen"),
                    "'listen' is '\(text)', which is no IP address"))
        }
        return Endpoint(
            address: address ?? .any, port: UInt16(clamping: settings.integer("port") ?? 0))
    }
}
