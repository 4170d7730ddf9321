package import Messages

/// Receives syslog messages from the network or a local socket.
package typealias SyslogInput = MessageInput<SyslogSettings>
