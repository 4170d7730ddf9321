import Foundation
import Synchronization

/// An object store in memory with path-style addresses, which can fail at any request.
///
/// It checks no signatures: servers of others do that in the tests that run them.
public final class FakeStore: Sendable {
    /// How a request goes wrong.
    public enum Fault: Sendable {
        /// It is not carried out, and this is the answer.
        case reply(Reply)
        /// It is carried out, and this becomes of the answer.
        case after(Reply.Ending)
        /// It is carried out, and the answer has another checksum.
        case wrongETag
        /// The connection is reset within the body.
        case resetBody
    }

    struct Upload {
        var key: String
        var parts: [Int: (etag: String, bytes: [UInt8])] = [:]
    }

    struct State {
        var objects: [String: [UInt8]] = [:]
        var headers: [String: [String: String]] = [:]
        var uploads: [String: Upload] = [:]
        var requests: [ReceivedRequest] = []
        var puts: [String: Int] = [:]
        var uploadCount = 0
        var fault: @Sendable (ReceivedRequest, Int) -> Fault? = { _, _ in nil }
        var pending: [String: Fault] = [:]
        var count = 0
        var confirmsChecksums = false
    }

    private let state: SharedState
    private let server: LoopbackHTTP

    /// A class, so that the server's threads share it.
    final class SharedState: @unchecked Sendable {
        // Sendable: `isHeld` is guarded by `gate`.
        let value = Mutex(State())
        private let gate = NSCondition()
        private var isHeld = false

        func setHeld(_ isHeld: Bool) {
            gate.withLock {
                self.isHeld = isHeld
                gate.broadcast()
            }
        }

        func waitWhileHeld() { gate.withLock { while isHeld { gate.wait() } } }
    }

    public init() throws {
        let state = SharedState()
        self.state = state
        server = try LoopbackHTTP(
            resetsBody: { request in
                // Asked before the request counts; the fault is found again when it is answered.
                state.value.withLock { state in
                    guard case .resetBody? = state.fault(request, state.count) else { return false }
                    state.count += 1
                    state.requests.append(request)
                    return true
                }
            },
            answer: { request in
                state.waitWhileHeld()
                return state.value.withLock { Self.answer(request, &$0) }
            })
    }

    /// Refuses requests whose time is not that of its own clock, Sun, 06 Nov 2033 08:49:37 GMT.
    public func refuseOtherClocks() {
        fail { request, _ in
            request.headers["x-amz-date"]?.hasPrefix("20331106T0849") == true
                ? nil
                : .reply(
                    Self.error(
                        403, "RequestTimeTooSkewed",
                        headers: ["Date": "Sun, 06 Nov 2033 08:49:37 GMT"]))
        }
    }

    /// Whether answers have the checksum that came with the bytes.
    public func confirmChecksums(_ confirms: Bool = true) {
        state.value.withLock { $0.confirmsChecksums = confirms }
    }

    /// Carries out no request until `release`.
    public func hold() { state.setHeld(true) }
    public func release() { state.setHeld(false) }

    public var endpoint: String { "http://127.0.0.1:\(server.port)" }

    /// Refuses connections from now on.
    public func stop() { server.stop() }

    /// Sets what goes wrong, by request and its number from 0.
    public func fail(_ fault: @escaping @Sendable (ReceivedRequest, Int) -> Fault?) {
        state.value.withLock {
            $0.fault = fault
            $0.count = 0
        }
    }

    /// Objects by `bucket/key`.
    public var objects: [String: [UInt8]] { state.value.withLock { $0.objects } }

    /// Puts an object there, by `bucket/key`.
    public func put(_ bytes: [UInt8], at key: String) {
        state.value.withLock { $0.objects[key] = bytes }
    }

    /// Headers that came with an object, by `bucket/key`.
    public func headers(of key: String) -> [String: String] {
        state.value.withLock { $0.headers[key] ?? [:] }
    }
    public var requests: [ReceivedRequest] { state.value.withLock { $0.requests } }
    public var openUploads: Int { state.value.withLock { $0.uploads.count } }
    /// How often an object of a key came into being.
    public var puts: [String: Int] { state.value.withLock { $0.puts } }

    // MARK: Answers

    private static func answer(_ request: ReceivedRequest, _ state: inout State) -> Reply {
        let fault = state.fault(request, state.count)
        state.count += 1
        state.requests.append(request)
        if case .reply(let reply)? = fault { return reply }
        var reply = carryOut(request, &state)
        if case .after(let ending)? = fault { reply.ending = ending }
        if case .wrongETag? = fault, reply.headers["ETag"] != nil {
            reply.headers["ETag"] = "\"00000000000000000000000000000000\""
        }
        if state.confirmsChecksums, request.method == "PUT" {
            for (name, value) in request.headers where name.hasPrefix("x-amz-checksum-") {
                reply.headers[name] = value
            }
        }
        reply.headers["Date"] = "Sun, 06 Nov 2033 08:49:37 GMT"
        return reply
    }

    private static func carryOut(_ request: ReceivedRequest, _ state: inout State) -> Reply {
        let name = String(request.path.dropFirst())
        guard name.contains("/") else { return bucket(request, name, state) }
        switch (request.method, request.query["uploadId"]) {
        case ("PUT", nil):
            if request.headers["if-none-match"] == "*", state.objects[name] != nil {
                return error(412, "PreconditionFailed")
            }
            return store(request.body, name, request.headers, &state)
        case ("PUT", let id?):
            guard let number = Int(request.query["partNumber"] ?? ""), state.uploads[id] != nil
            else { return error(404, "NoSuchUpload") }
            let tag = etag(request.body)
            state.uploads[id]?.parts[number] = (tag, request.body)
            return Reply(200, headers: ["ETag": tag])
        case ("POST", nil):
            state.uploadCount += 1
            let id = "upload-\(state.uploadCount)"
            state.uploads[id] = Upload(key: name)
            state.headers[name] = request.headers
            return xml(
                "<InitiateMultipartUploadResult><UploadId>\(id)</UploadId>"
                    + "</InitiateMultipartUploadResult>")
        case ("POST", let id?): return complete(request, name, id, &state)
        case ("DELETE", let id?):
            return state.uploads.removeValue(forKey: id) == nil
                ? error(404, "NoSuchUpload") : Reply(204)
        case ("DELETE", nil):
            state.objects[name] = nil
            return Reply(204)
        case ("GET", _), ("HEAD", _):
            guard let bytes = state.objects[name] else { return error(404, "NoSuchKey") }
            return read(bytes, request)
        default: return error(405, "MethodNotAllowed")
        }
    }

    /// An object, or the part of it that is asked for.
    private static func read(_ bytes: [UInt8], _ request: ReceivedRequest) -> Reply {
        let tag = etag(bytes)
        if let wanted = request.headers["if-match"], wanted != tag {
            return error(412, "PreconditionFailed")
        }
        let range = (request.headers["range"] ?? "").split { "=-".contains($0) }
        guard range.count == 3, let first = Int(range[1]), let last = Int(range[2]) else {
            return Reply(
                200, headers: ["ETag": tag, "Content-Length": "\(bytes.count)"], bytes: bytes)
        }
        guard first < bytes.count else { return error(416, "InvalidRange") }
        let part = Array(bytes[first...min(last, bytes.count - 1)])
        return Reply(
            206,
            headers: [
                "ETag": tag,
                "Content-Range": "bytes \(first)-\(first + part.count - 1)/\(bytes.count)",
            ], bytes: part)
    }

    private static func store(
        _ bytes: [UInt8], _ name: String, _ headers: [String: String]?, _ state: inout State
    ) -> Reply {
        state.objects[name] = bytes
        if let headers { state.headers[name] = headers }
        state.puts[name, default: 0] += 1
        return Reply(200, headers: ["ETag": etag(bytes)])
    }

    private static func complete(
        _ request: ReceivedRequest, _ name: String, _ id: String, _ state: inout State
    ) -> Reply {
        guard let upload = state.uploads[id], upload.key == name else {
            return error(404, "NoSuchUpload")
        }
        let text = String(decoding: request.body, as: UTF8.self)
        let parts = upload.parts.sorted { $0.key < $1.key }
        let isWhole = parts.enumerated().allSatisfy { index, part in
            part.key == index + 1
                && text.contains(part.value.etag.replacingOccurrences(of: "\"", with: "&quot;"))
        }
        guard isWhole, text.components(separatedBy: "<Part>").count == parts.count + 1 else {
            return error(400, "InvalidPart")
        }
        state.uploads[id] = nil
        _ = store(parts.flatMap(\.value.bytes), name, nil, &state)
        return xml(
            "<?xml version=\"1.0\"?>\n<CompleteMultipartUploadResult><Key>k</Key>"
                + "</CompleteMultipartUploadResult>")
    }

    private static func bucket(
        _ request: ReceivedRequest, _ name: String, _ state: State
    ) -> Reply {
        let prefix = name + "/" + (request.query["prefix"] ?? "")
        if request.query["uploads"] != nil {
            let list = state.uploads.filter { $0.value.key.hasPrefix(prefix) }.map {
                "<Upload><Key>\($0.value.key.dropFirst(name.count + 1))</Key>"
                    + "<UploadId>\($0.key)</UploadId></Upload>"
            }
            return xml(
                "<ListMultipartUploadsResult>\(list.joined())</ListMultipartUploadsResult>")
        }
        if request.query["list-type"] == "2" { return list(request, name, prefix, state) }
        return Reply(200)
    }

    /// Three keys a page; the token is the last one, encoded as forms are.
    private static func list(
        _ request: ReceivedRequest, _ name: String, _ prefix: String, _ state: State
    ) -> Reply {
        let after = name + "/" + (request.query["continuation-token"] ?? "")
        let keys = state.objects.keys.filter { $0.hasPrefix(prefix) && $0 > after }.sorted()
        let page = keys.prefix(3).map { String($0.dropFirst(name.count + 1)) }
        let items = page.map { key in
            let text = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let size = state.objects[name + "/" + key]?.count ?? 0
            return "<Contents><Key>\(text.replacing("%20", with: "+"))</Key>"
                + "<Size>\(size)</Size></Contents>"
        }
        let isCut = keys.count > page.count
        return xml(
            "<ListBucketResult><EncodingType>url</EncodingType>"
                + "<IsTruncated>\(isCut)</IsTruncated>"
                + (isCut ? "<NextContinuationToken>\(page.last ?? "")</NextContinuationToken>" : "")
                + items.joined() + "</ListBucketResult>")
    }

    private static func xml(_ text: String) -> Reply {
        Reply(200, headers: ["Content-Type": "application/xml"], text)
    }

    /// An error as S3 words it.
    public static func error(_ status: Int, _ code: String, headers: [String: String] = [:])
        -> Reply
    {
        Reply(
            status, headers: headers,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code>"
                + "<Message>because &amp; so</Message></Error>")
    }

    private static func etag(_ bytes: [UInt8]) -> String { "\"\(MD5.hex(bytes))\"" }
}
