import Testing

@testable import clean

@Suite struct DateTests {
    @Test(arguments: [
        ("\"2018-01-31\"", "\"2018-01-31\""), ("\"31/01/2018\"", "\"2018-01-31\""), ("\"1/2/2018\"", "[parse.date]"),
        ("\"31/02/2018\"", "[parse.date]"), ("\"29/02/2000\"", "\"2000-02-29\""), ("\"29/02/1900\"", "[parse.date]"),
        ("\"2018-01-31T00:00:00\"", "\"2018-01-31\""), ("\"2018-01-31 12:00\"", "[parse.date]"),
        ("\"31/01/2018 00:00\"", "\"2018-01-31\""), ("\"12/03/2024\"", "\"2024-03-12\""), ("\"\"", "[parse.date]"),
        ("\"31/01/2018x\"", "[parse.date]"), ("43831", "[parse.date]"), ("\"31.01.2018\"", "[parse.date]"),
        ("\"01/01/0000\"", "[parse.date]"), ("\"31/12/9999\"", "\"9999-12-31\""), ("\"１/01/2018\"", "[parse.date]"),
    ])
    func `a date is read by the declared formats and ISO`(json: String, expected: String) throws {
        let dataset = try TestContract.column(
            "DATE", cleaning: "parse: {formats: ['dd/MM/yyyy', 'dd/MM/yyyy HH:mm']}", schema: "nullTokens: [N/A]")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("\"2018-01-31T12:30:00\"", "\"2018-01-31T12:30:00\""), ("\"2018-01-31\"", "\"2018-01-31T00:00:00\""),
        ("\"31/01/2018 12:30\"", "\"2018-01-31T12:30:00\""),
        ("\"2018-01-31 12:30:00.500\"", "\"2018-01-31T12:30:00.5\""),
        ("\"2018-01-31T24:00:00\"", "[parse.timestamp]"), ("\"2018-01-31T23:59:60\"", "[parse.timestamp]"),
        ("\"ontem\"", "[parse.timestamp]"), ("\"31/02/2018 10:00\"", "[parse.timestamp]"),
        ("\"2018-01-31T12:30:00Z\"", "[parse.timestamp]"), ("\"1999-12-31T23:59:59\"", "[range.min]"),
        ("\"2000-01-01\"", "\"2000-01-01T00:00:00\""),
    ])
    func `a timestamp of the wall clock keeps its time and takes no offset`(json: String, expected: String) throws {
        let dataset = try TestContract.column(
            "TIMESTAMP_NTZ(6)", cleaning: "parse: {formats: ['dd/MM/yyyy HH:mm']}, minimum: '2000-01-01T00:00:00'")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("\"2018-01-31T12:30:00-03:00\"", "\"2018-01-31T15:30:00Z\""),
        ("\"2018-01-31T12:30:00Z\"", "\"2018-01-31T12:30:00Z\""),
        ("\"2018-01-31T12:30:00\"", "[parse.timestamp]"), ("\"0001-01-01T00:00:00+01:00\"", "[parse.timestamp]"),
    ])
    func `an instant needs an offset`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("TIMESTAMP_TZ(6)")) == expected)
    }

    @Test(arguments: [
        ("\"12:30\"", "\"12:30:00\""), ("\"12:30:15.25\"", "\"12:30:15.25\""), ("\"2:05 PM\"", "\"14:05:00\""),
        ("\"12:00 am\"", "\"00:00:00\""), ("\"12:00 PM\"", "\"12:00:00\""), ("\"13:00 PM\"", "[parse.time]"),
        ("\"24:00\"", "[parse.time]"), ("\"2018-01-31\"", "[parse.time]"),
    ])
    func `times of day`(json: String, expected: String) throws {
        #expect(
            try Outcome.value(json, TestContract.column("TIME", cleaning: "parse: {formats: ['h:mm a']}")) == expected)
    }

    @Test(arguments: [
        ("pt", "\"31 jan 2018\"", "\"2018-01-31\""), ("pt", "\"1 FEV 2018\"", "\"2018-02-01\""),
        ("pt", "\"1 feb 2018\"", "[parse.date]"), ("pt", "\"7 de março de 2018\"", "\"2018-03-07\""),
        ("pt", "\"7 de MARÇO de 2018\"", "\"2018-03-07\""), ("en", "\"7 Feb 2018\"", "\"2018-02-07\""),
        ("en", "\"7 fev 2018\"", "[parse.date]"), ("pt", "\"31 dez 99\"", "[parse.date]"),
        ("pt", "\"qua, 31/01/18\"", "\"2018-01-31\""), ("pt", "\"qui, 31/01/18\"", "[parse.date]"),
        ("pt", "\"sáb, 07/01/50\"", "\"1950-01-07\""), ("pt", "\"dom, 31/12/49\"", "[parse.date]"),
        ("pt", "\"SÁB, 07/01/50\"", "\"1950-01-07\""), ("pt", "\"sex, 31/12/49\"", "\"2049-12-31\""),
    ])
    func `months and days have names in a language`(language: String, json: String, expected: String) throws {
        let formats = "['d MMM yyyy', 'd ''de'' MMMM ''de'' yyyy', 'EEE, dd/MM/yy']"
        let dataset = try TestContract.column(
            "DATE", cleaning: "parse: {formats: \(quoted(formats)), language: \(language), pivotYear: 1950}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    private func quoted(_ formats: String) -> String { formats }

    @Test(arguments: [
        ("25569", "\"1970-01-01\""), ("45000", "\"2023-03-15\""), ("61", "\"1900-03-01\""), ("60", "[parse.date]"),
        ("59", "\"1900-02-28\""), ("1", "\"1900-01-01\""), ("0", "[parse.date]"), ("2958465", "\"9999-12-31\""),
        ("2958466", "[parse.date]"), ("-1", "[parse.date]"), ("\"43831\"", "\"2020-01-01\""),
        ("43831.5", "[parse.date]"),
        ("\"2020-01-01\"", "\"2020-01-01\""),
    ])
    func `Excel's serial numbers of 1900`(json: String, expected: String) throws {
        let dataset = try TestContract.column("DATE", cleaning: "parse: {excelSerial: 1900}, minimum: '1900-01-01'")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("0", "\"1904-01-01T00:00:00\""), ("42369.5", "\"2020-01-01T12:00:00\""),
        ("0.999999999", "\"1904-01-02T00:00:00\""), ("0.00001157407407", "\"1904-01-01T00:00:01\""),
    ])
    func `Excel's serial numbers of 1904, to the millisecond`(json: String, expected: String) throws {
        let dataset = try TestContract.column(
            "TIMESTAMP_NTZ(6)", cleaning: "parse: {excelSerial: 1904}, minimum: '1904-01-01T00:00:00'")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [("s", "1517401800"), ("ms", "1517401800000"), ("us", "1517401800000000")])
    func `epoch numbers count in the declared unit`(unit: String, json: String) throws {
        let dataset = try TestContract.column("TIMESTAMP_TZ(6)", cleaning: "parse: {epoch: \(unit)}")
        #expect(try Outcome.value(json, dataset) == "\"2018-01-31T12:30:00Z\"")
        #expect(try Outcome.value("9223372036854775807", dataset) == "[parse.timestamp]")
    }

    @Test func `lost decimals of a second are counted`() throws {
        let outcome = try Outcome(
            of: ["{\"v\":\"2018-01-31T12:30:00.1234567\"}"], TestContract.column("TIMESTAMP_NTZ(6)"))
        #expect(outcome.warnings.cutFractions == 1)
        #expect(outcome.rows == ["{\"v\":\"2018-01-31T12:30:00.123456\",\"_extra\":null}"])
    }

    @Test func `a format that reads ISO dates otherwise is refused`() throws {
        #expect(throws: (any Error).self) {
            _ = try CleaningPlan(try TestContract.column("DATE", cleaning: "parse: {formats: ['yyyy-dd-MM']}"))
        }
    }
}
