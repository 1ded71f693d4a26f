import Contracts
import StageKit
import XLSX

/// What to read of a workbook and how: the options, and the contract where an option is silent.
struct ReadingPlan {
    enum Sheets: Equatable {
        /// The first visible sheet; with known names, the first that has the header.
        case first
        case allVisible
        /// Each of these, as given by options.
        case chosen([String])
        /// The first of these that finds a visible sheet, as given by a contract.
        case preferred([SheetSelector])
    }

    let sheets: Sheets
    let header: HeaderChoice
    let range: String?
    let table: String?
    /// The names that the contract knows, for finding the header.
    let known: KnownNames?
    let errors: ErrorCells
    let fillsMerged: Bool
    let hidden: HiddenParts?
    let keepsBlankRows: Bool
    let omitsEmpty: Bool
    let hasProvenance: Bool
    let limits: XLSXLimits

    init(_ options: XLSX2NDJSON) throws(StageFailure) {
        let dataset = try options.contract.map { argument throws(StageFailure) in try Self.dataset(argument) }
        let source = dataset?.source
        known = dataset.map { KnownNames(index: HeaderIndex($0), count: $0.fields.count, dataset: $0.name) }
        if options.allSheets {
            sheets = .allVisible
        } else if !options.sheet.isEmpty {
            sheets = .chosen(options.sheet)
        } else if let selectors = source?.sheets, !selectors.isEmpty {
            sheets = .preferred(selectors)
        } else {
            sheets = .first
        }
        header = options.header ?? source.map { Self.choice($0.header) } ?? .automatic
        let hasOwnArea = options.range != nil || options.table != nil
        range = hasOwnArea ? options.range : source?.range
        table = hasOwnArea ? options.table : source?.table
        errors = options.errors
        fillsMerged = options.merged == .fill
        hidden = options.hidden
        keepsBlankRows = options.blankRows == .keep
        omitsEmpty = options.empty == .omit
        hasProvenance = options.provenance
        var limits = XLSXLimits()
        for change in options.max { _ = limits.set(change.name, to: change.value) }
        self.limits = limits
    }

    private static func choice(_ setting: HeaderSetting) -> HeaderChoice {
        switch setting {
        case .automatic: .automatic
        case .row(let number): .row(number)
        case .none: .none
        }
    }

    /// The dataset of `FILE` or `FILE#schema`.
    private static func dataset(_ argument: String) throws(StageFailure) -> Dataset {
        let mark = argument.lastIndex(of: "#")
        let path = mark.map { String(argument[..<$0]) } ?? argument
        let name = mark.map { String(argument[argument.index(after: $0)...]) }
        do throws(ContractError) {
            return try Contract.load(path: path).dataset(named: name)
        } catch {
            throw .badConfiguration(error.description)
        }
    }
}

/// The column names and aliases of a contract.
struct KnownNames {
    let index: HeaderIndex
    let count: Int
    let dataset: String

    /// How many different columns of the contract these texts name.
    func matches(_ texts: [String]) -> Int {
        var fields: Set<Int> = []
        for text in texts {
            if let field = index.field(for: text) ?? index.field(for: Self.trimmed(text)) { fields.insert(field) }
        }
        return fields.count
    }

    /// True when so many matches make a row the header.
    func isEnough(_ matches: Int) -> Bool { matches >= 2 || (matches >= 1 && matches * 2 >= count) }

    private static func trimmed(_ text: String) -> String {
        let head = text.drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
