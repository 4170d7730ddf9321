import CCurl
import Core
import Glibc

/// Sends requests by libcurl, several at once, and keeps connections open between them.
///
/// For use by one thread.
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
    // Made by the shim and freed in deinit, after the exchanges that ran in it.
    private var multi: OpaquePointer?
    private var exchanges: [Exchange] = []

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

    init(_ options: Options) {
        self.options = options
        unsafe multi = nil
    }

    deinit {
        exchanges.removeAll()
        if let multi = unsafe multi { unsafe catchment_multi_free(multi) }
    }

    /// Sends all requests at once and waits for their answers, in the same order.
    ///
    /// - Parameter isOverdue: ends the waiting; what has no answer by then has failed.
    /// - Throws: when libcurl is not there or has no memory.
    func perform(
        _ requests: [HTTPRequest], until isOverdue: () -> Bool = { false }
    ) throws(OperationError) -> [Result<HTTPResponse, HTTPFailure>] {
        let multi = unsafe try start()
        while exchanges.count < requests.count {
            guard let made = Exchange() else { throw Self.noMemory }
            exchanges.append(made)
        }
        var used: [Exchange] = []
        // Whatever happens, libcurl holds no pointer into the requests when this ends.
        defer {
            for exchange in used { unsafe catchment_multi_remove(multi, exchange.pointer) }
        }
        for (index, request) in requests.enumerated() {
            let exchange = exchanges[index]
            guard prepare(exchange, request),
                unsafe catchment_multi_add(multi, exchange.pointer)
            else { throw Self.noMemory }
            used.append(exchange)
        }
        var results: [Result<HTTPResponse, HTTPFailure>?] = Array(
            repeating: nil, count: requests.count)
        var running: Int32 = 1
        while running > 0, !isOverdue() {
            running = unsafe catchment_multi_run(multi, 200)
            while let done = unsafe catchment_multi_done(multi) {
                guard let index = used.firstIndex(where: { unsafe $0.pointer == done }) else {
                    continue
                }
                results[index] = Self.result(of: used[index])
            }
        }
        return withExtendedLifetime(requests) {
            results.map { $0 ?? .failure(HTTPFailure(code: 42, reason: "there was no time left")) }
        }
    }

    private static let noMemory = OperationError(
        .systemCall, call: "curl", target: "libcurl", reason: "not enough memory", canRetry: true)

    @unsafe
    private func start() throws(OperationError) -> OpaquePointer {
        if let multi = unsafe multi { return unsafe multi }
        // The text is static.
        if let reason = unsafe catchment_curl_load() {
            throw OperationError(
                .libraryMissing, call: "dlopen", target: "libcurl.so.4",
                reason: unsafe String(cString: reason) + " (Debian's package is libcurl4)",
                canRetry: false)
        }
        guard let made = unsafe catchment_multi_make() else { throw Self.noMemory }
        unsafe multi = made
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
        unsafe description.body = request.body?.start
        unsafe description.body_count = request.body?.count ?? 0
        unsafe description.has_body = request.body != nil
        unsafe description.verify = options.verifies
        unsafe description.connect_timeout_ms = Int(max(1, options.connectTimeout / 1_000_000))
        unsafe description.silence_seconds = Int(max(1, options.silence / 1_000_000_000))
        unsafe description.answer_limit = request.answerLimit
        guard unsafe catchment_exchange_begin(exchange.pointer, &description) else { return false }
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
