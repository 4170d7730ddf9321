import Core

/// Finds inputs that would listen on the same socket.
enum ListenConflicts {
    static func check(_ inputs: [InstanceReader.ReadInput], findings: inout Findings) {
        for (index, later) in inputs.enumerated() {
            for earlier in inputs[..<index] {
                guard let address = conflict(later.plan.input, earlier.plan.input) else { continue }
                findings.refuse(
                    .conflictingKeys, at: later.listenLocation,
                    "input '\(later.plan.instanceName)' listens on \(address), as does "
                        + "'\(earlier.plan.instanceName)' at \(earlier.plan.location)",
                    hint: "give one of them another port")
            }
        }
    }

    private static func conflict(_ one: any Input, _ other: any Input) -> ListenAddress? {
        one.listenAddresses.first { address in
            other.listenAddresses.contains { overlaps(address, $0) }
        }
    }

    static func overlaps(_ one: ListenAddress, _ other: ListenAddress) -> Bool {
        // TLS takes a TCP port.
        guard
            one.transport == other.transport
                || one.transport.isConnection && other.transport.isConnection
        else { return false }
        guard let first = one.endpoint, let second = other.endpoint else {
            return one.path != nil && one.path == other.path
        }
        // Port 0 is any free one.
        guard first.port == second.port, first.port != 0 else { return false }
        return first.address == second.address || isWildcard(first.address)
            || isWildcard(second.address)
    }

    private static func isWildcard(_ address: IPAddress) -> Bool {
        address == .any || address == IPAddress(high: 0, low: 0)
    }
}
