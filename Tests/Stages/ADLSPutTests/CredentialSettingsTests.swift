import Bytes
import HTTP
import Signing
import StageKit
import TestSupport
import Testing

@testable import adls_put

@Suite struct CredentialSettingsTests {
    static let key = Base64.encode((0..<64).map { UInt8($0) })
    static let signature = "?sv=2023-11-03&sr=d&sdd=2&sp=racwdl&se=2026-01-02T03%3A04%3A05Z&sig=verysecret%3D"
    static let application = ["AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client"]

    private func settings(_ variables: [String: String]) throws -> CredentialSettings {
        // Nothing answers there: whether the machine has an identity is known at once.
        let nowhere = ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"]
        let all = nowhere.merging(variables) { $1 }
        return CredentialSettings(try HTTPClient()) { all[$0] }
    }

    /// What somebody has configured, and which of it is taken.
    static let choices: [([String: String], String)] = [
        (["AZURE_STORAGE_KEY": key, "AZURE_STORAGE_SAS_TOKEN": signature], "shared key (AZURE_STORAGE_KEY)"),
        (["AZURE_STORAGE_ACCOUNT_KEY": key], "shared key (AZURE_STORAGE_ACCOUNT_KEY)"),
        (
            application.merging(["AZURE_STORAGE_SAS_TOKEN": signature, "AZURE_CLIENT_SECRET": "s"]) { $1 },
            "shared access signature (AZURE_STORAGE_SAS_TOKEN)"
        ),
        (
            application.merging(["AZURE_CLIENT_SECRET": "s", "AZURE_FEDERATED_TOKEN_FILE": "f"]) { $1 },
            "client secret of client"
        ),
        (application.merging(["AZURE_FEDERATED_TOKEN_FILE": "f"]) { $1 }, "workload identity of client"),
        (
            application.merging([
                "AZURE_CLIENT_SECRET": "s", "AZURE_FEDERATED_TOKEN_FILE": "f",
                "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
            ]) { $1 }, "workload identity of client"
        ),
        (["AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"], "managed identity"),
        (["AZURE_TOKEN_CREDENTIALS": "dev"], "azure-cli"),
    ]

    @Test(arguments: choices)
    func autoTakesTheFirstThatIsThere(variables: [String: String], name: String) throws {
        #expect(try settings(variables).credential(.auto, account: "acct").name == name)
    }

    @Test func whereNothingIsConfiguredTheErrorSaysWhatWasTried() throws {
        do {
            _ = try settings(["AZURE_TOKEN_CREDENTIALS": "prod"]).credential(.auto, account: "acct")
            Issue.record("there are no credentials")
        } catch let error as StageFailure {
            #expect(error.status == ExitStatus.notAllowed)
            for word in ["AZURE_STORAGE_KEY", "environmentcredential", "workloadidentity", "managed identity: "] {
                #expect(error.message?.contains(word) == true, "\(error.message ?? "")")
            }
        }
    }

    @Test(arguments: AuthMethod.allCases.filter { ![.auto, .managedIdentity, .azureCLI].contains($0) })
    func aMethodWithoutItsVariablesNamesThem(method: AuthMethod) throws {
        do {
            _ = try settings([:]).credential(method, account: "acct")
            Issue.record("there are no credentials")
        } catch let error as StageFailure {
            #expect(error.status == ExitStatus.badConfiguration)
            #expect(error.message?.contains("--auth \(method.rawValue) needs AZURE_") == true)
        }
    }

    @Test(arguments: [
        ["AZURE_STORAGE_KEY": "not base64, but verysecret"], ["AZURE_STORAGE_SAS_TOKEN": "sig=verysecret"],
        ["AZURE_STORAGE_KEY_FILE": "/nowhere"], ["AZURE_TOKEN_CREDENTIALS": "anything"],
    ])
    func aBadSettingIsNamedWithoutItsValue(variables: [String: String]) throws {
        do {
            _ = try settings(variables).credential(.auto, account: "acct")
            Issue.record("it was taken")
        } catch let error as StageFailure {
            #expect(error.status == ExitStatus.badConfiguration)
            #expect(error.message?.contains("verysecret") == false)
            #expect(error.message?.hasPrefix(variables.keys.first ?? "-") == true, "\(error.message ?? "")")
        }
    }

    @Test func aSecretMayLieInAFile() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("key", text: "\(Self.key)\n")
        let credential = try settings(["AZURE_STORAGE_KEY_FILE": path]).credential(.sharedKey, account: "acct")
        guard case .sharedKey(let found) = credential.proof else {
            Issue.record("no key")
            return
        }
        let request = SignableRequest(method: "GET", path: "/x", query: nil, headers: [], bodyByteCount: 0)
        let expected = try SharedKey(account: "acct", accountKey: SecretBytes(Self.key))
        #expect(try found.authorization(for: request) == expected.authorization(for: request))
    }

    @Test func aSignatureIsSentAsItIsAndKnowsItsFolder() throws {
        let signature = try #require(AccountSignature(Self.signature))
        #expect(signature.secret.text == String(Self.signature.dropFirst()))
        #expect(signature.folderDepth == 2)
        #expect(signature["sp"] == "racwdl")
        let credential = AzureCredential(proof: .signature(signature), name: "signature")
        for advice in [credential.adviceWhenRefused, credential.adviceWhenNotPermitted(.permissions)] {
            #expect(!advice.contains("verysecret"))
        }
        #expect(credential.adviceWhenRefused.contains("until 2026-01-02T03:04:05Z"))
    }

    @Test(arguments: ["", "?", "sv=1", "sig=1", "sv=1&sig=1 2", "sv=1&sig=%GG"])
    func whatIsNoSignatureIsRefused(text: String) { #expect(AccountSignature(text) == nil) }
}
