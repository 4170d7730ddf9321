import Core
import ObjectStore

/// What attempts before have left in the store.
extension S3Output {
    /// Aborts multipart uploads that were begun and will not be ended, so that nobody pays for them.
    ///
    /// What fails is tried again with the next commit; it must not keep records back.
    func abortOrphans() {
        if orphans.isEmpty { return }
        let own = Set(objects.all.compactMap(\.upload))
        let begun = Set(objects.all.filter(\.isUnderWay).compactMap(\.key))
        // A store that does not answer one question is not asked the others: each takes its time.
        var isAway = false
        orphans.removeAll { plan in
            // It would find the one that is being begun.
            if isAway || begun.contains(plan.key) { return false }
            do throws(OperationError) {
                var uploads: Set<String> = plan.upload.map { [$0] } ?? []
                let list = try ask(.listUploads(prefix: plan.key))
                if case .success(let answer) = list, let found = try? answer.uploads() {
                    uploads.formUnion(found.filter { $0.key == plan.key }.map(\.id))
                }
                if case .failure(let failure) = list, failure.isPassing {
                    isAway = true
                    return false
                }
                for upload in uploads.subtracting(own) {
                    guard
                        case .failure(let failure) = try ask(
                            .abortUpload(plan.key, upload: upload)), failure.kind != .noUpload
                    else { continue }
                    if failure.isPassing {
                        isAway = true
                        return false
                    }
                    log.warning("\(failure.operation("abort upload", plan.key))")
                }
                return true
            } catch {
                isAway = true
                return false
            }
        }
    }

    /// An object that is there may lose nothing by being sent again: when the journal has given up
    /// some of its records meanwhile, the whole one may be in the store already.
    ///
    /// Where keys do not tell objects apart, what is there may be another one.
    func keepWhole(_ round: inout Round) throws(OperationError) {
        guard settings.template.tellsObjectsApart else { return }
        for object in objects.sealed {
            guard let plan = object.plan, object.count < plan.count, !object.isDone else {
                continue
            }
            var request = StoreRequest.head(plan.key)
            request.headers = settings.partHeaders
            switch try ask(request) {
            case .success:
                log.warning("\(plan.key): some of its records are gone from the journal; it stays")
                finish(object)
            case .failure(let failure) where failure.isPassing:
                // Nobody knows what is there: it must not be sent.
                round.failed.insert(ObjectIdentifier(object))
                round.failure = round.failure ?? (failure, "head", plan.key)
            case .failure: continue
            }
        }
    }

    /// Sends a request and waits for its answer; what else ends meanwhile is kept.
    func ask(
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
}

extension StoreFailure {
    /// Whether the store may soon answer otherwise.
    fileprivate var isPassing: Bool {
        switch kind {
        case .unreachable, .broken, .throttled, .skewed, .expired: true
        default: false
        }
    }
}
