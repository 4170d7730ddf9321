public import Core
import ObjectStore
import System

extension S3Output: ProbingOutput {
    /// Writes, reads and deletes a small object, and begins and aborts a multipart upload.
    public func probe() -> [ProbeStep] {
        var steps = [
            ProbeStep(
                "bucket",
                settings.endpoint.bucketURL + " in region \(settings.endpoint.region)")
        ]
        do throws(StepFailure) {
            try run(&steps)
        } catch {
            steps.append(error.step)
        }
        return steps
    }

    private struct StepFailure: Error {
        var step: ProbeStep
    }

    private func run(_ steps: inout [ProbeStep]) throws(StepFailure) {
        let key = "catchment-probe-" + ObjectName.text("\(Process.randomUInt64())")
        let text = Array("Written by 'catchment check --connect'; may be deleted.\n".utf8)
        let body = text.withBytes { Payload($0) }
        let client = makeClient()
        func attempt(_ name: String, _ request: StoreRequest) throws(StepFailure) -> StoreAnswer {
            try self.attempt(name, request, client)
        }

        // What locks an object ends soon: the probe's is to go away.
        let headers = settings.headers(at: clock(), locksAtMost: 60_000_000_000)
        let sums = sums(of: body, habits.checksum.map { ObjectChecksum($0, of: body) })
        let written = try attempt("write", .put(key, body, headers: headers + sums))
        steps.append(ProbeStep("write", "\(key), \(text.count) bytes"))
        if client.skew != 0 {
            let seconds = client.skew / 1_000_000_000
            steps.append(
                ProbeStep("clock", "differs from the store's by \(seconds) s; set it, run NTP"))
        }
        if let etag = written.etag?.filter({ $0 != "\"" }), habits.comparesETags,
            etag != body.md5.hex
        {
            steps.append(
                ProbeStep("checksum", "the store's ETags are no MD5; they are not compared"))
        }
        let read = try attempt("read", .get(key, limit: 1 << 16))
        guard read.body == text else {
            throw StepFailure(step: ProbeStep("read", "other bytes came back", isGood: false))
        }
        steps.append(ProbeStep("read", "the same bytes came back"))
        if settings.usesMultipart {
            let begun = try attempt(
                "multipart", .createUpload(key, headers: headers))
            let upload: String
            do throws(StoreFailure) {
                upload = try begun.uploadID()
            } catch {
                throw failure("multipart", error)
            }
            _ = try attempt("multipart", .abortUpload(key, upload: upload))
            steps.append(ProbeStep("multipart", "an upload was begun and aborted"))
        }
        _ = try attempt("delete", .delete(key))
        steps.append(ProbeStep("delete", "the object is gone again"))
    }

    private func attempt(
        _ name: String, _ request: StoreRequest, _ client: StoreClient
    ) throws(StepFailure) -> StoreAnswer {
        let result: Result<StoreAnswer, StoreFailure>
        do throws(OperationError) {
            result = try client.send(request)
        } catch {
            throw StepFailure(
                step: ProbeStep(
                    name, "\(error.code.text): \(error.target): \(error.reason)", isGood: false))
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let failure): throw self.failure(name, failure)
        }
    }

    private func failure(_ name: String, _ failure: StoreFailure) -> StepFailure {
        let error = failure.operation(name, settings.endpoint.bucketURL)
        var text = "\(error.code.text): \(error.reason)"
        switch failure.kind {
        case .unreachable:
            text +=
                settings.endpoint.isVirtual
                ? "; check 'endpoint', or try 'addressing: path'"
                : "; check 'endpoint', routes, firewalls and proxies"
        case .noBucket where settings.endpoint.isVirtual,
            .noObject where settings.endpoint.isVirtual:
            text += "; or try 'addressing: path'"
        case .noObject where name == "write": text += "; is this the address of an object store?"
        case .denied where name == "delete":
            text += "; records are delivered without this right, the probe object stays"
        default: break
        }
        return StepFailure(step: ProbeStep(name, text, isGood: false))
    }
}
