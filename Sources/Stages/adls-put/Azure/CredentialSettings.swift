import ArgumentParser
import Bytes
import HTTP
import Signing
import StageKit

/// `--auth`: how the program signs in to the lake.
enum AuthMethod: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto
    case sharedKey = "shared-key"
    case sas
    case clientSecret = "client-secret"
    case clientCertificate = "client-certificate"
    case managedIdentity = "managed-identity"
    case workloadIdentity = "workload-identity"
    case azureCLI = "azure-cli"
}

/// Finds credentials for the lake in the environment, by the names that Azure's own tools use.
///
/// A secret may also lie in a file: `NAME_FILE` then says where.
struct CredentialSettings {
    /// Longer files are no secrets.
    static let secretByteLimit = 1 << 20

    let client: HTTPClient
    /// The value of an environment variable.
    let variable: (String) -> String?

    init(_ client: HTTPClient, variable: @escaping (String) -> String? = Environment.value) {
        self.client = client
        self.variable = variable
    }

    /// The credential of one method; one whose variables are missing is a failure that names them.
    func credential(_ method: AuthMethod, account: String) throws(StageFailure) -> AzureCredential {
        let found: AzureCredential?
        let names: String
        switch method {
        case .auto: return try chosen(account: account)
        case .managedIdentity: return try managedIdentity(isProbe: false)
        case .azureCLI: return azureCLI()
        case .sharedKey:
            (found, names) = (try sharedKey(account), "AZURE_STORAGE_KEY, or AZURE_STORAGE_KEY_FILE")
        case .sas:
            (found, names) = (try signature(), "AZURE_STORAGE_SAS_TOKEN, or AZURE_STORAGE_SAS_TOKEN_FILE")
        case .clientSecret:
            found = try clientSecret()
            names = "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or ..._FILE)"
        case .clientCertificate:
            found = try clientCertificate()
            names = "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_CERTIFICATE_PATH"
        case .workloadIdentity:
            found = try workloadIdentity()
            names = "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE"
        }
        guard let found else {
            throw .badConfiguration("--auth \(method.rawValue) needs \(names) in the environment")
        }
        return found
    }

    func sharedKey(_ account: String) throws(StageFailure) -> AzureCredential? {
        for name in ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY"] {
            guard let secret = try secret(name) else { continue }
            let key = try mapSigning(name) { () throws(SigningError) in
                try SharedKey(account: account, accountKey: secret)
            }
            return AzureCredential(proof: .sharedKey(key), name: "shared key (\(name))")
        }
        return nil
    }

    func signature() throws(StageFailure) -> AzureCredential? {
        let name = "AZURE_STORAGE_SAS_TOKEN"
        guard let secret = try secret(name) else { return nil }
        guard let signature = AccountSignature(secret.text) else {
            throw .badConfiguration("\(name): not a shared access signature (sv=...&sig=...)")
        }
        return AzureCredential(proof: .signature(signature), name: "shared access signature (\(name))")
    }

    func clientSecret() throws(StageFailure) -> AzureCredential? {
        guard let application = try application(), let secret = try secret("AZURE_CLIENT_SECRET") else { return nil }
        return token(.clientSecret(application, secret), "client secret of \(application.clientID)")
    }

    func clientCertificate() throws(StageFailure) -> AzureCredential? {
        let name = "AZURE_CLIENT_CERTIFICATE_PATH"
        guard let application = try application(), let path = variable(name) else { return nil }
        let passphrase = try secret("AZURE_CLIENT_CERTIFICATE_PASSWORD")
        let bytes = try contents(path, name)
        let certificate = try mapSigning("\(name) \(path)") { () throws(SigningError) in
            try ClientCertificate(bytes, passphrase: passphrase)
        }
        let sendsChain = ["1", "true"].contains(variable("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN")?.lowercased())
        return token(
            .clientCertificate(application, certificate, sendsChain: sendsChain),
            "client certificate of \(application.clientID)")
    }

    func workloadIdentity() throws(StageFailure) -> AzureCredential? {
        guard let application = try application(), let path = variable("AZURE_FEDERATED_TOKEN_FILE") else { return nil }
        return token(
            .workloadIdentity(application, tokenFile: path), "workload identity of \(application.clientID)")
    }

    func managedIdentity(isProbe: Bool) throws(StageFailure) -> AzureCredential {
        let service: ManagedIdentity.Service
        if let endpoint = try address("IDENTITY_ENDPOINT"), let word = try secret("IDENTITY_HEADER") {
            service = .appService(endpoint: endpoint, word: word)
        } else {
            service = .machine(host: try address("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? ManagedIdentity.machineHost)
        }
        let identity = ManagedIdentity(service: service, clientID: variable("AZURE_CLIENT_ID"), isProbe: isProbe)
        return token(.managedIdentity(identity), "managed identity\(identity.clientID.map { " \($0)" } ?? "")")
    }

    func azureCLI() -> AzureCredential {
        token(.azureCLI(AzureCommandLine(tenant: variable("AZURE_TENANT_ID"))), "azure-cli")
    }

    private func application() throws(StageFailure) -> EntraApplication? {
        guard let tenant = variable("AZURE_TENANT_ID"), let clientID = variable("AZURE_CLIENT_ID") else { return nil }
        return EntraApplication(
            authority: try address("AZURE_AUTHORITY_HOST") ?? EntraApplication.defaultAuthority, tenant: tenant,
            clientID: clientID)
    }

    /// The web address in a variable; Azure's own tools take a bare host too.
    private func address(_ name: String) throws(StageFailure) -> String? {
        guard let value = variable(name) else { return nil }
        let text = value.firstRange(of: "://") == nil ? "https://\(value)" : value
        do throws(HTTPError) {
            return try WebURL(text).text
        } catch {
            throw .badConfiguration("\(name): \(error.message)")
        }
    }

    private func token(_ way: TokenSource.Way, _ name: String) -> AzureCredential {
        AzureCredential(proof: .token(TokenSource(way, client)), name: name)
    }

    /// A secret from a variable, or from the file that its `_FILE` names.
    private func secret(_ name: String) throws(StageFailure) -> SecretBytes? {
        if let value = variable(name) { return SecretBytes(value.trimmedOfWhiteSpace) }
        guard let path = variable("\(name)_FILE") else { return nil }
        return SecretBytes(try contents(path, "\(name)_FILE").text.trimmedOfWhiteSpace)
    }

    private func contents(_ path: String, _ name: String) throws(StageFailure) -> SecretBytes {
        do throws(IOError) {
            var bytes = try FileSystem.contents(path, limit: Self.secretByteLimit)
            return SecretBytes(wiping: &bytes)
        } catch {
            throw .badConfiguration("\(name): \(error.message)")
        }
    }

    private func mapSigning<Value>(
        _ name: String, _ body: () throws(SigningError) -> Value
    ) throws(StageFailure) -> Value {
        do throws(SigningError) {
            return try body()
        } catch {
            throw .badConfiguration("\(name): \(error.message)")
        }
    }
}
