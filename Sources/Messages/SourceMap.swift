import Core
import Net
public import Parsers

/// What the configuration says about some senders.
struct SourceProfile: Sendable {
    /// Shown as `source_name`.
    var name: [UInt8] = []
    /// Shown as `hostname`, whatever the message says.
    var hostname: [UInt8] = []
    /// The character set of texts that are not UTF-8.
    var charset: String?
    var rateLimit: RateLimit?
    /// Place of the treatment that its messages get.
    var treatment = 0
}

/// How the messages of some senders are read.
public struct Treatment: Sendable {
    /// The parser's name; `nil` for the input's own.
    public var parser: String?
    /// The zone of timestamps that name none; `nil` for the input's own.
    public var timeZone: TimeZone?
    /// The zone as the configuration names it: tells two treatments apart.
    var zoneName: String?
}

/// The senders that a configuration names, by network and by certificate.
struct SourceMap: Sendable {
    /// The first is that of all senders that are not named.
    private(set) var profiles: [SourceProfile]
    /// The first is the input's own.
    private(set) var treatments = [Treatment()]
    /// By length, the longest first, each with any prefix of it; addresses of networks to the places
    /// of their profiles.
    private var networks: [(prefix: NetworkPrefix, places: [IPAddress: Int])] = []
    /// Names of certificates in lower case; `*.` in front stands for one label.
    private var certificates: [(name: String, place: Int)] = []

    init(_ general: SourceProfile = SourceProfile()) { profiles = [general] }

    var hasCertificates: Bool { !certificates.isEmpty }

    /// - Returns: the place of the profile.
    mutating func add(_ profile: SourceProfile, _ treatment: Treatment) -> Int {
        var profile = profile
        let known = treatments.firstIndex {
            $0.parser == treatment.parser && $0.zoneName == treatment.zoneName
        }
        profile.treatment = known ?? treatments.count
        if known == nil { treatments.append(treatment) }
        profiles.append(profile)
        return profiles.count - 1
    }

    /// - Returns: `false` when the network has a profile already.
    mutating func assign(_ network: NetworkPrefix, to place: Int) -> Bool {
        let index =
            networks.firstIndex { $0.prefix.length <= network.length } ?? networks.endIndex
        if index == networks.endIndex || networks[index].prefix.length != network.length {
            networks.insert((network, [:]), at: index)
        }
        return networks[index].places.updateValue(place, forKey: network.address) == nil
    }

    mutating func assign(certificate name: String, to place: Int) {
        certificates.append((name.lowercased(), place))
    }

    /// The place of the profile of an address: of the smallest network that holds it.
    func place(of address: IPAddress) -> Int {
        for (prefix, places) in networks {
            if let found = places[prefix.masking(address)] { return found }
        }
        return 0
    }

    /// The place of the profile of a certificate's name; `nil` for none.
    func place(ofCertificate name: String) -> Int? {
        let name = name.lowercased()
        let parent = name.firstIndex(of: ".").map { "*" + name[$0...] }
        return certificates.first { $0.name == name || $0.name == parent }?.place
    }
}
