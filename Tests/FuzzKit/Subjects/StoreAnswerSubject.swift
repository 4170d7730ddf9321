import Core
import ObjectStore

/// What an object store answers: its XML is read, or it is no answer.
final class StoreAnswerSubject: FuzzSubject {
    private static let statuses = [200, 206, 400, 403, 404, 409, 412, 416, 429, 500, 503]

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let status = Self.statuses[Int(input.byte(at: 0)) % Self.statuses.count]
        let body = input.extracting(1..<input.byteCount).makeArray()
        if let element = XMLElement(body) { check(element, of: body.count) }
        // Headers are lines of strangers too.
        let word = String(decoding: body.prefix(40), as: UTF8.self)
        let answer = StoreAnswer(
            status: status,
            headers: [("retry-after", word), ("x-amz-error-code", word), ("etag", word)],
            body: body)
        let failure = answer.failure(at: Timestamp(seconds: 1_769_860_799))
        precondition((0...3_600_000_000_000).contains(failure.retryAfter ?? 0))
        let error = failure.operation("get", "s3://b/k")
        precondition((3501...3514).contains(error.code.rawValue))
        tell { () throws(StoreFailure) in _ = try answer.uploadID() }
        tell { () throws(StoreFailure) in try answer.checkCompletion() }
        tell { () throws(StoreFailure) in _ = try answer.uploads() }
        tell { () throws(StoreFailure) in
            let page = try answer.objects()
            precondition(page.next?.isEmpty != true, "a page that follows has no token")
        }
    }

    /// What is no answer is a failure that passes, or one that the store has named.
    private func tell(_ read: () throws(StoreFailure) -> Void) {
        do throws(StoreFailure) {
            try read()
        } catch {
            precondition(error.kind == .broken || error.kind == .noUpload)
        }
    }

    /// An element written again reads as the same one, and holds no more than what it was read from.
    private func check(_ element: XMLElement, of length: Int) {
        precondition(element.name.utf8.count + element.text.utf8.count <= 3 * length)
        guard isPlain(element) else { return }
        let again = XMLElement(Array(text(of: element).utf8))
        precondition(again == element, "\(element) became \(again as XMLElement?)")
    }

    private func text(of element: XMLElement) -> String {
        "<\(element.name)>" + XMLElement.escape(element.text)
            + element.children.map { text(of: $0) }.joined() + "</\(element.name)>"
    }

    /// Whether names have no bytes that mean something else where they are written.
    private func isPlain(_ element: XMLElement) -> Bool {
        !element.name.hasPrefix("!") && !element.name.hasPrefix("?")
            && element.children.allSatisfy { isPlain($0) }
    }
}
