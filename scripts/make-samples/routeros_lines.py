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
    ("dns,packet", "local query: #335407 example.com. A"),
    ("script,warning", "backup: disk almost full"),
    ("radius,debug,packet", "received Access-Accept with id 64 from 192.0.2.3:1812"),
    ("radius,debug,packet", "    Framed-IP-Address = 100.64.0.17"),
]

# More families, in the forms that versions 6 and 7 send.
FAMILIES = [
    ("system,info", "router rebooted"),
    ("system,info", "rule moved by ssh-cmd:ops@192.0.2.7/action:4"),
    ("system,info", "user disabled by mac-msg(winbox):ops@00:00:5E:00:53:01"),
    ("system,info", "wireless security profile changed by tcp-msg(winbox):ops@192.0.2.7/action:5"
     " (*3 = /interface wireless security-profiles set *3 wpa2-pre-shared-key=\"not a real one\" mode=dynamic-keys)"),
    ("system,info,critical", "Firmware upgraded successfully, please reboot for changes to take effect!"),
    ("interface,info", "sfp-sfpplus1 link up (speed 10Gbps, full duplex)"),
    ("interface,info", "ether1 detect INTERNET"),
    ("interface,warning", "sfp1 excessive broadcasts/multicasts, probably a loop"),
    ("bridge,warning", "ether2: dropped IP packet on untrusted port - MAC/IP does not match binding table entry"
     " (IP=192.0.2.55, MAC=00:00:5e:00:53:aa)"),
    ("dhcp,info", "guest wifi assigned 192.0.2.63 to 00:00:5E:00:53:63"),
    ("dhcp,info", "guest wifi deassigned 192.0.2.63 from 00:00:5E:00:53:63"),
    ("dhcp,warning", "lan client 00:00:5E:00:53:62 declines IP address 192.0.2.62"),
    ("dhcp,info", "client1 on WAN1 lost IP address 100.64.0.2 - lease stopped locally"),
    ("dhcp,critical,error", "dhcp alert on guests: discovered unknown dhcp server, mac 00:00:5E:00:53:E7,"
     " ip 192.0.2.236"),
    ("pppoe,ppp,info", "<pppoe-alice>: disconnected"),
    ("pppoe,ppp,error", "<0011>: user bob is already active"),
    ("l2tp,info", "first L2TP UDP packet received from 198.51.100.44 port 39626"),
    ("sstp,info", "TCP connection established from 198.51.100.45"),
    ("l2tp,ppp,info,account", "dave logged in, 100.64.0.18 from 198.51.100.44"),
    ("l2tp,ppp,info,account", "dave logged out, 3600 5151515151 2424242424 4000000 2000000 from 198.51.100.44"),
    ("wireless,info", "00:00:5E:00:53:81@wifi1(office) roamed to 00:00:5E:00:53:81@wifi2(office),"
     " signal strength -60"),
    ("wireless,info", "00:00:5E:00:53:82@wlan1: connected"),
    ("wireless,debug", "wlan1: 00:00:5E:00:53:82 attempts to associate"),
    ("caps,info", "00:00:5E:00:53:83@ap-lobby connected, signal strength -36"),
    ("hotspot,account,info,debug", "hs1: carol (192.0.2.112): logged in"),
    ("hotspot,account,info,debug", "->: carol (192.0.2.112): logged out: keepalive timeout"),
    ("ipsec,info", "respond new phase 1 (Identity Protection): 192.0.2.15[500]<=>198.51.100.99[54178]"),
    ("ipsec,info", "ISAKMP-SA established 192.0.2.15[4500]-198.51.100.99[4500] spi:9a3c:77b1"),
    ("ipsec,error", "198.51.100.99 failed to get valid proposal."),
    ("route,ospf,info", "OSPFv2 neighbor 192.0.2.16: state change from 2-Way to Down"),
    ("route,bgp,info", "TCP connection established"),
    ("route,bgp,info", "    RemoteAddress=192.0.2.17"),
    ("vrrp,info", "vrrp1 now BACKUP"),
    ("netwatch,info", "event up [ type: icmp, host: www.example.net ]"),
    ("dns,packet", "done query: #335407 example.com 203.0.113.25"),
    ("web-proxy,account", "192.0.2.14 GET http://example.com/ action=allow cache=MISS"),
    ("script,error", "executing script backup from scheduler (nightly) failed, please check it manually"),
    ("e-mail,info", "sent <router is down> to: noc@example.net"),
    ("poe-out,info", "ether5 detected poe-out status: wait_for_load"),
    ("system,error,critical", "something that no version is known to say"),
]

ENTRIES = FIREWALL + EVENTS + FAMILIES


def severity(topics):
    """The syslog severity RouterOS gives an entry: 2 is never used."""
    have = topics.split(",")
    for topic, value in (("error", 3), ("critical", 3), ("warning", 4), ("debug", 7), ("info", 6)):
        if topic in have:
            return value
    return 6
