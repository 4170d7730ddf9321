/// A format whose lines are pairs, or values with names known beforehand.
enum PairFormat: Sendable, Equatable {
    case logfmt(allowsBareKeys: Bool)
    case ltsv
    case keyValue(KeyValuePairs)
    /// - Parameter names: of the fields in their order; those beyond are `column7`.
    case csv(CSVFields, names: [String])
    case cef
    case leef

    /// The field that holds the time where `time_key` does not say.
    var timeKey: String {
        switch self {
        case .cef: "rt"
        case .leef: "devTime"
        default: TimeRule.timeName
        }
    }

    /// Whether the format says how times look.
    var hasEventTimes: Bool { self == .cef || self == .leef }

    /// The rules of the stock parser.
    var stockRules: FieldRules {
        var rules = FieldRules(time: TimeRule(key: timeKey))
        if hasEventTimes { rules.time.eventTime = EventTimeText() }
        return rules
    }
}
