import Core

/// Asks for the beginnings of several objects at once, so that many small ones need not wait for
/// each other.
///
/// What fails here is left to the readers, who ask again and say why.
public final class ObjectLookahead {
    /// Bytes that a beginning has at most.
    public static let pieceSize = 2 << 20
    /// Objects asked for at once.
    private static let width = 8

    private let store: PatientStore
    private let headers: [(name: String, value: String)]
    /// Objects that were not asked for.
    private var keys: ArraySlice<String>
    private var answers: [String: StoreAnswer] = [:]

    /// - Parameter keys: in the order in which they are read.
    public init(
        _ keys: [String], in store: PatientStore, headers: [(name: String, value: String)]
    ) {
        self.keys = keys[...]
        self.store = store
        self.headers = headers
    }

    /// The answer to the first request for an object; `nil` when there is none.
    func takeAnswer(for key: String) throws(OperationError) -> StoreAnswer? {
        if let known = answers.removeValue(forKey: key) { return known }
        // One object alone is asked for by its reader.
        guard let place = keys.firstIndex(of: key), keys[place...].count > 1 else { return nil }
        let group = keys[place...].prefix(Self.width)
        keys = keys[group.endIndex...]
        answers.removeAll()
        let requests = group.map {
            StoreRequest.get(
                $0, bytes: 0..<Self.pieceSize, etag: nil, headers: headers,
                limit: Self.pieceSize + 65_536)
        }
        for (key, result) in zip(group, try store.client.send(requests)) {
            if case .success(let answer) = result { answers[key] = answer }
        }
        return answers.removeValue(forKey: key)
    }
}
