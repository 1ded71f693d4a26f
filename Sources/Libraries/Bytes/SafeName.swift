/// Turns a name from outside into one that every file system and object store we meet accepts: Linux, Windows, macOS,
/// ADLS Gen2. The result is never empty, never `.` or `..`, and holds no separator, so it cannot leave its folder.
package enum SafeName {
    /// File systems allow 255 bytes a name. What is left is room for `.partial` and for a collision's `~01234567`.
    package static let byteLimit = 255 - 8 - 9
    /// A longer tail after the last dot is no extension.
    package static let extensionByteLimit = 16

    /// The name made safe; equal to `name` when there was nothing to do.
    package static func make(_ name: String, byteLimit: Int = byteLimit) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars { scalars.append(isForbidden(scalar) ? "_" : scalar) }
        var bytes = Array(String(scalars).utf8)
        // Windows drops trailing dots and spaces, so two names would become one; ADLS refuses trailing dots.
        while let last = bytes.last, last == 0x2E || last == 0x20 { bytes.removeLast() }
        if bytes.isEmpty { bytes = [0x5F] }
        var safe = String(decoding: bytes, as: UTF8.self)
        if isDeviceName(safe) { safe = "_" + safe }
        return shorten(safe, byteLimit: byteLimit)
    }

    /// The parts of a name: `Orders 2018.xlsx` gives `Orders 2018` and `xlsx`. An extension is 1 to 16 letters and
    /// digits of ASCII after the last dot of a name that does not begin there; otherwise it is empty.
    package static func split(_ name: String) -> (stem: String, fileExtension: String) {
        let bytes = Array(name.utf8)
        guard let dot = bytes.lastIndex(of: 0x2E), dot > 0 else { return (name, "") }
        let tail = bytes[(dot + 1)...]
        let isExtension =
            !tail.isEmpty && tail.count <= extensionByteLimit
            && tail.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
        guard isExtension else { return (name, "") }
        return (String(decoding: bytes[..<dot], as: UTF8.self), String(decoding: tail, as: UTF8.self))
    }

    /// Cuts the stem so that the name fits, between two characters, and keeps the extension.
    package static func shorten(_ name: String, byteLimit: Int) -> String {
        guard name.utf8.count > byteLimit else { return name }
        let (stem, fileExtension) = split(name)
        let tail = fileExtension.isEmpty ? "" : ".\(fileExtension)"
        var kept = String.UnicodeScalarView()
        var byteCount = tail.utf8.count
        for scalar in stem.unicodeScalars {
            byteCount += UTF8.width(scalar)
            if byteCount > byteLimit { break }
            kept.append(scalar)
        }
        return String(kept) + tail
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", ":", "*", "?", "\"", "<", ">", "|": true
        default: scalar.value < 0x20 || scalar.value == 0x7F
        }
    }

    /// Names that Windows keeps for devices, with any extension.
    private static func isDeviceName(_ name: String) -> Bool {
        let stem = name.utf8.prefix { $0 != 0x2E }
        let upper = stem.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        let text = String(decoding: upper, as: UTF8.self)
        if ["CON", "PRN", "AUX", "NUL"].contains(text) { return true }
        guard upper.count == 4, let digit = upper.last, (0x31...0x39).contains(digit) else { return false }
        return text.hasPrefix("COM") || text.hasPrefix("LPT")
    }
}
