import Testing

@testable import Contracts

/// Faults of types, limits, cleaning and quality rules of columns.
@Suite struct BadColumnsTests {
    @Test(arguments: cleaning + stability + types + quality)
    func isRefusedWithPlaceAndRemedy(_ fault: Fault) throws { try fault.check() }

    static let cleaning: [Fault] = [
        Fault(
            "map: {shut: closed}", "map: {shut: close}",
            .at(
                47, 61, "schema[sales].properties[status].cleaning.map", "close is no valid value of the column",
                "correct one of them")),
        Fault(
            "map: {shut: closed}", "map: {open: closed, closed: open}",
            .at(
                47, 61, "schema[sales].properties[status].cleaning.map", "closed becomes open, which becomes closed",
                "map closed to closed"),
            .at(
                47, 61, "schema[sales].properties[status].cleaning.map", "open becomes closed, which becomes open",
                "map open to open")),
        Fault(
            "map: {shut: closed}", "map: {Shut: closed}",
            .at(
                47, 61, "schema[sales].properties[status].cleaning.map", "Shut is never there after lower",
                "write it in lower case")),
        Fault(
            "map: {shut: closed}", "map: {no: closed}",
            .at(
                47, 62, "schema[sales].properties[status].cleaning.map",
                "no is read as a boolean by YAML tools, not as a text",
                "put it in quotes")),
        Fault(
            "default: open}", "default: opened}",
            .at(
                47, 86, "schema[sales].properties[status].cleaning.default", "opened is no value of the column",
                "write one that the column's rules allow")),
        Fault(
            "default: open}", "nullTokens: [open]}",
            .at(
                47, 89, "schema[sales].properties[status].cleaning.nullTokens", "open is a value of status",
                "remove it from one of them")),
        Fault(
            "group: \".\"", "group: \",\"",
            .at(
                55, 71, "schema[sales].properties[amount].cleaning.parse.group", "is the decimal separator too",
                "declare two different characters")),
        Fault(
            "excessScale: round", "excesScale: round",
            .at(
                55, 91, "schema[sales].properties[amount].cleaning.parse.excesScale", "there is no such key",
                "did you mean excessScale?")),
        Fault(
            "excessScale: round", "trueValues: [x]",
            .at(
                55, 103, "schema[sales].properties[amount].cleaning.parse.trueValues",
                "has no meaning for DECIMAL(12,2)",
                "remove it or correct the type")),
        Fault(
            "[\"dd/MM/yyyy HH:mm\"]", "[\"dd/MM/yyyy HH:mm\", \"MM/dd/yyyy HH:mm\"]",
            .at(
                62, 38, "schema[sales].properties[sold_at].cleaning.parse.formats",
                "dd/MM/yyyy HH:mm and MM/dd/yyyy HH:mm read the same text differently",
                "keep the one that is meant")),
        Fault(
            "[\"dd/MM/yyyy HH:mm\"]", "[\"dd/MM/YYYY\"]",
            .at(
                62, 38, "schema[sales].properties[sold_at].cleaning.parse.formats",
                "[0] dd/MM/YYYY has YYYY, which is no part of a date here",
                "use the letters of the contracts' README")),
        Fault(
            "[\"dd/MM/yyyy HH:mm\"]", "[\"dd/MM/yy\"]",
            .at(
                62, 38, "schema[sales].properties[sold_at].cleaning.parse.formats", "has a year of two digits",
                "add pivotYear, the first year that may be meant")),
        Fault(
            "excelSerial: 1900", "excelSerial: 1903",
            .at(
                62, 73, "schema[sales].properties[sold_at].cleaning.parse.excelSerial", "1903 is no date system",
                "write 1900 or 1904")),
        Fault(
            "minimum: \"2016-01-01T00:00:00\"", "minimum: 2016-01-01",
            .at(
                62, 89, "schema[sales].properties[sold_at].cleaning.minimum",
                "2016-01-01 is read as a date by YAML tools, not as a text",
                "put it in quotes")),
        Fault(
            "minimum: \"2016-01-01T00:00:00\"", "minimum: \"2016-02-30\"",
            .at(
                62, 89, "schema[sales].properties[sold_at].cleaning.minimum", "2016-02-30 is no TIMESTAMP_NTZ(6)",
                "write it as the column's values are written")),
        Fault(
            "falseValues: [\"nao\", \"0\"]", "falseValues: [\"SIM\", \"0\"]",
            .at(
                70, 87, "schema[sales].properties[is_gift].cleaning.parse.falseValues", "sim is true and false",
                "remove it from one of them")),
        Fault(
            "onFail: keep", "onFail: null",
            .at(
                39, 100, "schema[sales].properties[sale_id].cleaning.onFail",
                "null is read as null by YAML tools, not as a text",
                "put it in quotes")),
        Fault(
            "onFail: keep", "onFail: \"null\"",
            .at(
                39, 100, "schema[sales].properties[sale_id].cleaning.onFail", "the column may not be null",
                "write reject, or remove required")),
        Fault(
            "onFail: keep", "mask: {method: hmac-sha256, keyRef: KEY}",
            .at(
                39, 107, "schema[sales].properties[sale_id].cleaning.mask.method", "makes 64 characters",
                "declare VARCHAR(64) or more")),
        Fault(
            "{padLeft: {width: 4, with: \"0\"}}", "{extract: {regex: \"(a)\", group: 2}}",
            .at(
                39, 89, "schema[sales].properties[sale_id].cleaning.ops[1].extract.group", "the pattern has no group 2",
                "count the parentheses")),
        Fault(
            "onFail: keep", "mask: {method: redact, length: 3}",
            .at(
                39, 123, "schema[sales].properties[sale_id].cleaning.mask.length", "has a meaning only with truncate",
                "remove it")),
        Fault(
            "onFail: keep", "mask: {method: truncate, keyRef: KEY}",
            .at(
                39, 98, "schema[sales].properties[sale_id].cleaning.mask.length", "is missing",
                "say how many characters stay"),
            .at(
                39, 125, "schema[sales].properties[sale_id].cleaning.mask.keyRef",
                "has a meaning only with hmac-sha256", "remove it")),
    ]

    static let stability: [Fault] = [
        Fault(
            "ops: [lower], map: {shut: closed}, default: open", "ops: [upper]",
            .at(
                47, 47, "schema[sales].properties[status].cleaning.ops", "closed is changed by upper",
                "write it as the operations leave it"),
            .at(
                47, 47, "schema[sales].properties[status].cleaning.ops", "open is changed by upper",
                "write it as the operations leave it")),
        Fault(
            "default: open", "nullTokensIgnoreCase: true, nullTokens: [OPEN]",
            .at(
                47, 117, "schema[sales].properties[status].cleaning.nullTokens", "open is a value of status",
                "remove it from one of them")),
        Fault(
            "aliases: [\"Sale No.\"], ops", "default: \"123\", ops",
            .at(
                39, 30, "schema[sales].properties[sale_id].cleaning.default", "123 is changed by padLeft",
                "write it as the operations leave it")),
        Fault(
            "[\"dd/MM/yyyy HH:mm\"]", "[\"yyyy-dd-MM HH:mm:ss\"]",
            .at(
                62, 38, "schema[sales].properties[sold_at].cleaning.parse.formats",
                "yyyy-dd-MM HH:mm:ss reads clean dates, which are yyyy-MM-dd HH:mm:ss, differently",
                "such dates cannot be told apart: correct the source")),
    ]

    static let types: [Fault] = [
        Fault(
            "physicalType: DECIMAL(12,2)", "physicalType: DECIMAL(39,2)",
            .at(
                51, 23, "schema[sales].properties[amount].physicalType",
                "there is no decimal of precision 39 and scale 2",
                "precision is from 1 to 38 and the scale at most that")),
        Fault(
            "physicalType: DECIMAL(12,2)", "physicalType: DECIMAL(12,3)",
            .at(
                54, 38, "schema[sales].properties[amount].scale", "2 is not that of DECIMAL(12,3)",
                "write 3")),
        Fault(
            "physicalType: DECIMAL(12,2)", "physicalType: BLOB",
            .at(
                51, 23, "schema[sales].properties[amount].physicalType", "BLOB is not supported",
                "write VARCHAR(n), DECIMAL(p,s), INTEGER, BIGINT, DOUBLE, BOOLEAN, DATE, TIME, "
                    + "TIMESTAMP_NTZ(6), TIMESTAMP_TZ(6), TIMESTAMP_LTZ(6), VARIANT")),
        Fault(
            "logicalType: number", "logicalType: money",
            .at(
                49, 22, "schema[sales].properties[amount].logicalType", "money is not supported",
                "write string, integer, number, boolean, date, timestamp, time, or object or array as VARIANT")),
        Fault(
            "{minimum: 0, exclusiveMaximum: 1000.5}", "{minimum: 0, precision: 12}",
            .at(
                50, 42, "schema[sales].properties[amount].logicalTypeOptions.precision", "there is no such key",
                "the keys here are exclusiveMaximum, exclusiveMinimum, format, maximum, minimum, multipleOf")),
        Fault(
            "{minimum: 0, exclusiveMaximum: 1000.5}", "{minimum: 0.001}",
            .at(
                50, 39, "schema[sales].properties[amount].logicalTypeOptions.minimum", "0.001 is no DECIMAL(12,2)",
                "write it as the column's values are written")),
        Fault(
            "{minimum: 0, exclusiveMaximum: 1000.5}", "{minimum: \"0\"}",
            .at(
                50, 39, "schema[sales].properties[amount].logicalTypeOptions.minimum", "is no number",
                "write digits, with a point for decimals and without quotes")),
        Fault(
            "{minimum: 0, exclusiveMaximum: 1000.5}", "{minimum: 5, maximum: 4}",
            .at(
                50, 39, "schema[sales].properties[amount].logicalTypeOptions.minimum", "5 is more than 4",
                "correct one of them")),
        Fault(
            "{timezone: false}", "{timezone: true}",
            .at(
                58, 40, "schema[sales].properties[sold_at].logicalTypeOptions.timezone",
                "does not go with TIMESTAMP_NTZ(6)",
                "TIMESTAMP_NTZ is without zone, TIMESTAMP_TZ and TIMESTAMP_LTZ are instants")),
        Fault(
            "format: i16", "format: i64",
            .at(
                65, 38, "schema[sales].properties[pieces].logicalTypeOptions.format", "i64 does not go with INTEGER",
                "INTEGER has 32 bits, BIGINT 64")),
        Fault(
            "minimum: 1, multipleOf", "minimum: 40000, multipleOf",
            .at(
                65, 52, "schema[sales].properties[pieces].logicalTypeOptions.minimum", "40000 is no INTEGER(i16)",
                "write it as the column's values are written")),
        Fault(
            "pattern: \"^[a-z]+$\"", "pattern: \"^[a-z\"",
            .at(
                30, 67, "schema[sales].properties[sale_id].logicalTypeOptions.pattern",
                "^[a-z does not compile: missing terminating ] for character class (at character 6)",
                "correct the pattern")),
        Fault(
            "pattern: \"^[a-z]+$\"", "pattern: \"(?=a)\"",
            .at(
                30, 67, "schema[sales].properties[sale_id].logicalTypeOptions.pattern",
                "(?=a) uses a group with (? other than (?:, which not all readers of contracts know",
                "correct the pattern")),
        Fault(
            "maxLength: 8", "maxLength: 11",
            .at(
                30, 55, "schema[sales].properties[sale_id].logicalTypeOptions.maxLength",
                "is more than VARCHAR(10) holds",
                "correct one of them")),
        Fault(
            "physicalType: VARIANT\n", "classification: internal\n",
            .at(
                74, 9, "", "the key classification is there twice",
                "keep one of them")),
    ]

    static let quality: [Fault] = [
        Fault(
            "metric: rowCount, mustBeGreaterThan: 0", "metric: rowCount",
            .at(
                11, 9, "schema[sales].quality[sales_rows]", "compares with nothing",
                "write exactly one of mustBe, mustBeLessThan and so on")),
        Fault(
            "metric: rowCount, mustBeGreaterThan: 0", "metric: rowCounts, mustBe: 0",
            .at(
                11, 34, "schema[sales].quality[sales_rows].metric", "rowCounts is none of the choices",
                "write nullValues, missingValues, invalidValues, duplicateValues, rowCount")),
        Fault(
            "[sale_id]}}", "[sales_id]}}",
            .at(
                12, 88, "schema[sales].quality[sales_unique].arguments.properties", "there is no column sales_id",
                "name a property of this schema object")),
        Fault(
            "validValues: [open, closed]", "validValues: [open, closed, \"much too long\"]",
            .at(
                44, 73, "schema[sales].properties[status].quality[0].arguments.validValues",
                "much too long breaks another rule of the column",
                "correct one of them")),
    ]
}
