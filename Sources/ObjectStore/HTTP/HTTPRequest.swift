/// One request, ready to be sent.
struct HTTPRequest {
    var method: String
    /// With everything percent-encoded.
    var url: String
    var headers: [(name: String, value: String)] = []
    var body: Payload?
    /// Bytes of the answer's body that are taken.
    var answerLimit = 4 << 20
}

/// What a server answered.
struct HTTPResponse: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    subscript(header: String) -> String? { headers.last { $0.name == header }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body when it is no document and no page.
    var plainText: String { body.first == UInt8(ascii: "<") ? "" : text }
}

/// An exchange without an answer.
struct HTTPFailure: Error {
    /// libcurl's number.
    var code: Int32
    var reason: String
}
