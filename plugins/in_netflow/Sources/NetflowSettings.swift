import Core
import Net

/// The options of the `netflow` input.
struct NetflowSettings: Sendable {
    var address: ListenAddress
    var listener = MessageListener.Options()
    var sockets = 1
    var decoder = NetflowDecoder.Options()

    static let info = PluginInfo(
        kind: .input, name: "netflow",
        summary:
            "Receives NetFlow v1, v5, v7, v8, v9, IPFIX and sFlow v5 over UDP, IPFIX over TCP and TLS",
        options: [
            OptionSpec(
                "mode", .choice(["udp", "tcp"]), default: "udp",
                help: "How messages come: datagrams, or TCP connections that carry IPFIX."),
            OptionSpec(
                "listen", .text, default: "0.0.0.0",
                help: "Address to receive on; `::` takes IPv4 and IPv6."),
            OptionSpec(
                "port", .integer(0...65_535), default: "2055",
                help: "UDP or TCP port (registered for IPFIX: 4739, 4740 TLS); 0 picks a free one."),
            OptionSpec(
                "sockets", .integer(1...64), default: "1",
                help: "UDP sockets, each with a thread; an exporter stays with one of them."),
            OptionSpec(
                "receive_buffer_size", .size, default: "16MiB",
                help: "Socket receive buffer to ask the kernel for."),
            OptionSpec(
                "protocols", .choice(FlowProtocol.allCases.map(\.name)), repeatable: true,
                help: "Protocols to accept, as flow_type names them; all unless given."),
            OptionSpec(
                "allow", .text, repeatable: true,
                help: "Addresses and networks (192.0.2.0/24) to accept from; all unless given."),
            OptionSpec(
                "emit_options", .boolean, default: "false",
                help: "Hand on options records too, as record_type options."),
            OptionSpec(
                "profile", .choice(SchemaProfile.allCases.map(\.rawValue)),
                default: SchemaProfile.flat.rawValue,
                help: "Whose names fields have; docs/35-flow-fields.md lists all."),
            OptionSpec(
                "ie_all", .boolean, default: "false",
                help: "Repeat in ie the elements that have columns of their own."),
            OptionSpec(
                "estimates", .boolean, default: "true",
                help: "Add bytes_est and packets_est, counters times a known sampling rate."),
            ExporterSettings.defaultSampling,
            OptionSpec(
                "repair_sampling", .boolean, default: "true",
                help: "Read sampling rates that RouterOS 6 sends little-endian the right way."),
            OptionSpec(
                "tunnels", .boolean, default: "false",
                help: "Read packets inside GRE, IP and VXLAN tunnels of sFlow samples, too."),
            ExporterSettings.templateScope,
            ExporterSettings.mediators,
            ExporterSettings.exporters,
            ElementSettings.elements,
            OptionSpec(
                "exporter_limit", .integer(1...1_000_000), default: "20000",
                help: "Exporters remembered; beyond, the one silent for longest is forgotten."),
            OptionSpec(
                "domain_limit", .integer(1...65_536), default: "256",
                help: "Observation domains (source ids) remembered per exporter."),
            OptionSpec(
                "template_limit", .integer(1...65_280), default: "1024",
                help: "Templates remembered per domain."),
            OptionSpec(
                "field_limit", .integer(1...16_000), default: "512",
                help: "Fields a template may have; larger templates are refused."),
            OptionSpec(
                "template_memory", .size, default: "256MiB",
                help: "Memory for the templates of all exporters."),
            OptionSpec(
                "template_lifetime", .duration, default: "0",
                help: "How long a template counts without being sent again; 0 learns it."),
            OptionSpec(
                "silent_after", .duration, default: "30m",
                help: "Silence of an exporter that is worth a warning; 0 never warns."),
            OptionSpec(
                "clock_skew", .duration, default: "30s",
                help: "How far an exporter's clock may be off without a warning; 0 never warns."),
            OptionSpec(
                "hold_time", .duration, default: "5m",
                help: "How long data waits for its template; 0 holds none."),
            OptionSpec(
                "hold_sets", .integer(0...65_536), default: "256",
                help: "Data sets of an exporter that wait; beyond, the oldest is dropped."),
            OptionSpec(
                "hold_exporter_memory", .size, default: "1MiB",
                help: "Memory for the waiting data of one exporter."),
            OptionSpec(
                "hold_memory", .size, default: "16MiB",
                help: "Memory for the waiting data of all exporters."),
        ] + StreamListener.Options.specs(idleTimeout: "1h", requiringClients: true))

    init(_ settings: PluginSettings) throws(SettingsError) {
        address = try Self.address(settings, &listener)
        var problems: [SettingsProblem] = []
        decoder.senders = SenderList(
            NetworkPrefix.list("allow", of: settings, problems: &problems))
        decoder.exporters = ExporterSettings.read(settings, problems: &problems)
        decoder.shapes.defined = ElementSettings.read(settings, problems: &problems)
        if !problems.isEmpty { throw SettingsError(problems) }
        decoder.shapes.estimates = settings.boolean("estimates")
        let names = settings.texts("protocols")
        if !names.isEmpty {
            decoder.protocols = ProtocolSet(
                FlowProtocol.allCases.filter { names.contains($0.name) })
        }
        decoder.emitsOptions = settings.boolean("emit_options")
        decoder.shapes.profile =
            settings.text("profile").flatMap(SchemaProfile.init(rawValue:)) ?? .flat
        decoder.shapes.repeatsConsumed = settings.boolean("ie_all")
        decoder.readsTunnels = settings.boolean("tunnels")
        decoder.repairsSampling = settings.boolean("repair_sampling")
        var limits = ExporterTable.Limits()
        limits.exporters = settings.integer("exporter_limit") ?? limits.exporters
        limits.domainsPerExporter = settings.integer("domain_limit") ?? limits.domainsPerExporter
        limits.templatesPerDomain = settings.integer("template_limit") ?? limits.templatesPerDomain
        limits.fieldsPerTemplate = settings.integer("field_limit") ?? limits.fieldsPerTemplate
        limits.templateBytes = settings.size("template_memory") ?? limits.templateBytes
        decoder.limits = limits
        decoder.templateLifetime = (settings.duration("template_lifetime") ?? 0) / 1_000_000_000
        decoder.watch.silence = settings.duration("silent_after") ?? decoder.watch.silence
        decoder.watch.skew = settings.duration("clock_skew") ?? decoder.watch.skew
        var held = HeldSets.Limits()
        held.age = settings.duration("hold_time") ?? held.age
        held.setsPerExporter = settings.integer("hold_sets") ?? held.setsPerExporter
        held.bytesPerExporter = settings.size("hold_exporter_memory") ?? held.bytesPerExporter
        held.bytes = settings.size("hold_memory") ?? held.bytes
        decoder.held = held
        sockets = address.transport == .udp ? settings.integer("sockets") ?? 1 : 1
        listener.datagram.sharing = sockets
        decoder.divide(by: sockets)
    }

    private static func address(
        _ settings: PluginSettings, _ listener: inout MessageListener.Options
    ) throws(SettingsError) -> ListenAddress {
        var problems: [SettingsProblem] = []
        let isStream = settings.text("mode") == "tcp"
        listener.setReceiveBuffer(settings.size("receive_buffer_size") ?? 16 << 20)
        listener.setTended()
        listener.stream.format = .ipfix
        listener.stream.read(settings, isStream: isStream, &problems)
        let endpoint = Endpoint.listening(settings, &problems)
        let protocols = settings.texts("protocols")
        if isStream, !protocols.isEmpty, !protocols.contains(FlowProtocol.ipfix.name) {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "protocols"),
                    "'protocols' does not name ipfix, and 'mode: tcp' carries nothing else"))
        }
        if !problems.isEmpty { throw SettingsError(problems) }
        return ListenAddress(
            transport: isStream ? listener.stream.transport : .udp, endpoint: endpoint)
    }
}
