import Bytes
import NDJSON

/// A file, folder or shortcut, as Drive describes it.
struct DriveItem: Equatable, Sendable {
    static let folderType = "application/vnd.google-apps.folder"
    static let shortcutType = "application/vnd.google-apps.shortcut"
    static let sheetType = "application/vnd.google-apps.spreadsheet"
    static let nativePrefix = "application/vnd.google-apps."

    /// The fields to ask for. Without a list Drive gives four of them.
    static let fields =
        "id,name,mimeType,size,md5Checksum,sha256Checksum,version,headRevisionId,modifiedTime,parents,driveId,trashed,"
        + "resourceKey,shortcutDetails(targetId,targetMimeType,targetResourceKey),clientEncryptionDetails"

    /// What a shortcut leads to.
    struct Target: Equatable, Sendable {
        let id: String
        let resourceKey: String?
    }

    let id: String
    let name: String
    let mimeType: String
    /// Of a blob. Sheets tell a size too, which is not that of an export.
    let byteCount: Int?
    let md5: String?
    let sha256: String?
    /// Counts every change, also those that nobody sees.
    let version: String
    /// The revision of a blob's content.
    let headRevisionID: String?
    let modified: UTCTime
    let parentID: String?
    let driveID: String?
    let isTrashed: Bool
    let resourceKey: String?
    let target: Target?
    /// Encrypted in the browser: what Drive holds is of no use to others.
    let isEncrypted: Bool

    var isFolder: Bool { mimeType == Self.folderType }
    var isShortcut: Bool { mimeType == Self.shortcutType }
    var isSheet: Bool { mimeType == Self.sheetType }
    /// Of one of Google's editors: it has no bytes of its own.
    var isNative: Bool { mimeType.hasPrefix(Self.nativePrefix) }

    /// What makes a delivery. Design: "Deliveries, exactly".
    var contentVersion: String { isNative ? version : headRevisionID ?? md5 ?? version }

    /// Reads Drive's `file` resource.
    init(_ document: JSONValue) throws(DriveError) {
        func text(_ name: String) throws(DriveError) -> String {
            guard let value = document[name]?.string else { throw .malformed("a file without `\(name)`") }
            return value
        }
        id = try text("id")
        name = try text("name")
        mimeType = try text("mimeType")
        version = try text("version")
        guard !id.isEmpty, let modified = UTCTime(try text("modifiedTime")) else {
            throw .malformed("a file whose modifiedTime is no time")
        }
        self.modified = modified
        byteCount = document["size"]?.string.flatMap { Int($0) }
        md5 = document["md5Checksum"]?.string?.lowercased()
        sha256 = document["sha256Checksum"]?.string?.lowercased()
        headRevisionID = document["headRevisionId"]?.string
        parentID = document["parents"]?.array?.first?.string
        driveID = document["driveId"]?.string
        isTrashed = document["trashed"]?.bool ?? false
        resourceKey = document["resourceKey"]?.string
        isEncrypted = document["clientEncryptionDetails"].map { !$0.isNull } ?? false
        if let details = document["shortcutDetails"], let id = details["targetId"]?.string {
            target = Target(id: id, resourceKey: details["targetResourceKey"]?.string)
        } else {
            target = nil
        }
    }

    /// The same resource, for the state file.
    var document: JSONValue {
        var object: JSONObject = [
            "id": .string(id), "name": .string(name), "mimeType": .string(mimeType), "version": .string(version),
            "modifiedTime": .string(modified.text),
        ]
        func add(_ name: String, _ value: String?) { if let value { object[name] = .string(value) } }
        add("size", byteCount.map(String.init))
        add("md5Checksum", md5)
        add("sha256Checksum", sha256)
        add("headRevisionId", headRevisionID)
        add("driveId", driveID)
        add("resourceKey", resourceKey)
        if let parentID { object["parents"] = .array([.string(parentID)]) }
        if let target {
            var details: JSONObject = ["targetId": .string(target.id)]
            if let key = target.resourceKey { details["targetResourceKey"] = .string(key) }
            object["shortcutDetails"] = .object(details)
        }
        if isEncrypted { object["clientEncryptionDetails"] = .object([:]) }
        if isTrashed { object["trashed"] = .bool(true) }
        return .object(object)
    }
}
