internal import Bytes

/// Why a contract, or a folder of contracts, cannot be used. Programs end with status 78 and log `messages`, one line each.
package enum ContractError: Error, Equatable, CustomStringConvertible {
    /// The file or folder cannot be read.
    case unreadable(file: String, reason: String)
    /// The file is not YAML, not ODCS, or breaks a rule. The findings are never empty and ordered by line.
    case invalid(file: String, findings: [Finding])
    /// The file has no such schema object, or has several and none was named.
    case unknownDataset(file: String, name: String?, known: [String])

    /// One line for everything that is wrong, each with the file and, where there is one, line, column and property.
    package var messages: [String] {
        switch self {
        case .unreadable(let file, let reason):
            ["\(file): cannot be read: \(reason)"]
        case .invalid(let file, let findings):
            findings.map { "\(file):\($0)" }
        case .unknownDataset(let file, let name?, let known):
            ["\(file): no schema object is named \(name); it has \(known.joined(separator: ", "))"]
        case .unknownDataset(let file, nil, let known):
            ["\(file): has several schema objects; name one, as in \(file)#\(known.first ?? "name")"]
        }
    }

    /// The first message, and how many more there are.
    package var description: String {
        let all = messages
        guard all.count > 1, let first = all.first else { return all.first ?? "" }
        return "\(first) (and \(all.count - 1) more)"
    }

    static func unreadable(_ error: IOError, file: String) -> ContractError {
        .unreadable(file: file, reason: error.message)
    }
}

/// One thing that is wrong in a contract: where, what, and what to do about it.
package struct Finding: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1, as editors do.
    package let line: Int
    package let column: Int
    /// The property, as `schema[orders].properties[price].cleaning.parse.decimal`; empty for faults of the YAML itself.
    package let path: String
    package let problem: String
    package let remedy: String

    package var description: String {
        let place = path.isEmpty ? "" : "\(path): "
        return "\(line):\(column): \(place)\(problem); \(remedy)"
    }
}

/// Where something stands in a contract, for what only turns out to be wrong later: beside other contracts, or when a
/// program makes itself ready for the rows.
package struct FindingPlace: Sendable {
    private let file: String
    private let line: Int
    private let column: Int
    private let path: String

    init(_ node: YAMLNode, _ path: String, _ log: FindingLog) {
        file = log.file
        line = node.line
        column = node.column
        self.path = path
    }

    func finding(_ problem: String, _ remedy: String) -> Finding {
        Finding(line: line, column: column, path: path, problem: problem, remedy: remedy)
    }

    /// One line as those of ``ContractError/messages``.
    package func message(_ problem: String, _ remedy: String) -> String { "\(file):\(finding(problem, remedy))" }

    /// A line that is no complaint.
    package func note(_ text: String) -> String { "\(file):\(line):\(column): \(path): \(text)" }
}

/// Collects the findings of one file, so that a person sees all of them at once.
final class FindingLog {
    /// After so many, more would help nobody.
    static let findingLimit = 100

    let file: String
    /// While it is true, texts may not hold variables (``VariableReference``): they are what programs work by.
    var refusesVariables = false

    private(set) var errors: [Finding] = []
    private(set) var warnings: [Finding] = []

    init(file: String) { self.file = file }

    func add(_ node: YAMLNode, _ path: String, _ problem: String, _ remedy: String) {
        FindingLog.append(
            Finding(line: node.line, column: node.column, path: path, problem: problem, remedy: remedy), to: &errors)
    }

    func warn(_ node: YAMLNode, _ path: String, _ problem: String, _ remedy: String) {
        FindingLog.append(
            Finding(line: node.line, column: node.column, path: path, problem: problem, remedy: remedy), to: &warnings)
    }

    /// A value that is looked at twice is still one finding.
    private static func append(_ finding: Finding, to findings: inout [Finding]) {
        if findings.count < findingLimit, !findings.contains(finding) { findings.append(finding) }
    }

    /// The errors in the order in which a reader of the file meets them.
    var orderedErrors: [Finding] { FindingLog.ordered(errors) }
    var orderedWarnings: [Finding] { FindingLog.ordered(warnings) }

    private static func ordered(_ findings: [Finding]) -> [Finding] {
        findings.sorted { ($0.line, $0.column, $0.path, $0.problem) < ($1.line, $1.column, $1.path, $1.problem) }
    }
}
