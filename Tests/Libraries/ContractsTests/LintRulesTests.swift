import Testing

@testable import Contracts

/// What a contract may not say although each of its parts is well formed. Together with the faults of `BadContractsTests` and
/// `BadColumnsTests`, which give places too, every lint rule has a case.
@Suite struct LintRulesTests {
    /// The messages without file, line and column, which all of them must have.
    private func messages(_ text: String) throws -> [String] {
        do throws(ContractError) {
            _ = try ContractFixture.parse(text)
            return []
        } catch {
            return try error.messages.map { message in
                let parts = message.split(separator: ": ", maxSplits: 1)
                let place = try #require(parts.first).split(separator: ":")
                #expect(
                    place.count == 3 && place[0] == "sales.odcs.yaml" && Int(place[1]) != nil && Int(place[2]) != nil)
                return try String(#require(parts.last))
            }
        }
    }

    private static let properties = "schema[sales].properties"

    @Test(arguments: [
        (
            "logicalType: boolean\n", "logicalType: boolean\n        physicalType: DATE\n",
            ["[is_gift].physicalType: DATE holds no boolean; write one of \(PhysicalType.spellings) that does"]
        ),
        (
            "physicalType: DECIMAL(12,2)", "physicalType: DECIMAL(2,3)",
            [
                "[amount].physicalType: there is no decimal of precision 2 and scale 3; "
                    + "precision is from 1 to 38 and the scale at most that"
            ]
        ),
        (
            "logicalType: boolean\n", "logicalType: boolean\n        examples: [maybe]\n",
            ["[is_gift].examples[0]: maybe is no BOOLEAN; correct the example or the type"]
        ),
        (
            "{ops: [lower], map: {shut: closed}, default: open}",
            "{ops: [lower], aliases: [\"Sale No.\"], map: {shut: closed}, default: open}",
            ["[status].cleaning.aliases: Sale No. is an alias of sale_id too; keep one of them"]
        ),
        (
            "physicalType: INTEGER\n", "physicalType: INTEGER\n        relationships: [{to: parts}]\n",
            ["[pieces].relationships[parts].to: parts is no column of a dataset; write it as dataset.column"]
        ),
    ])
    func columnsThatContradictThemselvesAreRefused(_ old: String, _ new: String, _ expected: [String]) throws {
        let text = try #require(ContractFixture.changed(old, new))
        #expect(try messages(text) == expected.map { Self.properties + $0 })
    }

    @Test(arguments: [
        ("sortBy: [sold_at]", "sortBy: [sold]", "parquet.sortBy: there is no column sold"),
        ("bloom: [sale_id]", "bloom: [sale]", "parquet.bloom: there is no column sale"),
        ("orderBy: [sold_at], ties", "orderBy: [sold], ties", "cleaning.dedupe.orderBy: there is no column sold"),
    ])
    func settingsNameColumnsThatAreThere(_ old: String, _ new: String, _ expected: String) throws {
        let text = try #require(ContractFixture.changed(old, new))
        #expect(try messages(text) == ["schema[sales].\(expected); name a property of this schema object"])
    }

    /// A contract of one column with a keyed mask.
    private func masked(_ more: String, _ cleaning: String = "") -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: people
        version: 1.0.0
        status: active
        schema:
          - name: people
            properties:
              - name: mail
                logicalType: string
                physicalType: VARCHAR(64)
                \(more)
                customProperties:
                  - {property: cleaning, value: {\(cleaning)mask: {method: hmac-sha256, keyRef: PEOPLE_KEY}}}
        """
    }

    @Test(arguments: [
        ("description: any text", ""), ("logicalTypeOptions: {maxLength: 64}", ""),
        ("description: any text", "check: luhn, "),
        ("logicalTypeOptions: {pattern: '^[0-9a-z]+$'}", ""), ("logicalTypeOptions: {pattern: '[0-9a-f]{8}'}", ""),
        ("logicalTypeOptions: {pattern: '^0+$'}", ""),
    ])
    func aMaskMayNotBeTakenForWhatItHides(_ more: String, _ cleaning: String) throws {
        #expect(
            try messages(masked(more, cleaning)) == [
                "schema[people].properties[mail].cleaning.mask: a text of 64 hexadecimal digits would pass for a mask and "
                    + "stay readable; add maxLength below 64, or a pattern or check that such texts break"
            ])
    }

    @Test(arguments: [
        ("logicalTypeOptions: {maxLength: 63}", ""), ("description: any text", "check: email, "),
        ("description: any text", "check: uuid, "), ("logicalTypeOptions: {pattern: '@'}", ""),
        ("logicalTypeOptions: {pattern: '^[0-9]{11}$'}", ""),
        ("quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}]", ""),
    ])
    func wallsAgainstThatAreSeen(_ more: String, _ cleaning: String) throws {
        #expect(try messages(masked(more, cleaning)) == [])
    }

    // MARK: - Variables of v3.2

    private static func version(_ minor: Int, _ old: String, _ new: String) throws -> String {
        try #require(ContractFixture.changed(old, new))
            .replacing("apiVersion: v3.1.0", with: "apiVersion: v3.\(minor).0", maxReplacements: 1)
    }

    @Test(arguments: [
        ("id: sales\n", "id: \"${ID}\"\n", "id: ${ID}"),
        (
            "nullTokens: [\"\", \"NULL\"]", "nullTokens: [\"\", \"x${NULL:-n/a}\"]",
            "schema[sales].cleaning.nullTokens[1]: ${NULL:-n/a}"
        ),
        (
            "pattern: \"^[a-z]+$\"", "pattern: \"^${PREFIX}[a-z]+$\"",
            "schema[sales].properties[sale_id].logicalTypeOptions.pattern: ${PREFIX}"
        ),
        ("value: 24, unit: h", "value: \"${HOURS}\", unit: h", "slaProperties[latency].value: ${HOURS}"),
    ])
    func variablesThatAProgramWouldNeedAreRefused(_ old: String, _ new: String, _ expected: String) throws {
        #expect(
            try messages(Self.version(2, old, new)) == [
                "\(expected) stands for a variable, which programs do not look up; write the value itself"
            ])
        // Before v3.2 they are texts like others.
        #expect(try messages(Self.version(1, old, new)) == [])
    }

    @Test func variablesInTextsForPeopleStayAsTheyAre() throws {
        let text = try Self.version(2, "One row per sale.", "\"One row per sale in ${REGION}.\"")
        #expect(try ContractFixture.parse(text).dataset(named: nil).description == "One row per sale in ${REGION}.")
        let server = text + "servers: [{server: warehouse, type: duckdb, database: \"${FILE:-x.duckdb}\"}]\n"
        #expect(try messages(server) == [])
    }

    @Test(arguments: [
        ("a ${B} c", "${B}"), ("${A_1:-x y}", "${A_1:-x y}"), ("$${A}", "${A}"), ("${", nil), ("${}", nil),
        ("$ {A}", nil),
        ("^a${2}", nil), ("${a-b}", nil), ("${A:=x}", nil), ("${2A}", nil), ("", nil), ("${${A}}", "${A}"),
    ])
    func aVariableIsANameInBraces(_ text: String, _ expected: String?) {
        #expect(VariableReference.first(in: text).map(String.init) == expected)
    }
}
