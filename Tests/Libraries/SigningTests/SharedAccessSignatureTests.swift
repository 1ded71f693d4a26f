import Bytes
import Signing
import Testing

/// Expected texts were made by Microsoft's Python libraries: version 2026-10-06 by azure-storage-blob 12.31.1 with
/// azure-storage-file-datalake 12.26.1, 2026-04-06 by 12.29.0 with 12.24.0, 2025-07-05 by 12.26.0 with 12.21.0,
/// 2023-11-03 by 12.19.0 with 12.14.0.
@Suite struct SharedAccessSignatureTests {
    private static let start = UTCTime(clampingMilliseconds: 1_767_323_045_000)
    private static let expiry = UTCTime(clampingMilliseconds: 1_767_326_645_000)

    private static func signature(_ kind: String, version: String) -> SharedAccessSignature {
        let file = SharedAccessSignature.Resource.blob(container: "lake", path: "raw/a b.csv")
        switch kind {
        case "account":
            return SharedAccessSignature(
                account: "myadlsacct", resource: .account(services: "b", types: "sco"), permissions: "rwdlc",
                start: start, expiry: expiry, version: version)
        case "container":
            return SharedAccessSignature(
                account: "myadlsacct", resource: .container("lake"), permissions: "racwdl", start: start,
                expiry: expiry, version: version)
        case "file":
            return SharedAccessSignature(
                account: "myadlsacct", resource: file, permissions: "rcw", start: start, expiry: expiry,
                isHTTPSOnly: false, version: version)
        case "directory":
            return SharedAccessSignature(
                account: "myadlsacct", resource: .directory(container: "lake", path: "raw/x y"),
                permissions: "racwdl", start: start, expiry: expiry, address: "10.0.0.1-10.0.0.9", version: version)
        case "delegated file":
            return SharedAccessSignature(
                account: "myadlsacct", resource: file, permissions: "r", start: start, expiry: expiry,
                version: version,
                more: [
                    "saoid": "33333333-aaaa-bbbb-cccc-000000000003", "scid": "44444444-aaaa-bbbb-cccc-000000000004",
                    "rsct": "text/csv",
                ])
        default:
            return SharedAccessSignature(
                account: "myadlsacct", resource: .directory(container: "lake", path: "raw"), permissions: "rl",
                expiry: expiry, isHTTPSOnly: false, version: version)
        }
    }

    private static func userKey() throws -> UserDelegationKey {
        try UserDelegationKey(
            objectID: "11111111-aaaa-bbbb-cccc-000000000001", tenantID: "22222222-aaaa-bbbb-cccc-000000000002",
            start: "2026-01-02T03:00:00Z", expiry: "2026-01-03T03:00:00Z", service: "b", version: "2026-10-06",
            value: SecretBytes(VectorAccounts.plain))
    }

    private static func fields(_ token: String) -> [String: String] {
        var fields: [String: String] = [:]
        for field in token.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1)
            fields[String(parts[0])] = PercentEncoding.decode(parts[1])
        }
        return fields
    }

    @Test(arguments: [
        ("account", "2026-10-06", "vEuXY7HrzUpvPTCon5RHJ/gZuIAxAgvXCm0nklEEAeY="),
        ("container", "2026-10-06", "p6MZNq0icKnRcPTBDWPfQrpFCuOBLMPa+YDz97R3p8A="),
        ("file", "2026-10-06", "R/6KqtA+ZyPEVnabqqRi1rBzj8L/yTquiMaWmKmAoMI="),
        ("directory", "2026-10-06", "zTpBY7dGqLdj4VBFnXAbK7A0hxGq7YSRKHPu/WKMEO8="),
        ("account", "2023-11-03", "/5rxPcZcdWr1ojRYudSxuaq1U1T4HdDkRWZGQAeu5JY="),
        ("container", "2023-11-03", "jXyoOsDk/7l8vyryUjmAmOoz+QjoXc7dnvT9m4fFVok="),
        ("file", "2023-11-03", "ldyI5RGfjrsLFXZdR+telawmv22naQP0FKRLMvTqVi8="),
        ("directory", "2023-11-03", "4Y/rl9kTeDRJtFzAzC9pdcZG/ijn7h2/Xv3QObwXg/k="),
    ])
    func theAccountsKeySignsAsAzuresOwnClientDoes(kind: String, version: String, wanted: String) throws {
        let key = try VectorAccounts.key()
        let signature = Self.signature(kind, version: version)
        let token = try signature.token(by: key)
        #expect(Self.fields(token)["sig"] == wanted)
        #expect(
            try SharedAccessSignature.verify(
                token: token, account: "myadlsacct", resource: signature.resource, by: key))
    }

    @Test(arguments: [
        ("delegated file", "2026-10-06", "8lLUV2Rfa78dPMJ8nej+3+pHjhewJc0NaS/+2Su/ePo="),
        ("delegated directory", "2026-10-06", "g+y/SkL+SPHgZ82vPWYAteNeRiZ6f5/jVrd1hEij7n0="),
        ("container", "2026-10-06", "wdxq8X/9XD6pUQvM64OUzw4Bt9ExJiJZHvLqhshzCD4="),
        ("delegated file", "2026-04-06", "jxYzBqVVQqC3bf5CAvSjpx4OOJQ/6fCTpi0lCiNp1NA="),
        ("delegated file", "2026-02-06", "HcFFjhoKGQSbiT2oJVJaGsfSmcQwQoNSqx0LtJAu1UI="),
        ("delegated file", "2025-07-05", "W+dFBiTNBuHwYtCdzDP0JDpJa+O34NqWlHJjgzyN5tc="),
        ("delegated file", "2025-05-05", "RYt69p+YrkOGQF5gKHeh5yZOHJV1kQCMVnxq1OOeHJo="),
        ("delegated file", "2023-11-03", "YRQ8amLeEOFdVMHiY6xqf9J6RB6CxvW+Fcp/uXoadmI="),
        ("delegated directory", "2023-11-03", "CjkjZNnY22wpU0CUhZ1MislsXL4Yxr689xjqyvYuIJ4="),
        ("container", "2023-11-03", "9pE+zAZNeaqwYcilrwNcX8bPBJxXJVPSIByIgrSyRGs="),
    ])
    func aUsersKeySignsAsAzuresOwnClientDoes(kind: String, version: String, wanted: String) throws {
        let token = try Self.signature(kind, version: version).token(by: Self.userKey())
        #expect(Self.fields(token)["sig"] == wanted)
    }

    @Test func theQueryHoldsWhatTheServiceNeeds() throws {
        let token = try Self.signature("directory", version: "2023-11-03").token(by: VectorAccounts.key())
        #expect(
            token
                == "sdd=2&se=2026-01-02T04%3A04%3A05Z&sip=10.0.0.1-10.0.0.9&sp=racwdl&spr=https&sr=d"
                + "&st=2026-01-02T03%3A04%3A05Z&sv=2023-11-03&sig=4Y%2Frl9kTeDRJtFzAzC9pdcZG%2Fijn7h2%2FXv3QObwXg%2Fk%3D"
        )
        let delegated = Self.fields(
            try Self.signature("delegated file", version: "2023-11-03").token(by: Self.userKey()))
        #expect(delegated["skoid"] == "11111111-aaaa-bbbb-cccc-000000000001")
        #expect(delegated["skv"] == "2026-10-06")
        #expect(delegated["saoid"] == "33333333-aaaa-bbbb-cccc-000000000003")
    }

    @Test func aSignatureThatWasChangedIsNotOne() throws {
        let key = try VectorAccounts.key()
        let resource = SharedAccessSignature.Resource.container("lake")
        let token = try Self.signature("container", version: "2023-11-03").token(by: key)
        func verifies(
            _ token: String, _ resource: SharedAccessSignature.Resource = .container("lake"),
            account: String = "myadlsacct"
        ) throws -> Bool {
            try SharedAccessSignature.verify(token: token, account: account, resource: resource, by: key)
        }
        #expect(try verifies(token, resource))
        #expect(try !verifies(token.replacing("sp=racwdl", with: "sp=racwdlm")))
        #expect(try !verifies(token.replacing("T04%3A04", with: "T05%3A04")))
        #expect(try !verifies(token, .container("other")))
        #expect(try !verifies(token, account: "other"))
        #expect(try !verifies(String(token.dropLast(5))))
        #expect(try !verifies(token.replacing("&sig=", with: "&gis=")))
        #expect(try !verifies("nonsense&sig=%GG&sv=2023-11-03"))
    }

    @Test func olderVersionsAreRefused() throws {
        let signature = Self.signature("container", version: "2019-12-12")
        let key = try VectorAccounts.key()
        #expect(throws: SigningError.self) { try signature.token(by: key) }
    }
}
