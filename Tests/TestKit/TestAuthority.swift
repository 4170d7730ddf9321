import Foundation
import Glibc

/// A certificate authority of one test, made by the `openssl` command.
public final class TestAuthority: Sendable {
    public struct Failure: Error {
        public var output: String
    }

    /// A certificate and its key, as files.
    public struct Identity: Sendable {
        public var certificate: String
        public var key: String
        /// Keeps the files.
        let directory: TemporaryDirectory

        /// Puts the files of another in the places of these, each at once.
        public func replace(by other: Identity, _ parts: WritableKeyPath<Identity, String>...) {
            for part in parts {
                // The paths live for the call.
                _ = unsafe rename(other[keyPath: part], self[keyPath: part])
            }
        }

        /// In the form of RFC 5425 §4.2.2.
        public func fingerprint(_ digest: String = "sha256") throws -> String {
            let line = try TestAuthority.openssl(
                ["x509", "-in", certificate, "-noout", "-fingerprint", "-\(digest)"])
            let hex = line.split(separator: "=").last.map(String.init) ?? ""
            return (digest == "sha256" ? "sha-256:" : "sha-1:")
                + hex.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    public let directory: TemporaryDirectory
    public let root: Identity

    public init() throws {
        directory = try TemporaryDirectory()
        // Nothing of the system's configuration gets into the certificates.
        _ = try directory.write("[req]\ndistinguished_name = dn\n[dn]\n", to: "openssl.cnf")
        root = Identity(
            certificate: directory.file("ca.crt"), key: directory.file("ca.key"),
            directory: directory)
        try Self.request(
            root, "Test CA", in: directory, ["-addext", "basicConstraints=critical,CA:TRUE"])
    }

    /// Makes a certificate with a common name and, if any, alternative names.
    public func issue(
        _ name: String, file: String? = nil, dnsNames: [String] = []
    ) throws -> Identity {
        let file = file ?? name
        let made = Identity(
            certificate: directory.file(file + ".crt"), key: directory.file(file + ".key"),
            directory: directory)
        var extras = ["-CA", root.certificate, "-CAkey", root.key]
        if !dnsNames.isEmpty {
            extras += [
                "-addext", "subjectAltName=" + dnsNames.map { "DNS:\($0)" }.joined(separator: ","),
            ]
        }
        try Self.request(made, name, in: directory, extras)
        return made
    }

    private static func request(
        _ identity: Identity, _ name: String, in directory: TemporaryDirectory, _ extras: [String]
    ) throws {
        _ = try openssl(
            [
                "req", "-x509", "-config", directory.file("openssl.cnf"), "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)", "-keyout", identity.key, "-out", identity.certificate,
            ] + extras)
    }

    /// Runs the command and returns what it printed.
    @discardableResult
    public static func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(output: String(decoding: complaint, as: UTF8.self))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
