import Core

/// Looks after exporters: which have gone silent, and whose clock is off.
struct ExporterWatch {
    struct Limits: Sendable {
        /// Nanoseconds without a message after which an exporter counts as silent; 0 for never.
        var silence: Int64 = 1_800_000_000_000
        /// Nanoseconds that a clock may be off; 0 for any.
        var skew: Int64 = 30_000_000_000
    }

    /// Nanoseconds between two looks.
    private static let interval: Int64 = 10_000_000_000
    /// Lines said at one look: addresses can be forged by the thousand.
    private static let linesOfALook = 20

    private let limits: Limits
    private let log: Log
    private var lastLook: Timestamp?
    private var linesLeft = 0
    private var unsaid = 0

    init(limits: Limits, log: Log) {
        self.limits = limits
        self.log = log
    }

    /// Looks at all exporters, if it is time to.
    mutating func look(at now: Timestamp, _ exporters: borrowing ExporterTable) {
        if let lastLook, now >= lastLook, now.nanoseconds(since: lastLook) < Self.interval {
            return
        }
        lastLook = now
        linesLeft = Self.linesOfALook
        unsaid = 0
        exporters.forEachExporter { address, domains in look(at: now, address, domains) }
        if unsaid > 0 { log.warning("and \(unsaid.grouped) more exporters, see the ledger") }
    }

    private mutating func look(
        at now: Timestamp, _ exporter: IPAddress, _ domains: [ObservationDomain]
    ) {
        guard let heard = domains.map(\.lastHeard).max(), heard.nanoseconds > 0 else { return }
        let pause = now.nanoseconds(since: heard)
        let wasSilent = domains.contains(where: \.isSilent)
        let isSilent = limits.silence > 0 && pause > limits.silence
        if isSilent != wasSilent {
            say(
                isSilent
                    ? "exporter \(exporter) has been silent for \(Self.text(pause)), since \(heard)"
                    : "exporter \(exporter) is back")
        }
        for domain in domains { look(at: domain, isSilent: isSilent) }
    }

    private mutating func look(at domain: ObservationDomain, isSilent: Bool) {
        if let skew = domain.takeSkew() {
            let isSkewed = limits.skew > 0 && abs(skew) > limits.skew
            if isSkewed != domain.isSkewed {
                let side = skew > 0 ? "ahead" : "behind"
                say(
                    isSkewed
                        ? "exporter \(domain.key.name): its clock is \(Self.text(abs(skew))) \(side); "
                            + "the times in its records are off by as much"
                        : "exporter \(domain.key.name): its clock is right again")
            }
            domain.note(skew: skew, isSkewed: isSkewed)
        }
        domain.isSilent = isSilent
        domain.publishPresence()
    }

    private mutating func say(_ line: String) {
        if linesLeft == 0 {
            unsaid += 1
        } else {
            linesLeft -= 1
            log.warning(line)
        }
    }

    /// `45 s`, `31 min`, `5 h`, `3 d`.
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
