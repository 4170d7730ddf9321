/// Every stable error number of Catchment, in one list.
///
/// A number is never reused; it prints as `E2104`. Thousands tell the layer: 1 settings,
/// 2 decoding, 3 operation, 4 command line. `docs/90-errors.md` gives cause and remedy of each.
public enum ErrorCode: Int, Hashable, Sendable, CaseIterable {
    // Settings: the YAML text.
    case yamlSyntax = 1001
    case yamlUnsupported = 1002
    case fileUnreadable = 1003
    case duplicateKey = 1004
    case includeFailed = 1005
    case includeLoop = 1006
    case unsetVariable = 1007
    // Settings: what it says.
    case unknownSection = 1101
    case unknownKey = 1102
    case unknownPlugin = 1103
    case missingKey = 1104
    case wrongType = 1105
    case invalidValue = 1106
    case outOfRange = 1107
    case unknownChoice = 1108
    case repeatedKey = 1109
    case invalidPattern = 1110
    case unknownParser = 1111
    case noMatchingInput = 1112
    case noMatchingOutput = 1113
    case emptyPipeline = 1114
    case duplicateName = 1115
    case conflictingKeys = 1116
    case notSupportedYet = 1117
    case timeZoneUnreadable = 1118

    // Decoding: NetFlow and IPFIX.
    case flowUnknownVersion = 2101
    case flowTruncatedHeader = 2102
    case flowTruncatedMessage = 2103
    case flowBadSetLength = 2104
    case flowUnknownTemplate = 2105
    case flowBadTemplate = 2106
    case flowRecordOverrun = 2107
    case flowCountMismatch = 2108
    case flowReservedSet = 2109
    case flowTemplateLimit = 2110
    case flowTrailingBytes = 2111
    case flowExporterLimit = 2112
    case flowAmplification = 2113
    case flowBadList = 2114
    case flowUnknownListTemplate = 2115
    case flowSwappedRate = 2116
    case flowBadSample = 2117
    case flowUnknownSample = 2118
    case flowRefusedProtocol = 2119
    case flowRefusedSender = 2120
    case flowTemplateExpired = 2121
    case flowBadStream = 2131
    case flowUnknownWithdrawal = 2132
    // Decoding: syslog and RouterOS.
    case syslogNoHeader = 2201
    case syslogBadPriority = 2202
    case syslogBadTimestamp = 2203
    case syslogBadStructuredData = 2204
    case syslogTooLong = 2205
    case syslogEmpty = 2206
    case syslogBadFrame = 2207
    case syslogTruncatedFrame = 2208
    case syslogLongField = 2209
    case senderRefused = 2221
    case senderRateLimited = 2222
    case proxyHeaderMalformed = 2223
    case textBadEncoding = 2224
    case frameTimeout = 2225
    case frameMemory = 2226
    case senderConnections = 2227
    case proxyProbe = 2228
    case routerosPartial = 2301
    case routerosNoForm = 2302
    case routerosDebugTopics = 2303
    // Decoding: captures.
    case captureUnknownFormat = 2401
    case captureTruncated = 2402
    case captureBadBlock = 2403
    case captureUnsupportedLink = 2404
    case captureFragmentLost = 2406
    case captureBadPacket = 2407
    // Decoding: parsers.
    case parserNoMatch = 2501
    case parserBadJSON = 2502
    case parserBadTime = 2503
    case parserBadType = 2504
    case parserLineTooLong = 2505
    case parserUnclosedQuote = 2506
    // Decoding: stored records.
    case shapeCorrupt = 2601
    case frameCorrupt = 2602
    case frameVersion = 2604
    // Decoding: TLS.
    case tlsHandshakeFailed = 2701
    case tlsPeerRefused = 2702
    case tlsHandshakeTimeout = 2703
    case tlsBrokenStream = 2704

    // Operation.
    case systemCall = 3001
    case bindFailed = 3002
    case receiveFailed = 3003
    case listenerLimit = 3004
    case tlsSetupFailed = 3005
    case fileOpenFailed = 3101
    case fileWriteFailed = 3102
    case fileSyncFailed = 3103
    case fileRenameFailed = 3104
    case unsafePath = 3105
    case compressionFailed = 3107
    case fileReadFailed = 3108
    case fileTruncated = 3109
    case journalOpenFailed = 3201
    case journalReadFailed = 3203
    case journalFull = 3204
    case journalLocked = 3205
    case journalOverflow = 3206
    case recordExpired = 3207
    case graceExpired = 3301
    case recordRefused = 3401
    // Operation: object stores.
    case storeUnreachable = 3501
    case storeUntrusted = 3502
    case storeDenied = 3503
    case storeNoBucket = 3504
    case storeThrottled = 3505
    case storeFailed = 3506
    case storeRejected = 3507
    case storeClockSkew = 3508
    case credentialsMissing = 3509
    case libraryMissing = 3510
    case storeMismatch = 3511
    case objectOverwritten = 3512
    case objectMissing = 3513
    case objectChanged = 3514

    // Command line.
    case unknownCommand = 4001
    case unknownOption = 4002
    case missingArgument = 4003
    case unexpectedArgument = 4004

    /// `E2104`.
    public var text: String { "E\(rawValue)" }
}
