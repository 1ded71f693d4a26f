import Bytes
import Glibc
import HTTP
import NDJSON
import Signing
import StageKit

/// The token of a person who is signed in to the Azure command line (`az login`).
struct AzureCommandLine: Sendable {
    /// It is slow to start; longer than this it waits for something that will not come.
    static let limitSeconds = 30
    static let answerByteLimit = 64 << 10

    /// Nil is the tenant that the person chose.
    let tenant: String?

    func token(_ now: UTCTime) throws(HTTPError) -> AccessToken {
        var arguments = [
            "az", "account", "get-access-token", "--output", "json", "--resource", TokenSource.resource,
        ]
        if let tenant { arguments += ["--tenant", tenant] }
        let answer: BriefProgram.Answer
        do throws(StageFailure) {
            answer = try BriefProgram.run(
                arguments, limitSeconds: Self.limitSeconds, byteLimit: Self.answerByteLimit)
        } catch {
            throw .noCredentials("azure-cli: \(error.message ?? "az does not run")")
        }
        guard answer.status == 0 else {
            let said = String(decoding: answer.errors, as: UTF8.self).split(whereSeparator: \.isNewline).first
            throw .noCredentials("azure-cli: az ended with \(answer.status)\(said.map { ": \($0)" } ?? "")")
        }
        guard let document = try? JSONValue(parsing: answer.output), let text = document["accessToken"]?.string,
            let seconds = Self.lifetimeSeconds(document, now)
        else { throw .noCredentials("azure-cli: az printed no token that we understand") }
        return AccessToken(SecretBytes(text), receivedAt: now, lifetimeSeconds: seconds)
    }

    /// Newer ones say `expires_on` in seconds since 1970; older ones `expiresOn` in local time without a zone.
    private static func lifetimeSeconds(_ document: JSONValue, _ now: UTCTime) -> Int? {
        if let end = document["expires_on"]?.integer ?? document["expires_on"]?.string.flatMap({ Int($0) }) {
            let (seconds, isOverflow) = end.subtractingReportingOverflow(now.milliseconds / 1000)
            return isOverflow ? nil : seconds
        }
        guard let text = document["expiresOn"]?.string, text.utf8.count >= 19 else { return nil }
        let numbers = text.prefix(19).split(whereSeparator: { "-: T".contains($0) }).map { Int32($0) ?? -1 }
        guard numbers.count == 6, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        var time = tm()
        time.tm_year = numbers[0] - 1900
        time.tm_mon = numbers[1] - 1
        (time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec) = (numbers[2], numbers[3], numbers[4], numbers[5])
        time.tm_isdst = -1
        let end = mktime(&time)
        return end == -1 ? nil : end - now.milliseconds / 1000
    }
}

/// Runs a program that says a little and ends soon.
enum BriefProgram {
    struct Answer {
        let status: Int32
        let output: [UInt8]
        let errors: [UInt8]
    }

    private static let stepMilliseconds: Int32 = 100

    /// Throws when the program is not there, or does not end in time.
    static func run(_ arguments: [String], limitSeconds: Int, byteLimit: Int) throws(StageFailure) -> Answer {
        var pipes: [[Int32]] = []
        defer { for end in pipes.joined() where end >= 0 { close(end) } }
        for _ in 0..<2 {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw .localIO("pipe: \(String(cString: strerror(errno)))") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            pipes.append(ends)
        }
        let child = try ChildProcess.spawn(
            arguments, group: .own, inheriting: nil, standardInput: nil, outputs: (pipes[0][1], pipes[1][1]))
        for place in 0..<2 {
            close(pipes[place][1])
            pipes[place][1] = -1
        }
        var texts: [[UInt8]] = [[], []]
        let isDone = read(pipes.map { $0[0] }, into: &texts, limitSeconds: limitSeconds, byteLimit: byteLimit)
        if !isDone { kill(-child, SIGKILL) }
        let status = ChildProcess.wait(for: child)
        guard isDone else {
            throw .tryAgain("\(arguments.first ?? ""): no answer within \(limitSeconds) seconds")
        }
        return Answer(status: status, output: texts[0], errors: texts[1])
    }

    /// Reads both pipes to their ends; false when that takes too long or too much comes.
    private static func read(
        _ descriptors: [Int32], into texts: inout [[UInt8]], limitSeconds: Int, byteLimit: Int
    ) -> Bool {
        let end = Environment.monotonicSeconds() + Double(limitSeconds)
        var open = Set(descriptors.indices)
        var block = [UInt8](repeating: 0, count: 4096)
        while !open.isEmpty {
            guard Environment.monotonicSeconds() < end else { return false }
            var waiting = descriptors.indices.map { place in
                pollfd(fd: open.contains(place) ? descriptors[place] : -1, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&waiting, UInt(waiting.count), stepMilliseconds) > 0 else { continue }
            for place in descriptors.indices where waiting[place].revents != 0 {
                let count = Glibc.read(descriptors[place], &block, block.count)
                if count > 0 {
                    texts[place] += block.prefix(count)
                    if texts[place].count > byteLimit { return false }
                } else if count == 0 || errno != EINTR {
                    open.remove(place)
                }
            }
        }
        return true
    }
}
