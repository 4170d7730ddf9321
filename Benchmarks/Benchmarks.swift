import Codec
import Core
import InNetflow
import Journals
import Parsers
import System

/// What one record costs on each part of its way; `Benchmarks [WORD]` runs the cases with the word
/// in their name.
@main
enum Benchmarks {
    static func main() {
        var harness = Harness()
        addFlows(to: &harness)
        addLines(to: &harness)
        addJournals(to: &harness)
        harness.run(matching: CommandLine.arguments.dropFirst().first)
    }

    private static func addFlows(to harness: inout Harness) {
        var flows = Flows()
        let decoder = makeNetflowDecoder()
        let bench = Workbench()
        bench.fill(decoder, flows.template, times: 1)
        let records = Flows.recordsPerMessage * 20
        harness.add("ipfix decode", records: records) {
            bench.fill(decoder, &flows, times: 20)
        }
        let encoding = Workbench()
        encoding.fill(decoder, flows.data, times: 20)
        var samples = Samples()
        let sampled = Samples.samplesPerDatagram * 20
        harness.add("sflow decode", records: sampled) {
            bench.fill(decoder, &samples, times: 20)
        }
        harness.add("ipfix encode json", records: records) { encoding.encode() }
    }

    private static let lines: [(name: String, parser: String, line: String)] = [
        (
            "rfc3164", "syslog",
            "<134>Nov 23 18:00:00 router-7 firewall,info: seq=12345 forward: in:ether1 out:bridge, "
                + "connection-state:new src-mac 4c:5e:0c:11:22:33, proto TCP (SYN), "
                + "10.1.17.4:40321->93.184.216.34:443, len 60"
        ),
        (
            "rfc5424", "syslog",
            "<134>1 2026-11-23T18:00:00.123456Z router-7 routeros 4711 firewall "
                + "[meta@14988 seq=\"12345\" topic=\"firewall\"] forward: in:ether1 out:bridge, "
                + "proto TCP (SYN), 10.1.17.4:40321->93.184.216.34:443, len 60"
        ),
        (
            "cisco", "syslog",
            "<189>4711: router-7: *Nov 23 18:00:00.123 UTC: %LINEPROTO-5-UPDOWN: Line protocol on "
                + "Interface GigabitEthernet0/1, changed state to up"
        ),
        (
            "fortigate", "syslog",
            "<189>date=2026-11-23 time=18:00:00 devname=\"fgt-1\" devid=\"FGT60D4614044725\" "
                + "logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" "
                + "vd=\"root\" srcip=10.1.17.4 srcport=40321 srcintf=\"lan\" dstip=93.184.216.34 "
                + "dstport=443 dstintf=\"wan1\" sessionid=408903 proto=6 action=\"close\" "
                + "policyid=2 service=\"HTTPS\" duration=36 sentbyte=1200 rcvdbyte=40000"
        ),
        (
            "cef", "syslog",
            "<134>Nov 23 18:00:00 fw2 CEF:0|Example|Guard|1.0|100|blocked|7|src=10.1.17.4 "
                + "spt=40321 dst=93.184.216.34 dpt=443 proto=TCP act=deny cs1=17 cs1Label=Rule "
                + "msg=a session was blocked by policy"
        ),
        (
            "routeros firewall", "routeros",
            "firewall,info D|rule forward: in:ether1 out:bridge, connection-state:new src-mac "
                + "4c:5e:0c:11:22:33, proto TCP (SYN), 10.1.17.4:40321->93.184.216.34:443, len 60"
        ),
        (
            "routeros dhcp", "routeros",
            "dhcp,info defconf assigned 10.1.17.4 for 4C:5E:0C:11:22:33 a-phone"
        ),
        (
            "routeros unknown", "routeros",
            "system,info a text that no pattern recognises, of the usual length of one of those"
        ),
        ("json", "json", #"{"host":"r1","n":42,"ok":true,"message":"a line of text","x":[1,2]}"#),
    ]

    private static func addLines(to harness: inout Harness) {
        let library = ParserLibrary.stock
        for (name, parserName, text) in lines {
            guard let parser = library.makeParser(named: parserName) else { continue }
            let line = Array(text.utf8)
            let bench = Workbench()
            harness.add("\(name) parse", records: 200) { bench.fill(parser, line, times: 200) }
            let encoding = Workbench()
            encoding.fill(parser, line, times: 200)
            harness.add("\(name) encode json", records: 200) { encoding.encode() }
        }
    }

    private static func addJournals(to harness: inout Harness) {
        let flows = Flows()
        let decoder = makeNetflowDecoder()
        for (name, storage) in [
            ("memory", JournalSettings.Storage.memory),
            ("filesystem", .filesystem(directory: temporaryDirectory)),
        ] {
            let bench = Workbench()
            bench.fill(decoder, flows.template, times: 1)
            bench.fill(decoder, flows.data, times: 20)
            guard
                let journal = try? Journal(
                    name: name, settings: JournalSettings(storage: storage), log: .silent)
            else { continue }
            let reader = JournalReader(journal, from: nil, log: .silent)
            let target = Workbench()
            harness.add("journal \(name)", records: Flows.recordsPerMessage * 20) {
                try? journal.append(bench.batch)
                _ = try? reader.next(into: &target.batch)
                reader.commit()
            }
        }
    }

    private static var temporaryDirectory: String {
        (Process.environment("TMPDIR") ?? "/tmp")
            + "/catchment-benchmark-\(Process.identifier)"
    }

    private static func makeNetflowDecoder() -> any PayloadDecoder {
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: NetflowInput.info, instanceName: "netflow.0",
            location: SourceLocation(file: "benchmark", line: 0, column: 0), entries: [],
            parsers: ParserLibrary.stock, problems: &problems)
        do throws(SettingsError) {
            return try NetflowInput(settings: settings).makeDecoder(ledger: SourceLedger())
        } catch {
            preconditionFailure("the defaults of netflow are valid")
        }
    }
}
