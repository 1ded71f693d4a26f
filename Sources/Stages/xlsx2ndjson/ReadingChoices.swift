import ArgumentParser
import XLSX

/// Where the header is.
enum HeaderChoice: Equatable, ExpressibleByArgument {
    case automatic
    /// Counted from 1, as Excel shows it.
    case row(Int)
    case none

    init?(argument: String) {
        switch argument {
        case "auto": self = .automatic
        case "none": self = .none
        default:
            guard let number = Int(argument), number >= 1 else { return nil }
            self = .row(number)
        }
    }
}

/// What an error cell becomes: its code as text, null, or the end of the run.
enum ErrorCells: String, ExpressibleByArgument, CaseIterable { case code, null, fail }

/// Whether the empty cells of a merged area get the value of its first cell.
enum MergedCells: String, ExpressibleByArgument, CaseIterable { case keep, fill }

/// What becomes of hidden rows, columns and sheets. Without the option rows and columns are read and sheets are not.
enum HiddenParts: String, ExpressibleByArgument, CaseIterable { case include, skip }

/// Whether a row that holds nothing gives a record.
enum BlankRows: String, ExpressibleByArgument, CaseIterable { case skip, keep }

/// What an empty cell below a header becomes.
enum EmptyCells: String, ExpressibleByArgument, CaseIterable { case null, omit }

/// Another value for one of the reader's limits: `rowBytes=500000000`.
struct LimitChange: ExpressibleByArgument {
    let name: String
    let value: Int

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, XLSXLimits.names.contains(String(parts[0])), let value = Int(parts[1]), value >= 0
        else {
            return nil
        }
        name = String(parts[0])
        self.value = value
    }

    static var allValueStrings: [String] { XLSXLimits.names.map { "\($0)=N" } }
}
