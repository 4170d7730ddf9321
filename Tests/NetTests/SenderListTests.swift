import Core
import Testing

import Net

@Suite struct SenderListTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
        ("192.0.2.77/24", "192.0.2.1", true), ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "203.0.113.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "192.0.2.1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("2001:db8::/65", "2001:db8::8000:0:0:0", false), ("2001:db8::1/128", "2001:db8::1", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
    ])
    func tellsWhoIsInANetwork(network: String, address: String, isInside: Bool) throws {
        let prefix = try #require(NetworkPrefix(network))
        #expect(try prefix.contains(#require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2/24",
        "::/129", "192.0.2.0/24/8", "a/8", "192.0.2.0/ 8",
    ])
    func refusesOtherText(text: String) { #expect(NetworkPrefix(text) == nil) }
}
