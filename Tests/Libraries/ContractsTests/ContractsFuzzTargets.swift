import Bytes

@testable import Contracts

// What the fuzzers call with any bytes, and the replay of their findings as well. A finding is a crash.

/// A YAML document: a tree within its limits, or one fault with a place.
func fuzzYAML(_ bytes: [UInt8]) {
    do throws(Finding) {
        let root = try YAMLReader.read(bytes)
        precondition(root.line >= 1 && root.column >= 1)
    } catch {
        precondition(error.line >= 1 && error.column >= 1 && !error.problem.isEmpty)
    }
}

/// A contract: what is read is used as programs do; what is refused is refused with places, in order.
func fuzzContract(_ bytes: [UInt8]) {
    do throws(ContractError) {
        let contract = try Contract.parse(bytes, name: "x")
        for dataset in contract.datasets {
            let index = HeaderIndex(dataset)
            for (number, field) in dataset.fields.enumerated() {
                precondition(index.field(for: field.name) == number && dataset.index(of: field.name) == number)
                for alias in field.cleaning.aliases { precondition(index.field(for: alias) == number) }
            }
            precondition(dataset.primaryKey.allSatisfy { dataset.fields.indices.contains($0) })
            precondition(dataset.references.allSatisfy { $0.fields.count == $0.columns.count })
        }
        _ = DbtSources.write([contract])
        _ = try? ContractDirectory([contract])
    } catch {
        precondition(!error.messages.isEmpty && error.messages.count <= FindingLog.findingLimit)
        precondition(error.messages.allSatisfy { $0.hasPrefix("x:") })
    }
}

/// A pattern and, behind the first line feed, a text: refused, or matched within its limits.
func fuzzPattern(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    let text = parts.count > 1 ? Array(parts[1]) : []
    guard let pattern = try? Pattern(String(decoding: parts[0], as: UTF8.self)),
        let matcher = try? pattern.makeMatcher()
    else { return }
    if matcher.match(text.span.bytes) == .found, let range = matcher.range(ofGroup: 0) {
        precondition(range.lowerBound >= 0 && range.upperBound <= text.count)
    }
}
