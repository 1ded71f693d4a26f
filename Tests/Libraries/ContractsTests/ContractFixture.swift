import Contracts

/// A contract that uses most of the vocabulary and is right; tests plant one change each.
enum ContractFixture {
    static let text = """
        apiVersion: v3.1.0
        kind: DataContract
        id: sales
        version: 1.2.3
        status: active
        description: {purpose: To be changed by tests.}
        schema:
          - name: sales
            description: One row per sale.
            quality:
              - {id: sales_rows, metric: rowCount, mustBeGreaterThan: 0}
              - {id: sales_unique, metric: duplicateValues, mustBe: 0, arguments: {properties: [sale_id]}}
              - {id: freshness, type: text, description: Told by people.}
            customProperties:
              - {property: source, value: {files: ["**/sales*.xlsx"], sheet: ["Sales*", 1], header: 3, range: "A1:H99"}}
              - property: cleaning
                value:
                  rulesVersion: 1
                  nullTokens: ["", "NULL"]
                  ops: [nfc, trim]
                  headerMatch: snake
                  unknownColumns: freeze
                  missingColumns: reject
                  dedupe: {keys: [sale_id], keep: latest, orderBy: [sold_at], ties: lastSeen}
              - {property: parquet, value: {codec: zstd, level: 5, sortBy: [sold_at], bloom: [sale_id], encoding: {amount: plain}}}
              - {property: guard, value: {maxRejects: 10, maxShrink: "12.5%"}}
            properties:
              - name: sale_id
                logicalType: string
                logicalTypeOptions: {minLength: 4, maxLength: 8, pattern: "^[a-z]+$"}
                physicalType: VARCHAR(10)
                required: true
                unique: true
                primaryKey: true
                primaryKeyPosition: 1
                tags: [key]
                customProperties:
                  - property: cleaning
                    value: {aliases: ["Sale No."], ops: [lower, {padLeft: {width: 4, with: "0"}}], onFail: keep}
              - name: status
                logicalType: string
                physicalType: VARCHAR(8)
                quality:
                  - {metric: invalidValues, mustBe: 0, arguments: {validValues: [open, closed]}}
                  - {id: status_nulls, metric: nullValues, mustBeLessThan: 1, unit: percent, severity: warning}
                customProperties:
                  - {property: cleaning, value: {ops: [lower], map: {shut: closed}, default: open}}
              - name: amount
                logicalType: number
                logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1000.5}
                physicalType: DECIMAL(12,2)
                customProperties:
                  - {property: precision, value: 12}
                  - {property: scale, value: 2}
                  - {property: cleaning, value: {parse: {decimal: ",", group: ".", strip: ["R$"], excessScale: round}}}
              - name: sold_at
                logicalType: timestamp
                logicalTypeOptions: {timezone: false}
                physicalType: TIMESTAMP_NTZ(6)
                customProperties:
                  - property: cleaning
                    value: {parse: {formats: ["dd/MM/yyyy HH:mm"], excelSerial: 1900}, minimum: "2016-01-01T00:00:00"}
              - name: pieces
                logicalType: integer
                logicalTypeOptions: {format: i16, minimum: 1, multipleOf: 2}
                physicalType: INTEGER
              - name: is_gift
                logicalType: boolean
                customProperties:
                  - {property: cleaning, value: {parse: {trueValues: [Sim, "1"], falseValues: ["nao", "0"]}}}
              - name: details
                logicalType: object
                physicalType: VARIANT
                classification: confidential
        team: {name: sales, members: [{username: owner@example.com, role: owner}]}
        roles: [{role: ANALYST, access: read}]
        slaProperties: [{property: latency, value: 24, unit: h, element: sales.sold_at}]

        """

    static func parse(_ text: String = text) throws(ContractError) -> Contract {
        try Contract.parse(Array(text.utf8), name: "sales.odcs.yaml")
    }

    /// The fixture with one text replaced; the text must be there exactly once.
    static func changed(_ old: String, _ new: String) -> String? {
        let parts = pieces(of: text, around: old)
        return parts.count == 2 ? parts[0] + new + parts[1] : nil
    }

    private static func pieces(of text: String, around separator: String) -> [String] {
        let (text, separator) = (Array(text), Array(separator))
        var pieces: [String] = []
        var start = 0
        var index = 0
        while index + separator.count <= text.count {
            if text[index..<(index + separator.count)] == separator[...] {
                pieces.append(String(text[start..<index]))
                index += separator.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [String(text[start...])]
    }
}
