/// Keys of Fluent Bit's `service` that are accepted and change nothing, with what to know.
enum InertServiceKeys {
    static let notes: [String: String] = {
        var notes: [String: String] = [
            "daemon": "run under a service manager such as systemd",
            "plugins_file": "plugins are part of the program",
            "streams_file": "there is no stream processor",
            "multiline_buffer_limit":
                "groups of lines are as long as the input's 'buffer_max_size'",
            "scheduler.base": "the first pause between tries is 250 ms",
            "scheduler.cap": "an output's 'retry_max_pause' limits pauses between tries",
            "coro_stack_size": "outputs run on threads",
            "windows.maxstdio": "this is not Windows",
            "enable_chunk_trace": "there is no tracing yet",
            "security.fips_mode": "there is no TLS yet",
            "storage.checksum": "stored records always carry a checksum",
            "storage.metrics": "there is no status server yet",
            "storage.max_chunks_up": "memory use is bounded otherwise",
            "storage.backlog.mem_limit": "memory use is bounded otherwise",
            "storage.backlog.flush_on_shutdown": "what waits on disk is sent after the next start",
            "storage.delete_irrecoverable_chunks": "corrupt records are set aside",
            "storage.trim_files": "segments are removed as a whole",
            "storage.inherit": "inputs always take the service's storage.type",
            "storage.keep.rejected": "records are kept until an output takes them",
            "storage.rejected.path": "records are kept until an output takes them",
            "storage.rejected.limit": "records are kept until an output takes them",
            "health_check": "there is no status server yet",
        ]
        let statusServer = [
            "http_server", "http_listen", "http_port", "hc_errors_count",
            "hc_retry_failure_count", "hc_period",
        ]
        for key in statusServer { notes[key] = "there is no status server yet" }
        for key in ["hot_reload", "hot_reload.ensure_thread_safety", "hot_reload.timeout"] {
            notes[key] = "a new configuration needs a restart"
        }
        for key in ["dns.mode", "dns.resolver", "dns.prefer_ipv4", "dns.prefer_ipv6"] {
            notes[key] = "no plugin looks up names yet"
        }
        let numbers = [
            "sp.convert_from_str_to_num", "json.convert_nan_to_null", "json.escape_unicode",
        ]
        for key in numbers { notes[key] = "JSON is always written the same way" }
        let adaptive = [
            "", ".min_interval", ".max_interval", ".low_pressure", ".medium_pressure",
            ".high_pressure", ".up_steps", ".down_steps",
        ]
        for suffix in adaptive { notes["flush.adaptive" + suffix] = "'flush' is fixed" }
        return notes
    }()
}
