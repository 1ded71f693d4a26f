internal import Bytes
internal import NDJSON

/// A line of the manifest that is to be loaded: a record with what processing made of it.
struct DeliveryLine {
    enum Work {
        case deletion
        /// It could not be processed, and why.
        case failure(key: String, contractVersion: String?, reason: String)
        case rows(ProcessedRows)
    }

    let record: ManifestRecord
    let dataset: String
    let work: Work

    /// Nil for a line that brings nothing: an unchanged file.
    init?(_ record: ManifestRecord) throws(ManifestError) {
        self.record = record
        guard let dataset = record.dataset else { throw ManifestError("`dataset` is missing") }
        self.dataset = dataset
        switch record.kind {
        case .unchanged: return nil
        case .deleted: work = .deletion
        case .new:
            guard let process = record.document["process"]?.object else {
                throw ManifestError("`process` is missing: the delivery has not been processed")
            }
            guard let key = try ManifestRecord.text(process, "key") else {
                throw ManifestError("`process.key` is missing")
            }
            let contract = process["contract"]?.object ?? JSONObject()
            let version = try ManifestRecord.text(contract, "version")
            if let failed = process["failed"]?.object {
                let reason = try ManifestRecord.text(failed, "reason") ?? "no reason was given"
                work = .failure(key: key, contractVersion: version, reason: reason)
            } else {
                work = .rows(try ProcessedRows(record.document, process, key: key, contractVersion: version))
            }
        }
    }
}

/// The Parquet files that a delivery's rows are in.
struct ProcessedRows {
    let key: String
    let contractVersion: String?
    /// Nil in a line that only says that a quarantined delivery is accepted.
    let counts: RowCounts?
    let parts: [LakeFile]
    let rejects: LakeFile?
    /// The folder they lie in.
    let folder: String?
    /// What does not fit together, to be told when the rows are really asked for.
    let problem: String?

    /// All that is asked for.
    var files: [LakeFile] { parts + (rejects.map { [$0] } ?? []) }

    init(
        _ document: JSONObject, _ process: JSONObject, key: String, contractVersion: String?
    ) throws(ManifestError) {
        self.key = key
        self.contractVersion = contractVersion
        counts = try Self.counts(process["rows"])
        let files = try Self.files(document["processed"])
        let described = process["parts"]?.array ?? []
        parts = files.enumerated().map { index, file in
            LakeFile(
                url: file.url, byteCount: index < described.count ? described[index]["bytes"]?.integer : nil,
                copy: file.copy)
        }
        let refused = process["rejects"]?.object ?? JSONObject()
        rejects = try ManifestRecord.text(refused, "url").map {
            LakeFile(url: $0, byteCount: refused["bytes"]?.integer, copy: refused["copy"]?.string)
        }
        folder = (parts.first ?? rejects).map { FileSystem.parent(of: $0.url) }
        problem = Self.problem(
            counts, described: described.count, parts: parts.count, hasRejects: rejects != nil,
            rejectRows: refused["rows"]?.integer)
    }

    private static func problem(
        _ counts: RowCounts?, described: Int, parts: Int, hasRejects: Bool, rejectRows: Int?
    ) -> String? {
        guard let counts else { return "`process.rows` is missing" }
        if !counts.agree { return "`process.rows`: read is not emitted + rejected + duplicates + blank" }
        if described != parts { return "`process.parts` has \(described) files, `processed` has \(parts)" }
        if parts == 0, counts.emitted > 0 { return "`processed` has no Parquet file" }
        if !hasRejects, counts.rejected > 0 { return "`process.rejects` has no url" }
        if let rejectRows, rejectRows != counts.rejected {
            return "`process.rejects` has \(rejectRows) rows, `process.rows.rejected` is \(counts.rejected)"
        }
        return nil
    }

    private static func files(_ value: JSONValue?) throws(ManifestError) -> [(url: String, copy: String?)] {
        var files: [(url: String, copy: String?)] = []
        for entry in value?.array ?? [] {
            guard let url = entry["url"]?.string else { throw ManifestError("`processed` has an entry without url") }
            files.append((url, entry["copy"]?.string))
        }
        return files
    }

    private static func counts(_ value: JSONValue?) throws(ManifestError) -> RowCounts? {
        guard let rows = value?.object else { return nil }
        var numbers: [Int] = []
        for name in ["read", "emitted", "rejected", "duplicates", "blank"] {
            guard let number = rows[name]?.integer, number >= 0 else {
                throw ManifestError("`process.rows.\(name)` is no count")
            }
            numbers.append(number)
        }
        return RowCounts(
            read: numbers[0], emitted: numbers[1], rejected: numbers[2], duplicates: numbers[3], blank: numbers[4])
    }
}

/// A file of the lake, by its URL.
struct LakeFile: Equatable {
    let url: String
    /// What the manifest says of its length; nil when it says nothing.
    let byteCount: Int?
    /// Where a copy of it lies on this machine, fetched for a warehouse that reads local files only.
    var copy: String?

    /// The path of a copy, or of a `file:` URL; nil for any other.
    var localPath: String? {
        if let copy { return copy }
        guard url.hasPrefix("file:") else { return nil }
        let path = String(url.dropFirst("file:".count))
        return path.hasPrefix("//") ? String(path.dropFirst(2)) : path
    }
}
