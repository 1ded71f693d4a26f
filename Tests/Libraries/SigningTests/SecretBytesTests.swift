import Bytes
import Signing
import Testing

@Suite struct SecretBytesTests {
    private struct Holder {
        let secret: SecretBytes
        let token: AccessToken
    }

    @Test func nothingThatHoldsASecretPrintsIt() throws {
        let secret = SecretBytes("HUSH")
        let token = AccessToken(secret, receivedAt: .init(clampingMilliseconds: 0), lifetimeSeconds: 1)
        let holder = Holder(secret: secret, token: token)
        var dumped = ""
        dump(holder, to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), "\(holder)", String(reflecting: holder), dumped, "\([secret])",
        ] {
            #expect(!text.contains("HUSH"))
            // Nor as the numbers of its bytes, in a row: one number alone also stands in an address now and then.
            #expect(!text.split { !$0.isASCII || !$0.isNumber }.map(String.init).contains(["72", "85", "83", "72"]))
        }
        #expect("\(secret)" == "***")
        #expect(secret.text == "HUSH")
        let key = try VectorAccounts.key()
        #expect(!String(reflecting: key).contains("AAEC"))
    }

    @Test func theSourceIsWiped() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(wiping: &bytes)
        #expect(bytes.isEmpty)
        #expect(secret.withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test func secretsAreComparedByContent() {
        #expect(SecretBytes("abc").equals(SecretBytes("abc")))
        #expect(!SecretBytes("abc").equals(SecretBytes("abd")))
        #expect(!SecretBytes("abc").equals(SecretBytes("ab")))
        #expect(SecretBytes("").equals(SecretBytes("")))
    }
}
