package import Bytes
internal import CUTF8Proc

/// Unicode normalisation forms NFC and NFKC (UAX #15), by utf8proc.
package struct Normalization: ~Copyable {
    package enum Form: Sendable { case nfc, nfkc }

    private var scalars: UnsafeMutablePointer<Int32>
    private var capacity: Int

    package init() {
        capacity = 256
        scalars = .allocate(capacity: capacity)
    }

    deinit { scalars.deallocate() }

    /// The version of Unicode whose tables are used; it belongs into reports, since it can change results.
    package static var unicodeVersion: String { String(cString: utf8proc_unicode_version()) }

    /// True when the text is in form NFC without doubt: all characters below U+0300, the first combining mark, are.
    package static func isSurelyNFC(_ text: RawSpan) -> Bool {
        for position in 0..<text.byteCount where text[position] >= 0xCC { return false }
        return true
    }

    /// Appends the normal form of valid UTF-8. False, with nothing appended, when utf8proc cannot do it.
    package mutating func append(_ form: Form, of text: RawSpan, to output: inout ByteBuffer) -> Bool {
        var options = UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue
        if form == .nfkc { options |= UTF8PROC_COMPAT.rawValue }
        let flags = utf8proc_option_t(rawValue: options)
        var needed = decompose(text, flags)
        // One more than needed: re-encoding ends the text with a NUL.
        if needed >= capacity {
            scalars.deallocate()
            capacity = needed + 1
            scalars = .allocate(capacity: capacity)
            needed = decompose(text, flags)
        }
        guard needed >= 0, needed < capacity else { return false }
        let length = utf8proc_reencode(scalars, needed, flags)
        guard length >= 0 else { return false }
        output.append(UnsafeRawBufferPointer(start: scalars, count: length))
        return true
    }

    /// The normal form of a text; the text as it is where utf8proc cannot make one. For a few texts: it makes its own
    /// scratch memory.
    package static func form(_ form: Form, of text: String) -> String {
        var normalization = Normalization()
        var output = ByteBuffer()
        let bytes = Array(text.utf8)
        return normalization.append(form, of: bytes.span.bytes, to: &output) ? output.bytes.text : text
    }

    private func decompose(_ text: RawSpan, _ flags: utf8proc_option_t) -> Int {
        text.withUnsafeBytes { bytes in
            utf8proc_decompose(
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, scalars, capacity - 1, flags)
        }
    }
}
