import Core

/// Records of firewall messages and logins.
extension RouterOSReader {
    func store(_ login: LoginLine, into batch: inout RecordBatch) {
        typealias Place = RouterOSLayout.Place
        batch.store(login.userName, at: Place.userName)
        batch.store(login.service, at: Place.service)
        Self.store(login.source.address, at: Place.source, into: &batch)
        Self.storeMAC(login.sourceMAC, into: &batch)
    }

    private static func store(
        _ address: IPAddress, at place: Int, into batch: inout RecordBatch
    ) {
        batch.store(address.high, at: place)
        batch.store(address.low, at: place &+ 8)
    }

    private static func storeMAC(_ address: UInt64, into batch: inout RecordBatch) {
        guard address != 0 else { return }
        batch.store(
            UInt32(truncatingIfNeeded: address >> 16), at: RouterOSLayout.Place.sourceMAC)
        batch.store(
            UInt16(truncatingIfNeeded: address), at: RouterOSLayout.Place.sourceMAC &+ 4)
    }

    mutating func store(
        _ firewall: FirewallLine, _ line: RawSpan, into batch: inout RecordBatch
    ) {
        typealias Place = RouterOSLayout.Place
        batch.store(firewall.prefix, at: Place.rulePrefix)
        batch.store(writeAction(line, firewall.prefix), at: Place.action)
        batch.store(firewall.chain, at: Place.chain)
        batch.store(firewall.inInterface, at: Place.inInterface)
        batch.store(firewall.outInterface, at: Place.outInterface)
        batch.store(
            firewall.connectionState.map { writeWords(line, $0) } ?? Slot.null,
            at: Place.connectionState)
        batch.store(firewall.connectionMark, at: Place.connectionMark)
        batch.store(
            firewall.transport.map { writeTransport(line, $0) } ?? Slot.null, at: Place.transport)
        batch.store(firewall.userName, at: Place.userName)
        Self.storeMAC(firewall.sourceMAC, into: &batch)
        Self.store(firewall.source.address, at: Place.source, into: &batch)
        Self.store(firewall.destination.address, at: Place.destination, into: &batch)
        Self.store(
            firewall.translatedSource.address, at: Place.translatedSource, into: &batch)
        Self.store(
            firewall.originalDestination.address, at: Place.originalDestination, into: &batch)
        batch.store(firewall.source.port, at: Place.sourcePort)
        batch.store(firewall.destination.port, at: Place.destinationPort)
        batch.store(firewall.translatedSource.port, at: Place.translatedSourcePort)
        batch.store(firewall.originalDestination.port, at: Place.originalDestinationPort)
        batch.store(Self.flagged(firewall.icmpType), at: Place.icmpType)
        batch.store(Self.flagged(firewall.icmpCode), at: Place.icmpCode)
        batch.store(Self.flagged(firewall.tcpFlags), at: Place.tcpFlags)
        batch.store(firewall.packetLength, at: Place.packetLength)
    }

    private static func flagged(_ value: UInt8?) -> UInt16 {
        value.map { 0x100 | UInt16($0) } ?? 0
    }

    /// Writes the protocol in lower case, a number by its registered name when it has one.
    private mutating func writeTransport(_ line: RawSpan, _ range: Range<Int>) -> UInt64 {
        let start = scratch.buffer.count
        var number: UInt64? = 0
        for offset in range {
            let byte = line.byte(at: offset)
            if byte.isDigit, let known = number, known < 256 {
                number = known &* 10 &+ UInt64(byte &- 0x30)
            } else {
                number = nil
            }
        }
        if let number, !range.isEmpty, let name = NameTable.transport.name(of: number) {
            scratch.buffer.append(name)
        } else {
            for offset in range {
                let byte = line.byte(at: offset)
                scratch.buffer.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
            }
        }
        return Slot.pack(
            offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
    }

    // MARK: Action

    /// Writes what the rule did, as its prefix says: the line itself does not tell.
    private mutating func writeAction(_ line: RawSpan, _ prefix: UInt64) -> UInt64 {
        guard prefix != Slot.null else { return Slot.null }
        let start = Int(prefix >> 32)
        let end = start &+ Int(prefix & 0xffff_ffff)
        let at = scratch.buffer.count
        guard actions.append(for: line.extracting(start..<end), to: &scratch.buffer) else {
            return Slot.null
        }
        return Slot.pack(offset: line.byteCount &+ at, length: scratch.buffer.count &- at)
    }
}
