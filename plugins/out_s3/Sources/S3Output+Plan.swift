import Core
import ObjectStore

extension S3Output {
    /// Decides which objects are whole and which begin to be sent.
    public func plan() -> [UInt8]? {
        do throws(OperationError) {
            return try decide() ? state.encoded() : nil
        } catch {
            // The commit throws it again; nothing may be sent before.
            planFailure = error
            canCommitAgain = false
            return nil
        }
    }

    /// - Returns: whether the state saved last does not know all of it.
    private func decide() throws(OperationError) -> Bool {
        endPlanned()
        packer.keptLength = objects.count <= 4 ? packer.pieceLength * 2 : 64 << 10
        let now = clock()
        var whole: [CollectedObject] = []
        for object in objects.values where object.plan?.end == nil {
            let isOld = now.nanoseconds(since: object.opened) >= settings.timeout
            let isLong = try object.hasReached(settings.objectSize, &packer)
            if isHandingOver || isOld || isLong {
                whole.append(object)
            }
        }
        whole += overLimit(besides: whole)
        for object in whole { close(object) }
        var isNews = false
        for object in sealed where !object.isSealed {
            try object.seal(&packer)
            isNews = true
        }
        for object in sealed + objects.values
        where object.packedBytes > settings.partSize && settings.usesMultipart
            && !object.isMultipart && !object.isDone && object.waiting.isEmpty
        {
            object.isMultipart = true
            isNews = true
        }
        for object in (sealed + objects.values).sorted(by: { $0.start < $1.start })
        where object.key == nil && (object.isSealed || object.isMultipart) {
            decideKey(of: object)
            isNews = true
        }
        return isNews
    }

    /// Objects that an earlier attempt had decided on are whole when their end was read.
    private func endPlanned() {
        for (place, object) in objects {
            guard let end = object.plan?.end, read[place.source] >= end else { continue }
            close(object)
        }
        for (place, plans) in planned {
            let left = plans.filter { plan in
                guard let end = plan.end, read[place.source] >= end else { return true }
                log.warning("\(plan.key): its records are gone from the journal; it stays as it is")
                return false
            }
            planned[place] = left.isEmpty ? nil : left
        }
    }

    /// Objects that are delivered early because there are too many, or they are too large.
    private func overLimit(besides chosen: [CollectedObject]) -> [CollectedObject] {
        let places = Set(chosen.map(\.place))
        var open = objects.values.filter { $0.plan?.end == nil && !places.contains($0.place) }
        var result: [CollectedObject] = []
        if open.count > settings.openLimit {
            open.sort { $0.lastUse < $1.lastUse }
            let count = open.count - settings.openLimit
            result += open.prefix(count)
            open.removeFirst(count)
        }
        var held = open.reduce(0) { $0 + $1.heldBytes }
        guard held > settings.memoryLimit else { return result }
        open.sort { $0.heldBytes > $1.heldBytes }
        for object in open where held > settings.memoryLimit {
            // What is long enough goes out as parts, and stays open.
            if !settings.usesMultipart || object.packedBytes <= settings.partSize {
                result.append(object)
            }
            held -= object.heldBytes
        }
        return result
    }
}
