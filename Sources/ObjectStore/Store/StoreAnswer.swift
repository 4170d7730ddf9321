package import Core

/// What a store answered to a request that it has carried out.
public struct StoreAnswer: Sendable {
    let response: HTTPResponse

    init(response: HTTPResponse) { self.response = response }

    /// An answer as it might come, for tests of what reads it.
    ///
    /// - Parameter headers: names in lower case.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.init(response: HTTPResponse(status: status, headers: headers, body: body))
    }

    public var body: [UInt8] { response.body }

    public subscript(header: String) -> String? { response[header] }

    /// Of the object or part, as the store wrote it, quotes included.
    public var etag: String? { response["etag"] }

    /// Whether the store says that what it has got has this checksum.
    public func confirms(_ checksum: ObjectChecksum) -> Bool {
        self[checksum.header.name] == checksum.value
    }

    /// Bytes of the object, from `HEAD`.
    public var length: Int? { response["content-length"].flatMap { Int($0) } }

    /// The number of the multipart upload that was begun.
    public func uploadID() throws(StoreFailure) -> String {
        // rclone names the document `InitiateMultipartUpload`.
        guard let result = document("InitiateMultipartUpload"), let id = result["UploadId"],
            !id.isEmpty
        else { throw unclear }
        return id
    }

    /// Makes sure that a multipart upload is complete: stores may answer 200 and then an error.
    public func checkCompletion() throws(StoreFailure) {
        guard document("CompleteMultipartUpload") == nil else { return }
        guard let error = document("Error") else { throw unclear }
        var failure = StoreFailure(
            .broken, status: response.status, word: error["Code"] ?? "",
            message: error["Message"] ?? "")
        if failure.word == "NoSuchUpload" { failure.kind = .noUpload }
        throw failure
    }

    /// Uploads that are not complete.
    public func uploads() throws(StoreFailure) -> [(key: String, id: String)] {
        guard let result = document("ListMultipartUploads") else { throw unclear }
        return result.all("Upload").compactMap { upload in
            guard let key = upload["Key"], let id = upload["UploadId"] else { return nil }
            return (key, id)
        }
    }

    /// Why the request was not carried out, when this is no success.
    package func failure(at now: Timestamp) -> StoreFailure { StoreFailure(response, now: now) }

    /// The document when its name begins so.
    func document(_ name: String) -> XMLElement? {
        guard let element = XMLElement(response.body), element.name.hasPrefix(name) else {
            return nil
        }
        return element
    }

    var unclear: StoreFailure {
        StoreFailure(
            .broken, status: response.status, word: "",
            message: "the answer is not what S3 says: \(response.text.prefix(120))")
    }
}
