internal import HTTP
internal import NDJSON
internal import StageKit
import StageWeb

/// What Snowflake's answers without a result mean for us.
enum SnowflakeRefusal {
    /// From the body of a 422: `{"code": "000904", "message": "...", "sqlState": "42000"}`.
    static func statement(_ document: JSONObject) -> WarehouseError {
        let code = document["code"]?.string ?? ""
        let message = oneLine(document["message"]?.string ?? "it does not say why")
        if message.contains(WarehouseError.fenceMark) { return .fenceBroken }
        if let mark = message.firstRange(of: WarehouseError.countMark) {
            let rest = message[mark.upperBound...].drop { $0 == ":" || $0 == " " }
            let end = rest.firstRange(of: "' is not recognized")?.lowerBound ?? rest.endIndex
            return .wrongCount(String(rest[..<end]))
        }
        let told = "\(message) (Snowflake \(code))"
        switch code {
        case "000625": return .locked(told)
        case "000604", "000630": return .interrupted(told)
        case "003001", "003041", "390422": return .failed(.init(status: ExitStatus.notAllowed, told))
        case "000606": return .failed(.badConfiguration("\(told): name a warehouse in the connection"))
        default: return .refused(told)
        }
    }

    /// From a failure to get any answer, or one of another status.
    static func request(_ error: HTTPError, stop: Int32) -> WarehouseError {
        .failed(StageFailure(status: error.exitStatus(stopSignal: stop), error.message))
    }

    /// What a body says about a refusal: `390144: JWT token is invalid.`
    static func reason(_ body: [UInt8]) -> String? {
        guard let document = try? JSONValue(parsing: body), let message = document["message"]?.string else {
            return nil
        }
        return oneLine("\(document["code"]?.string ?? ""): \(message)")
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
