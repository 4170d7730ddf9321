import Core
import Glibc

/// The key that a program prints: `credential_process` of a profile.
enum ProcessCredentials {
    /// Runs the command in a shell and reads its output.
    ///
    /// - Throws: `credentialsMissing` when it fails or prints no key.
    static func load(_ command: String) throws(OperationError) -> Credentials {
        // The stream is closed below; the command's text lives for the call.
        guard let stream = unsafe popen(command, "re") else {
            throw LentCredentials.missing("credential_process", "it cannot be started")
        }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            // Reads into `piece`, which has that many bytes.
            let count = unsafe fread(&piece, 1, piece.count, stream)
            if count == 0 || output.count > 1 << 20 { break }
            output += piece[..<count]
        }
        let status = unsafe pclose(stream)
        guard status == 0 else {
            throw LentCredentials.missing(
                "credential_process", "it ended with status \(status >> 8)")
        }
        return try LentCredentials.json(output, from: "credential_process")
    }
}
