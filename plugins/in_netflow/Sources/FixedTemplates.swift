import Core

/// The record formats of the NetFlow versions that send no templates.
struct FixedTemplates {
    private let v1 = Template(id: 0, model: TemplateModel(layout: NetflowV1.layout))
    private let v1Long = Template(id: 0, model: TemplateModel(layout: NetflowV1.longLayout))
    private let v5 = Template(id: 0, model: TemplateModel(layout: NetflowV5.layout))
    private let v7 = Template(id: 0, model: TemplateModel(layout: NetflowV7.layout))
    private let v8 = NetflowV8.layouts.enumerated().map { index, layout in
        Template(id: UInt16(index + 1), model: TemplateModel(layout: layout))
    }

    /// - Parameter packet: at least the version's header.
    /// - Returns: `nil` for an aggregation of v8 that is not known.
    func template(of version: FlowProtocol, _ packet: RawSpan) -> Template? {
        switch version {
        case .netflowV1:
            let count = Int(packet.uint16(at: 2))
            let left = packet.byteCount - version.headerLength
            return count > 0 && left == count * v1Long.recordLength ? v1Long : v1
        case .netflowV5: return v5
        case .netflowV7: return v7
        case .netflowV8:
            let aggregation = Int(packet.byte(at: 22))
            return v8.indices.contains(aggregation - 1) ? v8[aggregation - 1] : nil
        case .netflowV9, .ipfix, .sflow: return nil
        }
    }
}
