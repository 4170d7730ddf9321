package import Messages

/// Receives the logs of MikroTik RouterOS devices.
package typealias RouterOSInput = MessageInput<RouterOSSettings>
