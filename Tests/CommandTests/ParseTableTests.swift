import Core
import Testing

@testable import catchment

@Suite struct ParseTableTests {
    @Test func takesTerminalCommandsOutOfText() {
        #expect(
            "a\u{1b}[31m\u{7}\tb\u{9b}\u{202e}é".printable
                == "a\u{fffd}[31m\u{fffd} b\u{fffd}\u{fffd}é")
    }

    @Test func namesCodesInWords() {
        #expect(ErrorCode.flowUnknownTemplate.words == "flow unknown template")
    }

    func cells(_ build: (inout RecordBuilder) -> Void) -> (RecordLayout, [String]) {
        var builder = RecordBuilder()
        builder.begin()
        build(&builder)
        var batch = RecordBatch()
        builder.finish(into: &batch)
        var result: (RecordLayout, [String])?
        batch.forEachRow { row in
            let reader = RecordCells(row.shape)
            result = (
                reader.layout, reader.cells(of: row, received: Timestamp(nanoseconds: 0))
            )
        }
        return result ?? (.other, [])
    }

    @Test func showsAFlowWithItsTranslation() {
        let (layout, cells) = cells { record in
            record.add("flow_type", text: "ipfix")
            record.add("sampler_address", address: IPAddress(v4: 0xc000_0201))
            record.add("time_flow_start", timestamp: Timestamp(seconds: 1_700_000_000))
            record.add("duration_ms", unsigned: 12_045)
            record.add("src_addr", address: IPAddress(v4: 0x0a00_0001))
            record.add("dst_addr", address: IPAddress(high: 0x2001_0db8_0000_0000, low: 1))
            record.add("src_port", unsigned: 40_000)
            record.add("dst_port", unsigned: 443)
            record.add("proto", unsigned: 6)
            record.add("packets", unsigned: 3)
            record.add("bytes", unsigned: 1500)
            record.add("in_if", unsigned: 2)
            record.add("post_nat_src_addr", address: IPAddress(v4: 0xcb00_7101))
        }
        #expect(layout == .flow)
        #expect(
            cells == [
                "2023-11-14 22:13:20.000", "12.045", "192.0.2.1", "TCP", "10.0.0.1:40000",
                "[2001:db8::1]:443", "3", "1500", "2", "", "203.0.113.1", "",
            ])
    }

    @Test func showsAFirewallLine() {
        let (layout, cells) = cells { record in
            record.add("time", eventTime: Timestamp(seconds: 1_700_000_000))
            record.add("hostname", text: "r1")
            record.add("chain", text: "forward")
            record.add("action", text: "drop")
            record.add("in_if_name", text: "ether1")
            record.add("transport", text: "tcp")
            record.add("src_addr", text: "10.0.0.1")
            // The shape of all firewall lines has it.
            record.addNull("packets")
            record.add("message", text: "…")
        }
        #expect(layout == .firewall)
        #expect(cells[1...3] == ["r1", "forward", "drop"] && cells[7...8] == ["TCP", "10.0.0.1"])
    }

    @Test(arguments: ["link_down", nil])
    func showsAMessageWithTopics(event: String?) {
        let (layout, cells) = cells { record in
            record.add("hostname", text: "r1")
            record.add("topics", text: "[\"interface\",\"info\"]")
            record.add("severity_name", text: "info")
            // Names in a map of other values say nothing about the record.
            record.add("fields", text: "{}")
            record.add("src_addr", text: "192.0.2.1")
            record.add("host", text: "www.example.net")
            if let event { record.add("event", text: event) }
            record.add("message", text: "ether1 link down")
        }
        #expect(layout == .event)
        #expect(cells.dropFirst() == ["r1", "info", event ?? "interface,info", "ether1 link down"])
    }

    @Test func showsALogLine() {
        let (layout, cells) = cells { record in
            record.add("hostname", text: "r1")
            record.add("severity", unsigned: 3)
            record.add("app_name", text: "sshd")
            record.add("message", text: "bye")
        }
        #expect(layout == .log)
        #expect(cells == ["1970-01-01 00:00:00.000", "r1", "error", "sshd", "bye"])
    }

    @Test func showsOtherRecordsAsJSON() {
        let (layout, cells) = cells { $0.add("a", unsigned: 1) }
        #expect(layout == .other && cells.last == "{\"a\":1}")
    }
}
