import Testing

@testable import Contracts

/// One change to the fixture, and everything that must be found in it.
struct Fault: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let findings: [Finding]
    var testDescription: String { new }

    init(_ old: String, _ new: String, _ findings: Finding...) {
        self.old = old
        self.new = new
        self.findings = findings
    }
}

extension Fault {
    /// Parses the changed fixture and compares what is found.
    func check() throws {
        let text = try #require(ContractFixture.changed(old, new), "not exactly once in the fixture")
        #expect(throws: ContractError.invalid(file: "sales.odcs.yaml", findings: findings)) {
            try ContractFixture.parse(text)
        }
    }
}

extension Finding {
    static func at(_ line: Int, _ column: Int, _ path: String, _ problem: String, _ remedy: String) -> Finding {
        Finding(line: line, column: column, path: path, problem: problem, remedy: remedy)
    }
}
