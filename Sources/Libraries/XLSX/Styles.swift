/// What a workbook's styles say of numbers: the number format of each cell style (`cellXfs`, 18.8.10), by its index.
struct Styles: Sendable {
    /// `NumberFormat.Kind` of each style, or `conditional`.
    let kinds: [UInt8]
    private let formats: [Int: NumberFormat]

    /// The style's format has conditions: ask `kind(ofStyle:value:)`.
    static let conditional: UInt8 = 0xFF

    static let none = Styles(numbers: [], codes: [:])

    init(numbers: [Int], codes: [Int: String]) {
        var known: [Int: NumberFormat] = [:]
        var formats: [Int: NumberFormat] = [:]
        var kinds: [UInt8] = []
        for (style, number) in numbers.enumerated() {
            let format = known[number] ?? codes[number].map { NumberFormat(code: $0) } ?? NumberFormat.builtIn(number)
            known[number] = format
            if format.dependsOnValue { formats[style] = format }
            kinds.append(format.dependsOnValue ? Self.conditional : format.kind.rawValue)
        }
        self.kinds = kinds
        self.formats = formats
    }

    func kind(ofStyle style: Int, value: Double) -> NumberFormat.Kind {
        guard style >= 0, style < kinds.count else { return .number }
        return formats[style]?.kind(of: value) ?? NumberFormat.Kind(rawValue: kinds[style]) ?? .number
    }
}

/// Reads `xl/styles.xml`.
final class StylesHandler: XMLHandler {
    private var codes: [Int: String] = [:]
    private var numbers: [Int] = []
    private var path: [String] = []

    /// What has been read; of a broken part, what lies before the break.
    var styles: Styles { Styles(numbers: numbers, codes: codes) }

    func start(_ element: XMLElement) {
        let parent = path.last
        path.append(element.name)
        guard element.isMain else { return }
        if element.name == "xf", parent == "cellXfs" {
            numbers.append(element.attribute("numFmtId").flatMap { Int($0) } ?? 0)
        } else if element.name == "numFmt", parent == "numFmts", let code = element.attribute("formatCode"),
            let identifier = element.attribute("numFmtId").flatMap({ Int($0) })
        {
            codes[identifier] = code
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) {}
    func end(_ name: String) { path.removeLast() }
}
