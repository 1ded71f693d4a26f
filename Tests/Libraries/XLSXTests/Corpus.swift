import Bytes
import Glibc
import NDJSON
import TestSupport

@testable import XLSX

/// Real workbooks with the readings of three independent programs, outside the project: see `SLUICE_CORPUS`.
enum Corpus {
    static let path = environment("SLUICE_CORPUS") ?? "../shared/corpus"
    static let isPresent = ((try? FileSystem.status(path + "/expect")) ?? nil) != nil
    static let isRequired = environment("CI") == "true"
    /// True for the corpus whose every difference between readers has been judged: see `CorpusTests.intended`.
    static let isReviewed: Bool = {
        let names = (try? FileSystem.names(in: path + "/expect")) ?? []
        return CorpusTests.intended.keys.allSatisfy { key in names.contains { $0.hasPrefix(key.prefix(12)) } }
    }()

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    struct Entry {
        let digest: String
        let path: String
        let expected: JSONValue
        var sheets: [JSONValue] { expected["sheets"]?.array ?? [] }
    }

    /// All workbooks, by digest.
    static func entries() throws -> [Entry] {
        let files = try FileSystem.names(in: path + "/xlsx")
        return try FileSystem.names(in: path + "/expect").compactMap { name in
            let digest = String(name.prefix(12))
            guard let file = files.first(where: { $0.hasPrefix(digest) }) else { return nil }
            return Entry(
                digest: digest, path: "\(path)/xlsx/\(file)",
                expected: try JSONValue(parsing: withoutNulls(try FileSystem.contents("\(path)/expect/\(name)"))))
        }
    }

    /// Stands for U+0000, which our JSON reader refuses.
    static let null: Unicode.Scalar = "\u{E000}"

    private static func withoutNulls(_ json: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < json.count {
            if json[index] == 0x5C, json[index...].starts(with: Array("\\u0000".utf8)) {
                output += Array("\\ue000".utf8)
                index += 6
            } else {
                let count = json[index] == 0x5C ? 2 : 1
                output += json[index..<min(json.count, index + count)]
                index += count
            }
        }
        return output
    }
}

/// A cell in the corpus's own notation: `{"$date": "2018-01-31"}`, `{"$error": "#N/A"}`, numbers, texts.
enum Notation {
    static func value(_ cell: SheetCell, is1904: Bool) -> JSONValue {
        switch cell.kind {
        case .text:
            let scalars = String(decoding: cell.bytes, as: UTF8.self).unicodeScalars.map {
                $0 == "\0" ? Corpus.null : $0
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case .boolean: return .bool(cell.bytes.first == 0x31)
        case .error: return tagged("$error", String(decoding: cell.bytes, as: UTF8.self))
        case .isoDate: return tagged("$iso", String(decoding: cell.isoText().bytes, as: UTF8.self))
        case .number, .date, .dateTime, .time, .duration:
            let (outcome, text) = cell.valueText(is1904: is1904)
            switch outcome {
            case .number, .numberForDate: return .number(text)
            case .notANumber: return tagged("$badnum", String(decoding: cell.bytes, as: UTF8.self))
            case .temporal:
                if text.hasPrefix("P") || text.hasPrefix("-P") { return tagged("$duration", text) }
                if text.contains("T") { return tagged("$datetime", text) }
                return tagged(text.contains(":") ? "$time" : "$date", text)
            }
        }
    }

    private static func tagged(_ tag: String, _ text: String) -> JSONValue { .object([tag: .string(text)]) }

    /// True when the two say the same: numbers by value, times without trailing zeros, durations in seconds.
    static func same(_ ours: JSONValue, _ theirs: JSONValue) -> Bool {
        switch (ours, theirs) {
        case (.number(let left), .number(let right)): return Double(left) == Double(right)
        case (.object(let left), .object(let right)):
            guard let mine = left.members.first, let other = right.members.first, mine.key == other.key else {
                return false
            }
            if mine.key == "$duration", let text = mine.value.string, case .number(let seconds) = other.value {
                return seconds.isEmpty == false && abs((durationSeconds(text) ?? -1) - (Double(seconds) ?? -2)) < 0.0006
            }
            guard let mineText = mine.value.string, let otherText = other.value.string else {
                return mine.value == other.value
            }
            return withoutZeros(mineText) == withoutZeros(otherText)
        default: return ours == theirs
        }
    }

    private static func withoutZeros(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// The seconds of `PT26H30M1.5S`.
    static func durationSeconds(_ text: String) -> Double? {
        guard let start = text.firstIndex(of: "T") else { return nil }
        var total = 0.0
        var digits = ""
        for character in text[text.index(after: start)...] {
            switch character {
            case "H": total += (Double(digits) ?? .nan) * 3600
            case "M": total += (Double(digits) ?? .nan) * 60
            case "S": total += Double(digits) ?? .nan
            default:
                digits.append(character)
                continue
            }
            digits = ""
        }
        return text.hasPrefix("-") ? -total : total
    }
}
