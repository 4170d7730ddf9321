/// Builds TZif files (RFC 9636) from rules written in tests.
struct ZoneFileWriter {
    var version: UInt8 = 0x32
    /// Moments, and the index of the local time that holds from there on.
    var transitions: [(at: Int64, type: UInt8)] = []
    /// Seconds east of UTC, and whether it is daylight saving time.
    var types: [(offset: Int32, isDaylight: Bool)] = [(0, false)]
    var footer = ""
    var leapSeconds = 0

    func bytes() -> [UInt8] {
        var bytes = block(timeSize: 4)
        if version > 0 {
            bytes += block(timeSize: 8)
            bytes += Array("\n\(footer)\n".utf8)
        }
        return bytes
    }

    private func block(timeSize: Int) -> [UInt8] {
        let known = transitions.filter {
            timeSize == 8 || Int64(Int32(truncatingIfNeeded: $0.at)) == $0.at
        }
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leapSeconds, known.count, types.count, 4] {
            bytes += big(Int64(count), 4)
        }
        for transition in known { bytes += big(transition.at, timeSize) }
        bytes += known.map(\.type)
        for type in types { bytes += big(Int64(type.offset), 4) + [type.isDaylight ? 1 : 0, 0] }
        bytes += Array("LMT\0".utf8)
        for _ in 0..<leapSeconds { bytes += [UInt8](repeating: 0, count: timeSize + 4) }
        return bytes
    }

    private func big(_ number: Int64, _ size: Int) -> [UInt8] {
        (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> Int64($0 * 8)) }
    }
}

extension ZoneFileWriter {
    /// Central European time with the changes of 1979 to 1981 and today's rule.
    static let central = ZoneFileWriter(
        transitions: [
            (323_830_800, 2), (338_950_800, 1), (354_675_600, 2), (370_400_400, 1),
        ], types: [(3208, false), (3600, false), (7200, true)], footer: "CET-1CEST,M3.5.0,M10.5.0/3"
    )
}
