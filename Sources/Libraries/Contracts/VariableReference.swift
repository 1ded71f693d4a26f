/// `${NAME}` and `${NAME:-default}`, which since ODCS v3.2 stand for a variable in any text (the standard's section "Variables").
///
/// What the programs do must follow from the contract's bytes alone: they are part of the key under which a delivery counts
/// as processed. So a variable is refused wherever a program would have to look it up, and stays as it is in texts for
/// people and in what other tools run.
enum VariableReference {
    /// The first reference in a text, as written.
    static func first(in text: String) -> Substring? {
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            let start = rest.index(after: dollar)
            if rest[start...].first == "{", let end = rest[start...].firstIndex(of: "}"),
                isContent(rest[rest.index(after: start)..<end])
            {
                return rest[dollar...end]
            }
            rest = rest[start...]
        }
        return nil
    }

    /// A name, perhaps with a default. (A pattern such as `^a${2}` has digits there, and names no variable.)
    private static func isContent(_ text: Substring) -> Bool {
        let name = text.utf8.prefix { byte in
            byte == UInt8(ascii: "_") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
        }
        guard let first = name.first, first &- 0x30 >= 10 else { return false }
        let rest = text.utf8.dropFirst(name.count)
        return rest.isEmpty || rest.starts(with: ":-".utf8)
    }
}
