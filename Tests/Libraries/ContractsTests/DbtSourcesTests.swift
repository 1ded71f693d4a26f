import Bytes
import Contracts
import Testing

@Suite struct DbtSourcesTests {
    /// The dbt project has the file that the contracts make; after an edit of a contract it is made again with
    /// `clean --sources`.
    @Test func theProjectHasWhatTheContractsMake() throws {
        let directory = try ContractDirectory.load(path: RepositoryContractsTests.folder)
        let parts = RepositoryContractsTests.folder.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let file = parts.joined(separator: "/") + "/dbt/models/staging/_lnd__sources.yml"
        let stored = String(decoding: try FileSystem.contents(file), as: UTF8.self)
        let made = DbtSources.write(directory.contracts)
        #expect(made.split(separator: "\n") == stored.split(separator: "\n"))
        #expect(made == stored)
    }

    @Test func everyPartIsWritten() throws {
        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: shop
            version: 1.0.0
            status: active
            schema:
              - name: b
                description: 'Rows "quoted" \\ with {{ jinja }} and {% more %}.'
                customProperties: [{property: source, value: {files: ["b*"]}}]
                properties:
                  - {name: k, logicalType: integer, required: true, relationships: [{to: a.k}, {to: hidden.k}]}
                  - name: grade
                    logicalType: integer
                    classification: confidential
                    tags: [pii, school]
                    quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: ["1", "2"]}}]
                  - {name: price, logicalType: number, physicalType: "DECIMAL(9,3)", description: "Line one\\nLine two"}
              - name: a
                customProperties:
                  - {property: source, value: {files: ["a*"]}}
                  - {property: cleaning, value: {rulesVersion: 1, unknownColumns: discard}}
                properties: [{name: k, logicalType: integer}]
              - {name: hidden, properties: [{name: k, logicalType: integer}]}
            slaProperties:
              - {property: latency, value: 6, unit: h}
              - {property: frequency, value: 2, unit: d}
            """
        let contract = try Contract.parse(Array(text.utf8), name: "shop.odcs.yaml")
        let lines = DbtSources.write([contract]).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        #expect(
            lines.dropFirst(9)
                == """
                      - name: a
                        description: ""
                        config:
                          loaded_at_field: _loaded_at
                          freshness:
                            warn_after: {count: 54, period: hour}
                        columns:
                          - name: k
                            data_type: bigint
                            description: ""
                          - name: _source_file
                            data_type: varchar
                            description: "The file the row came from."
                          - name: _source_sheet
                            data_type: varchar
                            description: "The sheet the row came from."
                          - name: _source_row
                            data_type: bigint
                            description: "The row's number in the sheet, from 1."
                          - name: _delivery
                            data_type: varchar
                            description: "The delivery the row came with (ops.deliveries)."
                            data_tests: [not_null]
                          - name: _loaded_at
                            data_type: timestamp
                            description: "When the row was loaded, UTC."
                      - name: b
                        description: "Rows \\"quoted\\" \\\\ with {{ '{{' }} jinja }} and {{ '{%' }} more %}."
                        config:
                          loaded_at_field: _loaded_at
                          freshness:
                            warn_after: {count: 54, period: hour}
                        columns:
                          - name: k
                            data_type: bigint
                            description: ""
                            data_tests:
                              - not_null: {config: {severity: warn}}
                              - relationships:
                                  arguments:
                                    to: source('lnd', 'a')
                                    field: k
                                  config: {severity: warn}
                          - name: grade
                            data_type: bigint
                            description: ""
                            config:
                              meta: {classification: "confidential", tags: ["pii", "school"]}
                            data_tests:
                              - accepted_values:
                                  arguments:
                                    values: ["1", "2"]
                                    quote: false
                                  config: {severity: warn}
                          - name: price
                            data_type: decimal(9, 3)
                            description: "Line one\\nLine two"
                          - name: _extra
                            data_type: variant
                            description: "Columns of the source that the contract does not know."
                          - name: _source_file
                            data_type: varchar
                            description: "The file the row came from."
                          - name: _source_sheet
                            data_type: varchar
                            description: "The sheet the row came from."
                          - name: _source_row
                            data_type: bigint
                            description: "The row's number in the sheet, from 1."
                          - name: _delivery
                            data_type: varchar
                            description: "The delivery the row came with (ops.deliveries)."
                            data_tests: [not_null]
                          - name: _loaded_at
                            data_type: timestamp
                            description: "When the row was loaded, UTC."

                """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...])
    }
}
