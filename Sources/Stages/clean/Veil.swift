internal import Contracts
internal import NDJSON

/// Hides values of columns that are masked, or whose classification is `restricted`, where people look at rows: in the
/// reject stream and in reports.
struct Veil {
    private static let hiddenClassification = "restricted"

    private let masks: [Int: ValueMask]
    private let hidden: Set<Int>

    /// Nil when the dataset has nothing to hide.
    init?(_ plan: CleaningPlan) {
        var masks: [Int: ValueMask] = [:]
        var hidden: Set<Int> = []
        for (number, field) in plan.dataset.fields.enumerated() {
            if let mask = plan.fields[number].mask { masks[number] = mask }
            if field.cleaning.mask != nil || field.classification == Self.hiddenClassification { hidden.insert(number) }
        }
        if hidden.isEmpty { return nil }
        self.masks = masks
        self.hidden = hidden
    }

    /// Whether the values of a field are hidden.
    func hides(_ field: Int) -> Bool { hidden.contains(field) }

    /// What is shown for a value; nulls show as nulls.
    func hide(_ value: JSONValue, ofField field: Int) -> JSONValue {
        guard hidden.contains(field), !value.isNull else { return value }
        guard let mask = masks[field] else { return .string(ValueMask.plainLabel) }
        return .string(mask.label(for: value.string ?? value.text))
    }

    /// What is shown for a line that is no record: nobody knows what is in it.
    var hiddenLine: String { ValueMask.plainLabel }
}
