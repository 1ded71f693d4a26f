import Bytes
import HTTP
import NDJSON

/// What is asked of Drive: who we are, what a file is, what a folder holds, what has changed.
extension DriveAPI {
    static let pageSize = "1000"
    /// A folder of more pages than this, or changes, are taken for a service that runs in circles.
    static let pageLimit = 10_000
    /// How often the listing of a folder begins again before it counts as incomplete.
    static let listingAttemptLimit = 3

    /// Items of shared drives are shown only to who says that they are wanted.
    static let allDrives: [(name: String, value: String)] = [
        ("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true"),
    ]

    /// What a folder holds. Not complete when Drive would not say that it had looked everywhere.
    struct Children: Equatable, Sendable {
        var items: [DriveItem] = []
        var isComplete = true
    }

    /// Our address, as Drive knows it.
    func account() throws(DriveError) -> String {
        let about = try get(["about"], [("fields", "user(emailAddress)")], cost: QuotaPace.Cost.get)
        return about["user"]?["emailAddress"]?.string ?? "this account"
    }

    /// A file by its id.
    func item(_ id: String, fields: String = DriveItem.fields) throws(DriveError) -> DriveItem {
        try DriveItem(try description(of: id, fields: fields))
    }

    /// Some fields of a file.
    func description(of id: String, fields: String) throws(DriveError) -> JSONValue {
        try get(
            ["files", id], [("supportsAllDrives", "true"), ("fields", fields)], about: [id], cost: QuotaPace.Cost.get)
    }

    /// Whether we are a member of a shared drive: only then it can be searched and tells its changes.
    func isMember(ofDrive id: String) throws(DriveError) -> Bool {
        do throws(DriveError) {
            _ = try get(["drives", id], [("fields", "id")], cost: QuotaPace.Cost.get)
            return true
        } catch {
            guard let refusal = error.refusal, [403, 404].contains(refusal.status), !refusal.endsRun,
                !refusal.isRateLimit
            else { throw error }
            return false
        }
    }

    /// The children of one folder. One folder a question: of questions that name several parents Drive sometimes
    /// answers only a part, and says that it is all.
    func children(of folder: String, inDrive drive: String?) throws(DriveError) -> Children {
        for _ in 1...Self.listingAttemptLimit {
            let children = try pages(of: folder, inDrive: drive)
            if children.isComplete { return children }
        }
        return Children(isComplete: false)
    }

    private func pages(of folder: String, inDrive drive: String?) throws(DriveError) -> Children {
        var query = Self.allDrives
        query += [
            ("q", "'\(Self.escape(folder))' in parents and trashed = false"), ("pageSize", Self.pageSize),
            ("fields", "nextPageToken,incompleteSearch,files(\(DriveItem.fields))"),
        ]
        if let drive { query += [("corpora", "drive"), ("driveId", drive)] }
        var children = Children()
        var seen: Set<String> = []
        var token: String?
        for _ in 1...Self.pageLimit {
            let page: JSONValue
            do throws(DriveError) {
                page = try get(
                    ["files"], query + (token.map { [("pageToken", $0)] } ?? []), about: [folder],
                    cost: QuotaPace.Cost.list)
            } catch {
                // A token that is not taken any more: from the first page again.
                guard token != nil, error.isStaleToken else { throw error }
                return Children(isComplete: false)
            }
            if page["incompleteSearch"]?.bool == true { return Children(isComplete: false) }
            for document in page["files"]?.array ?? [] {
                let item = try DriveItem(document)
                // While others change the folder a file may come on two pages.
                if seen.insert(item.id).inserted { children.items.append(item) }
                learn(key: item.resourceKey, of: item.id)
            }
            token = page["nextPageToken"]?.string
            if token == nil { return children }
        }
        throw .malformed("a folder of more than \(Self.pageLimit) pages")
    }

    /// A text inside the quotes of a query: the backslash first, then the quote.
    static func escape(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if character == "\\" || character == "'" { result.append("\\") }
            result.append(character)
        }
    }

    // ---- Changes

    /// From where on changes will be told.
    func startPageToken(drive: String?) throws(DriveError) -> String {
        let query = [("supportsAllDrives", "true")] + (drive.map { [("driveId", $0)] } ?? [])
        let answer = try get(["changes", "startPageToken"], query, cost: QuotaPace.Cost.get)
        guard let token = answer["startPageToken"]?.string else { throw .malformed("no startPageToken") }
        return token
    }

    /// All changes since a token, and the token for the next time.
    func changes(since start: String, drive: String?) throws(DriveError) -> (changes: [DriveChange], next: String) {
        var query = Self.allDrives
        query += [
            ("pageSize", Self.pageSize), ("includeRemoved", "true"),
            ("fields", "nextPageToken,newStartPageToken,changes(changeType,removed,fileId,file(\(DriveItem.fields)))"),
        ]
        if let drive { query.append(("driveId", drive)) }
        var found: [DriveChange] = []
        var token = start
        for _ in 1...Self.pageLimit {
            let page = try get(["changes"], query + [("pageToken", token)], cost: QuotaPace.Cost.list)
            for document in page["changes"]?.array ?? [] {
                if let change = try DriveChange(document) { found.append(change) }
            }
            if let next = page["newStartPageToken"]?.string { return (found, next) }
            guard let next = page["nextPageToken"]?.string else { throw .malformed("changes without a next token") }
            token = next
        }
        throw .malformed("changes of more than \(Self.pageLimit) pages")
    }
}

/// One entry of the log of changes: the file as it is now, or nothing when it is gone.
struct DriveChange: Equatable, Sendable {
    let id: String
    /// Nil when the file was deleted, or is not shown to us any more.
    let item: DriveItem?

    init(id: String, item: DriveItem?) {
        self.id = id
        self.item = item
    }

    /// Nil for changes of drives.
    init?(_ document: JSONValue) throws(DriveError) {
        guard document["changeType"]?.string != "drive", let id = document["fileId"]?.string else { return nil }
        self.id = id
        guard document["removed"]?.bool != true, let file = document["file"] else {
            item = nil
            return
        }
        item = try DriveItem(file)
    }
}
