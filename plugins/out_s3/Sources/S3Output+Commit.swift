public import Core
import ObjectStore

extension S3Output {
    /// Sends what was decided on, and returns when the store has confirmed it.
    ///
    /// What is confirmed before something fails is not sent again.
    public func commit() throws(OperationError) -> [UInt8] {
        if let planFailure { throw planFailure }
        abortOrphans()
        for object in sealed where object.count == 0 && !object.isDone { finish(object) }
        try keepWhole()
        for object in sealed + objects.values where object.key != nil {
            object.cut(settings.partSize)
        }
        let active = (sealed + objects.values).filter { !$0.isDone }
            .sorted { $0.start < $1.start }
        try createUploads(active.filter { $0.isMultipart && $0.upload == nil })
        try sendParts(
            active.flatMap { object in object.waiting.map { (object, $0) } })
        try completeUploads(sealed.filter { $0.isMultipart && !$0.isDone })
        isHandingOver = false
        pause = 0
        parallel = min(parallel + 1, settings.parallel)
        raiseFloors()
        return state.encoded()
    }

    /// Sends requests, so many at once, and hands over their answers.
    ///
    /// - Throws: the first failure, after what else was under way has ended.
    private func send<Item>(
        _ items: [Item], _ call: String, key: (Item) -> String,
        _ request: (Item) -> StoreRequest,
        _ take: (Item, StoreAnswer) throws(StoreFailure) -> Void,
        recover: (Item, StoreFailure) throws(OperationError) -> Bool = { _, _ in false }
    ) throws(OperationError) {
        var rest = items[...]
        var failure: (StoreFailure, String)?
        while !rest.isEmpty, failure == nil {
            let wave = Array(rest.prefix(parallel))
            rest = rest.dropFirst(wave.count)
            for (item, result) in zip(wave, try client.send(wave.map(request))) {
                do throws(StoreFailure) {
                    try take(item, try result.get())
                } catch {
                    if try recover(item, error) { continue }
                    if failure == nil { failure = (error, key(item)) }
                }
            }
        }
        guard let (reason, key) = failure else { return }
        pause = reason.retryAfter ?? (reason.canRetry ? 0 : 60_000_000_000)
        if reason.kind == .throttled { parallel = max(1, parallel / 2) }
        throw reason.operation(call, "s3://\(settings.endpoint.bucket)/\(key)")
    }

    private func createUploads(_ objects: [CollectedObject]) throws(OperationError) {
        try send(
            objects, "create upload", key: { $0.key ?? "" },
            { .createUpload($0.key ?? "", headers: settings.objectHeaders) },
            { object, answer throws(StoreFailure) in object.upload = try answer.uploadID() })
    }

    private func sendParts(
        _ parts: [(object: CollectedObject, part: CollectedObject.Part)]
    ) throws(OperationError) {
        try send(
            parts, "put", key: { $0.object.key ?? "" },
            { object, part in
                let md5: [(name: String, value: String)] =
                    settings.sendsMD5
                    ? [("content-md5", part.payload.withBytes { Digest.md5($0) }.base64)] : []
                let key = object.key ?? ""
                guard let upload = object.upload, object.isMultipart else {
                    return .put(key, part.payload, headers: settings.objectHeaders + md5)
                }
                return .uploadPart(
                    key, upload: upload, number: part.number, part.payload,
                    headers: settings.partHeaders + md5)
            },
            { item, answer throws(StoreFailure) in
                let etag = try check(answer, item.part.payload)
                item.object.confirm(item.part.number, etag: etag)
                if !item.object.isMultipart { finish(item.object) }
            },
            recover: { item, failure throws(OperationError) in
                // The parts that it had are gone: the journal has their records.
                if failure.kind == .noUpload { canCommitAgain = false }
                return false
            })
    }

    private func completeUploads(_ objects: [CollectedObject]) throws(OperationError) {
        try send(
            objects, "complete upload", key: { $0.key ?? "" },
            { object in
                .completeUpload(
                    object.key ?? "", upload: object.upload ?? "", parts: object.stored,
                    headers: [])
            },
            { object, answer throws(StoreFailure) in
                try answer.checkCompletion()
                finish(object)
            },
            recover: { object, failure throws(OperationError) in
                guard failure.kind == .noUpload else { return false }
                // An attempt before may have completed it, and its answer was lost.
                if case .success(let answer) = try client.send(.head(object.key ?? "")),
                    answer.length == object.storedBytes
                {
                    finish(object)
                    return true
                }
                canCommitAgain = false
                return false
            })
    }

    /// Compares the checksum that the store made of what it got, where it is an MD5.
    ///
    /// - Returns: the ETag.
    private func check(
        _ answer: StoreAnswer, _ payload: Payload
    ) throws(StoreFailure) -> String {
        guard let etag = answer.etag else {
            throw StoreFailure(.broken, status: 200, word: "", message: "the answer has no ETag")
        }
        let bare = etag.filter { $0 != "\"" }.lowercased()
        guard checksETag, bare.utf8.count == 32, bare.allSatisfy(\.isHexDigit) else { return etag }
        if bare == payload.withBytes({ Digest.md5($0) }).hex {
            mismatches = 0
            return etag
        }
        mismatches += 1
        if mismatches >= 3 {
            // The store has checked the SHA-256 that every request carries.
            checksETag = false
            log.warning(
                "\(ErrorCode.storeMismatch.text): the ETags of this store are no MD5; they are not "
                    + "compared any more")
            return etag
        }
        throw StoreFailure(
            .mismatch, status: 200, word: "", message: "the ETag is not that of what was sent")
    }

    /// Aborts multipart uploads that were begun and will not be ended, so that nobody pays for them.
    ///
    /// What fails is tried again with the next commit; it must not keep records back.
    private func abortOrphans() {
        let own = Set((sealed + objects.values).compactMap(\.upload))
        orphans.removeAll { plan in
            do throws(OperationError) {
                var uploads: Set<String> = plan.upload.map { [$0] } ?? []
                let list = try client.send(.listUploads(prefix: plan.key))
                if case .success(let answer) = list, let found = try? answer.uploads() {
                    uploads.formUnion(found.filter { $0.key == plan.key }.map(\.id))
                }
                if case .failure(let failure) = list, failure.isPassing { return false }
                for upload in uploads.subtracting(own) {
                    guard
                        case .failure(let failure) = try client.send(
                            .abortUpload(plan.key, upload: upload)), failure.kind != .noUpload
                    else { continue }
                    if failure.isPassing { return false }
                    log.warning("\(failure.operation("abort upload", plan.key))")
                }
                return true
            } catch {
                return false
            }
        }
    }

    /// An object that is there may lose nothing by being sent again: when the journal has given up
    /// some of its records meanwhile, the whole one may be in the store already.
    private func keepWhole() throws(OperationError) {
        for object in sealed {
            guard let plan = object.plan, object.count < plan.count, !object.isMultipart,
                !object.isDone
            else {
                continue
            }
            guard case .success = try client.send(.head(plan.key)) else { continue }
            log.warning("\(plan.key): some of its records are gone from the journal; it stays")
            finish(object)
        }
    }
}

extension StoreFailure {
    /// Whether the store may soon answer otherwise.
    fileprivate var isPassing: Bool {
        switch kind {
        case .unreachable, .broken, .throttled: true
        default: false
        }
    }
}
