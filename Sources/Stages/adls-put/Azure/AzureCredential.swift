import Bytes
import HTTP
import Signing

/// How requests prove who sends them.
struct AzureCredential: Sendable {
    enum Proof: Sendable {
        case sharedKey(SharedKey)
        case signature(AccountSignature)
        case token(TokenSource)
    }

    let proof: Proof
    /// What it is and where it came from, for messages: `shared key (AZURE_STORAGE_KEY)`.
    let name: String

    /// Adds what the header needs; a signature stands in the address already.
    func authorize(_ outgoing: inout OutgoingRequest) throws(HTTPError) {
        switch proof {
        case .signature: return
        case .token(let source): outgoing.headers["Authorization"] = try source.authorization()
        case .sharedKey(let key):
            let signable = SignableRequest(
                method: outgoing.method.rawValue, path: outgoing.url.path, query: outgoing.url.query,
                headers: outgoing.headers.fields.map { ($0.name, $0.value) },
                bodyByteCount: outgoing.bodyByteCount ?? 0)
            do throws(SigningError) {
                outgoing.headers["Authorization"] = try key.authorization(for: signable)
            } catch {
                throw .badRequest(error.message)
            }
        }
    }

    /// What to do, once, when the service says that the proof is no good; nil where nothing can be done.
    var renewal: (() throws(HTTPError) -> Void)? {
        guard case .token(let source) = proof else { return nil }
        return { () throws(HTTPError) in source.forget() }
    }

    var adviceWhenRefused: String {
        switch proof {
        case .sharedKey(let key): "\(name) does not belong to account \(key.account), or was replaced by another"
        case .signature(let signature): signature.advice(named: name)
        case .token: "the token of \(name) is not taken: it may be for another cloud or tenant"
        }
    }

    /// What a signature may lack: the field that says it, and what must be in it.
    enum Lack: String {
        case permissions = "sp"
        case resourceTypes = "srt"
        case services = "ss"

        var need: String {
            switch self {
            case .permissions: "racwdl"
            case .resourceTypes: "co"
            case .services: "b"
            }
        }
    }

    func adviceWhenNotPermitted(_ lack: Lack) -> String {
        switch proof {
        case .sharedKey: "\(name) may not do this"
        case .signature(let signature):
            "\(name) does not permit this (it has \(lack.rawValue)=\(signature[lack.rawValue] ?? "")); "
                + "adls-put needs \(lack.rawValue)=\(lack.need)"
        case .token:
            "\(name) needs the role Storage Blob Data Contributor (a new role takes some minutes), "
                + "or rights on the folder by its access control list"
        }
    }
}

/// A shared access signature that somebody gave us: a query that is sent as it is.
struct AccountSignature: Sendable {
    let secret: SecretBytes
    /// The fields besides the signature itself; none of them is secret.
    private let fields: [String: String]

    /// Nil when the text is none. A question mark in front is dropped, as portals show it.
    init?(_ text: String) {
        let text = text.trimmedOfWhiteSpace
        let query = text.hasPrefix("?") ? text.dropFirst() : text[...]
        var fields: [String: String] = [:]
        for field in query.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = PercentEncoding.decode(parts[1]) else { return nil }
            fields[String(parts[0])] = value
        }
        guard fields.removeValue(forKey: "sig") != nil, fields["sv"] != nil,
            query.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        secret = SecretBytes(String(query))
        self.fields = fields
    }

    subscript(name: String) -> String? { fields[name] }

    /// How many folders of the path it is bound to, for one that is for a folder.
    var folderDepth: Int? { fields["sr"] == "d" ? fields["sdd"].flatMap { Int($0) } : nil }

    /// True for one that is for a single file.
    var isForOneFile: Bool { fields["sr"] == "b" }

    /// The service does not tell a signature that is over from one that is for another place.
    fileprivate func advice(named name: String) -> String {
        let times = [fields["st"].map { "from \($0)" }, fields["se"].map { "until \($0)" }].compactMap { $0 }
        let validity = times.isEmpty ? "" : "it is good \(times.joined(separator: " ")); "
        let place: String
        if isForOneFile {
            place = "it is for one file and its own address only; "
        } else if let folderDepth {
            place = "it is for one folder only, \(folderDepth) deep, and what is in it; "
        } else {
            place = ""
        }
        return
            "\(name) is not taken: \(validity)\(place)get a new one if that is over, else see that it was copied whole"
    }
}

extension String {
    /// Secrets in files end with a line feed as often as not.
    var trimmedOfWhiteSpace: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
