/// Speaks HTTP to web services: one pool of connections, many requests at once, each call blocking its caller.
///
/// For several requests at a time call `send` from several threads (`WorkerThreads`); all transfers run on one thread
/// of the client's own, which also calls the sinks and sources of bodies. The client ends when it is released; requests
/// under way are finished first.
package final class HTTPClient: Sendable {
    package let settings: HTTPSettings
    private let loop: TransferLoop

    /// Throws `HTTPError.badRequest` when libcurl or the thread does not start.
    package init(_ settings: HTTPSettings = HTTPSettings()) throws(HTTPError) {
        self.settings = settings
        loop = try TransferLoop(settings)
    }

    deinit { loop.close() }

    /// Sends a request, again where that is allowed and worthwhile, and gives the last answer, whatever its status.
    ///
    /// Throws when there is no answer, or none that fits the request's limits.
    package func send(_ request: Request) throws(HTTPError) -> Response {
        var exchange = Exchange(request, settings, loop)
        return try exchange.run()
    }
}
