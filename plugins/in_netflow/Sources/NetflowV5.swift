/// NetFlow v5 as a template: its records are the same 48 bytes everywhere.
enum NetflowV5 {
    static let layout = TemplateLayout(
        .netflowV5,
        [
            (8, 4), (12, 4), (15, 4), (10, 2), (14, 2), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2),
            (11, 2), (padding, 1), (6, 1), (4, 1), (5, 1), (16, 2), (17, 2), (9, 1), (13, 1),
            (padding, 2),
        ])

    private static let padding: ElementKey = 210
}
