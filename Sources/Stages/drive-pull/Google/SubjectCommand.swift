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
        let outcome: CapturedOutcome
        do throws(IOError) {
            outcome = try CapturedProcess.run(
                words, outputLimit: Self.outputByteLimit, limitSeconds: limitSeconds, keepsErrors: false,
                environment: environment())
        } catch {
            throw .unreadable(error)
        }
        switch outcome.ending {
        case .exited(0): return outcome.output
        case .exited(let status): throw refused("it ended with status \(status)")
        case .signalled(let number): throw refused("it was ended by signal \(number)")
        case .overdue: throw refused("it took longer than \(limitSeconds) s")
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

    private func refused(_ reason: String) -> CredentialsError {
        .refused(by: words[0], reason: reason, advice: nil)
    }
}
