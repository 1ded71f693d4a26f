import HTTP
import StageKit

/// `--auth auto`: the first credential that is there. What is made for storage comes first (a key, a signature); then
/// follows the order of Azure's own DefaultAzureCredential, of which AZURE_TOKEN_CREDENTIALS may choose a part:
///
///     environment (secret, certificate), workload identity, managed identity, azure-cli
///
/// The first three are known by their variables. Whether the machine has an identity, and whether a person is signed
/// in, only trying shows.
extension CredentialSettings {
    private enum Member: String, CaseIterable {
        case environment = "environmentcredential"
        case workloadIdentity = "workloadidentitycredential"
        case managedIdentity = "managedidentitycredential"
        case azureCLI = "azureclicredential"
    }

    func chosen(account: String) throws(StageFailure) -> AzureCredential {
        if let key = try sharedKey(account) { return key }
        if let signature = try signature() { return signature }
        var failures: [String] = []
        let members = try members()
        for member in members {
            guard let candidate = try candidate(member, isOnly: members.count == 1) else {
                failures.append("\(member.rawValue): its variables are not set")
                continue
            }
            // What somebody has configured is what they want, even if it fails.
            if member == .environment || member == .workloadIdentity || members.count == 1 { return candidate }
            guard case .token(let source) = candidate.proof else { continue }
            do throws(HTTPError) {
                _ = try source.authorization()
                return candidate
            } catch {
                // What a credential says of itself begins with its name; what the network says does not.
                if case .noCredentials(let reason) = error {
                    failures.append(reason)
                } else if error.remedy == .tryLater {
                    // It is there, and would have been taken.
                    throw .tryAgain("\(candidate.name): \(error.message)")
                } else {
                    failures.append("\(candidate.name): \(error.message)")
                }
            }
        }
        throw StageFailure(
            status: ExitStatus.notAllowed,
            "no credentials for the lake: set AZURE_STORAGE_KEY, or AZURE_STORAGE_SAS_TOKEN, or sign in (see --help); "
                + "tried \(failures.joined(separator: "; "))")
    }

    private func candidate(_ member: Member, isOnly: Bool) throws(StageFailure) -> AzureCredential? {
        switch member {
        case .environment:
            if let secret = try clientSecret() { return secret }
            return try clientCertificate()
        case .workloadIdentity: return try workloadIdentity()
        case .managedIdentity: return try managedIdentity(isProbe: !isOnly)
        case .azureCLI: return azureCLI()
        }
    }

    private func members() throws(StageFailure) -> [Member] {
        guard let choice = variable("AZURE_TOKEN_CREDENTIALS")?.lowercased() else { return Member.allCases }
        switch choice {
        case "prod": return [.environment, .workloadIdentity, .managedIdentity]
        case "dev": return [.azureCLI]
        default:
            guard let member = Member(rawValue: choice) else {
                throw .badConfiguration(
                    "AZURE_TOKEN_CREDENTIALS is \(choice): it may be prod, dev, EnvironmentCredential, "
                        + "WorkloadIdentityCredential, ManagedIdentityCredential or AzureCliCredential")
            }
            return [member]
        }
    }
}
