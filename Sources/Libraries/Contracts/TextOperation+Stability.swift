extension TextOperation {
    /// Why the operation would change a text that the contract itself names, or nil. Cleaning what is clean must change
    /// nothing, so valid values, map targets and defaults have to be as the operations leave them.
    ///
    /// Unicode normalization, mojibake and patterns are left to `clean`, which runs them.
    func change(of text: String) -> String? {
        let isChanged =
            switch self {
            case .lower: text != text.lowercased()
            case .upper: text != text.uppercased()
            case .trim: (text.first?.isWhitespace ?? false) || (text.last?.isWhitespace ?? false)
            case .squeeze: zip(text, text.dropFirst()).contains { $0.isWhitespace && $1.isWhitespace }
            case .stripChars(let set): text.unicodeScalars.contains { set.unicodeScalars.contains($0) }
            case .padLeft(let width, _):
                text.unicodeScalars.count < width && !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            case .nfc, .nfkc, .controlStrip, .fixMojibake, .replace, .extract: false
            }
        return isChanged ? name : nil
    }

    private var name: String {
        switch self {
        case .lower: "lower"
        case .upper: "upper"
        case .trim: "trim"
        case .squeeze: "squeeze"
        case .stripChars: "stripChars"
        case .padLeft: "padLeft"
        case .nfc, .nfkc, .controlStrip, .fixMojibake, .replace, .extract: "an operation"
        }
    }
}
