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

    /// Stores what `firewall` has read.
    mutating func storeFirewall(_ line: RawSpan, into batch: inout RecordBatch) {
        typealias Place = RouterOSLayout.Place
        let action = writeAction(line, firewall.prefix)
        let states =
            firewall.connectionState.map { lastStates.append(line, $0, to: &scratch) } ?? Slot.null
        let transport = firewall.transport.map { writeTransport(line, $0) } ?? Slot.null
        batch.withFixedPart(rowLength: RouterOSLayout.firewallLength) { row in
            row.store(firewall.prefix, at: Place.rulePrefix)
            row.store(action, at: Place.action)
            row.store(firewall.chain, at: Place.chain)
            row.store(firewall.inInterface, at: Place.inInterface)
            row.store(firewall.outInterface, at: Place.outInterface)
            row.store(states, at: Place.connectionState)
            row.store(firewall.connectionMark, at: Place.connectionMark)
            row.store(transport, at: Place.transport)
            row.store(firewall.userName, at: Place.userName)
            if firewall.sourceMAC != 0 {
                row.store(
                    UInt32(truncatingIfNeeded: firewall.sourceMAC >> 16), at: Place.sourceMAC)
                row.store(
                    UInt16(truncatingIfNeeded: firewall.sourceMAC), at: Place.sourceMAC &+ 4)
            }
            row.store(firewall.source.address.high, at: Place.source)
            row.store(firewall.source.address.low, at: Place.source &+ 8)
            row.store(firewall.destination.address.high, at: Place.destination)
            row.store(firewall.destination.address.low, at: Place.destination &+ 8)
            row.store(firewall.translatedSource.address.high, at: Place.translatedSource)
            row.store(firewall.translatedSource.address.low, at: Place.translatedSource &+ 8)
            row.store(firewall.originalDestination.address.high, at: Place.originalDestination)
            row.store(
                firewall.originalDestination.address.low, at: Place.originalDestination &+ 8)
            row.store(firewall.source.port, at: Place.sourcePort)
            row.store(firewall.destination.port, at: Place.destinationPort)
            row.store(firewall.translatedSource.port, at: Place.translatedSourcePort)
            row.store(firewall.originalDestination.port, at: Place.originalDestinationPort)
            row.store(Self.flagged(firewall.icmpType), at: Place.icmpType)
            row.store(Self.flagged(firewall.icmpCode), at: Place.icmpCode)
            row.store(Self.flagged(firewall.tcpFlags), at: Place.tcpFlags)
            row.store(firewall.packetLength, at: Place.packetLength)
        }
    }

    private static func flagged(_ value: UInt8?) -> UInt16 {
        value.map { 0x100 | UInt16($0) } ?? 0
    }

    /// Writes the protocol in lower case, a number by its registered name when it has one.
    private mutating func writeTransport(_ line: RawSpan, _ range: Range<Int>) -> UInt64 {
        let start = scratch.buffer.count
        // Nearly always one of these.
        var known: StaticString?
        switch range.count {
        case 3 where line.hasBytes(of: "TCP", at: range.lowerBound): known = "tcp"
        case 3 where line.hasBytes(of: "UDP", at: range.lowerBound): known = "udp"
        case 4 where line.hasBytes(of: "ICMP", at: range.lowerBound): known = "icmp"
        default: break
        }
        if let known {
            scratch.buffer.append(known)
            return Slot.pack(
                offset: line.byteCount &+ start, length: scratch.buffer.count &- start)
        }
        return writeRareTransport(line, range)
    }

    @inline(never)
    private mutating func writeRareTransport(_ line: RawSpan, _ range: Range<Int>) -> UInt64 {
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
