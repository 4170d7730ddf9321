extension MessageTable {
    static let system = [
        // Version 6 sends these with `warning` alone.
        MessageFamily(
            ["system", "warning"],
            [("access_denied", "denied %{service} connect from %{src:endpoint}%[ %{detail}%]")]),
        MessageFamily(
            ["ssh", "system"],
            [
                (
                    "ssh_auth",
                    "%[%{session:word} %]%{method:word} %{result=accepted} for user: %{user_name}"
                        + "%[, fingerprint: %{fingerprint}%]"
                ),
                (
                    "ssh_auth",
                    "%[%{session:word} %]%{method:word} %{result=failed} for user: %{user_name}"
                        + "%[, fingerprint: %{fingerprint}%]"
                ),
            ]),
        MessageFamily(
            ["system"],
            [
                // `ntp`, `sntp`, `cloud`.
                ("clock_change", "%[%{method:word} %]change time %{clock:change}"),
                ("reboot", "router rebooted by %{change:origin}"),
                (
                    "reboot",
                    "router %[was %]rebooted %{reason=without proper shutdown}%[, %{detail}%]"
                ),
                ("reboot", "router %[was %]rebooted %{reason=without proper shutdown} %{detail}"),
                ("reboot", "router %[was %]rebooted because of %{reason}"),
                ("reboot", "router rebooted%[, %{reason}%]"),
                ("shutdown", "router %{verb=shut down} by %{change:origin}"),
                ("package_installed", "installed %{package}"),
                ("package_removed", "uninstalled %{package}"),
                (
                    "firmware_upgraded",
                    "Firmware upgraded successfully, please reboot%[ %{detail}%]"
                ),
            ]),
    ]

    /// Who changed what; behind the messages with names that clients choose.
    static let changes = MessageFamily(
        ["system"],
        [
            ("config_change", "%{object} %{verb=added} by %{change:origin}"),
            ("config_change", "%{object} %{verb=changed} by %{change:origin}"),
            ("config_change", "%{object} %{verb=removed}%[ from scheduler%] by %{change:origin}"),
            ("config_change", "%{object} %{verb=moved} by %{change:origin}"),
            ("config_change", "%{object} %{verb=enabled} by %{change:origin}"),
            ("config_change", "%{object} %{verb=disabled} by %{change:origin}"),
            ("config_change", "%{object} %{verb=scheduled} by %{change:origin}"),
            ("config_change", "%{verb=add} %{object} by %{change:origin}"),
            ("config_change", "%{verb=changed} %{object} by %{change:origin}"),
        ])

    static let script = MessageFamily(
        ["script"],
        [
            (
                "script_failed",
                "executing script %{script} from %{trigger} failed, please check it manually"
                    + "%[ (%{reason})%]"
            ),
            (
                "script_failed",
                "executing script from %{trigger} failed, please check it manually%[ (%{reason})%]"
            ),
            ("script_failed", "could not run script %{script}: %{reason}"),
            // What follows in entries of their own tells the reason.
            ("script_failed", "executing script %{script}"),
        ])

    static let email = MessageFamily(
        ["e-mail"],
        [
            ("email_sent", "sent %{subject:last} to: %{recipient}"),
            ("email_failed", "Error sending e-mail %{subject:last}: %{reason}"),
        ])

    static let netwatch = MessageFamily(
        ["netwatch"],
        [
            (
                "netwatch",
                "event %{state:word} [ type: %{type}, host: %{host_addr:ip}%[, %{detail}%] ]"
            ),
            ("netwatch", "event %{state:word} [ type: %{type}, host: %{host} ]"),
            ("netwatch", "event %{state:word} [ %{detail} ]"),
        ])

    static let power = MessageFamily(
        ["poe-out"], [("poe_state", "%{interface} detected poe-out status: %{state}")])

    /// Messages whose text is free: the topic alone tells the event.
    static let leftovers = [
        MessageFamily(["script"], needsTopics: true, [("script", "%{}")]),
        MessageFamily(["bgp"], needsTopics: true, [("bgp", "%{}")]),
        MessageFamily(["critical"], needsTopics: true, [("critical", "%{}")]),
    ]
}
