import HTTP

/// A folder or file of Google Drive, as people name it: by id, or by the address in the browser.
struct DriveAddress: Equatable, Sendable {
    /// The caller's own My Drive.
    static let rootAlias = "root"
    /// Bare texts that are shorter are taken for mistakes, not for ids; Drive's have 19 characters and more.
    static let bareLengthLimit = 15
    private static let hosts: Set<String> = ["drive.google.com", "docs.google.com"]

    let id: String
    /// Opens files that were shared by link before 2021; part of their addresses.
    var resourceKey: String?

    /// Reads `drive:ID`, a bare id, `root`, and addresses such as
    ///
    ///     https://drive.google.com/drive/folders/ID?resourcekey=KEY      https://drive.google.com/open?id=ID
    ///     https://drive.google.com/drive/u/0/folders/ID                  https://drive.google.com/file/d/ID/view
    ///     https://docs.google.com/spreadsheets/d/ID/edit                 https://drive.google.com/drive/my-drive
    ///
    /// Nil for anything else.
    static func parse(_ text: String) -> DriveAddress? {
        if text.hasPrefix("drive:") { return named(text.dropFirst(6)) }
        if text == rootAlias { return DriveAddress(id: rootAlias) }
        if hosts.contains(where: { text.hasPrefix("\($0)/") }) { return parse("https://\(text)") }
        if text.hasPrefix("https://") { return at(text) }
        return text.utf8.count >= bareLengthLimit ? named(text[...]) : nil
    }

    private static func at(_ text: String) -> DriveAddress? {
        guard let url = try? WebURL(text), hosts.contains(url.host) else { return nil }
        var fields: [String: String] = [:]
        for field in (url.query ?? "").split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[parts[0].lowercased()] = String(parts[1]) }
        }
        let segments = url.path.split(separator: "/")
        var found: DriveAddress?
        if let place = segments.firstIndex(where: { $0 == "folders" || $0 == "d" }), place + 1 < segments.count {
            found = named(segments[place + 1])
        } else if let id = fields["id"] {
            found = named(id[...])
        } else if segments.last == "my-drive" {
            found = DriveAddress(id: rootAlias)
        }
        found?.resourceKey = fields["resourcekey"]
        return found
    }

    private static func named(_ text: Substring) -> DriveAddress? {
        let isID =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
            }
        return isID ? DriveAddress(id: String(text)) : nil
    }
}
