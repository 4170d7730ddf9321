import Core

/// What a record says about its message that its parser does not know.
///
/// Put together for one message after the other, and only for those that need it.
struct MessageRemarks: Equatable {
    var sourceName: [UInt8] = []
    /// The hostname that the configuration gives.
    var hostname: [UInt8] = []
    var certificateName: String?
    /// Who passed the message on.
    var relay: IPAddress?
    /// Bytes, when they were cut.
    var originalLength: Int?
    var encoding: [UInt8] = []

    var isEmpty: Bool {
        sourceName.isEmpty && hostname.isEmpty && certificateName == nil && relay == nil
            && originalLength == nil && encoding.isEmpty
    }

    /// Whether fields of the parser's record are replaced.
    var replacesFields: Bool { !hostname.isEmpty }

    /// Writes the fields as a record of their own.
    func write(to record: inout RecordBuilder) {
        record.begin()
        if !hostname.isEmpty { record.add("hostname", text: hostname) }
        if !sourceName.isEmpty { record.add("source_name", text: sourceName) }
        if let certificateName { record.add("tls_peer_name", text: certificateName) }
        if let relay { record.add("relay_address", address: relay) }
        if !encoding.isEmpty { record.add("encoding", text: encoding) }
        if let originalLength {
            record.add("original_length", unsigned: UInt64(originalLength))
        }
    }
}

extension RecordBuilder {
    fileprivate mutating func add(_ name: String, text bytes: [UInt8]) {
        bytes.withBytes { add(name, text: $0) }
    }
}
