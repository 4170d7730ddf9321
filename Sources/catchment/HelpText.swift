import Core
import Pipeline

/// What `catchment help` prints.
enum HelpText {
    static func text(_ topic: String?, registry: Registry) -> String {
        switch topic {
        case "run", "check": pipeline(topic ?? "run")
        case "parse": ParseOptions.usage(registry)
        case "journal": JournalOptions.usage
        case "plugins":
            "catchment plugins\n\nLists the inputs, filters and outputs of this program."
        case "describe":
            """
            catchment describe NAME

            Prints every option of a plugin with its type and default, and an example.
            NAME is as in YAML, or with its kind in front: syslog, in_syslog, filter_grep,
            out_file.
            'service' describes the service section.
            """
        case "schema":
            """
            catchment schema

            Prints a JSON Schema of the configuration. Editors complete and check with it,
            for example with this first line of a file:
            # yaml-language-server: $schema=catchment.schema.json
            """
        case "version": "catchment version\n\nPrints the version."
        default: overview
        }
    }

    private static let overview = """
        Catchment receives logs and flow records, filters them, keeps them safe and
        delivers them.

        catchment run -c FILE        run the agent (also: catchment -c FILE)
        catchment check -c FILE      check a configuration; --connect tries stores, too
        catchment parse CAPTURE...   decode captures, log files and s3://BUCKET/KEY
        catchment journal stat DIR   look into journals: also ls, cat, verify
        catchment plugins            list inputs, filters and outputs
        catchment describe NAME      describe the options of a plugin
        catchment schema             print a JSON Schema of the configuration
        catchment help COMMAND       say more about a command
        catchment version            print the version

        Without a file:
        catchment -i syslog -p port=5140 -t net -o stdout -m '*'

        Exit status: 0 all went well, 1 running failed, 2 the command line or the
        configuration is wrong.
        """

    private static func pipeline(_ command: String) -> String {
        var table = TextTable(["", "", ""])
        for flag in PipelineFlags.flags {
            table.add([
                "\(flag.short), \(flag.long)", flag.argument ?? "", flag.help,
            ])
        }
        let what =
            command == "check"
            ? "Checks everything that 'run' would check and starts nothing. Every problem is\n"
                + "one line. With --connect it also tries the destinations that outputs deliver to:\n"
                + "object stores."
            : "Runs the agent until SIGTERM or SIGINT; SIGUSR1 prints what went where."
        let body = table.text().split(separator: "\n").dropFirst().joined(separator: "\n")
        return """
            catchment \(command) -c FILE
            catchment \(command) -i NAME [-p K=V] [-t TAG] [-F NAME [-p K=V] -m MATCH]
                            -o NAME [-p K=V]

            \(what)

            \(body)
            """
    }
}
