/// NetFlow v1 as a template of 48 bytes; some exporters leave 4 more unused.
enum NetflowV1 {
    static let layout = TemplateLayout(.netflowV1, fields + [(padding, 7)])
    static let longLayout = TemplateLayout(.netflowV1, fields + [(padding, 11)])

    private static let padding: ElementKey = 210

    private static let fields: [(ElementKey, UInt16)] = [
        (8, 4), (12, 4), (15, 4), (10, 2), (14, 2), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2),
        (11, 2), (padding, 2), (4, 1), (5, 1), (6, 1),
    ]
}
