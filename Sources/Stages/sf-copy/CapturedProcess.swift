internal import Bytes
internal import Glibc
internal import StageKit

/// How a child ended and what it wrote.
struct CapturedOutcome {
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let ending: Ending
    let output: [UInt8]
    /// The end of what it wrote to standard error, at most `CapturedProcess.errorLimit` bytes.
    let errors: [UInt8]
}

/// Runs another program to its end: gives it its input and takes both its outputs at the same time, so that no full
/// pipe stops either side. The child leads a process group of its own and ends when a signal ends us.
enum CapturedProcess {
    /// What is kept of a child's messages.
    static let errorLimit = 64 << 10

    /// - Parameters:
    ///   - program: a path, not searched for.
    ///   - outputLimit: more output than this ends the child and throws `IOError.corrupt`.
    static func run(
        _ program: String, _ arguments: [String], input text: [UInt8], outputLimit: Int
    ) throws(IOError) -> CapturedOutcome {
        let input = try Channel(program)
        let output = try Channel(program)
        let errors = try Channel(program)
        let ends = (input.theirs.number, output.theirs.number, errors.theirs.number)
        let started = try Signals.startChild { () throws(IOError) in
            try spawn(program, arguments, standard: ends)
        }
        defer { Signals.unregisterChild(started.slot) }
        var pump = CapturedStreams(
            input: input.keepOurs(), output: output.keepOurs(), errors: errors.keepOurs(), program: program)
        do throws(IOError) {
            try pump.run(input: text, outputLimit: outputLimit)
        } catch {
            kill(-started.child, SIGKILL)
            _ = waitForEnd(of: started.child)
            throw error
        }
        return CapturedOutcome(ending: waitForEnd(of: started.child), output: pump.outputBytes, errors: pump.errorBytes)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], standard: (Int32, Int32, Int32)
    ) throws(IOError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standard.0, 0)
        posix_spawn_file_actions_adddup2(&actions, standard.1, 1)
        posix_spawn_file_actions_adddup2(&actions, standard.2, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore some signals and hold others back while a child starts; the child must do neither.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, &attributes, words, environ)
        guard code == 0 else { throw .system(call: "start", path: program, code: code) }
        return child
    }

    private static func waitForEnd(of child: pid_t) -> CapturedOutcome.Ending {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }
}

/// Two connected sockets that serve as a pipe: unlike with a pipe, no other child can inherit our end in the moment
/// before it is marked, and writing to a child that has gone raises no signal.
private struct Channel: ~Copyable {
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
private struct CapturedStreams: ~Copyable {
    private(set) var outputBytes: [UInt8] = []
    private(set) var errorBytes: [UInt8] = []

    private var input: OwnedDescriptor?
    private var output: OwnedDescriptor?
    private var errors: OwnedDescriptor?
    private let program: String
    private var written = 0

    init(
        input: consuming OwnedDescriptor, output: consuming OwnedDescriptor, errors: consuming OwnedDescriptor,
        program: String
    ) {
        self.input = consume input
        self.output = consume output
        self.errors = consume errors
        self.program = program
    }

    mutating func run(input bytes: [UInt8], outputLimit: Int) throws(IOError) {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { block.deallocate() }
        if bytes.isEmpty { input = nil }
        while output != nil || errors != nil {
            var waiting = [
                pollfd(fd: number(of: input), events: Int16(POLLOUT), revents: 0),
                pollfd(fd: number(of: output), events: Int16(POLLIN), revents: 0),
                pollfd(fd: number(of: errors), events: Int16(POLLIN), revents: 0),
            ]
            // A negative descriptor is passed over by poll.
            if poll(&waiting, 3, -1) < 0 {
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
