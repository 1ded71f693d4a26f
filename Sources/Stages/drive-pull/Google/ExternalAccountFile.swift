import Bytes
import HTTP
import NDJSON
import Signing

/// Reads a configuration of workload identity federation (`"type": "external_account"`).
struct ExternalAccountFile {
    static let defaultCommandSeconds = 30

    let file: CredentialFile
    let document: JSONValue

    func account() throws(CredentialsError) -> ExternalAccount {
        guard let source = document["credential_source"] else { throw file.malformed("it has no credential_source") }
        let tokenType = try file.text(document, "subject_token_type")
        guard tokenType != "urn:ietf:params:aws:token-type:aws4_request", source["environment_id"] == nil else {
            throw .unsupported(
                path: file.path, reason: "AWS as the provider is not supported; a file or URL with an OIDC token is")
        }
        return ExternalAccount(
            audience: try file.text(document, "audience"), subjectTokenType: tokenType,
            tokenURL: try file.tokenService(try file.text(document, "token_url"), called: "token_url"),
            source: try place(source), field: try field(source), clientID: document["client_id"]?.string,
            clientSecret: document["client_secret"]?.string.map { SecretBytes($0) },
            impersonation: document["service_account_impersonation_url"] == nil
                ? nil : try file.impersonation(document))
    }

    private func place(_ source: JSONValue) throws(CredentialsError) -> ExternalAccount.Source {
        let names = ["file", "url", "executable", "certificate"].filter { source[$0] != nil }
        guard names.count == 1 else {
            throw file.malformed("its credential_source must name exactly one of file, url, executable, certificate")
        }
        switch names[0] {
        case "file": return .file(path: try file.text(source, "file"))
        case "url": return try address(source)
        case "executable": return .command(try command(source["executable"] ?? .null))
        default:
            throw .unsupported(path: file.path, reason: "certificates as credential_source are not supported")
        }
    }

    private func address(_ source: JSONValue) throws(CredentialsError) -> ExternalAccount.Source {
        guard let url = try? WebURL(try file.text(source, "url")) else {
            throw file.malformed("the url of its credential_source is no address")
        }
        guard url.scheme == .https || url.isMetadataService else {
            throw .unsupported(
                path: file.path, reason: "the url of its credential_source is plain http to another machine")
        }
        var headers = HeaderFields()
        for member in source["headers"]?.object?.members ?? [] { headers[member.key] = member.value.string ?? "" }
        return .url(url, headers: headers)
    }

    private func command(_ executable: JSONValue) throws(CredentialsError) -> SubjectCommand {
        guard file.allowsExecutables else {
            throw .unsupported(
                path: file.path,
                reason: "it would have a program run; set GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 if you trust it")
        }
        let words = try file.text(executable, "command").split(separator: " ").map(String.init)
        let milliseconds = executable["timeout_millis"]?.integer ?? Self.defaultCommandSeconds * 1000
        guard !words.isEmpty, (5_000...120_000).contains(milliseconds) else {
            throw file.malformed("its executable has no command, or a timeout_millis that is not from 5000 to 120000")
        }
        return SubjectCommand(
            words: words, audience: try file.text(document, "audience"),
            tokenType: try file.text(document, "subject_token_type"),
            impersonated: document["service_account_impersonation_url"] == nil
                ? nil : try file.impersonation(document).email,
            limitSeconds: milliseconds / 1000)
    }

    private func field(_ source: JSONValue) throws(CredentialsError) -> String? {
        guard let format = source["format"] else { return nil }
        switch format["type"]?.string ?? "text" {
        case "text": return nil
        case "json": return try file.text(format, "subject_token_field_name")
        default: throw file.malformed("the format of its credential_source is neither text nor json")
        }
    }
}
