import Bytes
import NDJSON
import Signing
import Testing

/// The accounts of the published vectors.
enum VectorAccounts {
    /// The key of the bytes 00 to 3f.
    static let plain = Base64.encode((0..<64).map { UInt8($0) })
    static func key(_ account: String = "myadlsacct") throws -> SharedKey {
        try SharedKey(account: account, accountKey: SecretBytes(plain))
    }
}

@Suite struct SharedKeyTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let label: String
        let account: String
        let request: SignableRequest
        let stringToSign: String
        let authorization: String
        var testDescription: String { label }

        init?(_ vector: JSONValue) {
            guard let label = vector["label"]?.string, let method = vector["method"]?.string,
                let url = vector["url"]?.string, let headers = vector["headers"]?.object,
                let stringToSign = vector["string_to_sign"]?.string,
                let authorization = vector["authorization"]?.string
            else { return nil }
            let target = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).last ?? ""
            let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
            let fields = headers.members.map { (name: $0.key, value: $0.value.string ?? "") }
            self.label = label
            self.stringToSign = stringToSign
            self.authorization = authorization
            account = String(authorization.dropFirst("SharedKey ".count).prefix { $0 != ":" })
            request = SignableRequest(
                method: method, path: "/" + parts[0], query: parts.count > 1 ? parts[1] : nil, headers: fields,
                bodyByteCount: headers["Content-Length"]?.string.flatMap { Int($0) } ?? 0)
        }

        static func all() throws -> [Vector] {
            let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let bytes = try FileSystem.contents("\(root)/Data/azure-shared-key.json")
            return try JSONValue(parsing: bytes).array?.compactMap { Vector($0) } ?? []
        }
    }

    @Test func thereAreAllPublishedVectors() throws {
        #expect(try Vector.all().count == 22)
    }

    @Test(arguments: try Vector.all())
    func requestsAreSignedAsAzuresOwnClientSignsThem(vector: Vector) throws {
        let key = try VectorAccounts.key(vector.account)
        #expect(try key.stringToSign(for: vector.request) == vector.stringToSign)
        // The emulators' account has a key of its own, which only the vendors' packages hold: the Python tests of the
        // emulator sign these two. Here the signature of the same text by another key must differ.
        let isSignedByOtherKey = vector.account == "devstoreaccount1"
        #expect(try (key.authorization(for: vector.request) == vector.authorization) != isSignedByOtherKey)
    }

    @Test func theDateCountsOnlyWhereAzuresOwnFieldIsMissing() throws {
        let key = try VectorAccounts.key()
        func lines(_ headers: [(name: String, value: String)]) throws -> [String] {
            let request = SignableRequest(
                method: "GET", path: "/c", query: nil, headers: headers, bodyByteCount: 0)
            return try key.stringToSign(for: request).split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
        }
        #expect(try lines([("Date", "D"), ("Range", "bytes=0-9")])[6] == "D")
        #expect(try lines([("Date", "D"), ("Range", "bytes=0-9")])[11] == "bytes=0-9")
        #expect(try lines([("date", "D"), ("X-MS-Date", "E")])[6] == "")
    }

    @Test func repeatedFieldsOfTheQueryAreJoinedInOrder() throws {
        let request = SignableRequest(
            method: "GET", path: "/c", query: "b=2&A=z%2Cy&a=x&flag&e=", headers: [], bodyByteCount: 0)
        let text = try VectorAccounts.key().stringToSign(for: request)
        #expect(text.hasSuffix("/myadlsacct/c\na:x,z,y\nb:2\ne:\nflag:"))
    }

    @Test(arguments: ["x-ms-meta-a-b", "x-ms-meta-a_b"])
    func metadataNamesThatTheServiceSortsInItsOwnWayAreRefused(name: String) throws {
        let request = SignableRequest(
            method: "PUT", path: "/c", query: nil, headers: [(name, "1")], bodyByteCount: 0)
        let key = try VectorAccounts.key()
        #expect(throws: SigningError.self) { try key.stringToSign(for: request) }
    }

    @Test(arguments: ["%", "a=%GG", "%FF=1"])
    func aQueryThatIsNotEncodedIsRefused(query: String) throws {
        let request = SignableRequest(method: "GET", path: "/c", query: query, headers: [], bodyByteCount: 0)
        let key = try VectorAccounts.key()
        #expect(throws: SigningError.unsignable(reason: "the query is not percent-encoded UTF-8")) {
            try key.stringToSign(for: request)
        }
    }

    @Test(arguments: ["", "not base64", "AAAA\n", "AAA"])
    func aKeyThatIsNotBase64IsRefused(key: String) {
        #expect(throws: SigningError.badAccountKey) {
            try SharedKey(account: "a", accountKey: SecretBytes(key))
        }
    }
}
