package import Bytes
internal import Digests

/// A key that Azure storage gives to a user who is logged in, to sign with in place of the account's.
package struct UserDelegationKey: Sendable {
    package let objectID: String
    package let tenantID: String
    /// As the service wrote them.
    package let start: String
    package let expiry: String
    package let service: String
    package let version: String
    let key: SecretBytes

    /// `value` is Base64, as in the service's answer.
    package init(
        objectID: String, tenantID: String, start: String, expiry: String, service: String, version: String,
        value: SecretBytes
    ) throws(SigningError) {
        guard var bytes = Base64.decode(value.text), !bytes.isEmpty else { throw .badAccountKey }
        self.objectID = objectID
        self.tenantID = tenantID
        self.start = start
        self.expiry = expiry
        self.service = service
        self.version = version
        key = SecretBytes(wiping: &bytes)
    }
}

/// A shared access signature: a query that lets whoever holds it do some things to some of an account for some time.
///
/// The fields are those of the query; what is signed is put together from them and from the account and resource, in
/// an order that depends on the kind and on the version `sv`.
package struct SharedAccessSignature: Sendable {
    /// What a signature is for.
    package enum Resource: Sendable, Equatable {
        /// Services such as `b`, and resource types such as `sco`.
        case account(services: String, types: String)
        case container(String)
        /// `path` is plain text, without a slash in front.
        case blob(container: String, path: String)
        case directory(container: String, path: String)
    }

    /// Signatures of older versions are put together differently.
    package static let oldestVersion = "2020-12-06"
    package static let defaultVersion = "2023-11-03"
    /// From here on, the delegated user's ids are signed.
    private static let delegatedUserVersion = "2025-07-05"
    /// From here on, request headers and query fields that must be present are signed.
    private static let requiredFieldsVersion = "2026-04-06"

    package let account: String
    package let resource: Resource
    /// By the names of the query, `sig` excepted.
    package private(set) var fields: [String: String]

    /// A signature to be made.
    ///
    /// - Parameters:
    ///   - permissions: letters in the service's order, such as `racwdl`
    ///   - start: nil is at once
    ///   - isHTTPSOnly: leave true but for emulators
    ///   - address: the client's address, or two joined by `-`
    ///   - more: further fields by their names in the query, such as `rsct`, `saoid`, `scid`
    package init(
        account: String, resource: Resource, permissions: String, start: UTCTime? = nil, expiry: UTCTime,
        isHTTPSOnly: Bool = true, address: String? = nil, version: String = defaultVersion,
        more: [String: String] = [:]
    ) {
        self.account = account
        self.resource = resource
        fields = more
        fields["sp"] = permissions
        fields["st"] = start.map(Self.text)
        fields["se"] = Self.text(expiry)
        fields["sip"] = address
        if isHTTPSOnly { fields["spr"] = "https" }
        fields["sv"] = version
        switch resource {
        case .account(let services, let types):
            fields["ss"] = services
            fields["srt"] = types
        case .container: fields["sr"] = "c"
        case .blob: fields["sr"] = "b"
        case .directory(_, let path):
            fields["sr"] = "d"
            fields["sdd"] = String(path.split(separator: "/").count)
        }
    }

    /// The query, signed with the account's key.
    package func token(by key: SharedKey) throws(SigningError) -> String {
        token(signature: Self.signature(of: try stringToSign(), key.key))
    }

    /// The query, signed with a user's key.
    package func token(by key: UserDelegationKey) throws(SigningError) -> String {
        var copy = self
        copy.name(key)
        return copy.token(signature: Self.signature(of: try copy.stringToSign(isDelegated: true), key.key))
    }

    /// True when a query (without `?`) is a signature by the account's key for this resource. Times are not looked at.
    package static func verify(
        token: String, account: String, resource: Resource, by key: SharedKey
    ) throws(SigningError) -> Bool {
        var fields: [String: String] = [:]
        for field in token.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = PercentEncoding.decode(parts[1]) else { return false }
            fields[String(parts[0])] = value
        }
        guard let given = fields.removeValue(forKey: "sig") else { return false }
        let signature = SharedAccessSignature(account: account, resource: resource, fields: fields)
        let wanted = Self.signature(of: try signature.stringToSign(), key.key)
        return SecretBytes(wanted).equals(SecretBytes(given))
    }

    private init(account: String, resource: Resource, fields: [String: String]) {
        self.account = account
        self.resource = resource
        self.fields = fields
    }

    /// What is signed.
    package func stringToSign(isDelegated: Bool = false) throws(SigningError) -> String {
        let version = self["sv"]
        guard version >= Self.oldestVersion else {
            throw .unsignable(reason: "a shared access signature of a version before \(Self.oldestVersion)")
        }
        if case .account = resource {
            let names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses"]
            return ([account] + names.map { self[$0] }).map { $0 + "\n" }.joined()
        }
        var lines = [self["sp"], self["st"], self["se"], canonicalResource]
        if isDelegated {
            lines += ["skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid"].map { self[$0] }
            if version >= Self.delegatedUserVersion { lines += [self["skdutid"], self["sduoid"]] }
        } else {
            lines.append(self["si"])
        }
        // A snapshot's time would stand behind the resource's kind; we sign none.
        lines += [self["sip"], self["spr"], version, self["sr"], "", self["ses"]]
        if isDelegated, version >= Self.requiredFieldsVersion { lines += ["", ""] }
        lines += ["rscc", "rscd", "rsce", "rscl", "rsct"].map { self[$0] }
        return lines.joined(separator: "\n")
    }

    private var canonicalResource: String {
        switch resource {
        case .account: ""
        case .container(let container): "/blob/\(account)/\(container)"
        case .blob(let container, let path), .directory(let container, let path):
            "/blob/\(account)/\(container)/\(path)"
        }
    }

    private mutating func name(_ key: UserDelegationKey) {
        fields["skoid"] = key.objectID
        fields["sktid"] = key.tenantID
        fields["skt"] = key.start
        fields["ske"] = key.expiry
        fields["sks"] = key.service
        fields["skv"] = key.version
    }

    private subscript(name: String) -> String { fields[name] ?? "" }

    private func token(signature: String) -> String {
        // In the order of the names, so that one signature has one text.
        let all = fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return PercentEncoding.form(all + [(name: "sig", value: signature)])
    }

    private static func signature(of text: String, _ key: SecretBytes) -> String {
        Base64.encode(key.withUnsafeBytes { HMACSHA256.code(key: $0, message: Array(text.utf8)) })
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`
    private static func text(_ time: UTCTime) -> String { "\(time.text.prefix(19))Z" }
}
