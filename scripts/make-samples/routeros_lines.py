"""RouterOS log entries as (topics, text): the shapes routers send, with documentation addresses."""

FIREWALL = [
    # A prefix, a connection state, a source MAC, TCP flags.
    ("firewall,info", "A|live-in| input: in:ether1 out:(unknown 0), connection-state:new"
     " src-mac 00:00:5E:00:53:02, proto TCP (SYN), 198.51.100.1:55134->192.0.2.15:15902, len 44"),
    # PPPoE input: no MAC; a prefix in brackets.
    ("firewall,info", "[drop-input] input: in:PPPoE out:(unknown 0), connection-state:new"
     " proto TCP (SYN), 198.51.100.251:56625->203.0.113.222:8058, len 52"),
    # Output; ICMP with type and code, no ports, no prefix.
    ("firewall,info", "output: in:(unknown 0) out:ether1, connection-state:new"
     " proto ICMP (type 8, code 0), 192.0.2.15->203.0.113.9, len 56"),
    # Source NAT; an interface name with a space; no connection state.
    ("firewall,info", "forward: in:ether5_EXT out:Rapid Net, src-mac 00:00:5e:00:53:e4,"
     " proto TCP (ACK,FIN), 192.0.2.100:57916->203.0.113.234:443,"
     " NAT (192.0.2.100:57916->198.51.100.134:57916)->203.0.113.234:443, len 52"),
    # Destination NAT; two connection states.
    ("firewall,info", "forward: in:ether1 out:ether1, connection-state:new,dnat"
     " src-mac 00:00:5E:00:53:02, proto TCP (SYN), 198.51.100.1:33202->203.0.113.9:9999,"
     " NAT 198.51.100.1:33202->(192.0.2.15:15903->203.0.113.9:9999), len 44"),
    # NAT on both sides (hairpin).
    ("firewall,info", "N|hairpin| forward: in:bridge out:bridge, connection-state:established,snat,dnat"
     " src-mac 00:00:5e:00:53:21, proto TCP (ACK,PSH), 192.0.2.33:40112->192.0.2.15:443,"
     " NAT (192.0.2.33:40112->203.0.113.9:40112)->(203.0.113.9:443->192.0.2.15:443), len 112"),
    # The form of RouterOS 5 and 6: (none), UDP without details.
    ("firewall,info", "input: in:ether1 out:(none), src-mac 00:00:5e:00:53:07, proto UDP,"
     " 192.0.2.1:520->192.0.2.255:520, len 452"),
    # A comma after the connection state.
    ("firewall,info", "D|wan| input: in:ether1 out:(unknown 0), connection-state:invalid,"
     " src-mac 00:00:5e:00:53:31, proto TCP (RST), 203.0.113.77:443->192.0.2.15:50211, len 40"),
    # A connection mark, a numeric protocol (GRE).
    ("firewall,info", "prerouting: in:ether1 out:(unknown 0), connection-mark:vpn"
     " connection-state:established src-mac 00:00:5e:00:53:02, proto 47,"
     " 198.51.100.7->192.0.2.15, len 88"),
    # IPv6 with ports in brackets, IPv6 without ports.
    ("firewall,info", "D|six| forward: in:ether1 out:bridge, connection-state:new"
     " src-mac 00:00:5e:00:53:02, proto TCP (SYN),"
     " [2001:db8:9::1]:443->[2001:db8:1::15]:55012, len 60"),
    ("firewall,info", "forward: in:bridge out:ether1, connection-state:new"
     " src-mac 00:00:5e:00:53:44, proto ICMP (type 128, code 0),"
     " 2001:db8:1::44->2001:db8:9::9, len 104"),
    # A dynamic interface that carries a user's name; carrier-grade NAT.
    ("firewall,info", "N|cgn| forward: in:<pppoe-alice> out:ether1, connection-state:new,snat proto UDP,"
     " 100.64.0.17:51515->203.0.113.53:53,"
     " NAT (100.64.0.17:51515->198.51.100.200:51515)->203.0.113.53:53, len 71"),
    # Priority.
    ("firewall,info", "postrouting: in:bridge out:ether1, src-mac 00:00:5e:00:53:44, proto UDP,"
     " 192.0.2.44:5060->203.0.113.60:5060, prio 5->0, len 628"),
    # A user's chain.
    ("firewall,info", "R|ssh| wan-guard: in:ether1 out:(unknown 0), connection-state:new"
     " src-mac 00:00:5e:00:53:02, proto TCP (SYN), 203.0.113.66:41022->192.0.2.15:22, len 60"),
]

EVENTS = [
    ("system,info,account", "user admin logged in from 192.0.2.9 via winbox"),
    ("system,info,account", "user admin logged out from 192.0.2.9 via winbox"),
    ("system,info,account", "user backup logged in via local"),
    ("system,error,critical", "login failure for user guest from 192.0.2.17 via ssh"),
    ("system,error,critical", "login failure for user a from b from 00:00:5E:00:53:DE via winbox"),
    ("system,error,critical", "router rebooted without proper shutdown, probably power outage"),
    ("system,info", "filter rule changed by admin"),
    ("system,info", "static dns entry added by scheduler:add-nas-dns"
     " (*2 = /ip dns static add address=192.0.2.50 name=nas.example.net)"),
    ("system,info", "ppp secret changed by tcp-msg(winbox):admin@192.0.2.250/terminal/action:133"
     " (/ppp secret set alice password=not-a-real-secret)"),
    ("system,critical,info", "cloud change time Aug/14/2026 04:33:16 => Aug/14/2026 22:05:45"),
    ("warning", "denied winbox/dude connect from 192.0.2.1"),
    ("interface,info", "ether2 link up (speed 1G, full duplex)"),
    ("interface,info", "ether1 link down"),
    ("dhcp,info", "lan assigned 192.0.2.61 for 00:00:5E:00:53:61 Anna's phone"),
    ("dhcp,info", "lan deassigned 192.0.2.61 for 00:00:5E:00:53:61 Anna's phone"),
    ("dhcp,warning", "lan offering lease 192.0.2.62 for 00:00:5E:00:53:62 without success"),
    ("dhcp,info", "client1 on WAN1 got IP address 100.64.0.2"),
    ("bridge,warning", "LAN1: received DHCP server message on untrusted port from source IP"
     " 192.0.2.66, MAC 00:00:5E:00:53:66"),
    ("pppoe,info", "PPPoE connection established from 00:00:5E:00:53:71"),
    ("pppoe,ppp,info", "<pppoe-alice>: authenticated"),
    ("pppoe,ppp,info", "<pppoe-alice>: connected"),
    ("pppoe,ppp,info,account", "alice logged in, 100.64.0.17 from 00:00:5E:00:53:71"),
    ("pppoe,ppp,info,account", "alice logged out, 143 115036 112418 106 92 from 00:00:5E:00:53:71"),
    ("pppoe,ppp,info", "<pppoe-alice>: terminating... - peer is not responding"),
    ("pppoe,ppp,error", "<0010>: user bob authentication failed"),
    ("l2tp,info", "first L2TP UDP packet received from 198.51.100.44"),
    ("wireless,info", "00:00:5E:00:53:81@wifi1(office) connected, signal strength -52"),
    ("wireless,info", "00:00:5E:00:53:81@wifi1(office) disconnected, connection lost,"
     " signal strength -69, channel 2437/n"),
    ("wireless,info", "00:00:5E:00:53:82@wlan1: disconnected,"
     " received deauth: sending station leaving (3), signal strength -60"),
    ("caps,info", "selected CAPsMAN core@00:00:5E:00:53:90"),
    ("hotspot,info,debug", "->: carol (192.0.2.112): trying to log in by http-chap"),
    ("hotspot,info,debug", "->: carol (192.0.2.112): login failed: invalid username or password"),
    ("ipsec,error", "phase1 negotiation failed due to time up"
     " 192.0.2.15[500]<=>198.51.100.99[500] 9a3c:0000"),
    ("route,ospf,info", "default-v2 { version: 2 router-id: 192.0.2.15 } area { 0.0.0.0 }"
     " interface { broadcast 192.0.2.15%ether3 } neighbor { router-id: 192.0.2.16 state: Down }"
     " state change to Init"),
    ("vrrp,info", "vrrp1 now MASTER, master down timer"),
    ("netwatch,info", "event down [ type: simple, host: 192.0.2.1 ]"),
    ("dns", "local query: #335407 example.com. A"),
    ("script,warning", "backup: disk almost full"),
    ("radius,debug,packet", "received Access-Accept with id 64 from 192.0.2.3:1812"),
    ("radius,debug,packet", "    Framed-IP-Address = 100.64.0.17"),
]

ENTRIES = FIREWALL + EVENTS


def severity(topics):
    """The syslog severity RouterOS gives an entry: 2 is never used."""
    have = topics.split(",")
    for topic, value in (("error", 3), ("critical", 3), ("warning", 4), ("debug", 7), ("info", 6)):
        if topic in have:
            return value
    return 6
