import Testing

@testable import XLSX

@Suite struct NumberFormatTests {
    @Test(arguments: [
        ("General", NumberFormat.Kind.number), ("0.00", .number), ("#,##0.00_);[Red](#,##0.00)", .number),
        ("0.00E+00", .number), ("##0.0E-0", .number), ("0%", .number), ("@", .number), ("", .number),
        ("\"day\" 0", .number), ("\\d0", .number), ("_d0_m", .number), ("0*d", .number), ("[Red]0", .number),
        ("[$€-407] #,##0.00", .number), ("[$USD] 0", .number), ("[DBNum1]0", .number), ("Standard", .number),
        ("yyyy-mm-dd", .date), ("YYYY\\-MM\\-DD", .date), ("d/m", .date), ("mmm yy", .date), ("dddd", .date),
        ("[$-409]mmmm d, yyyy;@", .date), ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", .date), ("m", .date),
        ("[$-411]ggge\"年\"m\"月\"d\"日\"", .date), ("[$-41E]d/m/bbbb", .date), ("aaaa", .date), ("e/m/d", .date),
        ("yyyy-mm-dd hh:mm", .dateTime), ("dd.mm.yyyy h:mm:ss AM/PM", .dateTime), ("d\\Th", .dateTime),
        ("hh:mm:ss", .time), ("h:mm AM/PM", .time), ("h A/P", .time), ("mm:ss", .time), ("mm:ss.0", .time),
        ("[$-F400]h:mm:ss\\ AM/PM", .time), ("ss", .time),
        ("[h]:mm", .duration), ("[hh]:mm:ss", .duration), ("[mm]:ss", .duration), ("[s].00", .duration),
        ("[h]:mm;yyyy", .duration), ("0;yyyy", .number), ("[Blue]h:mm;@", .time),
    ])
    func `the first section's tokens decide`(code: String, kind: NumberFormat.Kind) {
        let format = NumberFormat(code: code)
        #expect(format.kind == kind)
        #expect(!format.dependsOnValue)
    }

    @Test(arguments: [
        ("[<1]h:mm;yyyy-mm-dd", 0.5, NumberFormat.Kind.time), ("[<1]h:mm;yyyy-mm-dd", 43131.0, .date),
        ("[>=100]0;[<0]0;d/m/yyyy", 150.0, .number), ("[>=100]0;[<0]0;d/m/yyyy", 50.0, .date),
        ("[=0]0;[<>1]h:mm;0", 0.0, .number), ("[=0]0;[<>1]h:mm;0", 0.25, .time), ("[=0]0;[<>1]h:mm;0", 1.0, .number),
        ("[>1]yyyy", 0.5, .date),
    ])
    func `conditions let the value decide`(code: String, value: Double, kind: NumberFormat.Kind) {
        #expect(NumberFormat(code: code).kind(of: value) == kind)
    }

    @Test(arguments: [
        (0, NumberFormat.Kind.number), (2, .number), (13, .number), (14, .date), (17, .date), (18, .time), (21, .time),
        (22, .dateTime), (23, .number), (27, .date), (32, .time), (36, .date), (37, .number), (45, .time),
        (46, .duration),
        (47, .time), (48, .number), (49, .number), (50, .date), (58, .date), (59, .number), (34, .dateOrTime),
    ])
    func `built-in numbers have their kinds`(identifier: Int, kind: NumberFormat.Kind) {
        #expect(NumberFormat.builtIn(identifier).kind == kind)
    }

    @Test func `a workbook's own code goes before the built-in one`() {
        let styles = Styles(numbers: [14, 165, 300], codes: [14: "0.00", 165: "[<1]h:mm;yyyy"])
        #expect(
            styles.kinds == [NumberFormat.Kind.number.rawValue, Styles.conditional, NumberFormat.Kind.number.rawValue])
        #expect(styles.kind(ofStyle: 1, value: 0.5) == .time)
        #expect(styles.kind(ofStyle: 1, value: 2) == .date)
        #expect(styles.kind(ofStyle: 99, value: 2) == .number)
    }
}
