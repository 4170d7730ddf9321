import Core

/// Sampling rates that MikroTik RouterOS 6 sends in data records least significant byte first.
///
/// It has element 34 without 35, in four bytes, and source or domain 0; in IPFIX its templates start
/// with element 60.
enum SwappedRate {
    /// Whether a rate makes sense only when read backwards.
    static func isLikely(_ rate: UInt32, from stream: DomainKey) -> Bool {
        stream.domain == 0 && rate > 0xffff && rate.byteSwapped <= 0xffff
    }
}

extension TemplateLayout {
    /// Where element 34 lies in templates of fixed length that may be those of RouterOS.
    var doubtfulRate: Int? {
        let interval: ElementKey = 34
        let algorithm: ElementKey = 35
        let ipVersion: ElementKey = 60
        guard flowProtocol == .netflowV9 || fields.first?.element == ipVersion, !isOptions,
            !fields.contains(where: { $0.element == algorithm })
        else { return nil }
        var offset = 0
        for field in fields {
            if field.element == interval { return field.length == 4 ? offset : nil }
            offset += Int(field.length)
        }
        return nil
    }
}
