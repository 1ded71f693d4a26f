internal import Bytes
internal import CCurl

/// Runs the transfers of all callers on one thread, over one pool of connections.
final class TransferLoop: @unchecked Sendable {
    /// How often running transfers look at the stop flag.
    private static let stopCheckMilliseconds: Int32 = 100
    /// How long the thread sleeps when there is nothing to do; arrivals wake it.
    private static let idleMilliseconds: Int32 = 60_000

    private struct Arrivals {
        var transfers: [Transfer] = []
        var isClosing = false
    }

    private let multi: CurlMulti
    private let stop: StopFlag?
    private let arrivals = Guarded(Arrivals())
    /// Touched by the owner only, at start and end.
    private var thread: SystemThread?

    init(_ settings: HTTPSettings) throws(HTTPError) {
        multi = try CurlMulti(
            connectionLimit: settings.connectionLimit, hostConnectionLimit: settings.hostConnectionLimit)
        stop = settings.stop
        do throws(IOError) {
            thread = try SystemThread { [self] in work() }
        } catch {
            throw .badRequest(error.message)
        }
    }

    /// Runs a transfer to its end. Callable from many threads at once.
    func run(_ transfer: Transfer) {
        arrivals.withLock { $0.transfers.append(transfer) }
        multi.wakeUp()
        transfer.waitForEnd()
    }

    /// Ends the thread, once the running transfers are over.
    func close() {
        arrivals.withLock { $0.isClosing = true }
        multi.wakeUp()
        thread.take()?.join()
    }

    private func work() {
        var active: [CurlHandle.Raw: Transfer] = [:]
        while true {
            let isClosing = takeArrivals(into: &active)
            if active.isEmpty, isClosing { return }
            if stop?.isSet == true {
                endAll(&active, CURLE_ABORTED_BY_CALLBACK, isStopped: true)
            }
            if !multi.perform() { endAll(&active, CURLE_FAILED_INIT, isStopped: false) }
            while let ended = multi.nextEnded() {
                multi.remove(ended.handle)
                active.removeValue(forKey: ended.handle)?.end(ended.code)
            }
            // With everything done there may be arrivals already; they have woken us, so this returns at once.
            multi.poll(milliseconds: active.isEmpty ? Self.idleMilliseconds : Self.stopCheckMilliseconds)
        }
    }

    /// Starts what callers have brought. Says whether the owner is closing.
    private func takeArrivals(into active: inout [CurlHandle.Raw: Transfer]) -> Bool {
        let (arrived, isClosing) = arrivals.withLock { arrivals in
            let arrived = arrivals.transfers
            arrivals.transfers = []
            return (arrived, arrivals.isClosing)
        }
        for transfer in arrived {
            if multi.add(transfer.handle.raw) {
                active[transfer.handle.raw] = transfer
            } else {
                transfer.end(CURLE_FAILED_INIT)
            }
        }
        return isClosing
    }

    private func endAll(_ active: inout [CurlHandle.Raw: Transfer], _ code: CURLcode, isStopped: Bool) {
        for (handle, transfer) in active {
            // A name lookup that hangs is left to itself.
            curl_easy_set_long(handle, CURLOPT_QUICK_EXIT, 1)
            multi.remove(handle)
            transfer.end(code, isStopped: isStopped)
        }
        active = [:]
    }
}
