import Bytes
import NDJSON
import Signing
import Testing

@Suite struct SnowflakeTests {
    // The claims are those of snowflake-connector-python 4.7.5.
    @Test(arguments: [
        ("myorg-my_account", "MYORG-MY_ACCOUNT", "myorg-my-account.snowflakecomputing.com"),
        ("MyOrg-Acct", "MYORG-ACCT", "myorg-acct.snowflakecomputing.com"),
        ("xy12345.west-europe.azure", "XY12345", "xy12345.west-europe.azure.snowflakecomputing.com"),
        ("xy12345.west-europe.privatelink", "XY12345", "xy12345.west-europe.privatelink.snowflakecomputing.com"),
        ("myorg-acct.privatelink", "MYORG-ACCT", "myorg-acct.privatelink.snowflakecomputing.com"),
        ("acme-abc123.global", "ACME", "acme-abc123.global.snowflakecomputing.com"),
        ("xy12345", "XY12345", "xy12345.snowflakecomputing.com"),
        ("xy12345.cn-northwest-1.aws", "XY12345", "xy12345.cn-northwest-1.aws.snowflakecomputing.cn"),
        ("cn-acct", "CN-ACCT", "cn-acct.snowflakecomputing.com"),
    ])
    func hostAndClaimFollowFromTheIdentifier(identifier: String, claim: String, host: String) throws {
        let account = try SnowflakeAccount(identifier)
        #expect(account.claim == claim)
        #expect(account.host == host)
    }

    @Test(arguments: ["", ".", "a..b", "a.", ".a", "a b", "a/b", "https://a", "a:443", "ü", "a\u{0}"])
    func textsThatAreNoIdentifiersAreRefused(identifier: String) {
        #expect(throws: SigningError.self) { try SnowflakeAccount(identifier) }
    }

    @Test func aUserShowsAKey() throws {
        let keys = try TestKeys.get()
        let key = try PrivateKey(try keys.secret("plain.pem"))
        let account = try SnowflakeAccount("myorg-my_account")
        let pair = try SnowflakeKeyPair(accountClaim: account.claim, user: "svc_loader", key: key)
        let now = UTCTime(clampingMilliseconds: 1_767_323_045_999)
        let token = try pair.token(now: now)
        let decoded = try DecodedToken(token.secret.text)
        let fingerprint = "SHA256:" + (try keys.run("openssl dgst -sha256 -binary public.der | base64 -w 0"))
        #expect(decoded.header.text == #"{"alg":"RS256","typ":"JWT"}"#)
        #expect(
            decoded.claims.text
                == #"{"iss":"MYORG-MY_ACCOUNT.SVC_LOADER.\#(fingerprint)","sub":"MYORG-MY_ACCOUNT.SVC_LOADER","#
                + #""iat":1767323045,"exp":1767326585}"#)
        #expect(try keys.verifies(decoded.signature, of: decoded.message))
        #expect(token.expiresAt.milliseconds - now.milliseconds == 59 * 60 * 1000)
        #expect(pair.fingerprint == fingerprint)
        #expect(throws: SigningError.self) { try SnowflakeKeyPair(accountClaim: "A", user: "", key: key) }
    }

    @Test func dotsInAUserAreKept() throws {
        let key = try PrivateKey(try TestKeys.get().secret("plain.pem"))
        let pair = try SnowflakeKeyPair(accountClaim: "xy", user: "svc.loader@x.com", key: key)
        let decoded = try DecodedToken(try pair.token(now: UTCTime(clampingMilliseconds: 0)).secret.text)
        #expect(decoded.claims["sub"]?.string == "XY.SVC.LOADER@X.COM")
    }
}
