public import Core

/// The bytes of an object, asked for in pieces: however large it is, some of them are in memory.
///
/// The store is not asked before the first read. An object that is replaced meanwhile is not read on.
public final class ObjectReader: ByteStream {
    private let store: PatientStore
    private let key: String
    /// Headers that a store needs to give the object out.
    private let headers: [(name: String, value: String)]
    /// May have the first piece already.
    private let lookahead: ObjectLookahead?
    private let pieceSize: Int
    /// Pieces that are asked for at once.
    private let parallel: Int

    private var pieces: [[UInt8]] = []
    private var etag: String?
    /// Bytes of the object; `nil` before the first answer.
    private var length: Int?
    /// Where the piece begins that is asked for next.
    private var asked = 0
    private var done = 0

    /// Bytes taken from a store that does not know ranges and sends everything.
    private static let wholeLimit = 64 << 20

    /// - Parameters:
    ///   - headers: go with every request, such as a customer's own key.
    ///   - lookahead: of the objects among which this one is read.
    public init(
        _ key: String, in store: PatientStore, headers: [(name: String, value: String)] = [],
        lookahead: ObjectLookahead? = nil, pieceSize: Int = ObjectLookahead.pieceSize,
        parallel: Int = 4
    ) {
        self.lookahead = lookahead
        self.key = key
        self.store = store
        self.headers = headers
        self.pieceSize = pieceSize
        self.parallel = parallel
    }

    public var progress: (done: Int, total: Int) { (done, length ?? 0) }

    /// Appends a piece, whatever `count` is.
    public func read(
        into buffer: inout ByteBuffer, atMost count: Int
    ) throws(OperationError) -> Int {
        if pieces.isEmpty { try fetch() }
        guard !pieces.isEmpty else { return 0 }
        let piece = pieces.removeFirst()
        piece.withBytes { buffer.append($0) }
        done += piece.count
        return piece.count
    }

    private func fetch() throws(OperationError) {
        var ranges: [Range<Int>] = []
        if let length {
            while asked < length, ranges.count < parallel {
                let end = min(asked + pieceSize, length)
                ranges.append(asked..<end)
                asked = end
            }
        } else {
            ranges = [0..<pieceSize]
            if let answer = try lookahead?.takeAnswer(for: key),
                let length = try? answer.objectLength(asked: ranges[0])
            {
                return try take([(length, answer.etag, answer.body)], from: 0)
            }
        }
        if ranges.isEmpty { return }
        let limit = length == nil ? max(Self.wholeLimit, pieceSize) : pieceSize + 65_536
        let requests = ranges.map {
            StoreRequest.get(key, bytes: $0, etag: etag, headers: headers, limit: limit)
        }
        let result = try store.answers(to: requests) { index, answer throws(StoreFailure) in
            let length = try answer.objectLength(asked: ranges[index])
            return (length: length, etag: answer.etag, body: answer.body)
        }
        switch result {
        case .success(let answers): try take(answers, from: ranges[0].lowerBound)
        // No byte of an empty object is in any range.
        case .failure(let failure) where failure.status == 416 && length == nil: length = 0
        case .failure(let failure): throw error(of: failure)
        }
    }

    /// Keeps what was asked for, when all of it is of the same object.
    private func take(
        _ answers: [(length: Int, etag: String?, body: [UInt8])], from start: Int
    ) throws(OperationError) {
        for answer in answers {
            let isSame = length == nil || answer.length == length && answer.etag == etag
            guard isSame else { throw error(.objectChanged, "it was replaced while it was read") }
            length = answer.length
            etag = answer.etag
            if !answer.body.isEmpty { pieces.append(answer.body) }
        }
        if start == 0 { asked = answers[0].body.count }
    }

    private func error(of failure: StoreFailure) -> OperationError {
        switch failure.kind {
        case .noObject: return error(.objectMissing, "there is no such object")
        case .exists: return error(.objectChanged, "it was replaced while it was read")
        default:
            if failure.isAnswerTooLong {
                return error(
                    .storeRejected, "the store sends more than the part that was asked for")
            }
            return failure.operation("get", place)
        }
    }

    private var place: String { "s3://\(store.client.endpoint.bucket)/\(key)" }

    private func error(_ code: ErrorCode, _ reason: String) -> OperationError {
        OperationError(code, call: "get", target: place, reason: reason, canRetry: false)
    }
}
