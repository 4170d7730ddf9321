import Core
import Glibc

extension OperationError {
    /// A failed system call, with the reason that `errno` gives.
    static func failed(
        _ call: String, on target: String, _ code: ErrorCode = .systemCall,
        errno number: Int32 = Glibc.errno, canRetry: Bool = false, advice: String? = nil
    ) -> OperationError {
        // strerror's text is copied before anybody can overwrite it.
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return OperationError(
            code, call: call, target: target, errno: number,
            reason: advice.map { "\(text); \($0)" } ?? text, canRetry: canRetry)
    }
}
