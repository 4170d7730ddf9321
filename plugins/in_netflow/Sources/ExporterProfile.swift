import Core
import Net

/// What the configuration says about an exporter.
struct ExporterProfile: Sendable, Equatable {
    /// Shown as `sampler_name`; UTF-8, at most `FlowConstants.nameLimit` bytes.
    var name: [UInt8] = []
    /// 1-in-N whatever the exporter tells; 0 when not configured.
    var sampling: UInt32 = 0
    /// 1-in-N when nobody told; 0 when not configured.
    var defaultSampling: UInt32 = 0
    /// Seconds by which its clock is ahead of UTC.
    var clockOffset: Int32 = 0
    /// Whether streams from different ports are kept apart.
    var separatesPorts = false
    /// Whether it is believed about whose records it passes on.
    var isMediator = false
}

/// The settings of all exporters.
struct ExporterProfiles: Sendable {
    /// Settings of one network.
    struct Entry: Sendable {
        var network: NetworkPrefix
        var profile: ExporterProfile
    }

    /// Of exporters without an entry.
    private let general: ExporterProfile
    /// The smallest network first.
    private let entries: [Entry]
    private let mediators: [NetworkPrefix]
    /// Whether any exporter's ports are kept apart.
    let separatesPorts: Bool

    init(
        _ general: ExporterProfile = ExporterProfile(), entries: [Entry] = [],
        mediators: [NetworkPrefix] = []
    ) {
        self.general = general
        self.entries = entries.sorted { $0.network.length > $1.network.length }
        self.mediators = mediators
        separatesPorts =
            general.separatesPorts || entries.contains { $0.profile.separatesPorts }
    }

    /// What holds for an exporter: the entry of the smallest network that has it.
    func profile(of address: IPAddress) -> ExporterProfile {
        var profile = entries.first { $0.network.contains(address) }?.profile ?? general
        profile.isMediator = mediators.contains { $0.contains(address) }
        return profile
    }
}
