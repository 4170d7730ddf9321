import ObjectStore

/// Requests that are under way, and what they are for.
struct RequestTable {
    enum Purpose {
        /// Begins the upload of an object.
        case create(CollectedObject)
        /// Sends a part, or the whole.
        case part(
            CollectedObject, CollectedObject.Part, ObjectChecksum?, isUnsigned: Bool)
        /// Completes the upload of an object.
        case complete(CollectedObject)
        /// A question that somebody waits for.
        case question

        var object: CollectedObject? {
            switch self {
            case .create(let object), .part(let object, _, _, _), .complete(let object): object
            case .question: nil
            }
        }

        /// The call's name in errors.
        var call: String {
            switch self {
            case .create: "create upload"
            case .part: "put"
            case .complete: "complete upload"
            case .question: "ask"
            }
        }

        /// Marks what it is for as being under way, or not any more.
        func setUnderWay(_ isUnderWay: Bool) {
            switch self {
            case .create(let object), .complete(let object): object.isUnderWay = isUnderWay
            case .part(let object, let part, _, _): object.setUnderWay(part.number, isUnderWay)
            case .question: break
            }
        }
    }

    private var purposes: [Int: Purpose] = [:]
    private var last = 0
    /// Outcomes that are not looked at yet, such as those that came while somebody waited for the
    /// answer to a question.
    var kept: [(number: Int, outcome: StoreSender.Outcome)] = []

    var count: Int { purposes.count }

    /// - Returns: the request's number.
    mutating func add(_ purpose: Purpose) -> Int {
        last += 1
        purposes[last] = purpose
        purpose.setUnderWay(true)
        return last
    }

    /// What a request was for that has ended.
    mutating func remove(_ number: Int) -> Purpose? {
        guard let purpose = purposes.removeValue(forKey: number) else { return nil }
        purpose.setUnderWay(false)
        return purpose
    }

    mutating func removeAll() {
        purposes.removeAll()
        kept.removeAll()
    }
}
