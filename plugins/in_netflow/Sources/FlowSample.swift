import Core

/// What the records of an sFlow flow sample say; extended ones as places in the sample.
///
/// Of records with the same format the first counts.
struct FlowSample {
    /// Where a gateway record has its lists.
    struct Gateway {
        var nextHop = IPAddress(high: 0, low: 0)
        var router: UInt32 = 0
        var source: UInt32 = 0
        var sourcePeer: UInt32 = 0
        var destinationPeer: UInt32 = 0
        var destination: UInt32 = 0
        var localPreference: UInt32 = 0
        /// Segments, checked to be whole.
        var path = 0..<0
        var communities = 0..<0
    }

    var packet = SampledPacket()
    var sourceVLAN: UInt32 = 0
    var destinationVLAN: UInt32 = 0
    var nextHop = IPAddress(high: 0, low: 0)
    var sourceMask: UInt32 = 0
    var destinationMask: UInt32 = 0
    var gateway = Gateway()
    var translatedSource = IPAddress(high: 0, low: 0)
    var translatedDestination = IPAddress(high: 0, low: 0)
    var translatedSourcePort: UInt32 = 0
    var translatedDestinationPort: UInt32 = 0
    var egressVNI: UInt32 = 0
    var ingressVNI: UInt32 = 0
    var users: (source: Range<Int>, destination: Range<Int>) = (0..<0, 0..<0)
    var url: (path: Range<Int>, host: Range<Int>) = (0..<0, 0..<0)

    var parts: SampleParts {
        get { packet.parts }
        set { packet.parts = newValue }
    }

    /// Reads one record of a known format.
    ///
    /// - Parameters:
    ///   - record: where it lies in `sample`.
    ///   - sample: what all ranges refer to.
    /// - Returns: whether it was whole.
    mutating func read(
        _ format: SFlow.FlowRecord, _ record: Range<Int>, in sample: RawSpan
    ) -> Bool {
        let bytes = sample.extracting(record)
        var reader = ByteReader(bytes)
        switch format {
        case .rawHeader: return readRawHeader(&reader)
        case .ethernet:
            guard bytes.byteCount >= 24 else { return false }
            packet.readEthernetRecord(bytes)
        case .ipv4:
            guard bytes.byteCount >= 32 else { return false }
            packet.readAddressesRecord(bytes, addressLength: 4)
        case .ipv6:
            guard bytes.byteCount >= 56 else { return false }
            packet.readAddressesRecord(bytes, addressLength: 16)
        case .extendedSwitch:
            guard bytes.byteCount >= 16 else { return false }
            sourceVLAN = bytes.uint32(at: 0)
            destinationVLAN = bytes.uint32(at: 8)
            parts.insert(.switched)
        case .extendedRouter:
            guard let hop = reader.readXDRAddress(), let source = reader.readUInt32(),
                let destination = reader.readUInt32()
            else { return false }
            (nextHop, sourceMask, destinationMask) = (hop, source, destination)
            parts.insert(.routed)
        case .extendedGateway: return readGateway(&reader, at: record.lowerBound)
        case .extendedUser:
            // The texts stand behind the numbers of their character sets.
            guard reader.skip(4), let source = reader.readXDRText(), reader.skip(4),
                let destination = reader.readXDRText()
            else { return false }
            users = (source.moved(by: record.lowerBound), destination.moved(by: record.lowerBound))
            parts.insert(.user)
        case .extendedURL:
            // Behind the direction.
            guard reader.skip(4), let path = reader.readXDRText(), let host = reader.readXDRText()
            else { return false }
            url = (path.moved(by: record.lowerBound), host.moved(by: record.lowerBound))
            parts.insert(.url)
        case .extendedNAT:
            guard let source = reader.readXDRAddress(), let destination = reader.readXDRAddress()
            else { return false }
            (translatedSource, translatedDestination) = (source, destination)
            parts.insert(.translated)
        case .extendedNATPort:
            guard let source = reader.readUInt32(), let destination = reader.readUInt32()
            else { return false }
            (translatedSourcePort, translatedDestinationPort) = (source, destination)
            parts.insert(.translatedPorts)
        case .vniEgress:
            guard let number = reader.readUInt32() else { return false }
            egressVNI = number
            parts.insert(.egressVNI)
        case .vniIngress:
            guard let number = reader.readUInt32() else { return false }
            ingressVNI = number
            parts.insert(.ingressVNI)
        }
        return true
    }

    /// Protocol, length of the frame, bytes stripped, length of the header, header.
    private mutating func readRawHeader(_ reader: inout ByteReader) -> Bool {
        guard let kind = reader.readUInt32(), let frameLength = reader.readUInt32(),
            reader.skip(4), let length = reader.readUInt32()
        else { return false }
        packet.frameLength = frameLength
        parts.insert(.frame)
        let present = Swift.min(Int(length), reader.remaining)
        let isWhole = present == Int(length)
        // Addresses read from another record would mix with those of the header.
        guard !packet.hasNetworkLayer, !parts.contains(.ethernet),
            let known = SFlow.HeaderProtocol(rawValue: kind),
            let header = reader.read(count: present)
        else { return isWhole }
        packet.readHeader(header, known)
        return isWhole
    }

    /// Next hop, autonomous systems of the router, source and source peer, path, communities,
    /// local preference.
    private mutating func readGateway(_ reader: inout ByteReader, at start: Int) -> Bool {
        guard let hop = reader.readXDRAddress(), let router = reader.readUInt32(),
            let source = reader.readUInt32(), let peer = reader.readUInt32(),
            let segments = reader.readUInt32()
        else { return false }
        var read = Gateway(nextHop: hop, router: router, source: source, sourcePeer: peer)
        let pathStart = reader.offset
        var count: UInt32 = 0
        while count < segments {
            guard reader.skip(4), let numbers = reader.readUInt32(),
                Int(numbers) <= reader.remaining / 4
            else { return false }
            for _ in 0..<numbers {
                guard let number = reader.readUInt32() else { return false }
                if read.destinationPeer == 0 { read.destinationPeer = number }
                read.destination = number
            }
            count += 1
        }
        read.path = (pathStart..<reader.offset).moved(by: start)
        guard let communities = reader.readUInt32(), Int(communities) <= reader.remaining / 4
        else { return false }
        let listStart = reader.offset
        guard reader.skip(Int(communities) * 4), let preference = reader.readUInt32()
        else { return false }
        read.communities = (listStart..<listStart + Int(communities) * 4).moved(by: start)
        read.localPreference = preference
        gateway = read
        parts.insert(.gateway)
        return true
    }
}

extension Range<Int> {
    fileprivate func moved(by distance: Int) -> Range<Int> {
        lowerBound + distance..<upperBound + distance
    }
}

// MARK: Writing

extension FlowSample {
    /// Writes the values of the extended parts, in the order of `SampleShape`.
    func append(to records: inout SampleRecords, of sample: RawSpan) {
        packet.append(to: &records.row)
        if parts.contains(.switched) {
            records.row.append(bigEndian: sourceVLAN)
            records.row.append(bigEndian: destinationVLAN)
        }
        if parts.contains(.routed) {
            records.row.append(nextHop)
            records.row.append(bigEndian: sourceMask)
            records.row.append(bigEndian: destinationMask)
        }
        if parts.contains(.gateway) {
            records.row.append(gateway.nextHop)
            records.row.append(bigEndian: gateway.router)
            records.row.append(bigEndian: gateway.source)
            records.row.append(bigEndian: gateway.sourcePeer)
            records.row.append(bigEndian: gateway.destinationPeer)
            records.row.append(bigEndian: gateway.destination)
            records.row.append(bigEndian: gateway.localPreference)
        }
        if parts.contains(.translated) {
            records.row.append(translatedSource)
            records.row.append(translatedDestination)
        }
        if parts.contains(.translatedPorts) {
            records.row.append(bigEndian: translatedSourcePort)
            records.row.append(bigEndian: translatedDestinationPort)
        }
        if parts.contains(.egressVNI) { records.row.append(bigEndian: egressVNI) }
        if parts.contains(.ingressVNI) { records.row.append(bigEndian: ingressVNI) }
        if parts.contains(.gateway) {
            records.addPath(gateway.path, of: sample)
            records.addNumbers(gateway.communities, of: sample)
        }
        if parts.contains(.user) {
            records.addText(users.source, of: sample)
            records.addText(users.destination, of: sample)
        }
        if parts.contains(.url) {
            records.addText(url.path, of: sample)
            records.addText(url.host, of: sample)
        }
    }
}
