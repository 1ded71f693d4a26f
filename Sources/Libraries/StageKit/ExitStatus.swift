/// The exit statuses of all programs (sysexits.h numbers). Schedulers retry `unreachable` and `tryAgain` only.
package enum ExitStatus {
    package static let done: Int32 = 0
    package static let usage: Int32 = 64
    package static let badData: Int32 = 65
    package static let noInput: Int32 = 66
    package static let unreachable: Int32 = 69
    package static let ourBug: Int32 = 70
    package static let localIO: Int32 = 74
    package static let tryAgain: Int32 = 75
    package static let notAllowed: Int32 = 77
    package static let badConfiguration: Int32 = 78
    package static let readerWentAway: Int32 = 141
}
