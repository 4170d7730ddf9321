public import Core
import System

/// The sockets of one input, each with a thread of its own and a listener that lasts.
///
/// A sender of datagrams stays with one of them, so that its state needs no locks.
public final class MessageSockets: Sendable {
    private let address: ListenAddress
    private let options: MessageListener.Options
    private let listeners: [LastingListener<MessageListener>]

    /// - Parameter count: sockets that share the address; more than one for UDP only.
    public init(_ address: ListenAddress, options: MessageListener.Options, count: Int = 1) {
        precondition(count == 1 || address.transport == .udp, "other sockets cannot be shared")
        self.address = address
        self.options = options
        listeners = (0..<count).map { _ in LastingListener() }
    }

    /// Where the sockets are bound, after `open`.
    public var localEndpoint: Endpoint? { listeners.first?.localEndpoint }

    public func open(log: Log) throws(OperationError) {
        for listener in listeners {
            // The system may have chosen the port for the first one.
            let place = boundAddress
            try listener.open { () throws(OperationError) in
                try MessageListener(place, options: options, log: log)
            }
        }
    }

    private var boundAddress: ListenAddress {
        localEndpoint.map { address.bound(to: $0) } ?? address
    }

    /// Receives until stopped.
    ///
    /// - Parameters:
    ///   - name: what the threads beside the caller's are called.
    ///   - makeDecoder: called once for each socket, on its thread; gets the socket's number.
    public func run<Decoder: MessageDecoder & SendableMetatype>(
        name: String, into sink: any BatchSink, makeDecoder: @escaping @Sendable (Int) -> Decoder
    ) {
        let threads = listeners.indices.dropFirst().map { index in
            Thread.start(name: "\(name) \(index + 1)") { [self] in
                serve(index, sink, makeDecoder(index))
            }
        }
        serve(0, sink, makeDecoder(0))
        for thread in threads { thread.join() }
    }

    /// Serves one socket; its senders are known to nobody else.
    private func serve(_ index: Int, _ sink: any BatchSink, _ decoder: some MessageDecoder) {
        // What it remembers outlives a socket that has to be opened again.
        let place = boundAddress
        listeners[index].run(log: sink.log) { () throws(OperationError) in
            try MessageListener(place, options: options, log: sink.log)
        } serve: { listener throws(OperationError) in
            try listener.run(decoder, into: sink)
        }
        MessageListener.flush(decoder, into: sink)
    }

    public func stop() {
        for listener in listeners { listener.stop() }
    }
}
