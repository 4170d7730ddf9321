import Core
import ObjectStore

extension S3Output {
    func takeOutcomes(_ round: inout Round) throws(OperationError) {
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
        if failure.kind == .throttled || round.failuresInARow >= habits.parallel {
            round.goesOn = false
        }
        if round.failure == nil || failure.kind == .throttled {
            round.failure = (failure, purpose.call, purpose.object?.key ?? "")
        }
    }

    private func take(
        _ answer: StoreAnswer, for purpose: RequestTable.Purpose
    ) throws(StoreFailure) {
        switch purpose {
        case .create(let object): object.upload = try answer.uploadID()
        case .part(let object, let part, let checksum, let isUnsigned):
            let etag = try check(answer, part.payload, checksum, isUnsigned: isUnsigned)
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
        case .part(let object, let part, let checksum, let isUnsigned):
            if isUnsigned, failure.mayBeAboutSigning {
                signPayloads(failure)
                return true
            }
            withoutChecksum(failure)
            // The upload was begun with one: it has to begin anew.
            if object.isMultipart, failure.kind == .unsupported, checksum != nil {
                canCommitAgain = false
            }
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
        guard failure.kind == .unsupported, let algorithm = habits.checksum else { return }
        log.warning("the store knows no \(algorithm.rawValue) checksums; sending none")
        habits.leaveOutChecksums()
    }

    /// A store, or a bucket's policy, that wants payloads signed gets them so from now on.
    private func signPayloads(_ failure: StoreFailure) {
        guard habits.mayLeaveUnsigned else { return }
        log.info("\(failure.operation("put", settings.endpoint.bucketURL)); signing payloads now")
        habits.mayLeaveUnsigned = false
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

    /// Looks whether the store has got what was sent: it says so with the checksum that came with it,
    /// else with an ETag that is an MD5.
    ///
    /// - Returns: the ETag.
    private func check(
        _ answer: StoreAnswer, _ payload: Payload, _ checksum: ObjectChecksum?, isUnsigned: Bool
    ) throws(StoreFailure) -> String {
        guard let etag = answer.etag else {
            throw StoreFailure(.broken, status: 200, word: "", message: "the answer has no ETag")
        }
        if let checksum, answer.confirms(checksum) {
            habits.confirm()
            return etag
        }
        if isUnsigned {
            let failure = StoreFailure(
                .mismatch, status: 200, word: "",
                message: "the store does not confirm the checksum that was sent")
            signPayloads(failure)
            throw failure
        }
        let bare = etag.filter { $0 != "\"" }.lowercased()
        guard habits.comparesETags, bare.utf8.count == 32, bare.allSatisfy(\.isHexDigit) else {
            return etag
        }
        if bare == payload.md5.hex {
            habits.hasMatched()
            return etag
        }
        if habits.hasMismatched() {
            // The store has checked the SHA-256 that the signature covers.
            log.warning(
                "\(ErrorCode.storeMismatch.text): the ETags of this store are no MD5; they are not "
                    + "compared any more")
            return etag
        }
        throw StoreFailure(
            .mismatch, status: 200, word: "", message: "the ETag is not that of what was sent")
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

    /// Whether the store may take the same with its payload signed.
    fileprivate var mayBeAboutSigning: Bool {
        switch kind {
        case .denied, .rejected, .unsupported: true
        default: word.contains("SHA256")
        }
    }
}
