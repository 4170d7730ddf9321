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
        packer.keptLength = objects.open.count <= 4 ? packer.pieceLength * 2 : 64 << 10
        let now = clock()
        var whole: [CollectedObject] = []
        for object in objects.open.values where object.plan?.end == nil {
            let isOld = now.nanoseconds(since: object.opened) >= settings.timeout
            let isLong = try object.hasReached(settings.objectSize, &packer)
            if isHandingOver || isOld || isLong {
                whole.append(object)
            }
        }
        whole += overLimit(besides: whole)
        for object in whole { objects.close(object) }
        var isNews = false
        for object in objects.sealed where !object.isSealed {
            try object.seal(&packer)
            isNews = true
        }
        for object in objects.all
        where object.packedBytes > settings.partSize && settings.usesMultipart
            && !object.isMultipart && !object.isDone && object.waiting.isEmpty
        {
            object.isMultipart = true
            isNews = true
        }
        for object in objects.all.sorted(by: { $0.start < $1.start })
        where object.key == nil && (object.isSealed || object.isMultipart) {
            object.key = keys.makeKey(of: object, in: places.sources[object.place.source])
            isNews = true
        }
        return isNews
    }

    /// Objects that an earlier attempt had decided on are whole when their end was read.
    private func endPlanned() {
        for (place, object) in objects.open {
            guard let end = object.plan?.end, places.read[place.source] >= end else { continue }
            objects.close(object)
        }
        for plan in objects.dropPlans(endingBefore: places.read) {
            log.warning("\(plan.key): its records are gone from the journal; it stays as it is")
        }
    }

    /// Objects that are delivered early because there are too many, or they are too large.
    private func overLimit(besides chosen: [CollectedObject]) -> [CollectedObject] {
        let known = Set(chosen.map(\.place))
        var open = objects.open.values.filter { $0.plan?.end == nil && !known.contains($0.place) }
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
