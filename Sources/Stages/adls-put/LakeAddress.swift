/// Where something lies in a lake: `file:ROOT/PATH`, a folder tree of this machine.
///
/// A trailing slash says "folder, and it may not exist yet", as prefixes do in object stores.
struct LakeAddress: Equatable, Sendable {
    /// The kind of lake; each has its own `LakeStore`.
    enum Scheme: Sendable { case file }

    let scheme: Scheme
    /// For `file:` the path as the user gave it, so that a lake that moves with its working folder stays valid.
    let location: String

    init(scheme: Scheme, location: String) {
        self.scheme = scheme
        self.location = location
    }

    /// Nil when the text is no address that we know. `file:` takes a relative or an absolute path; `file:///a` is `/a`.
    init?(_ text: String) {
        guard text.hasPrefix("file:") else { return nil }
        let path = Self.singleSlashes(text.dropFirst(5).utf8)
        guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
        self.init(scheme: .file, location: path)
    }

    /// The path with each run of slashes as one, so that `LAKE/` and `LAKE` before a path give one address.
    private static func singleSlashes(_ path: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        for byte in path where byte != 0x2F || bytes.last != 0x2F { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The address as manifests hold it.
    var url: String { "file:\(location)" }

    var isFolder: Bool { location.utf8.last == 0x2F }

    /// The address of a path below this one.
    func appending(_ path: String) -> LakeAddress {
        LakeAddress(scheme: scheme, location: isFolder ? location + path : "\(location)/\(path)")
    }
}
