/// NetFlow v7 of Catalyst switches as a template: v5 with the router whose work was done.
///
/// The flags at 36 and 46, which say what fields are valid, have no element and pass as padding.
enum NetflowV7 {
    static let layout = TemplateLayout(
        .netflowV7,
        [
            (8, 4), (12, 4), (15, 4), (10, 2), (14, 2), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2),
            (11, 2), (padding, 1), (6, 1), (4, 1), (5, 1), (16, 2), (17, 2), (9, 1), (13, 1),
            (padding, 2), (43, 4),
        ])

    private static let padding: ElementKey = 210
}
