import Codec
import Core

/// Temporary keys as services and programs give them: a JSON object, or STS's XML.
enum LentCredentials {
    /// Reads `{"AccessKeyId": ..., "SecretAccessKey": ..., "Token": ..., "Expiration": ...}`, also
    /// with `SessionToken` as `credential_process` writes it.
    ///
    /// - Throws: `credentialsMissing` when the bytes are no key.
    static func json(_ bytes: [UInt8], from target: String) throws(OperationError) -> Credentials {
        var values: [String: String] = [:]
        var batch = RecordBatch()
        var builder = RecordBuilder()
        var reader = JSONReader()
        builder.begin()
        do throws(DecodeError) {
            try bytes.withBytes { bytes throws(DecodeError) in
                try reader.readObject(bytes, into: &builder)
            }
            builder.finish(into: &batch)
        } catch {
            throw missing(target, "the answer is no JSON object")
        }
        var scratch = ByteBuffer()
        batch.forEachRow { row in
            for name in names {
                guard let column = row.shape.column(named: name) else { continue }
                values[name] = row.value(at: column).withText(scratch: &scratch) { $0.makeString() }
            }
        }
        guard let keyID = values["AccessKeyId"], let secret = values["SecretAccessKey"] else {
            throw missing(target, "the answer has no key")
        }
        return Credentials(
            keyID: keyID, secret: secret, sessionToken: values["Token"] ?? values["SessionToken"],
            expiry: values["Expiration"].flatMap(instant))
    }

    private static let names = [
        "AccessKeyId", "SecretAccessKey", "Token", "SessionToken", "Expiration",
    ]

    /// Reads the answer of STS to an `AssumeRole` of either kind.
    static func sts(
        _ result: Result<HTTPResponse, HTTPFailure>, from target: String
    ) throws(OperationError) -> Credentials {
        let response: HTTPResponse
        switch result {
        case .success(let answer): response = answer
        case .failure(let failure):
            throw StoreFailure(failure).operation("assume role", target)
        }
        guard response.status == 200, let root = XMLElement(response.body),
            let given = root.children.first?.all("Credentials").first,
            let keyID = given["AccessKeyId"], let secret = given["SecretAccessKey"]
        else {
            let error = XMLElement(response.body)?.all("Error").first
            let reason = error.map { "\($0["Code"] ?? ""): \($0["Message"] ?? "")" }
            throw missing(target, reason ?? "HTTP \(response.status)")
        }
        return Credentials(
            keyID: keyID, secret: secret, sessionToken: given["SessionToken"],
            expiry: given["Expiration"].flatMap(instant))
    }

    static func missing(_ target: String, _ reason: String) -> OperationError {
        OperationError(
            .credentialsMissing, call: "get key", target: target, reason: reason, canRetry: true)
    }

    /// Reads `2026-01-31T12:00:00Z`, with or without a fraction.
    static func instant(_ text: String) -> Timestamp? {
        let numbers = text.split { "-T:.Z+".contains($0) }.compactMap { Int($0) }
        guard numbers.count >= 6, (1970...9999).contains(numbers[0]),
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
            (0...23).contains(numbers[3]), (0...59).contains(numbers[4]),
            (0...60).contains(numbers[5])
        else { return nil }
        let date = CivilTime(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3],
            minute: numbers[4], second: numbers[5])
        return Timestamp(seconds: date.secondsSince1970)
    }
}
