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
        let answer: CapturedOutcome
        do throws(IOError) {
            answer = try CapturedProcess.run(
                arguments, outputLimit: Self.answerByteLimit, limitSeconds: Self.limitSeconds)
        } catch {
            throw .noCredentials("azure-cli: \(error.message)")
        }
        switch answer.ending {
        case .exited(0): break
        case .exited(let status):
            // Warnings, about updates say, may come before what is wrong.
            let lines = String(decoding: answer.errors, as: UTF8.self).split(whereSeparator: \.isNewline)
            let said = lines.first { $0.hasPrefix("ERROR") } ?? lines.first
            throw .noCredentials("azure-cli: az ended with \(status)\(said.map { ": \($0)" } ?? "")")
        case .signalled(let number): throw .noCredentials("azure-cli: az was ended by signal \(number)")
        case .overdue: throw .noCredentials("azure-cli: az gave no answer within \(Self.limitSeconds) seconds")
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
