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
        for object in objects.sealed where object.count == 0 && !object.isDone { finish(object) }
        var round = Round()
        try keepWhole(&round)
        for object in objects.all where object.key != nil { object.cut() }
        try takeOutcomes(&round)
        while true {
            let isAllBegun = begin(&round)
            let waits =
                isHandingOver || waitsForAnswers || isInTrouble
                || (round.goesOn && (!isAllBegun || objects.bodyBytes > bodyLimit))
            if requests.count == 0 || !waits { break }
            try waitForOutcomes()
            try takeOutcomes(&round)
        }
        // The next commit shows whether the trouble has ended, so that pauses grow until then.
        isInTrouble = round.error != nil || round.failure != nil
        if let error = round.error { throw error }
        if let (failure, call, key) = round.failure {
            pause = failure.retryAfter ?? (failure.canRetry ? 0 : engine.longestPause)
            if failure.kind == .throttled { habits.slowDown() }
            throw failure.operation(call, "s3://\(settings.endpoint.bucket)/\(key)")
        }
        isHandingOver = false
        pause = 0
        if round.hasSuccess { habits.speedUp() }
        if requests.count == 0 { Payload.releaseSpareMemory() }
        raiseFloors()
        return state.encoded()
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
        let active = objects.all.filter { !$0.isDone && $0.key != nil }
            .sorted { $0.start < $1.start }
        for object in active where !round.failed.contains(ObjectIdentifier(object)) {
            for purpose in ready(object) {
                if !round.goesOn { return true }
                if requests.count >= habits.parallel { return false }
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
                object.checksum = habits.checksum
                return [.create(object)]
            }
            if object.isSealed, object.waiting.isEmpty { return [.complete(object)] }
        } else {
            object.checksum = habits.checksum
        }
        return object.waiting.filter { !$0.isUnderWay }.map { part in
            let sum = object.checksum.map { ObjectChecksum($0, of: part.payload) }
            return .part(object, part, sum, isUnsigned: habits.leavesUnsigned(sum))
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
        case .part(let object, let part, let checksum, let isUnsigned):
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
            request.checksum = checksum
            request.isPayloadUnsigned = isUnsigned
            request.isComparedByMD5 = habits.comparesETags
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

    /// What keeps the store from replacing an object.
    var condition: [(name: String, value: String)] {
        settings.onlyCreates ? [("if-none-match", "*")] : []
    }

    func waitForOutcomes() throws(OperationError) {
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
}
