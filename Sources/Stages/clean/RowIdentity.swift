internal import Bytes
internal import Contracts

/// What a written row is recognised by: the fingerprint of its key, and the order among rows of one key. Masks are put
/// on afterwards.
struct RowIdentity {
    /// Whether rows are compared at all.
    let isNeeded: Bool

    // Kept apart, and not as the contract's `Dedupe`: copying that for each row would count references.
    private let isExact: Bool
    private let keys: [Int]
    private let orderBy: [Int]
    private let fields: [FieldCleaner]
    private let maskedFields: [Int]

    init(_ plan: CleaningPlan) {
        isNeeded = plan.dedupe != nil
        isExact = plan.dedupe?.isExact ?? false
        keys = plan.dedupe?.keys ?? []
        orderBy = plan.dedupe?.orderBy ?? []
        fields = plan.fields
        maskedFields = plan.fields.indices.filter { plan.fields[$0].mask != nil }
    }

    var hasMasks: Bool { !maskedFields.isEmpty }

    /// The key of the contract's dedupe: some fields, or the whole row's `data` without its provenance.
    func key(_ output: borrowing ByteBuffer, _ ranges: [Range<Int>], data: Range<Int>) -> RowKey? {
        guard isExact else { return key(of: keys, output, ranges) }
        var hasher = RowKeyHasher()
        hasher.add(output.bytes(data))
        return hasher.finish()
    }

    /// The fingerprint of some fields, or nil where one of them is null: then the row is like no other.
    func key(of keys: [Int], _ output: borrowing ByteBuffer, _ ranges: [Range<Int>]) -> RowKey? {
        var hasher = RowKeyHasher()
        for field in keys {
            if ranges[field].isEmpty { return nil }
            hasher.add(output.bytes(ranges[field]))
        }
        return hasher.finish()
    }

    /// Appends what decides between rows of one key.
    func appendOrder(_ output: borrowing ByteBuffer, _ ranges: [Range<Int>], to orders: inout ByteBuffer) {
        for field in orderBy {
            if ranges[field].isEmpty {
                OrderKey.appendNull(to: &orders)
            } else {
                OrderKey.append(output.bytes(ranges[field]), fields[field].type, to: &orders)
            }
        }
    }

    /// Replaces the values of masked columns in the row that begins at `rowStart` and ends the output.
    func mask(
        _ output: inout ByteBuffer, from rowStart: Int, _ ranges: [Range<Int>], _ scratch: inout ByteBuffer
    ) {
        scratch.removeAll()
        var copied = rowStart
        // Fields are written in the contract's order, so their ranges ascend.
        for field in maskedFields where !ranges[field].isEmpty {
            scratch.append(output.bytes(copied..<ranges[field].lowerBound))
            fields[field].mask?.append(output.bytes(ranges[field]), to: &scratch)
            copied = ranges[field].upperBound
        }
        scratch.append(output.bytes(copied..<output.count))
        output.truncate(to: rowStart)
        output.append(scratch.bytes)
    }
}
