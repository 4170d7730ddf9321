import Core
import System

/// Names of rotated files: `NAME-20260131T120000Z`, then `-2`, `-3`, before the compression's
/// extension.
enum Rotation {
    /// A name for `path` that no file has.
    ///
    /// - Parameter taken: targets of renames that are decided but not carried out.
    static func target(
        for path: String, fileExtension: String, at time: Timestamp, taken: Set<String>
    ) -> String {
        let stem = path.dropLast(fileExtension.count)
        let base = "\(stem)-\(stamp(time))"
        var target = base + fileExtension
        var number = 2
        while taken.contains(target) || FileSystem.kind(of: target) != nil {
            target = "\(base)-\(number)\(fileExtension)"
            number += 1
        }
        return target
    }

    private static func stamp(_ time: Timestamp) -> String {
        let date = CivilTime(secondsSince1970: time.seconds)
        func two(_ number: Int) -> String { TemplateText.padded(number, 2) }
        return TemplateText.padded(date.year, 4) + two(date.month) + two(date.day) + "T"
            + two(date.hour) + two(date.minute) + two(date.second) + "Z"
    }

    /// Removes the oldest rotated files of `path` above `count`.
    static func removeOldest(
        of path: String, fileExtension: String, keeping count: Int
    ) throws(OperationError) {
        let directory = FileSystem.directory(of: path)
        let stem = String(FileSystem.name(of: path).dropLast(fileExtension.count)) + "-"
        var rotated: [(stamp: String, number: Int, name: String)] = []
        for name in try FileSystem.list(directory) {
            guard name.hasPrefix(stem), name.hasSuffix(fileExtension) else { continue }
            let middle = name.dropFirst(stem.count).dropLast(fileExtension.count)
            let parts = middle.split(separator: "-", omittingEmptySubsequences: false)
            guard let stamp = parts.first, isStamp(stamp), parts.count <= 2,
                let number = parts.count == 1 ? 1 : Int(parts[1])
            else { continue }
            rotated.append((String(stamp), number, name))
        }
        rotated.sort { ($0.stamp, $0.number) < ($1.stamp, $1.number) }
        for old in rotated.dropLast(count) { try FileSystem.remove("\(directory)/\(old.name)") }
    }

    /// Whether the text looks like `20260131T120000Z`.
    private static func isStamp(_ text: Substring) -> Bool {
        text.utf8.count == 16
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch index {
                case 8: byte == UInt8(ascii: "T")
                case 15: byte == UInt8(ascii: "Z")
                default: (0x30...0x39).contains(byte)
                }
            }
    }
}
