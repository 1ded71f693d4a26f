import ArgumentParser
import Bytes
import StageKit

/// What happens to a name that is taken.
enum IfExists: String, ExpressibleByArgument, CaseIterable { case skip, fail, replace }

/// The parts of the lake that have a layout of their own.
enum LakeLayout: String, ExpressibleByArgument, CaseIterable { case raw, processed }

/// From what the user typed to a lake.
enum Lakes {
    /// An address that we do not know is a usage error.
    static func address(_ text: String) throws(StageFailure) -> LakeAddress {
        // In abfss: a question mark is part of a name; a signature behind it would be shown with each message.
        if let mark = text.firstIndex(of: "?"),
            text.hasPrefix("https://") || text.hasPrefix("abfss://") && text[mark...].contains("sig=")
        {
            throw .usage(
                "\(text[..<mark]): an address has no query here; a signature comes by AZURE_STORAGE_SAS_TOKEN")
        }
        guard let address = LakeAddress(text) else {
            throw .usage("\(text): not a lake address such as file:work/lake or \(exampleURL)")
        }
        return address
    }

    private static let exampleURL = "abfss://lake@account.dfs.core.windows.net/"

    /// The store for an address, which has credentials when this returns.
    static func store(for address: LakeAddress, _ settings: LakeSettings) throws(StageFailure) -> any LakeStore {
        guard case .azure(let container) = address.scheme else { return FolderLake() }
        let endpoint = try AzureEndpoint(container, override: settings.endpoint)
        let client = try settings.client()
        let credential = try CredentialSettings(client).credential(settings.auth, account: container.account)
        let words = "\(address.url): signed in by \(credential.name)"
        // A key or a signature was put there for this lake; of the rest, nobody may know which one counts.
        if case .token = credential.proof, settings.auth == .auto {
            settings.log.info(words)
        } else {
            settings.log.detail(words)
        }
        settings.credentialName.withLock { $0 = credential.name }
        return AzureLake(AzureSession(container, endpoint, credential, client), settings)
    }

    /// Splits `--to` of a layout into the lake and the template of its paths. `file:work/lake` takes the layout's own
    /// template; `file:work/lake/raw/{dataset}/{name}` brings one, which must begin with the layout's folder so that
    /// it is clear where the lake begins.
    static func split(
        _ target: String, layout: LakeLayout
    ) throws(StageFailure) -> (lake: LakeAddress, template: PathTemplate) {
        guard let brace = target.firstIndex(of: "{") else {
            let template = try PathTemplate(layout == .raw ? PathTemplate.raw : PathTemplate.processed)
            return (try address(target), template)
        }
        let mark = "/\(layout.rawValue)/"
        let before = Array(target[..<brace].utf8)
        let folder = Array(mark.utf8)
        let start = stride(from: before.count - folder.count, through: 0, by: -1).first {
            before[$0..<($0 + folder.count)].elementsEqual(folder)
        }
        guard let start else { throw .usage("\(target): the path must have \(mark) before its first field") }
        let bytes = Array(target.utf8)
        let template = try PathTemplate(String(decoding: bytes[(start + 1)...], as: UTF8.self))
        return (try address(String(decoding: bytes[..<start], as: UTF8.self)), template)
    }
}
