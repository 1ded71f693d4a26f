import Testing

@testable import Contracts

@Suite struct ContractReadingTests {
    @Test func theTopIsRead() throws {
        let contract = try ContractFixture.parse()
        #expect(contract.apiVersion == "v3.1.0" && contract.id == "sales" && contract.version == "1.2.3")
        #expect(contract.bytes == Array(ContractFixture.text.utf8))
        #expect(contract.purpose == "To be changed by tests.")
        #expect(
            contract.team == Team(name: "sales", members: [TeamMember(username: "owner@example.com", role: "owner")]))
        #expect(contract.roles == [Role(name: "ANALYST", access: "read")])
        #expect(
            contract.serviceLevels == [
                ServiceLevel(property: "latency", value: "24", unit: "h", element: "sales.sold_at")
            ])
        #expect(contract.warnings.isEmpty)
    }

    @Test func settingsOfTheSchemaObjectAreRead() throws {
        let dataset = try ContractFixture.parse().dataset(named: nil)
        #expect(dataset.name == "sales" && dataset.description == "One row per sale.")
        #expect(
            dataset.source
                == SourceSettings(
                    files: [try Glob("**/sales*.xlsx")], sheets: [.name(try Glob("Sales*")), .position(1)],
                    header: .row(3),
                    range: "A1:H99", table: nil))
        #expect(
            dataset.rows
                == RowRules(
                    headerMatch: .snake, unknownColumns: .freeze, missingColumns: .reject,
                    dedupe: Dedupe(keys: [0], isExact: false, keep: .latest, orderBy: [3], ties: .lastSeen)))
        #expect(
            dataset.parquet
                == ParquetSettings(
                    codec: .zstd, level: 5, rowGroupRows: nil, pageRows: nil, splitBytes: nil, sortBy: [3], bloom: [0],
                    encodings: [ParquetSettings.ColumnEncoding(field: 2, encoding: .plain)]))
        #expect(dataset.guards == GuardSettings(maximumRejects: .rows(10), maximumShrink: Share(hundredths: 1250)))
        #expect(dataset.primaryKey == [0])
        #expect(dataset.rulesNotRun == ["freshness"])
        #expect(
            dataset.qualityRules == [
                QualityRule(
                    id: "sales_rows", fields: [], metric: .rowCount, comparison: .greater(0), unit: .rows,
                    severity: .error),
                QualityRule(
                    id: "sales_unique", fields: [0], metric: .duplicateValues, comparison: .equal(0), unit: .rows,
                    severity: .error),
                QualityRule(
                    id: "status_nulls", fields: [1], metric: .nullValues, comparison: .less(1), unit: .percent,
                    severity: .warning),
            ])
    }

    @Test func fieldsHaveTheirTypes() throws {
        let fields = try ContractFixture.parse().dataset(named: "sales").fields
        #expect(fields.map(\.name) == ["sale_id", "status", "amount", "sold_at", "pieces", "is_gift", "details"])
        #expect(
            fields.map(\.type) == [
                .string(maximumLength: 10), .string(maximumLength: 8), .decimal(precision: 12, scale: 2),
                .timestamp(isInstant: false), .integer(.i16), .boolean, .json,
            ])
        #expect(fields.map(\.isRequired) == [true, false, false, false, false, false, false])
        #expect(fields[0].isUnique && fields[0].primaryKeyPosition == 1 && fields[0].tags == ["key"])
        #expect(fields[6].classification == "confidential")
    }

    @Test func limitsAreComparableValues() throws {
        let fields = try ContractFixture.parse().dataset(named: nil).fields
        #expect(fields[0].limits.minimumLength == 4)
        #expect(fields[0].limits.maximumLength == 8, "the smaller of maxLength and VARCHAR(n)")
        #expect(fields[0].limits.pattern?.text == "^[a-z]+$")
        #expect(fields[1].limits.validValues == ["open", "closed"])
        #expect(fields[2].limits.minimum == Bound(value: .decimal(0), isExclusive: false, text: "0"))
        #expect(fields[2].limits.maximum == Bound(value: .decimal(100_050), isExclusive: true, text: "1000.5"))
        #expect(
            fields[3].limits.minimum
                == Bound(value: .timestamp(1_451_606_400_000_000), isExclusive: false, text: "2016-01-01T00:00:00"))
        #expect(fields[4].limits.multipleOf?.value == .integer(2))
    }

    @Test func cleaningOfSchemaAndPropertyIsMerged() throws {
        let fields = try ContractFixture.parse().dataset(named: nil).fields
        let key = fields[0].cleaning
        #expect(key.aliases == ["Sale No."] && key.onFail == .keep)
        #expect(key.operations == [.nfc, .trim, .lower, .padLeft(width: 4, with: "0")])
        #expect(key.nullTokens == ["", "NULL"])
        #expect(fields[1].cleaning.map == [ValueMapping(from: "shut", to: "closed")])
        #expect(fields[1].cleaning.defaultValue == "open")
        let amount = fields[2].cleaning.parse
        #expect(amount.decimalSeparator == UInt8(ascii: ",") && amount.groupSeparator == "." && amount.strip == ["R$"])
        #expect(amount.excessScale == .round)
        let time = fields[3].cleaning.parse
        #expect(time.formats == [try DateFormat("dd/MM/yyyy HH:mm")] && time.excelSerial == .base1900)
        #expect(fields[5].cleaning.parse.trueValues == ["sim", "1"])
        #expect(fields[4].cleaning.operations == [.nfc, .trim])
        #expect(fields[4].cleaning.parse.trueValues == ["true"])
    }

    @Test func whatIsNotSaidHasItsDefault() throws {
        let contract = try ContractFixture.parse(
            """
            apiVersion: v3.0.2
            kind: DataContract
            id: x
            version: 1.0.0
            status: draft
            schema: [{name: x, properties: [{name: a, logicalType: string}, {name: b, logicalType: number}, {name: c, logicalType: integer}]}]
            team: [{username: someone}]
            """)
        let dataset = try contract.dataset(named: nil)
        #expect(
            dataset.rows == RowRules(headerMatch: .exact, unknownColumns: .rescue, missingColumns: .null, dedupe: nil))
        #expect(dataset.guards == GuardSettings(maximumRejects: nil, maximumShrink: Share(hundredths: 8000)))
        #expect(dataset.source == nil)
        #expect(dataset.fields.map(\.type) == [.string(maximumLength: nil), .double, .integer(.i64)])
        let cleaning = dataset.fields[0].cleaning
        #expect(cleaning.operations == [.nfc, .controlStrip, .trim] && cleaning.nullTokens == [""])
        #expect(cleaning.onFail == .reject && !cleaning.keepsEmptyString)
        #expect(contract.team?.members == [TeamMember(username: "someone", role: nil)])
    }

    @Test func columnsAreFieldsThenExtraThenProvenance() throws {
        let strict = try ContractFixture.parse().dataset(named: nil)
        #expect(strict.columns.map(\.name).suffix(4) == ["details", "_source_file", "_source_sheet", "_source_row"])
        let text = try #require(ContractFixture.changed("unknownColumns: freeze", "unknownColumns: rescue"))
        let columns = try ContractFixture.parse(text).dataset(named: nil).columns
        #expect(columns.map(\.name).suffix(4) == ["_extra", "_source_file", "_source_sheet", "_source_row"])
        #expect(
            columns.suffix(4).map(\.type) == [
                .json, .string(maximumLength: nil), .string(maximumLength: nil), .integer(.i64),
            ])
        #expect(columns.map(\.isNullable) == [false] + Array(repeating: true, count: 10))
        #expect(columns[2].role == .field(2) && columns[7].role == .extra && columns[8].role == .provenance)
    }

    @Test func version32HasEnumAndSynonyms() throws {
        let text = try #require(
            ContractFixture.changed(
                """
                    physicalType: VARCHAR(8)
                        quality:
                          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [open, closed]}}
                """,
                """
                    physicalType: VARCHAR(8)
                        enum: [{value: open}, {value: closed}]
                        synonyms: [{synonym: Estado, source: header}, {synonym: Other, source: glossary}]
                        quality:
                """))
        let dataset = try ContractFixture.parse("apiVersion: v3.2.0" + text.dropFirst("apiVersion: v3.1.0".count))
            .dataset(named: nil)
        #expect(dataset.fields[1].limits.validValues == ["open", "closed"])
        #expect(dataset.fields[1].cleaning.aliases == ["Estado"])
        #expect(throws: ContractError.self) { try ContractFixture.parse(text) }
    }

    @Test func aDatasetIsFoundByName() throws {
        let contract = try ContractFixture.parse()
        #expect(
            throws: ContractError.unknownDataset(file: "sales.odcs.yaml", name: "other", known: ["sales"])
        ) { try contract.dataset(named: "other") }
    }

    @Test(arguments: [
        (
            "classification: confidential", "classification: restricted",
            Finding.at(
                74, 25, "schema[sales].properties[details].classification", "a restricted column is not masked",
                "add a mask to its cleaning")
        ),
        (
            ", minimum: \"2016-01-01T00:00:00\"", "",
            .at(
                62, 28, "schema[sales].properties[sold_at].cleaning.parse.excelSerial",
                "any number may be taken for a date", "add a minimum to its cleaning")
        ),
        (
            "{property: guard, value", "{property: guards, value",
            .at(
                26, 20, "schema[sales].customProperties[guards].property", "guards is ignored", "did you mean guard?")
        ),
    ])
    func whatIsProbablyAMistakeIsAWarning(_ old: String, _ new: String, _ warning: Finding) throws {
        let text = try #require(ContractFixture.changed(old, new))
        #expect(try ContractFixture.parse(text).warnings == [warning])
    }
}
