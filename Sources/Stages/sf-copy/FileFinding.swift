internal import NDJSON

/// What became of one file that was asked for: the words of result lines, on both warehouses.
enum FileStatus: String {
    case loaded
    /// Loaded before.
    case skipped
    case failed
    case missing
    /// Some of its rows only.
    case partial

    /// Whether all of its rows are in the table.
    var isGood: Bool { self == .loaded || self == .skipped }

    /// From `status` in an answer of COPY INTO. What is not known is no success.
    init(copyStatus: String) {
        switch copyStatus {
        case "LOADED": self = .loaded
        case "LOAD_SKIPPED": self = .skipped
        case "PARTIALLY_LOADED": self = .partial
        default: self = .failed
        }
    }
}

/// What became of one file, and why.
struct FileFinding: Equatable {
    let address: String
    let status: FileStatus
    let reason: String?

    /// Of a file that shared the fate of another one.
    static func failed(_ address: String, _ reason: String) -> FileFinding {
        FileFinding(address: address, status: .failed, reason: reason)
    }

    /// What a refusal of all files means for each: the file that the message names is missing or fails, and takes the others along.
    static func refused(_ addresses: [String], _ message: String) -> [FileFinding] {
        let isMissing = message.contains("091016") || message.contains("was not found")
        let named = addresses.filter { message.contains(name(of: $0)) }
        return addresses.map { address in
            guard isMissing, named == [address] else { return failed(address, message) }
            return FileFinding(address: address, status: .missing, reason: message)
        }
    }

    /// A member of `load.files`.
    var document: JSONObject {
        var document: JSONObject = ["url": .string(address), "status": .string(status.rawValue)]
        if let reason { document["reason"] = .string(reason) }
        return document
    }

    static func name(of address: String) -> String {
        String(address.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
    }
}

/// What COPY INTO answered: a row for each file that it touched, or one row without a file when there was nothing to do.
///
///     file, status, rows_parsed, rows_loaded, error_limit, errors_seen, first_error, ...
///     status: "Copy executed with 0 files processed."
struct CopyReport {
    /// How the warehouse marks such rows among its answers.
    static let kind = "copied"

    private let rows: [JSONObject]

    /// Nil when no COPY was among the statements.
    init?(answer: [JSONObject]) {
        rows = answer.filter { $0["kind"]?.string == Self.kind }
        if rows.isEmpty { return nil }
    }

    /// What became of each file that was asked for. One that no row tells of was not there for COPY.
    func findings(_ addresses: [String]) -> [FileFinding] {
        addresses.map { address in
            guard let row = row(of: address) else {
                let told = rows.count == 1 && rows[0]["file"] == nil ? rows[0]["status"]?.string : nil
                return FileFinding(address: address, status: .missing, reason: told ?? "COPY tells nothing of it")
            }
            let word = row["status"]?.string ?? ""
            let status = FileStatus(copyStatus: word)
            if status == .loaded { return FileFinding(address: address, status: status, reason: nil) }
            let counts = [row["rows_loaded"], row["rows_parsed"]].map { $0?.integer.map(String.init) ?? "?" }
            let error = row["first_error"]?.string.map { ": \($0)" } ?? ""
            return FileFinding(
                address: address, status: status,
                reason: "COPY says \(word), \(counts[0]) of \(counts[1]) rows\(error)")
        }
    }

    /// COPY names files below the stage or by their whole address, as the kind of stage has it.
    private func row(of address: String) -> JSONObject? {
        if let same = rows.first(where: { $0["file"]?.string == address }) { return same }
        let name = FileFinding.name(of: address)
        let alike = rows.filter { $0["file"]?.string.map(FileFinding.name) == name }
        return alike.count == 1 ? alike.first : nil
    }
}
