/// NetFlow v8 as templates: one per aggregation that a router sums up flows by.
///
/// Networks are elements 44 and 45, not addresses of hosts. What switches tell about packets beyond
/// the contract (aggregations 6 to 8) has no element and passes as padding. Order as in flow-tools;
/// Wireshark swaps the prefix lengths of 5, 13 and 14, and has type of service before the interfaces
/// in 9.
enum NetflowV8 {
    /// By aggregation, from 1 on.
    static let layouts = fields.map { TemplateLayout(.netflowV8, $0) }

    private static let padding: ElementKey = 210

    private typealias Field = (ElementKey, UInt16)

    /// Flows, packets, octets, first, last.
    private static let sums: [Field] = [(3, 4), (2, 4), (1, 4), (22, 4), (21, 4)]
    /// The same in aggregations 6 to 8.
    private static let switched: [Field] = [(2, 4), (1, 4), (22, 4), (21, 4)]
    /// Packets beyond the contract, router whose work was done.
    private static let shortcut: [Field] = [(padding, 4), (43, 4)]
    /// Networks of both ends and the lengths of their prefixes, destination first.
    private static let networks: [Field] = [(44, 4), (45, 4), (13, 1), (9, 1)]
    /// Autonomous systems and interfaces of both ends.
    private static let ends: [Field] = [(16, 2), (17, 2), (10, 2), (14, 2)]

    private static let fields: [[Field]] = [
        // 1 autonomous systems
        sums + ends,
        // 2 protocol and ports
        sums + [(4, 1), (padding, 3), (7, 2), (11, 2)],
        // 3 source network
        sums + [(44, 4), (9, 1), (padding, 1), (16, 2), (10, 2), (padding, 2)],
        // 4 destination network
        sums + [(45, 4), (13, 1), (padding, 1), (17, 2), (14, 2), (padding, 2)],
        // 5 both networks
        sums + networks + [(padding, 2)] + ends,
        // 6 destination host
        [(12, 4)] + switched + [(14, 2), (5, 1), (padding, 1)] + shortcut,
        // 7 both hosts
        [(12, 4), (8, 4)] + switched + [(14, 2), (10, 2), (5, 1), (padding, 3)] + shortcut,
        // 8 full flow
        [(12, 4), (8, 4), (11, 2), (7, 2)] + switched
            + [(14, 2), (10, 2), (5, 1), (4, 1), (padding, 2)] + shortcut,
        // 9 autonomous systems and type of service
        sums + ends + [(5, 1), (padding, 3)],
        // 10 protocol, ports and type of service
        sums + [(4, 1), (5, 1), (padding, 2), (7, 2), (11, 2), (10, 2), (14, 2)],
        // 11 source network and type of service
        sums + [(44, 4), (9, 1), (5, 1), (16, 2), (10, 2), (padding, 2)],
        // 12 destination network and type of service
        sums + [(45, 4), (13, 1), (5, 1), (17, 2), (14, 2), (padding, 2)],
        // 13 both networks and type of service
        sums + networks + [(5, 1), (padding, 1)] + ends,
        // 14 both networks and ports
        sums + networks + [(5, 1), (4, 1), (7, 2), (11, 2), (10, 2), (14, 2)],
    ]
}
