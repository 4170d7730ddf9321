import Core
import Journals
import Pipeline
import Testing

@Suite struct PlanTests {
    private static let text = """
        service:
          flush: 0.5
          grace: 10
          log_level: debug
          storage.path: /var/lib/x
          storage.sync: full
          storage.type: filesystem
        pipeline:
          inputs:
            - name: syslog
              tag: net.core
              mem_buf_limit: 10M
            - Name: Syslog
              port: 5141
              alias: edge
              storage.type: memory
              logLevel: error
          filters:
            - name: grep
              match: 'net.*'
              regex: [host ^a, host ^b]
          outputs:
            - name: file
              match: '*'
              path: /tmp
              storage.total_limit_size: 1G
            - name: file
              match_regex: ^net\\.
              path: /tmp
        """

    @Test func readsEveryPart() throws {
        let result = plan(Self.text)
        #expect(result.problems == [])
        #expect(result.warnings == [])
        let plan = try #require(result.plan)
        #expect(plan.service.flush == 500_000_000)
        #expect(plan.service.grace == 10_000_000_000)
        #expect(plan.service.logLevel == .debug)
        #expect(plan.service.storagePath == "/var/lib/x")
        #expect(plan.service.storageSync == .full)
        #expect(plan.inputs.map(\.instanceName) == ["syslog.0", "edge"])
        #expect(plan.inputs.map(\.tag) == ["net.core", "edge"])
        #expect(plan.inputs.map(\.storage) == [.filesystem, .memory])
        #expect(plan.inputs.map(\.memoryLimit) == [10_000_000, 0])
        #expect(plan.inputs.map(\.logLevel) == [nil, .error])
        #expect(plan.outputs.map(\.instanceName) == ["file.0", "file.1"])
        #expect(plan.outputs.map(\.limits.bytes) == [1_000_000_000, nil])
        #expect(plan.filters(forTag: "net.core").count == 1)
        #expect(plan.filters(forTag: "edge").isEmpty)
        #expect(plan.outputs(forTag: "net.core").map(\.instanceName) == ["file.0", "file.1"])
        #expect(plan.outputs(forTag: "edge").map(\.instanceName) == ["file.0"])
        _ = try plan.filters[0].makeFilter()
        _ = try plan.outputs[0].makeOutput()
    }

    @Test func hasFluentBitsDefaults() throws {
        let result = plan(
            """
            pipeline:
              inputs: [{name: syslog}]
              outputs: [{name: file, path: /tmp}]
            """)
        let plan = try #require(result.plan)
        #expect(plan.service.flush == 1_000_000_000)
        #expect(plan.service.grace == 5_000_000_000)
        #expect(plan.service.logLevel == .info)
        #expect(plan.service.storageSync == .normal)
        #expect(plan.inputs.first?.tag == "syslog.0")
        #expect(plan.inputs.first?.storage == .memory)
        // One input and one output find each other without 'match'.
        #expect(plan.outputs(forTag: "syslog.0").count == 1)
    }

    @Test func numbersInstancesOfOnePluginEvenWhenSwitchedOff() throws {
        let result = plan(
            """
            pipeline:
              inputs:
                - {name: syslog, active: off}
                - {name: syslog, port: 2}
              outputs: [{name: file, path: /tmp, match: syslog.1}]
            """)
        #expect(result.problems == [])
        #expect(result.plan?.inputs.map(\.instanceName) == ["syslog.1"])
    }

    @Test func warnsOfKeysWithoutEffect() {
        let result = plan(
            """
            service:
              http_server: on
              storage.checksum: on
              parsers_file: parsers.conf
            pipeline:
              inputs: [{name: syslog, threaded: on, unicode: on}]
              outputs: [{name: file, path: /tmp, retry_limit: 5, workers: 2, tls: off}]
            """)
        #expect(result.plan != nil)
        #expect(result.warnings.allSatisfy { $0.code == .notSupportedYet })
        #expect(result.warnings.map(\.location.line) == [2, 3, 4, 6, 6, 7, 7])
    }

    private static let loose = """
        service:
          flsh: 1
        made_up: {a: b}
        pipeline:
          inputs: [{name: syslog, tag: a, prot: 1, processors: {}}]
          outputs: [{name: file, path: x, match: b}]
        """

    @Test(arguments: ["compat: fluent-bit\n", "Compat: Fluent-Bit\n"])
    func toleratesUnknownKeysAndUnusedRoutes(switch: String) {
        let strict = plan(Self.loose)
        #expect(strict.plan == nil)
        #expect(strict.problems.count == 6)
        let tolerant = plan(`switch` + Self.loose)
        #expect(tolerant.problems == [])
        #expect(tolerant.warnings.count == 6)
        #expect(tolerant.plan?.inputs.count == 1)
    }

    @Test func readsCompatibilityInService() {
        let text = Self.loose.replacing("flsh: 1", with: "compat: fluent-bit")
        #expect(plan(text).problems == [])
    }

    @Test func neverToleratesWrongValues() {
        let result = plan(
            """
            compat: fluent-bit
            service: {grace: abc}
            pipeline:
              inputs: [{name: syslog, port: 99999}]
              outputs: [{name: file, path: '${NONE}'}]
            """)
        #expect(result.problems.map(\.code) == [.invalidValue, .outOfRange, .unsetVariable])
    }

    @Test func neverToleratesLostEncryption() {
        let result = plan(
            """
            compat: fluent-bit
            pipeline:
              inputs: [{name: syslog, tls: on}]
              outputs: [{name: file, path: /tmp}]
            """)
        #expect(result.problems.map(\.code) == [.notSupportedYet])
    }

    @Test func saysNothingOfPartsThatCouldNotBeRead() {
        let result = plan("pipeline:\n  inputs:\n    - name: syslog\n  outputs: [\n")
        #expect(result.problems.map(\.code) == [.yamlSyntax])
    }

    @Test func reportsEveryProblemSortedByPlace() {
        let result = plan(
            """
            pipeline:
              outputs:
                - {name: fiel}
              inputs:
                - {name: syslog, prot: 1, port: 0}
              filters:
                - {name: grep, regex: [a (, b (]}
            service: {flsh: 1}
            """)
        let codes = result.problems.map(\.code)
        #expect(
            codes == [
                .unknownPlugin, .unknownKey, .outOfRange, .missingKey, .invalidPattern,
                .invalidPattern, .unknownKey,
            ])
        #expect(result.problems.map(\.location.line) == [3, 5, 5, 7, 7, 7, 8])
    }
}
