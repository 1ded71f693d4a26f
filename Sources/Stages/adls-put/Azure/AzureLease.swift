import Bytes
import Glibc
import HTTP
import StageKit

/// A lease on one file of a container: nobody else writes to it, and it ends by itself when its holder is gone.
///
/// A thread renews it. Where that fails for as long as the lease lasts, it is lost, and whoever relies on it is told.
final class AzureLease: LakeLease, @unchecked Sendable {
    /// The service takes 15 to 60. After a crash the next one waits this long.
    static let seconds = 30
    static let renewalSeconds = 8.0
    static let retrySeconds = 1.0
    static let answerSeconds = 6.0
    /// Before the service's own count ends, ours has.
    static let marginSeconds = 3.0
    private static let releaseAttempts = 3
    private static let stepMicroseconds: UInt32 = 50_000

    private struct State: Sendable {
        var renewedAt = 0.0
        var isHeld = false
        var isStopping = false
        var lost: String?
        var listener: (@Sendable (String) -> Void)?
    }

    let path: String
    let id = UUIDText.random()
    private let session: AzureSession
    private let state = Guarded(State())
    // Touched by the owner only.
    private var thread: SystemThread?

    init(_ path: String, _ session: AzureSession) {
        self.path = path
        self.session = session
    }

    deinit { stop() }

    var inheritableDescriptor: Int32? { nil }
    var isHeld: Bool { state.withLock { $0.isHeld } }

    // MARK: Taking

    /// Asks for the lease together with the creation of the file.
    func writeProposal(to headers: inout HeaderFields) {
        headers["x-ms-proposed-lease-id"] = id
        headers["x-ms-lease-duration"] = String(Self.seconds)
    }

    /// Takes the lease of a file that is there; false when somebody else has it. `patiently` waits as long as a lease
    /// lasts that nobody renews any more.
    func acquire(patiently: Bool, noteWait: () -> Void = {}) throws(LakeError) -> Bool {
        var hasNoted = false
        let end = Environment.monotonicSeconds() + (patiently ? Double(Self.seconds) + Self.marginSeconds : 0)
        while true {
            let response = try session.send(request("acquire"))
            if response.isSuccess { return true }
            guard response.status == 409, response.errorCode?.hasPrefix("Lease") == true else {
                throw session.refusal(response)
            }
            guard Environment.monotonicSeconds() < end else { return false }
            if !hasNoted { noteWait() }
            hasNoted = true
            usleep(UInt32(Self.retrySeconds * 1e6))
        }
    }

    /// The lock of `--lease`: a small file that stays, and the lease on it.
    static func acquireLock(at address: LakeAddress, _ session: AzureSession) throws(LakeError) -> AzureLease {
        let lease = AzureLease(address.location, session)
        var asked = Environment.monotonicSeconds()
        var response = try session.send(lease.request("acquire"))
        if response.status == 404, response.errorCode == "BlobNotFound" || response.errorCode == "PathNotFound" {
            let headers: HeaderFields = ["x-ms-blob-type": "BlockBlob", "If-None-Match": "*"]
            let made = try session.send(session.request(.put, .blob, address.location, headers: headers))
            guard made.isSuccess || made.status == 409 else { throw session.refusal(made) }
            asked = Environment.monotonicSeconds()
            response = try session.send(lease.request("acquire"))
        }
        if response.status == 409, response.errorCode?.hasPrefix("Lease") == true {
            throw .held(url: address.url, holder: try holder(at: address.location, session))
        }
        guard response.isSuccess else { throw session.refusal(response) }
        lease.keep(since: asked)
        return lease
    }

    private static func holder(at path: String, _ session: AzureSession) throws(LakeError) -> String {
        var request = session.request(.get, .blob, path)
        request.target = .memory(limit: holderByteLimit)
        let response = try session.send(request)
        let line = String(decoding: response.body, as: UTF8.self).prefix { $0 != "\n" }
        return response.isSuccess && !line.isEmpty ? String(line) : "another process"
    }

    private static let holderByteLimit = 4096

    func note(holder: String) throws(LakeError) {
        let headers: HeaderFields = [
            "x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": "text/plain; charset=utf-8", "x-ms-lease-id": id,
        ]
        let text = String(holder.prefix(Self.holderByteLimit / 4))
        try session.require(session.request(.put, .blob, path, headers: headers, body: .text(text)))
    }

    // MARK: Keeping

    /// Renews the lease, which was asked for at `time` by the monotonic clock, until `stop`.
    func keep(since time: Double = Environment.monotonicSeconds()) {
        state.withLock {
            $0.renewedAt = time
            $0.isHeld = true
        }
        thread = try? SystemThread { [self] in renewUntilStopped() }
        // Without a thread the lease ends when it ends, which `check` and the service notice.
    }

    func whenLost(_ body: @escaping @Sendable (_ reason: String) -> Void) {
        let lost = state.withLock { state in
            state.listener = body
            return state.lost
        }
        if let lost { body(lost) }
    }

    /// Throws when the lease is lost.
    func check() throws(LakeError) {
        if let reason = state.withLock({ $0.lost }) {
            throw .disturbed(url: path, what: "the lease was lost: \(reason)")
        }
    }

    private func renewUntilStopped() {
        var next = state.withLock { $0.renewedAt } + Self.renewalSeconds
        while true {
            usleep(Self.stepMicroseconds)
            if state.withLock({ $0.isStopping }) { return }
            let now = Environment.monotonicSeconds()
            guard now >= next else { continue }
            if let reason = renew(at: now) {
                lose(reason)
                return
            }
            next = state.withLock { $0.renewedAt } == now ? now + Self.renewalSeconds : now + Self.retrySeconds
        }
    }

    /// Renews once; a reason when the lease is lost.
    private func renew(at now: Double) -> String? {
        let failure: String
        do throws(LakeError) {
            let response = try session.send(request("renew", attempts: 1))
            if response.isSuccess {
                state.withLock { $0.renewedAt = now }
                return nil
            }
            failure = session.refusal(response).failure.message ?? "status \(response.status)"
            if [404, 409, 412].contains(response.status) { return failure }
        } catch {
            failure = error.failure.message ?? "no answer"
        }
        let age = Environment.monotonicSeconds() - state.withLock { $0.renewedAt }
        return age > Double(Self.seconds) - Self.marginSeconds - Self.answerSeconds ? failure : nil
    }

    private func lose(_ reason: String) {
        let listener = state.withLock { state in
            state.lost = reason
            state.isHeld = false
            return state.listener
        }
        listener?(reason)
    }

    // MARK: Ending

    /// Ends the renewals.
    func stop() {
        state.withLock { $0.isStopping = true }
        thread.take()?.join()
    }

    /// Gives the lease back; one that is lost is gone already.
    func release() throws(LakeError) {
        stop()
        guard
            state.withLock({ state in
                defer { state.isHeld = false }
                return state.isHeld
            })
        else { return }
        let response = try session.send(request("release", attempts: Self.releaseAttempts))
        // Not there, or not ours any more: given back by an attempt whose answer was lost, or over.
        guard response.isSuccess || response.status == 404 || response.status == 409 else {
            throw session.refusal(response)
        }
    }

    private func request(_ action: String, attempts: Int? = nil) -> Request {
        var headers: HeaderFields = ["x-ms-lease-action": action]
        if action == "acquire" { writeProposal(to: &headers) } else { headers["x-ms-lease-id"] = id }
        var request = session.request(.put, .blob, path, query: [("comp", "lease")], headers: headers)
        if let attempts {
            request.timeouts?.attemptSeconds = Self.answerSeconds
            var retries = RetryPolicy()
            retries.attemptLimit = attempts
            request.retries = retries
        }
        return request
    }
}
