import Core
import Parsers

/// Parsers, chosen by the first byte: one record, or a reason and none.
final class ParserSubject: FuzzSubject {
    private let parsers: [any LineParser]
    private var records = RecordCheck()
    private var batch = RecordBatch(tag: "logs")

    private static let source = PayloadSource(
        peer: Endpoint(address: .any, port: 0), transport: .file,
        received: Timestamp(seconds: 1_700_000_000))

    /// All parsers of a library.
    init(_ library: ParserLibrary = .stock) {
        parsers = library.parserNames.compactMap { library.makeParser(named: $0) }
    }

    /// The formats of pairs with options that change how they are read.
    static func pairs() -> ParserSubject {
        let place = SourceLocation(file: "fuzz", line: 1, column: 1)
        func setting(_ format: String, _ options: [(String, String)]) -> Setting {
            let name = ("name", options.reduce(format) { $0 + "-" + $1.0 })
            return Setting(
                .map(
                    ([name, ("format", format)] + options).map { key, value in
                        Setting.Entry(
                            key: key, keyLocation: place,
                            value: Setting(.scalar(value, isPlain: true), at: place))
                    }), at: place)
        }
        let common = [
            ("types", "a:integer b:hex c:bool d:float"), ("skip_empty_values", "off"),
            ("decode_field", "json msg"), ("decode_field_as", "escaped_utf8 a"),
            ("time_key", "date time"), ("time_format", "%Y-%m-%d %H:%M:%S"),
        ]
        let settings =
            ["logfmt", "ltsv", "csv", "kv", "cef", "leef"].map { setting($0, common) } + [
                setting("logfmt", [("logfmt_no_bare_keys", "on")]),
                setting("csv", [("fields", "time a a_2 msg"), ("delimiter", "\\t")]),
                setting("kv", [("unquoted_spaces", "on"), ("quotes", "'\"")]),
                setting("kv", [("pair_separator", "||"), ("key_separator", "=>")]),
                setting("cef", [("decode_field_as", "mysql_quoted msg"), ("time_keep", "on")]),
            ]
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(from: settings, problems: &problems)
        precondition(problems.isEmpty, "\(problems)")
        return ParserSubject(library)
    }

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let parser = parsers[Int(input.byte(at: 0)) % parsers.count]
        batch.removeAll()
        let problem = parser.parse(
            input.extracting(1..<input.byteCount), from: Self.source, into: &batch)
        precondition(batch.count == (problem == nil ? 1 : 0), "\(batch.count) records")
        records.check(batch)
    }
}
