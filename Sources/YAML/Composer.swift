import Core

/// Builds the settings tree of one file from its events.
///
/// Never gives up early: on a syntax error, what stood before it is kept, so its problems are
/// reported in the same go.
struct Composer {
    /// Levels of lists and maps within each other.
    static let depthLimit = 64
    /// Values in one file, aliases counted with all they stand for.
    static let nodeLimit = 200_000

    /// A list or map whose end was not reached yet.
    private struct Open {
        var location: SourceLocation
        var isMap: Bool
        var anchor: String?
        var items: [Setting] = []
        var entries: [Setting.Entry] = []
        var keys: [String: SourceLocation] = [:]
        /// The key whose value comes next.
        var key: (text: String, location: SourceLocation)?
        /// Nodes and levels inside, for the limits of what aliases multiply.
        var size = Size()

        var setting: Setting {
            Setting(isMap ? .map(entries) : .list(items), at: location)
        }
    }

    /// What a value amounts to with all that is inside it.
    private struct Size {
        var nodes = 1
        var levels = 1

        mutating func add(_ inner: Size) {
            nodes += inner.nodes
            levels = max(levels, inner.levels + 1)
        }
    }

    private let file: String
    private var stack: [Open] = []
    private var anchors: [String: (setting: Setting, size: Size)] = [:]
    private var root: Setting?
    private var nodes = 0
    private(set) var problems: [SettingsProblem] = []
    /// Whether the file was read to its end.
    private(set) var isComplete = true

    init(file: String) { self.file = file }

    /// Reads the text as one document.
    ///
    /// - Returns: its root, or `nil` for an empty file. The root map may hold a key more than
    ///   once; every other map holds only keys that differ, or a problem says otherwise.
    mutating func compose(_ bytes: [UInt8]) -> Setting? {
        guard var stream = EventStream(bytes) else {
            report(.yamlSyntax, at: place(0, 0), "out of memory")
            isComplete = false
            return nil
        }
        var documents = 0
        do throws(SyntaxError) {
            reading: while true {
                let event = try stream.next()
                switch event.kind {
                case .streamEnd: break reading
                case .documentStart:
                    documents += 1
                    guard documents > 1 else { continue }
                    report(
                        .yamlUnsupported, at: place(event.line, event.column),
                        "a second document begins here, but a file holds one only",
                        hint: "remove the '---', or move the rest to a file under 'includes'")
                    break reading
                default:
                    guard take(event) else {
                        isComplete = false
                        break reading
                    }
                }
            }
        } catch {
            problems.append(error.settingsProblem(in: file))
            isComplete = false
        }
        while let open = stack.popLast() { place(open.setting, size: open.size, anchor: nil) }
        return root
    }

    /// - Returns: false when a limit was passed and reading has to stop.
    private mutating func take(_ event: Event) -> Bool {
        let location = place(event.line, event.column)
        nodes += 1
        checkTag(event, at: location)
        switch event.kind {
        case .scalar(let text, let isPlain):
            if awaitsKey {
                takeKey(text, at: location)
            } else {
                let scalar = Setting(.scalar(text, isPlain: isPlain), at: location)
                place(scalar, size: Size(), anchor: event.anchor)
            }
        case .listStart, .mapStart:
            if awaitsKey {
                report(.yamlUnsupported, at: location, "a key must be text")
                takeKey("", at: location)
                return false
            }
            guard stack.count < Self.depthLimit else {
                reportDepth(at: location)
                return false
            }
            var isMap = false
            if case .mapStart = event.kind { isMap = true }
            stack.append(Open(location: location, isMap: isMap, anchor: event.anchor))
        case .listEnd, .mapEnd:
            guard let open = stack.popLast() else { return true }
            place(open.setting, size: open.size, anchor: open.anchor)
        case .alias(let name):
            takeAlias(name, at: location)
        case .documentStart, .streamEnd:
            break
        }
        guard nodes <= Self.nodeLimit else {
            report(
                .yamlUnsupported, at: location, "more than \(Self.nodeLimit) values in one file")
            return false
        }
        return true
    }

    private var awaitsKey: Bool {
        guard let open = stack.last else { return false }
        return open.isMap && open.key == nil
    }

    private mutating func takeKey(_ text: String, at location: SourceLocation) {
        if text == "<<" {
            report(
                .yamlUnsupported, at: location, "merge keys are not supported",
                hint: "write the entries out")
        }
        let top = stack.count - 1
        // Sections may come several times; whoever merges the files judges those.
        if top > 0, let first = stack[top].keys[text] {
            report(
                .duplicateKey, at: location,
                "'\(text)' is already set at line \(first.line)",
                hint: "give several values as a list under one key")
        }
        stack[top].keys[text] = location
        stack[top].key = (text, location)
    }

    private mutating func takeAlias(_ name: String, at location: SourceLocation) {
        if awaitsKey {
            report(.yamlUnsupported, at: location, "an alias cannot be a key")
            takeKey("*\(name)", at: location)
        } else if let known = anchors[name] {
            nodes += known.size.nodes
            if stack.count + known.size.levels > Self.depthLimit {
                reportDepth(at: location)
                place(Setting(.scalar("", isPlain: true), at: location), size: Size(), anchor: nil)
            } else {
                place(known.setting, size: known.size, anchor: nil)
            }
        } else {
            report(
                .yamlUnsupported, at: location, "there is no anchor '&\(name)' before this",
                hint: "quote a value that begins with '*'")
            let text = Setting(.scalar("*\(name)", isPlain: true), at: location)
            place(text, size: Size(), anchor: nil)
        }
    }

    /// Puts a finished value where it belongs: under its key, into its list, or at the root.
    private mutating func place(_ setting: Setting, size: Size, anchor: String?) {
        if let anchor { anchors[anchor] = (setting, size) }
        guard let top = stack.indices.last else {
            root = setting
            return
        }
        stack[top].size.add(size)
        if !stack[top].isMap {
            stack[top].items.append(setting)
        } else if let key = stack[top].key {
            stack[top].entries.append(
                Setting.Entry(key: key.text, keyLocation: key.location, value: setting))
            stack[top].key = nil
        }
    }

    private mutating func checkTag(_ event: Event, at location: SourceLocation) {
        guard let tag = event.tag, tag != "tag:yaml.org,2002:str", tag != "!" else { return }
        report(
            .yamlUnsupported, at: location, "the tag '\(tag)' is not supported",
            hint: "remove the tag; quotes make text")
    }

    private mutating func reportDepth(at location: SourceLocation) {
        report(.yamlUnsupported, at: location, "nested deeper than \(Self.depthLimit) levels")
    }

    private func place(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: file, line: line, column: column)
    }

    private mutating func report(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems.append(SettingsProblem(code, at: location, message, hint: hint))
    }
}
