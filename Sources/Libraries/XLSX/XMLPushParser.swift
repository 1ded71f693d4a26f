internal import CXML2
internal import Glibc

/// What a part's reader does with its elements. Errors stop the parser and come out of `feed`.
protocol XMLHandler: AnyObject {
    func start(_ element: XMLElement) throws(XLSXError)
    /// A piece of text; one text may come in several pieces.
    func text(_ bytes: UnsafeRawBufferPointer) throws(XLSXError)
    func end(_ name: String) throws(XLSXError)
}

/// A start tag. Valid only during the call that hands it over.
struct XMLElement {
    /// The name without its prefix.
    let name: String
    /// False for elements of namespaces other than SpreadsheetML's two (ECMA-376 transitional and strict) and none.
    let isMain: Bool
    private let attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    private let attributeCount: Int

    private static let mainNamespaces = [
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ]
    private static let relationshipNamespaces = [
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ]

    fileprivate init(
        name: UnsafePointer<xmlChar>, namespace: UnsafePointer<xmlChar>?,
        attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, attributeCount: Int
    ) {
        self.name = String(cString: name)
        isMain = namespace.map { Self.mainNamespaces.contains(String(cString: $0)) } ?? true
        self.attributes = attributes
        self.attributeCount = attributeCount
    }

    /// The value of an attribute without a namespace.
    func attribute(_ name: StaticString) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of an attribute without a namespace.
    func bytes(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        for index in 0..<attributeCount where attributes?[5 * index + 2] == nil {
            guard let local = attributes?[5 * index], Self.equal(local, name) else { continue }
            return value(index)
        }
        return nil
    }

    /// The attribute `r:id`, whatever the prefix.
    var relationshipID: String? {
        for index in 0..<attributeCount {
            guard let local = attributes?[5 * index], Self.equal(local, "id"), let uri = attributes?[5 * index + 2],
                Self.relationshipNamespaces.contains(String(cString: uri)), let value = value(index)
            else { continue }
            return String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    /// True for `xml:space="preserve"`, false for another value, nil without.
    var preservesSpace: Bool? {
        for index in 0..<attributeCount {
            guard let local = attributes?[5 * index], Self.equal(local, "space"),
                let prefix = attributes?[5 * index + 1],
                Self.equal(prefix, "xml"), let value = value(index)
            else { continue }
            return value.elementsEqual("preserve".utf8)
        }
        return nil
    }

    private func value(_ index: Int) -> UnsafeBufferPointer<UInt8>? {
        guard let start = attributes?[5 * index + 3], let end = attributes?[5 * index + 4] else { return nil }
        return UnsafeBufferPointer(start: start, count: end - start)
    }

    private static func equal(_ text: UnsafePointer<xmlChar>, _ name: StaticString) -> Bool {
        strcmp(
            UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self),
            UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
    }
}

/// An XML parser (libxml2, SAX 2) that is fed piece by piece. No document type, no entity but XML's own five, nothing
/// is loaded from anywhere; depth and names are bounded by libxml2's own limits.
final class XMLPushParser {
    private let part: String
    private let handler: any XMLHandler
    private var context: xmlParserCtxtPtr?
    private var failure: XLSXError?
    private var message: String?

    private static let initialize: Void = xmlInitParser()

    init(part: String, handler: any XMLHandler) {
        _ = Self.initialize
        sluice_xml_silence()
        self.part = part
        self.handler = handler
        var callbacks = xmlSAXHandler()
        callbacks.initialized = UInt32(XML_SAX2_MAGIC)
        callbacks.startElementNs = { user, name, _, uri, _, _, count, _, attributes in
            guard let name else { return }
            let element = XMLElement(
                name: name, namespace: uri, attributes: attributes, attributeCount: Int(count))
            XMLPushParser.parser(user).perform { handler throws(XLSXError) in try handler.start(element) }
        }
        callbacks.endElementNs = { user, name, _, _ in
            guard let name else { return }
            XMLPushParser.parser(user).perform { handler throws(XLSXError) in try handler.end(String(cString: name)) }
        }
        callbacks.characters = { user, text, count in
            let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
            XMLPushParser.parser(user).perform { handler throws(XLSXError) in try handler.text(bytes) }
        }
        callbacks.ignorableWhitespace = callbacks.characters
        callbacks.cdataBlock = callbacks.characters
        callbacks.internalSubset = { user, _, _, _ in
            let parser = XMLPushParser.parser(user)
            parser.stop(.refused(part: parser.part, reason: "it has a DOCTYPE, which workbooks never have"))
        }
        callbacks.serror = { user, error in
            guard let user, let error, error.pointee.level == XML_ERR_FATAL else { return }
            XMLPushParser.parser(user).note(error.pointee)
        }
        context = xmlCreatePushParserCtxt(
            &callbacks, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil)
        precondition(context != nil, "libxml2 could not start: out of memory")
        // NOENT: without it libxml2 leaves `&amp;` in attributes as `&#38;`. A DOCTYPE never gets past the handler.
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
    }

    deinit { xmlFreeParserCtxt(context) }

    /// Parses the next bytes of the part.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(XLSXError) {
        var rest = bytes
        while rest.count > 0 {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
            let start = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
            try check(xmlParseChunk(context, start, Int32(piece.count), 0))
        }
    }

    /// Says that the part is at its end.
    func finish() throws(XLSXError) {
        try check(xmlParseChunk(context, nil, 0, 1))
    }

    private func check(_ status: Int32) throws(XLSXError) {
        if let failure { throw failure }
        guard status != 0, let context else { return }
        // Names without a namespace and odd values of xml:lang are told by numbers, too, and harm nobody.
        let isHarmless = (98...102).contains(status) || (200...299).contains(status)
        guard context.pointee.wellFormed == 0 || !isHarmless else { return }
        throw .malformed(part: part, cell: nil, reason: message ?? "it is no well-formed XML")
    }

    private static func parser(_ user: UnsafeMutableRawPointer?) -> XMLPushParser {
        guard let user else { preconditionFailure("libxml2 lost its user data") }
        return Unmanaged<XMLPushParser>.fromOpaque(user).takeUnretainedValue()
    }

    // C cannot carry a Swift error, so it is kept until libxml2 returns.
    private func perform(_ body: (any XMLHandler) throws(XLSXError) -> Void) {
        guard failure == nil else { return }
        do throws(XLSXError) {
            try body(handler)
        } catch {
            stop(error)
        }
    }

    private func stop(_ error: XLSXError) {
        failure = failure ?? error
        xmlStopParser(context)
    }

    private func note(_ error: xmlError) {
        guard message == nil else { return }
        let text = error.message.map { String(cString: $0) } ?? "not well-formed"
        let line = text.split(separator: "\n").first.map(String.init) ?? text
        message = "it is no well-formed XML (line \(error.line): \(line))"
    }
}
