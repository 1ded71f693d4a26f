import Bytes

/// A container (the dfs endpoint says: file system) of a storage account.
struct AzureContainer: Hashable, Sendable {
    static let nameByteLimit = 63

    let name: String
    /// Of the account's dfs endpoint, such as `account.dfs.core.windows.net`, also in other clouds and for OneLake.
    let host: String

    var account: String { String(host.prefix { $0 != "." }) }

    /// The container and the path of an address; nil when it is none of
    ///
    ///     abfss://CONTAINER@HOST/PATH             as Hadoop, Spark and DuckDB write it: the path is plain text
    ///     https://HOST/CONTAINER/PATH             as the portal shows it, dfs or blob: the path is percent-encoded
    ///
    /// A query is refused: what stands there is mostly a signature, a secret.
    static func split(_ text: String) -> (container: AzureContainer, path: String)? {
        if text.hasPrefix("abfss://") {
            let rest = text.dropFirst(8)
            let authority = rest.prefix { $0 != "/" }
            let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return container(parts[0], parts[1]).map { ($0, String(rest[authority.endIndex...])) }
        }
        guard text.hasPrefix("https://"), !text.contains("?"), !text.contains("#") else { return nil }
        let rest = text.dropFirst(8)
        let authority = rest.prefix { $0 != "/" }
        guard let path = PercentEncoding.decode(rest[authority.endIndex...].drop { $0 == "/" }) else { return nil }
        let name = path.prefix { $0 != "/" }
        return container(name, authority).map { ($0, String(path[name.endIndex...])) }
    }

    private static func container(_ name: Substring, _ host: Substring) -> AzureContainer? {
        let host = host.lowercased()
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isHost =
            labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
            && host.utf8.allSatisfy { isLowerOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
        // `$root` and `$web` are containers too; OneLake's workspaces may have capitals.
        let isName =
            (1...nameByteLimit).contains(name.utf8.count)
            && name.lowercased().utf8.allSatisfy { isLowerOrDigit($0) || $0 == 0x2D || $0 == 0x24 || $0 == 0x5F }
        guard isHost, isName else { return nil }
        return AzureContainer(name: String(name), host: swapEndpoint(host, from: ".blob.", to: ".dfs."))
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    /// `account.blob.core.windows.net` for `account.dfs.core.windows.net`, or the other way; a host that names no
    /// endpoint serves both.
    static func swapEndpoint(_ host: String, from old: String, to new: String) -> String {
        guard let place = host.firstRange(of: old) else { return host }
        return host.replacingCharacters(in: place, with: new)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
