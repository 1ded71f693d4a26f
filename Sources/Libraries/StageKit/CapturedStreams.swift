internal import Bytes
internal import Glibc

/// Two connected sockets that serve as a pipe: unlike with a pipe, no other child can inherit our end in the moment
/// before it is marked, and writing to a child that has gone raises no signal.
struct Channel: ~Copyable {
    let ours: OwnedDescriptor
    let theirs: OwnedDescriptor

    init(_ name: String) throws(IOError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw IOError.last("socketpair", name) }
        ours = OwnedDescriptor(adopting: ends[0])
        theirs = OwnedDescriptor(adopting: ends[1])
    }

    /// Closes the child's end here: while it is open, ours never sees the end of the stream.
    consuming func keepOurs() -> OwnedDescriptor { ours }
}

/// Moves bytes to and from a child until it has closed both its outputs.
struct CapturedStreams: ~Copyable {
    private(set) var outputBytes: [UInt8] = []
    private(set) var errorBytes: [UInt8] = []

    private var input: OwnedDescriptor?
    private var output: OwnedDescriptor?
    private var errors: OwnedDescriptor?
    private let program: String
    private var written = 0
    /// One call of poll waits no longer than this; the deadline is looked at again then.
    private static let longestWaitMilliseconds = 3_600_000.0

    init(
        input: consuming OwnedDescriptor, output: consuming OwnedDescriptor, errors: consuming OwnedDescriptor?,
        program: String
    ) {
        self.input = consume input
        self.output = consume output
        self.errors = consume errors
        self.program = program
    }

    /// False when it took longer than `limitSeconds`.
    mutating func run(input bytes: [UInt8], outputLimit: Int, limitSeconds: Int?) throws(IOError) -> Bool {
        let deadline = limitSeconds.map { Environment.monotonicSeconds() + Double($0) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { block.deallocate() }
        if bytes.isEmpty { input = nil }
        while output != nil || errors != nil {
            var waiting = [
                pollfd(fd: number(of: input), events: Int16(POLLOUT), revents: 0),
                pollfd(fd: number(of: output), events: Int16(POLLIN), revents: 0),
                pollfd(fd: number(of: errors), events: Int16(POLLIN), revents: 0),
            ]
            var patience: Int32 = -1
            if let deadline {
                let seconds = deadline - Environment.monotonicSeconds()
                guard seconds > 0 else { return false }
                patience = Int32(min(seconds * 1000, Self.longestWaitMilliseconds).rounded(.up))
            }
            // A negative descriptor is passed over by poll.
            if poll(&waiting, 3, patience) < 0 {
                if errno == EINTR { continue }
                throw IOError.last("poll", program)
            }
            if waiting[0].revents != 0 { try feed(bytes) }
            if waiting[1].revents != 0 {
                let count = try readSome(number(of: output), into: block, path: program)
                if count == 0 { output = nil }
                outputBytes.append(contentsOf: block[..<count])
                guard outputBytes.count <= outputLimit else {
                    throw .corrupt(path: program, reason: "its output is larger than the limit of \(outputLimit) bytes")
                }
            }
            if waiting[2].revents != 0 {
                let count = try readSome(number(of: errors), into: block, path: program)
                if count == 0 { errors = nil }
                errorBytes.append(contentsOf: block[..<count])
                if errorBytes.count > CapturedProcess.errorLimit {
                    errorBytes.removeFirst(errorBytes.count - CapturedProcess.errorLimit)
                }
            }
        }
        return true
    }

    /// Writes as much of the input as the pipe takes, and closes it behind the last byte.
    private mutating func feed(_ bytes: [UInt8]) throws(IOError) {
        let count = bytes.withUnsafeBytes { whole in
            send(
                number(of: input), whole.baseAddress.map { $0 + written }, whole.count - written,
                Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count >= 0 {
            written += count
            if written == bytes.count { input = nil }
        } else if errno == EPIPE || errno == ECONNRESET {
            // The child has ended or does not want the rest: its status and messages say why.
            input = nil
        } else if errno != EAGAIN, errno != EINTR {
            throw IOError.last("write", program)
        }
    }

    private func number(of descriptor: borrowing OwnedDescriptor?) -> Int32 {
        switch descriptor {
        case .some(let open): open.number
        case .none: -1
        }
    }
}
