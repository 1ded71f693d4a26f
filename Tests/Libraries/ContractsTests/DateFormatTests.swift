import Testing

@testable import Contracts

@Suite struct DateFormatTests {
    @Test func lettersBecomeTokens() throws {
        #expect(
            try DateFormat("dd/MM/yyyy HH:mm:ss.SSS").tokens == [
                .day2, .literal("/"), .month2, .literal("/"), .year4, .literal(" "), .hour2, .literal(":"), .minute2,
                .literal(":"), .second2, .literal("."), .fraction(digits: 3),
            ])
        #expect(
            try DateFormat("EEE, d 'de' MMMM 'o''clock' yyyy").tokens == [
                .weekdayShortName, .literal(", "), .day1, .literal(" de "), .monthLongName, .literal(" o'clock "),
                .year4,
            ])
        #expect(
            try DateFormat("yyyy-MM-dd'T'hh:mm a XXX").tokens == [
                .year4, .literal("-"), .month2, .literal("-"), .day2, .literal("T"), .hour12Two, .literal(":"),
                .minute2,
                .literal(" "), .dayPeriod, .literal(" "), .offset,
            ])
    }

    @Test(arguments: [
        ("", DateFormatError.length(limit: 64)), ("dd/MM/YYYY", .unknownLetters("YYYY")),
        ("yyy-MM-dd", .unknownLetters("yyy")),
        ("yyyy-MM-dd 'T", .openQuote), ("yyyy-MM-dd MM", .twice("month")), ("yyyy-MM", .missing("day")),
        ("dd/MM", .missing("year")), ("yyyy-MM-dd mm", .missing("hour")), ("yyyy-MM-dd HH:ss", .missing("minute")),
        ("yyyy-MM-dd hh:mm", .missing("a (am or pm)")), ("yyyy-MM-dd HH:mm a", .missing("hh or h")),
        ("yyyy-MM-dd XXX", .missing("hour")), ("yyyy 2 MM dd", .unknownLetters("2")),
    ])
    func isRefused(_ text: String, _ error: DateFormatError) {
        #expect(throws: error) { try DateFormat(text) }
    }

    @Test(arguments: [
        ("dd/MM/yyyy", "MM/dd/yyyy", true), ("dd/MM/yyyy", "M/d/yyyy", true), ("dd/MM/yyyy", "d/M/yyyy", false),
        ("dd/MM/yyyy", "dd-MM-yyyy", false), ("dd/MM/yyyy", "yyyy/MM/dd", false), ("dd/MM/yy", "yy/MM/dd", true),
        ("dd/MM/yyyy", "dd/MM/yy", false), ("dd/MM/yyyy", "dd/MM/yyyy HH:mm", false),
    ])
    func ambiguityIsSeen(_ left: String, _ right: String, _ isAmbiguous: Bool) throws {
        let (left, right) = (try DateFormat(left), try DateFormat(right))
        #expect(left.isAmbiguous(with: right) == isAmbiguous && right.isAmbiguous(with: left) == isAmbiguous)
    }
}
