import Bytes
import Glibc
import NDJSON
import Signing
import StageKit

/// A program that prints the subject token of a workload ("executable-sourced credentials"). It is run without a shell,
/// and only where the operator allowed it.
///
///     {"version": 1, "success": true, "token_type": "urn:...:id_token", "id_token": "...", "expiration_time": 1620499962}
struct SubjectCommand: Sendable {
    /// More output is no token.
    static let outputByteLimit = 1 << 20
    private static let pollMilliseconds: Int32 = 200

    let words: [String]
    let audience: String
    let tokenType: String
    let impersonated: String?
    let limitSeconds: Int

    /// Runs the program to its end and takes the token from what it printed.
    func token() throws(CredentialsError) -> SecretBytes {
        var output = try run()
        guard let answer = try? JSONValue(parsing: output), answer.object != nil else {
            throw refused("it did not print a JSON object")
        }
        _ = SecretBytes(wiping: &output)
        guard answer["success"]?.bool == true else {
            throw refused("it gave no token: \(answer["message"]?.string ?? answer["code"]?.string ?? "no reason")")
        }
        let name = answer["token_type"]?.string?.hasSuffix("saml2") == true ? "saml_response" : "id_token"
        guard let token = answer[name]?.string, !token.isEmpty else { throw refused("its answer has no \(name)") }
        return SecretBytes(token)
    }

    private func run() throws(CredentialsError) -> [UInt8] {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw .unreadable(IOError.last("make a pipe", words[0])) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reading = OwnedDescriptor(adopting: ends[0])
        let running = try start(output: ends[1])
        let bytes = collect(reading.number)
        if bytes == nil { kill(-running.child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(running.child, &status, 0) < 0, errno == EINTR {}
        Signals.unregisterChild(running.slot)
        guard let bytes else { throw refused("it took longer than \(limitSeconds) s, or printed too much") }
        guard status == 0 else { throw refused("it failed") }
        return bytes
    }

    /// Starts the program as the leader of a process group of its own; closes `output` here.
    private func start(output: Int32) throws(CredentialsError) -> (child: Int32, slot: Int?) {
        let writing = OwnedDescriptor(adopting: output)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, writing.number, 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment().map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        return try Signals.startChild { () throws(CredentialsError) -> Int32 in
            var process: pid_t = 0
            let code = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
            guard code == 0 else { throw .unreadable(.system(call: "start", path: words[0], code: code)) }
            return process
        }
    }

    /// Our own environment and what such programs are told.
    private func environment() -> [String] {
        var told = [
            "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE=\(audience)", "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE=\(tokenType)",
            "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE=0",
        ]
        if let impersonated { told.append("GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL=\(impersonated)") }
        var place = environ
        while let variable = place.pointee {
            told.append(String(cString: variable))
            place += 1
        }
        return told
    }

    /// All output, or nil when it is too much or too late.
    private func collect(_ descriptor: Int32) -> [UInt8]? {
        let deadline = Environment.monotonicSeconds() + Double(limitSeconds)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while Environment.monotonicSeconds() < deadline, bytes.count <= Self.outputByteLimit {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Self.pollMilliseconds) > 0 else { continue }
            let count = read(descriptor, &block, block.count)
            if count == 0 { return bytes }
            if count > 0 { bytes.append(contentsOf: block[..<count]) } else if errno != EINTR { return nil }
        }
        return nil
    }

    private func refused(_ reason: String) -> CredentialsError {
        .refused(by: words[0], reason: reason, advice: nil)
    }
}
