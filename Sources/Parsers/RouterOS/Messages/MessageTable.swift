/// The messages that RouterOS is known to send, by family.
///
/// Of texts that overlap the more specific stands first. Sources: the RouterOS manual (Log,
/// DHCP, PPP AAA, Wireless, CAPsMAN, IPsec, Web proxy) and lines of devices from version 6 to 7.24.
enum MessageTable {
    /// Messages with names that clients choose go before those that begin with any text.
    static let families =
        system + dhcp + ppp + [wireless, caps, hotspot, radius, attributes]
        + [interface, bridge, spanningTree, changes] + [ipsec, ospf, bgp, vrrp, netwatch, dns]
        + [proxy, script, email, power, wireGuard] + leftovers
}
