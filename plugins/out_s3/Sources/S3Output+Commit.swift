public import Core
import ObjectStore

extension S3Output {
    /// Begins to send what was decided on, and takes what the store has confirmed since.
    ///
    /// Returns when a request for everything that is ready has begun, and no more parts are in memory
    /// than may be under way. After `handOver`, and after a failure, it returns when the store has
    /// confirmed all of it.
    /// What is confirmed before something fails is not sent again.
    public func commit() throws(OperationError) -> [UInt8] {
        if let planFailure { throw planFailure }
        abortOrphans()
        for object in sealed where object.count == 0 && !object.isDone { finish(object) }
        try keepWhole()
        for object in sealed + objects.values where object.key != nil { object.cut() }
        var round = Round()
        try takeOutcomes(&round)
        while true {
            let isAllBegun = begin(&round)
            let waits =
                isHandingOver || waitsForAnswers || isInTrouble
                || (round.goesOn && (!isAllBegun || bodyBytes > bodyLimit))
            if requests.count == 0 || !waits { break }
            try waitForOutcomes()
            try takeOutcomes(&round)
        }
        // The next commit shows whether the trouble has ended, so that pauses grow until then.
        isInTrouble = round.error != nil || round.failure != nil
        if let error = round.error { throw error }
        if let (failure, call, key) = round.failure {
            pause = failure.retryAfter ?? (failure.canRetry ? 0 : engine.longestPause)
            if failure.kind == .throttled { parallel = max(1, parallel / 2) }
            throw failure.operation(call, "s3://\(settings.endpoint.bucket)/\(key)")
        }
        isHandingOver = false
        pause = 0
        if round.hasSuccess { parallel = min(parallel + 1, settings.parallel) }
        if requests.count == 0 { Payload.releaseSpareMemory() }
        raiseFloors()
        return state.encoded()
    }

    /// Bytes of parts that are under way, ready or being filled.
    private var bodyBytes: Int {
        (sealed + objects.values).reduce(0) { $0 + $1.bodyBytes }
    }

    /// As many parts as may be under way; while one of them is free, another is filled.
    private var bodyLimit: Int {
        settings.usesMultipart ? settings.parallel * settings.partSize : .max
    }

    /// What one `commit` has met.
    struct Round {
        /// The failure to tell of: the first, or that the store asks for fewer requests.
        var failure: (StoreFailure, call: String, key: String)?
        /// Nothing can be sent at all.
        var error: OperationError?
        var hasSuccess = false
        /// Failures since the last success.
        var failuresInARow = 0
        /// Objects that had a failure: what they need is tried again later.
        var failed: Set<ObjectIdentifier> = []
        /// Whether more requests may begin: one failure is the business of its own object, many of
        /// them are the store's.
        var goesOn = true
    }

    // MARK: Beginning

    /// Begins requests for what is ready, so many at once.
    ///
    /// - Returns: whether there is nothing more.
    private func begin(_ round: inout Round) -> Bool {
        let active = (sealed + objects.values).filter { !$0.isDone && $0.key != nil }
            .sorted { $0.start < $1.start }
        for object in active where !round.failed.contains(ObjectIdentifier(object)) {
            for purpose in ready(object) {
                if !round.goesOn { return true }
                if requests.count >= parallel { return false }
                transfers.send(request(for: purpose), as: requests.add(purpose))
            }
        }
        return true
    }

    /// What an object needs next.
    private func ready(_ object: CollectedObject) -> [RequestTable.Purpose] {
        if object.isUnderWay { return [] }
        if object.isMultipart {
            if object.upload == nil {
                object.checksum = checksum
                return [.create(object)]
            }
            if object.isSealed, object.waiting.isEmpty { return [.complete(object)] }
        } else {
            object.checksum = checksum
        }
        return object.waiting.filter { !$0.isUnderWay }.map { part in
            .part(object, part, object.checksum.map { ObjectChecksum($0, of: part.payload) })
        }
    }

    private func request(for purpose: RequestTable.Purpose) -> StoreRequest {
        switch purpose {
        case .create(let object):
            let algorithm: [(name: String, value: String)] =
                object.checksum.map { [("x-amz-checksum-algorithm", $0.rawValue.uppercased())] }
                ?? []
            return .createUpload(
                object.key ?? "", headers: settings.headers(at: clock()) + algorithm)
        case .part(let object, let part, let checksum):
            let sums = sums(of: part.payload, checksum)
            let key = object.key ?? ""
            var request: StoreRequest
            if let upload = object.upload, object.isMultipart {
                request = .uploadPart(
                    key, upload: upload, number: part.number, part.payload,
                    headers: settings.partHeaders + sums)
            } else {
                request = .put(
                    key, part.payload, headers: settings.headers(at: clock()) + sums + condition)
            }
            request.isComparedByMD5 = checksETag
            return request
        case .complete(let object):
            return .completeUpload(
                object.key ?? "", upload: object.upload ?? "", parts: object.stored,
                headers: settings.partHeaders + condition)
        case .question: preconditionFailure("questions are sent by those who ask")
        }
    }

    /// Headers with the checksums that go with a payload.
    func sums(of payload: Payload, _ checksum: ObjectChecksum?) -> [(name: String, value: String)] {
        var sums: [(name: String, value: String)] = checksum.map { [$0.header] } ?? []
        if settings.sendsMD5 { sums.append(("content-md5", payload.md5.base64)) }
        return sums
    }

    // MARK: Ending

    private func waitForOutcomes() throws(OperationError) {
        if engine.isOverdue() {
            canCommitAgain = false
            throw OperationError(
                .graceExpired, call: "put", target: settings.endpoint.bucketURL,
                reason: "\(requests.count) requests were given up; the next start repeats them",
                canRetry: true)
        }
        // The agent may stop meanwhile.
        transfers.wait(atMost: 100_000_000)
    }

    private func takeOutcomes(_ round: inout Round) throws(OperationError) {
        if requests.count > 0 { requests.kept += transfers.take() }
        while !requests.kept.isEmpty {
            let (number, outcome) = requests.kept.removeFirst()
            guard let purpose = requests.remove(number) else { continue }
            do throws(StoreFailure) {
                switch outcome {
                case .notSent(let error):
                    round.error = round.error ?? error
                    round.goesOn = false
                    continue
                case .failed(let failure): throw failure
                case .answered(let answer): try take(answer, for: purpose)
                }
                round.hasSuccess = true
                round.failuresInARow = 0
            } catch {
                if try recover(purpose, from: error) {
                    round.failuresInARow = 0
                    continue
                }
                note(error, of: purpose, &round)
            }
        }
    }

    private func note(
        _ failure: StoreFailure, of purpose: RequestTable.Purpose, _ round: inout Round
    ) {
        if let object = purpose.object { round.failed.insert(ObjectIdentifier(object)) }
        round.failuresInARow += 1
        if failure.kind == .throttled || round.failuresInARow >= parallel { round.goesOn = false }
        if round.failure == nil || failure.kind == .throttled {
            round.failure = (failure, purpose.call, purpose.object?.key ?? "")
        }
    }

    private func take(
        _ answer: StoreAnswer, for purpose: RequestTable.Purpose
    ) throws(StoreFailure) {
        switch purpose {
        case .create(let object): object.upload = try answer.uploadID()
        case .part(let object, let part, let checksum):
            let etag = try check(answer, part.payload)
            object.confirm(part.number, etag: etag, checksum: checksum)
            if !object.isMultipart { finish(object) }
        case .complete(let object):
            try answer.checkCompletion()
            finish(object)
        case .question: break
        }
    }

    /// Looks whether a failure is none.
    private func recover(
        _ purpose: RequestTable.Purpose, from failure: StoreFailure
    ) throws(OperationError) -> Bool {
        switch purpose {
        case .create: withoutChecksum(failure)
        case .part(let object, let part, _):
            withoutChecksum(failure)
            if failure.kind == .exists, !object.isMultipart {
                return try isThere(object, part.payload.count)
            }
            // The parts that it had are gone: the journal has their records.
            if object.isMultipart, failure.isAboutUpload { canCommitAgain = false }
        case .complete(let object):
            guard failure.isAboutUpload || failure.kind == .exists else { return false }
            // An attempt before may have completed it, and its answer was lost.
            if try isThere(object, object.storedBytes) {
                if failure.kind == .exists, let upload = object.upload {
                    _ = try ask(.abortUpload(object.key ?? "", upload: upload))
                }
                return true
            }
            if failure.kind != .exists { canCommitAgain = false }
        case .question: break
        }
        return false
    }

    /// A store that does not know checksums gets none from now on.
    private func withoutChecksum(_ failure: StoreFailure) {
        guard failure.kind == .unsupported, let algorithm = checksum else { return }
        log.warning("the store knows no \(algorithm.rawValue) checksums; sending none")
        checksum = nil
    }

    /// Sends a request and waits for its answer; what else ends meanwhile is kept.
    private func ask(
        _ request: StoreRequest
    ) throws(OperationError) -> Result<StoreAnswer, StoreFailure> {
        let question = requests.add(.question)
        transfers.send(request, as: question)
        while true {
            var result: StoreSender.Outcome?
            for one in transfers.take() {
                if one.number == question {
                    result = one.outcome
                } else {
                    requests.kept.append(one)
                }
            }
            guard let result else {
                try waitForOutcomes()
                continue
            }
            _ = requests.remove(question)
            switch result {
            case .answered(let answer): return .success(answer)
            case .failed(let failure): return .failure(failure)
            case .notSent(let error): throw error
            }
        }
    }

    /// What keeps the store from replacing an object.
    private var condition: [(name: String, value: String)] {
        settings.onlyCreates ? [("if-none-match", "*")] : []
    }

    /// Whether the store has the whole object, from an attempt before; it is then delivered.
    private func isThere(_ object: CollectedObject, _ length: Int) throws(OperationError) -> Bool {
        var request = StoreRequest.head(object.key ?? "")
        request.headers = settings.partHeaders
        guard case .success(let answer) = try ask(request), answer.length == length else {
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
        if bare == payload.md5.hex {
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
        if orphans.isEmpty { return }
        let own = Set((sealed + objects.values).compactMap(\.upload))
        let begun = Set((sealed + objects.values).filter(\.isUnderWay).compactMap(\.key))
        orphans.removeAll { plan in
            // It would find the one that is being begun.
            if begun.contains(plan.key) { return false }
            do throws(OperationError) {
                var uploads: Set<String> = plan.upload.map { [$0] } ?? []
                let list = try ask(.listUploads(prefix: plan.key))
                if case .success(let answer) = list, let found = try? answer.uploads() {
                    uploads.formUnion(found.filter { $0.key == plan.key }.map(\.id))
                }
                if case .failure(let failure) = list, failure.isPassing { return false }
                for upload in uploads.subtracting(own) {
                    guard
                        case .failure(let failure) = try ask(
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
            guard case .success = try ask(.head(plan.key)) else { continue }
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
