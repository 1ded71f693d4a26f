import ArgumentParser
import Contracts
import Parquet

/// What `--encoding` takes: `column=delta`.
struct EncodingChoice: ExpressibleByArgument, Equatable {
    let column: String
    let encoding: ColumnEncoding

    init?(argument: String) {
        guard let mark = argument.lastIndex(of: "="), mark != argument.startIndex else { return nil }
        switch argument[argument.index(after: mark)...] {
        case "auto": encoding = .automatic
        case "plain": encoding = .plain
        case "dictionary": encoding = .dictionary
        case "delta": encoding = .delta
        case "byte-stream-split": encoding = .byteStreamSplit
        default: return nil
        }
        column = String(argument[..<mark])
    }
}

extension ColumnEncoding {
    /// As a contract names it.
    init(_ encoding: ParquetSettings.Encoding) {
        switch encoding {
        case .plain: self = .plain
        case .dictionary: self = .dictionary
        case .delta: self = .delta
        }
    }
}
