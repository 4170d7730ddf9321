import Core
import System

/// A service beside a machine or container that lends keys: one request, one small answer.
struct NearbyService {
    private let http: HTTPClient

    /// - Parameter connectTimeout: nanoseconds; elsewhere nobody answers at these addresses.
    init(connectTimeout: Int64) {
        var options = HTTPClient.Options()
        options.connectTimeout = connectTimeout
        options.silence = 5_000_000_000
        http = HTTPClient(options)
    }

    /// - Throws: when nobody answers, or with another status than 200.
    func answer(
        _ url: String, method: String = "GET", headers: [(name: String, value: String)]
    ) throws(OperationError) -> HTTPResponse {
        var request = HTTPRequest(method: method, url: url)
        request.headers = headers
        if method == "PUT" { request.body = Payload(RawSpan()) }
        switch try http.perform(request) {
        case .failure(let failure): throw StoreFailure(failure).operation("get key", url)
        case .success(let answer) where answer.status == 200: return answer
        case .success(let answer): throw LentCredentials.missing(url, "HTTP \(answer.status)")
        }
    }
}

/// Small files with tokens in them, which somebody renews.
enum SecretFile {
    static func text(_ path: String) throws(OperationError) -> String {
        let bytes = try FileSystem.readFile(path, limit: 1 << 20)
        return String(decoding: bytes.filter { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self)
    }
}
