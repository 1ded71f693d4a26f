import Bytes
import HTTP
import NDJSON
import Signing

/// Reads the token by which another provider vouches for a workload.
struct SubjectToken {
    let client: HTTPClient

    func read(_ account: ExternalAccount) throws(CredentialsError) -> SecretBytes {
        switch account.source {
        case .command(let command): return try command.token()
        case .file(let path):
            var bytes: [UInt8]
            do throws(IOError) {
                bytes = try FileSystem.contents(path, limit: TokenService.answerByteLimit)
            } catch {
                throw .unreadable(error)
            }
            return try token(in: SecretBytes(wiping: &bytes), field: account.field, from: path)
        case .url(let url, let headers):
            let place = url.origin + url.path
            let answer = try fetch(url, headers)
            guard answer.isSuccess else {
                throw .refused(by: place, reason: "status \(answer.status) instead of a subject token", advice: nil)
            }
            return try token(in: SecretBytes(answer.body), field: account.field, from: place)
        }
    }

    private func fetch(_ url: WebURL, _ headers: HeaderFields) throws(CredentialsError) -> Response {
        var request = Request(.get, url, headers: headers)
        request.plainHTTP = .metadataService
        request.usesProxy = !url.isMetadataService
        request.followsRedirects = false
        request.target = .memory(limit: TokenService.answerByteLimit)
        do throws(HTTPError) {
            return try client.send(request)
        } catch {
            throw .transport(error)
        }
    }

    private func token(
        in content: SecretBytes, field: String?, from place: String
    ) throws(CredentialsError) -> SecretBytes {
        var found: String?
        if let field {
            found = content.withUnsafeBytes { try? JSONValue(parsing: $0) }?[field]?.string
        } else {
            found = content.text
        }
        // Files end in a line feed that is no part of the token.
        while found?.last?.isNewline == true { found?.removeLast() }
        guard let found, !found.isEmpty else {
            throw .refused(by: place, reason: "there is no subject token in it", advice: nil)
        }
        return SecretBytes(found)
    }
}
