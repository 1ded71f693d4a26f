import StageKit
import Testing

@testable import drive_pull

@Suite struct GoogleRefusalTests {
    @Test(
        arguments: [
            (403, "rateLimitExceeded", true), (403, "userRateLimitExceeded", true), (429, "RESOURCE_EXHAUSTED", true),
            (403, "dailyLimitExceeded", false), (403, "quotaExceeded", false), (403, "downloadQuotaExceeded", false),
            (403, "sharingRateLimitExceeded", nil), (403, "insufficientFilePermissions", nil), (404, "notFound", nil),
            (500, nil, nil),
        ] as [(Int, String?, Bool?)])
    func onlyWhatPassesIsAskedAgain(status: Int, reason: String?, isWorthRetrying: Bool?) {
        #expect(GoogleRefusal(status: status, reason: reason).isWorthRetrying == isWorthRetrying)
    }

    @Test(
        arguments: [
            (403, "userRateLimitExceeded", ExitStatus.tryAgain), (403, "dailyLimitExceeded", ExitStatus.tryAgain),
            (403, "cannotDownloadFile", ExitStatus.notAllowed), (401, "authError", ExitStatus.notAllowed),
            (404, "notFound", ExitStatus.noInput), (503, nil, ExitStatus.tryAgain),
            (400, "badRequest", ExitStatus.badData),
        ] as [(Int, String?, Int32)])
    func theStatusSaysWhatToDo(status: Int, reason: String?, exit: Int32) {
        #expect(DriveError.refused(GoogleRefusal(status: status, reason: reason)).failure("x").status == exit)
    }

    @Test(arguments: [
        (400, "invalid", true), (403, "pageTokenExpired", true), (404, "notFound", true), (410, "gone", true),
        (403, "forbidden", false), (401, "authError", false), (403, "rateLimitExceeded", false), (500, "x", false),
        (400, "insufficientPermissions", false),
    ])
    func aTokenIsStaleOnlyWhereTheAnswerIsAboutIt(status: Int, reason: String, isStale: Bool) {
        #expect(DriveError.refused(GoogleRefusal(status: status, reason: reason)).isStaleToken == isStale)
    }

    @Test func aMessageIsOneLine() {
        #expect(GoogleRefusal(status: 403, reason: "r", message: "a\nb").text == "a b (r)")
        #expect(GoogleRefusal(status: 502, reason: nil).text == "status 502")
    }
}
