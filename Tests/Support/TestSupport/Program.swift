internal import Bytes
package import Glibc

/// Runs a program as a user would: with arguments, in a folder, its outputs kept apart.
///
/// Programs of this package are found beside the test bundle, where the same build put them; the test target must
/// depend on them.
package struct Program {
    /// A program that does not end within this time is killed and counts as a failure of the test.
    package static let limitSeconds = 120

    /// How a run ended.
    package struct Outcome {
        /// The exit status, or 128+n after a signal.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    package struct Hung: Error {
        package let program: String
        package let errors: String
    }

    package let path: String

    /// A program by its path, or by its name through PATH.
    package init(_ path: String) { self.path = path }

    /// A program of this package.
    package static func built(_ name: String) throws -> Program {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes {
            readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self).baseAddress.unsafelyUnwrapped, $0.count)
        }
        guard count > 0 else { throw IOError.last("readlink", "/proc/self/exe") }
        let bundle = String(decoding: buffer.prefix(count), as: UTF8.self)
        return Program(FileSystem.join(FileSystem.parent(of: bundle), name))
    }

    /// Runs to the end.
    package func run(_ arguments: [String], in folder: String? = nil, input: String = "") throws -> Outcome {
        try start(arguments, in: folder, input: input).wait()
    }

    /// Starts and returns at once.
    package func start(_ arguments: [String], in folder: String? = nil, input: String = "") throws -> RunningProgram {
        let files = try TemporaryDirectory()
        try files.write("input", text: input)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files.file("input"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files.file("output"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, files.file("errors"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // The threads that run tests hold signals back; a program that a user starts gets them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // The shell changes the folder and then becomes the program, so the process stays the one we know.
        let command = folder.map { ["/bin/sh", "-c", #"cd "$1" && shift && exec "$@""#, "sh", $0, path] } ?? [path]
        var texts: [UnsafeMutablePointer<CChar>?] = (command + arguments).map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, command[0], &actions, &attributes, &texts, environ)
        guard code == 0 else { throw IOError.system(call: "start", path: path, code: code) }
        return RunningProgram(name: path, process: process, files: files)
    }
}

/// A program that was started.
package final class RunningProgram {
    package let process: pid_t
    private let name: String
    private let files: TemporaryDirectory
    private var hasEnded = false

    init(name: String, process: pid_t, files: TemporaryDirectory) {
        self.name = name
        self.process = process
        self.files = files
    }

    deinit {
        guard !hasEnded else { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    package func signal(_ number: Int32) { kill(process, number) }

    /// What it has written to standard output so far.
    package func outputSoFar() throws -> String { try files.text("output") }

    /// Waits for the end.
    package func wait() throws -> Program.Outcome {
        var status: Int32 = 0
        let stepMicroseconds = 2_000
        for _ in 0..<(Program.limitSeconds * 1_000_000 / stepMicroseconds) {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process {
                hasEnded = true
                let number = status & 0x7F
                return Program.Outcome(
                    status: number == 0 ? (status >> 8) & 0xFF : 128 + number, output: try files.text("output"),
                    errors: try files.text("errors"))
            }
            if ended < 0, errno != EINTR { throw IOError.last("wait", name) }
            usleep(UInt32(stepMicroseconds))
        }
        throw Program.Hung(program: name, errors: try files.text("errors"))
    }
}
