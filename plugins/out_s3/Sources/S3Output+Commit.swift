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
        var goesOn = true
        while !rest.isEmpty, goesOn {
            let wave = Array(rest.prefix(parallel))
            rest = rest.dropFirst(wave.count)
            // One failure is the business of its own object; a whole wave of them is the store's.
            goesOn = false
            for (item, result) in zip(wave, try client.send(wave.map(request))) {
                do throws(StoreFailure) {
                    try take(item, try result.get())
                    goesOn = true
                } catch {
                    if try recover(item, error) {
                        goesOn = true
                        continue
                    }
                    if failure == nil || error.kind == .throttled { failure = (error, key(item)) }
                }
            }
            if failure?.0.kind == .throttled { goesOn = false }
        }
        guard let (reason, key) = failure else { return }
        pause = reason.retryAfter ?? (reason.canRetry ? 0 : 60_000_000_000)
        if reason.kind == .throttled { parallel = max(1, parallel / 2) }
        throw reason.operation(call, "s3://\(settings.endpoint.bucket)/\(key)")
    }

    private func createUploads(_ objects: [CollectedObject]) throws(OperationError) {
        try send(
            objects, "create upload", key: { $0.key ?? "" },
            { object in
                object.checksum = checksum
                let algorithm: [(name: String, value: String)] =
                    checksum.map { [("x-amz-checksum-algorithm", $0.rawValue.uppercased())] } ?? []
                return .createUpload(
                    object.key ?? "", headers: settings.headers(at: clock()) + algorithm)
            },
            { object, answer throws(StoreFailure) in object.upload = try answer.uploadID() },
            recover: { _, failure throws(OperationError) in
                withoutChecksum(failure)
                return false
            })
    }

    /// A store that does not know checksums gets none from now on.
    private func withoutChecksum(_ failure: StoreFailure) {
        guard failure.kind == .unsupported, let algorithm = checksum else { return }
        log.warning("the store knows no \(algorithm.rawValue) checksums; sending none")
        checksum = nil
    }

    private func sendParts(
        _ parts: [(object: CollectedObject, part: CollectedObject.Part)]
    ) throws(OperationError) {
        try send(
            parts, "put", key: { $0.object.key ?? "" },
            { object, part in
                if !object.isMultipart { object.checksum = checksum }
                var sums: [(name: String, value: String)] = []
                if settings.sendsMD5 {
                    let md5 = part.payload.withBytes { Digest.md5($0) }
                    sums.append(("content-md5", md5.base64))
                }
                if let algorithm = object.checksum {
                    sums.append(ObjectChecksum(algorithm, of: part.payload).header)
                }
                let key = object.key ?? ""
                guard let upload = object.upload, object.isMultipart else {
                    return .put(
                        key, part.payload,
                        headers: settings.headers(at: clock()) + sums + condition)
                }
                return .uploadPart(
                    key, upload: upload, number: part.number, part.payload,
                    headers: settings.partHeaders + sums)
            },
            { item, answer throws(StoreFailure) in
                let etag = try check(answer, item.part.payload)
                item.object.confirm(
                    item.part.number, etag: etag,
                    checksum: item.object.checksum.map { ObjectChecksum($0, of: item.part.payload) }
                )
                if !item.object.isMultipart { finish(item.object) }
            },
            recover: { item, failure throws(OperationError) in
                withoutChecksum(failure)
                if failure.kind == .exists, !item.object.isMultipart {
                    return try isThere(item.object, item.part.payload.count)
                }
                // The parts that it had are gone: the journal has their records.
                if item.object.isMultipart, failure.isAboutUpload { canCommitAgain = false }
                return false
            })
    }

    private func completeUploads(_ objects: [CollectedObject]) throws(OperationError) {
        try send(
            objects, "complete upload", key: { $0.key ?? "" },
            { object in
                .completeUpload(
                    object.key ?? "", upload: object.upload ?? "", parts: object.stored,
                    headers: settings.partHeaders + condition)
            },
            { object, answer throws(StoreFailure) in
                try answer.checkCompletion()
                finish(object)
            },
            recover: { object, failure throws(OperationError) in
                guard failure.isAboutUpload || failure.kind == .exists else { return false }
                // An attempt before may have completed it, and its answer was lost.
                if try isThere(object, object.storedBytes) {
                    if failure.kind == .exists, let upload = object.upload {
                        _ = try client.send(.abortUpload(object.key ?? "", upload: upload))
                    }
                    return true
                }
                if failure.kind != .exists { canCommitAgain = false }
                return false
            })
    }

    /// What keeps the store from replacing an object.
    private var condition: [(name: String, value: String)] {
        settings.onlyCreates ? [("if-none-match", "*")] : []
    }

    /// Whether the store has the whole object, from an attempt before; it is then delivered.
    private func isThere(_ object: CollectedObject, _ length: Int) throws(OperationError) -> Bool {
        var request = StoreRequest.head(object.key ?? "")
        request.headers = settings.partHeaders
        guard case .success(let answer) = try client.send(request), answer.length == length else {
            return false
        }
        finish(object)
        return true
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
    /// Whether the upload, or a part of it, is not what the store has: it has to begin anew.
    fileprivate var isAboutUpload: Bool {
        switch kind {
        case .noUpload, .noObject, .rejected: true
        default: false
        }
    }

    /// Whether the store may soon answer otherwise.
    fileprivate var isPassing: Bool {
        switch kind {
        case .unreachable, .broken, .throttled: true
        default: false
        }
    }
}
