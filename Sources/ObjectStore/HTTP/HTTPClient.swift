import CCurl
import Core
import Glibc
import Synchronization

/// Sends requests by libcurl, several at once, and keeps connections open between them.
///
/// For use by one thread, but for `wake`.
@safe
final class HTTPClient {
    struct Options: Sendable, Equatable {
        /// A PEM file of authorities to trust instead of the system's.
        var caFile: String?
        var caPath: String?
        /// `http://host:port`; `nil` looks into the environment as curl does.
        var proxy: String?
        /// Whether the server's certificate and name are checked.
        var verifies = true
        /// Nanoseconds.
        var connectTimeout: Int64 = 10_000_000_000
        /// Nanoseconds without a byte after which a request fails.
        var silence: Int64 = 60_000_000_000
    }

    private let options: Options
    // Made by the shim and freed in deinit, after the exchanges that ran in it; as a number, since
    // `wake` reads it from other threads.
    private let multi = Atomic<UInt>(0)
    /// Exchanges that may be used again.
    private var idle: [Exchange] = []
    private var running: [Running] = []
    private var count = 0

    private struct Running {
        var token: Int
        var exchange: Exchange
        /// libcurl reads its body.
        var request: HTTPRequest
    }

    /// A request and its answer as the shim holds them; used again and again.
    @safe
    private final class Exchange {
        // Owned by this object.
        let pointer: OpaquePointer

        init?() {
            guard let made = unsafe catchment_exchange_make() else { return nil }
            unsafe pointer = made
        }

        deinit { unsafe catchment_exchange_free(pointer) }
    }

    init(_ options: Options) { self.options = options }

    deinit {
        cancel()
        idle.removeAll()
        if let multi = unsafe pointer { unsafe catchment_multi_free(multi) }
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: when libcurl is not there or has no memory.
    func perform(
        _ request: HTTPRequest
    ) throws(OperationError) -> Result<HTTPResponse, HTTPFailure> {
        let token = try begin(request)
        while true {
            for (ended, result) in run(atMost: 1_000) where ended == token { return result }
        }
    }

    /// Begins to send a request.
    ///
    /// - Returns: what `run` calls it.
    /// - Throws: when libcurl is not there or has no memory.
    func begin(_ request: HTTPRequest) throws(OperationError) -> Int {
        let multi = unsafe try start()
        guard let exchange = idle.popLast() ?? Exchange() else { throw Self.noMemory }
        guard prepare(exchange, request), unsafe catchment_multi_add(multi, exchange.pointer) else {
            throw Self.noMemory
        }
        count += 1
        running.append(Running(token: count, exchange: exchange, request: request))
        return count
    }

    /// Goes on with all requests until one has ended or the time is over.
    ///
    /// - Returns: those that have ended.
    func run(
        atMost milliseconds: Int32
    ) -> [(token: Int, result: Result<HTTPResponse, HTTPFailure>)] {
        guard let multi = unsafe pointer, !running.isEmpty else { return [] }
        var ended: [(token: Int, result: Result<HTTPResponse, HTTPFailure>)] = []
        if unsafe catchment_multi_run(multi, milliseconds) < 0 {
            ended = running.map {
                ($0.token, .failure(HTTPFailure(code: 42, reason: "libcurl has failed")))
            }
            cancel()
            return ended
        }
        while let done = unsafe catchment_multi_done(multi) {
            guard let index = running.firstIndex(where: { unsafe $0.exchange.pointer == done })
            else { continue }
            let one = running.remove(at: index)
            ended.append((one.token, Self.result(of: one.exchange)))
            unsafe catchment_multi_remove(multi, done)
            idle.append(one.exchange)
        }
        return ended
    }

    /// Ends the waiting of `run`; may be called by any thread.
    func wake() {
        if let multi = unsafe pointer { unsafe catchment_multi_wake(multi) }
    }

    /// Gives up all requests.
    func cancel() {
        guard let multi = unsafe pointer else { return }
        // libcurl holds no pointer into a request from then on.
        for one in running {
            unsafe catchment_multi_remove(multi, one.exchange.pointer)
            idle.append(one.exchange)
        }
        running.removeAll()
    }

    @unsafe
    private var pointer: OpaquePointer? {
        // Written once, by `start`.
        unsafe OpaquePointer(bitPattern: multi.load(ordering: .acquiring))
    }

    private static let noMemory = OperationError(
        .systemCall, call: "curl", target: "libcurl", reason: "not enough memory", canRetry: true)

    @unsafe
    private func start() throws(OperationError) -> OpaquePointer {
        if let multi = unsafe pointer { return unsafe multi }
        // The text is static.
        if let reason = unsafe catchment_curl_load() {
            throw OperationError(
                .libraryMissing, call: "dlopen", target: "libcurl.so.4",
                reason: unsafe String(cString: reason) + " (Debian's package is libcurl4)",
                canRetry: false)
        }
        guard let made = unsafe catchment_multi_make() else { throw Self.noMemory }
        multi.store(UInt(bitPattern: made), ordering: .releasing)
        return unsafe made
    }

    /// Hands a request to libcurl, which copies its texts; the body is the caller's, who keeps it.
    private func prepare(_ exchange: Exchange, _ request: HTTPRequest) -> Bool {
        var description = unsafe catchment_request()
        // Copies live until the end of this call.
        unsafe description.method = Self.copy(request.method)
        unsafe description.url = Self.copy(request.url)
        unsafe description.ca_file = Self.copy(options.caFile)
        unsafe description.ca_path = Self.copy(options.caPath)
        unsafe description.proxy = Self.copy(options.proxy)
        defer {
            unsafe free(UnsafeMutableRawPointer(mutating: description.method))
            unsafe free(UnsafeMutableRawPointer(mutating: description.url))
            unsafe free(UnsafeMutableRawPointer(mutating: description.ca_file))
            unsafe free(UnsafeMutableRawPointer(mutating: description.ca_path))
            unsafe free(UnsafeMutableRawPointer(mutating: description.proxy))
        }
        let pieces = unsafe request.body?.starts ?? []
        let parts = unsafe pieces.map { unsafe catchment_piece(start: $0.start, count: $0.count) }
        unsafe description.has_body = request.body != nil
        unsafe description.verify = options.verifies
        unsafe description.connect_timeout_ms = Int(max(1, options.connectTimeout / 1_000_000))
        unsafe description.silence_seconds = Int(max(1, options.silence / 1_000_000_000))
        unsafe description.answer_limit = request.answerLimit
        // The shim copies the list of pieces.
        let isReady = unsafe parts.withUnsafeBufferPointer { parts in
            unsafe description.body = parts.baseAddress
            unsafe description.body_pieces = parts.count
            return unsafe catchment_exchange_begin(exchange.pointer, &description)
        }
        guard isReady else { return false }
        return request.headers.allSatisfy { header in
            // libcurl takes `Name;` for a header without a value.
            unsafe catchment_exchange_header(
                exchange.pointer,
                header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
    }

    /// A C string to be freed.
    @unsafe
    private static func copy(_ text: String?) -> UnsafePointer<CChar>? {
        guard let text, let copy = unsafe strdup(text) else { return nil }
        return unsafe UnsafePointer(copy)
    }

    private static func result(of exchange: Exchange) -> Result<HTTPResponse, HTTPFailure> {
        let code = unsafe catchment_exchange_result(exchange.pointer)
        if code != 0 {
            let reason = unsafe String(cString: catchment_exchange_reason(exchange.pointer))
            return .failure(HTTPFailure(code: code, reason: reason))
        }
        var count = 0
        // The shim keeps both until the exchange begins anew; they are copied here.
        let headStart = unsafe catchment_exchange_headers(exchange.pointer, &count)
        let head = unsafe bytes(headStart, count)
        let bodyStart = unsafe catchment_exchange_answer(exchange.pointer, &count)
        let body = unsafe bytes(bodyStart, count)
        return .success(
            HTTPResponse(
                status: unsafe catchment_exchange_status(exchange.pointer),
                headers: headers(of: head), body: body))
    }

    @unsafe
    private static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        guard let start = unsafe start else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    private static func headers(of head: [UInt8]) -> [(name: String, value: String)] {
        head.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            var value = line[(colon + 1)...].drop(while: blank)
            while let last = value.last, blank(last) { value.removeLast() }
            return (
                String(decoding: line[..<colon], as: UTF8.self).lowercased(),
                String(decoding: value, as: UTF8.self)
            )
        }
    }
}
