import Core

extension String {
    /// The text with control characters replaced: what devices send must not steer a terminal.
    var printable: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return self }
        return String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate:
                        scalar == "\t" ? " " : "\u{fffd}"
                    default: scalar
                    }
                }))
    }
}
