internal import Bytes

extension WebURL {
    /// The address that a reference means when it stands in an answer from this one (RFC 3986 section 5.2), such as
    /// the `Location` of a redirect. Characters that should have been percent-encoded are, as browsers do.
    package func resolving(_ reference: String) throws(HTTPError) -> WebURL {
        let text = Self.encodingIllegal(reference.prefix { $0 != "#" })
        if Self.hasScheme(text) { return try WebURL(text) }
        if text.hasPrefix("//") { return try WebURL("\(scheme.rawValue):\(text)") }
        if text.isEmpty { return self }
        if text.hasPrefix("?") { return try WebURL("\(origin)\(path)\(text)") }
        let target = Self.target(text[...])
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        let whole = text.hasPrefix("/") ? target.path : folder + target.path
        let query = target.query.map { "?\($0)" } ?? ""
        return try WebURL("\(origin)\(Self.withoutDotSegments(String(whole)))\(query)")
    }

    /// True when only this machine can answer: plain http is allowed then.
    package var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || Self.isAddress(host, firstByte: 127)
    }

    /// True for the addresses at which clouds serve tokens to their own machines, over plain http.
    package var isMetadataService: Bool {
        isLoopback || host == "metadata.google.internal"
            || host.hasPrefix("169.254.") && Self.isAddress(host, firstByte: 169)
    }

    private static func isAddress(_ host: String, firstByte: UInt8) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && $0.allSatisfy(\.isNumber) }
            && UInt8(parts[0]) == firstByte
    }

    /// `scheme ":"` in front (RFC 3986 section 3.1).
    private static func hasScheme(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), text.first?.isLetter == true else { return false }
        return text[..<colon].allSatisfy { $0.isLetter || $0.isNumber || "+-.".contains($0) }
    }

    private static func encodingIllegal(_ text: Substring) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, isURLByte(UInt8(scalar.value)) {
                output.unicodeScalars.append(scalar)
            } else {
                output += PercentEncoding.encode(String(scalar))
            }
        }
        return output
    }

    /// RFC 3986 section 5.2.4.
    private static func withoutDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}
