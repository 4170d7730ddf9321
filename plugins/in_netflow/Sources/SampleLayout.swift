/// The parts that the row of an sFlow sample is made of, in the order of their bits.
struct SampleParts: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(bit: Int) { rawValue = 1 << UInt64(bit) }

    // What the sample says of itself.
    static let flowSample = SampleParts(bit: 0)
    static let discardSample = SampleParts(bit: 1)
    static let counterSample = SampleParts(bit: 2)
    /// The interfaces of a flow or discard sample.
    static let interfaces = SampleParts(bit: 3)
    /// The packet was dropped: the output interface is the reason.
    static let discarded = SampleParts(bit: 4)
    /// The packet left by several interfaces: the output interface is their number.
    static let multipleOutputs = SampleParts(bit: 5)

    // What it says of its packet.
    static let frame = SampleParts(bit: 8)
    static let ethernet = SampleParts(bit: 9)
    static let etherType = SampleParts(bit: 10)
    static let tag = SampleParts(bit: 11)
    static let innerTag = SampleParts(bit: 12)
    static let labels = SampleParts(bit: 13)
    static let ipv4 = SampleParts(bit: 14)
    static let ipv6 = SampleParts(bit: 15)
    /// Length, protocol and type of service.
    static let network = SampleParts(bit: 16)
    static let timeToLive = SampleParts(bit: 17)
    static let flowLabel = SampleParts(bit: 18)
    static let fragment = SampleParts(bit: 19)
    static let ports = SampleParts(bit: 20)
    static let tcp = SampleParts(bit: 21)
    static let icmp = SampleParts(bit: 22)
    static let innerIPv4 = SampleParts(bit: 33)
    static let innerIPv6 = SampleParts(bit: 34)
    static let innerPorts = SampleParts(bit: 35)

    // What the agent knows beside.
    static let switched = SampleParts(bit: 24)
    static let routed = SampleParts(bit: 25)
    static let gateway = SampleParts(bit: 26)
    static let translated = SampleParts(bit: 27)
    static let translatedPorts = SampleParts(bit: 28)
    static let egressVNI = SampleParts(bit: 29)
    static let ingressVNI = SampleParts(bit: 30)
    static let user = SampleParts(bit: 31)
    static let url = SampleParts(bit: 32)

    // What the configuration says about the agent.
    static let named = SampleParts(bit: 36)
    static let configuredRate = SampleParts(bit: 37)

    // What the agent told in counter samples.
    static let interfaceNames = SampleParts(bit: 38)

    // Counters.
    static let interfaceCounters = SampleParts(bit: 40)
    static let ethernetCounters = SampleParts(bit: 41)
    static let vlanCounters = SampleParts(bit: 42)
    static let aggregationCounters = SampleParts(bit: 43)
    static let processorCounters = SampleParts(bit: 44)
    static let openFlowPort = SampleParts(bit: 45)
    static let hostProcessor = SampleParts(bit: 46)
    static let hostMemory = SampleParts(bit: 47)
    static let hostDisk = SampleParts(bit: 48)
    static let hostNetwork = SampleParts(bit: 49)
    static let portName = SampleParts(bit: 50)
    static let hostDescription = SampleParts(bit: 51)

    /// Parts with values of variable length.
    static let variable: SampleParts = [
        .gateway, .user, .url, .interfaceNames, .portName, .hostDescription,
    ]
}

/// What decides the columns of an sFlow sample's record; samples alike share a shape.
struct SampleLayout: Hashable, Sendable {
    var parts: SampleParts
    /// Counters that the agent does not have; see `CounterFormat.firstBit`.
    var absent: UInt128 = 0

    var isVariable: Bool { !parts.isDisjoint(with: .variable) }
}
