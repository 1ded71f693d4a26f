/// Where something lies in a lake: `file:ROOT/PATH`, a folder tree of this machine, or
/// `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH`, a container of Azure Data Lake Storage Gen2.
///
/// A trailing slash says "folder, and it may not exist yet", as prefixes do in object stores.
struct LakeAddress: Equatable, Sendable {
    /// The kind of lake; each has its own `LakeStore`.
    enum Scheme: Equatable, Sendable {
        case file
        case azure(AzureContainer)
    }

    let scheme: Scheme
    /// For `file:` the path as the user gave it, so that a lake that moves with its working folder stays valid. For a
    /// container the path inside it, as plain text, without a slash in front; empty for the container itself.
    let location: String

    init(scheme: Scheme, location: String) {
        self.scheme = scheme
        self.location = location
    }

    /// Nil when the text is no address that we know. `file:` takes a relative or an absolute path; `file:///a` is `/a`.
    /// A container may also be named by an `https:` address of one of its account's endpoints, percent-encoded; its
    /// address is then written as all others are.
    init?(_ text: String) {
        if text.hasPrefix("file:") {
            let path = Self.singleSlashes(text.dropFirst(5).utf8)
            guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
            self.init(scheme: .file, location: path)
        } else {
            guard let (container, path) = AzureContainer.split(text) else { return nil }
            let location = String(Self.singleSlashes(path[...].utf8).drop { $0 == "/" })
            let segments = location.split(separator: "/", omittingEmptySubsequences: true)
            guard !location.utf8.contains(0), !segments.contains("."), !segments.contains("..") else { return nil }
            self.init(scheme: .azure(container), location: location)
        }
    }

    /// The path with each run of slashes as one, so that `LAKE/` and `LAKE` before a path give one address.
    private static func singleSlashes(_ path: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        for byte in path where byte != 0x2F || bytes.last != 0x2F { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The address as manifests hold it.
    var url: String {
        switch scheme {
        case .file: "file:\(location)"
        case .azure(let container): "abfss://\(container.name)@\(container.host)/\(location)"
        }
    }

    /// True for a trailing slash, and for a whole container.
    var isFolder: Bool { location.isEmpty || location.utf8.last == 0x2F }

    /// The address of a path below this one.
    func appending(_ path: String) -> LakeAddress {
        LakeAddress(scheme: scheme, location: isFolder ? location + path : "\(location)/\(path)")
    }
}
