/// Status and header of an answer.
package struct ResponseHead: Equatable, Sendable {
    package var status: Int
    package var headers = HeaderFields()

    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// The answer to a request.
package struct Response: Sendable {
    package let head: ResponseHead
    /// The whole body of a success that goes to memory; the beginning of the body of any other status; else empty.
    package let body: [UInt8]
    /// True when `body` is only the beginning of an error's body.
    package let isBodyCut: Bool
    /// How many bytes of body were handed on, unpacked.
    package let bodyByteCount: Int
    /// Who answered in the end, redirects followed.
    package let url: WebURL
    /// The version of HTTP spoken, such as `2` or `1.1`.
    package let httpVersion: String
    package let trace: RequestTrace

    package var status: Int { head.status }
    package var headers: HeaderFields { head.headers }
    package var isSuccess: Bool { head.isSuccess }

    /// Throws `HTTPError.refused` unless the status is a success. `reason` is what the service says about it, drawn
    /// from the body by the caller, who sees to it that it holds no secret.
    package func requireSuccess(reason: String? = nil) throws(HTTPError) {
        if !isSuccess { throw refusal(reason: reason) }
    }

    /// The error that this answer is to a caller who does not take its status.
    package func refusal(reason: String? = nil) -> HTTPError {
        .refused(trace, status: status, reason: reason)
    }
}

extension Response: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(status) for \(trace.request)\(trace.suffix)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
