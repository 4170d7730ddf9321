/// The messages that RouterOS is known to send, by family.
///
/// Of texts that overlap the more specific stands first. Sources: the RouterOS manual (Log,
/// DHCP, PPP AAA, Wireless, CAPsMAN, IPsec, Web proxy) and lines of devices from version 6 to 7.24.
enum MessageTable {
    static let families =
        system + [interface, bridge] + dhcp + ppp + [wireless, caps, hotspot, radius, attributes]
        + [ipsec, ospf, bgp, vrrp, netwatch, dns, proxy, script, email, power, wireGuard]
        + leftovers
}
