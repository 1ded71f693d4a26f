import Contracts
import Testing

@Suite struct HeaderIndexTests {
    private func index(_ match: String) throws -> HeaderIndex {
        let contract = try Contract.parse(
            Array(
                """
                apiVersion: v3.1.0
                kind: DataContract
                id: x
                version: 1.0.0
                status: active
                schema:
                  - name: x
                    customProperties: [{property: cleaning, value: {rulesVersion: 1, headerMatch: \(match)}}]
                    properties:
                      - {name: order_id, logicalType: string}
                      - name: price
                        logicalType: string
                        customProperties: [{property: cleaning, value: {aliases: ["Preço (R$)", Valor]}}]
                """.utf8), name: "x")
        return HeaderIndex(try contract.dataset(named: nil))
    }

    @Test(
        arguments: [
            ("order_id", 0, 0, 0), ("Order_ID", nil, 0, 0), ("Order ID", nil, nil, 0), (" order-id ", nil, nil, 0),
            ("\u{FEFF}order_id", nil, nil, 0), ("orderid", nil, nil, nil), ("Valor", 1, 1, 1), ("VALOR", nil, 1, 1),
            ("Preço (R$)", 1, 1, 1), ("Prec\u{327}o (R$)", 1, 1, 1), ("PREÇO R", nil, nil, 1),
            ("preco r", nil, nil, nil),
            ("", nil, nil, nil), ("___", nil, nil, nil),
        ] as [(String, Int?, Int?, Int?)])
    func findsTheField(_ header: String, _ exact: Int?, _ caseInsensitive: Int?, _ snake: Int?) throws {
        #expect(try index("exact").field(for: header) == exact)
        #expect(try index("caseInsensitive").field(for: header) == caseInsensitive)
        #expect(try index("snake").field(for: header) == snake)
    }

    @Test(arguments: [
        ("Order ID", "order_id"), ("  Weight (g)\u{A0}", "weight_g"), ("a--b__c", "a_b_c"), ("Ünïcode", "ünïcode"),
        ("123", "123"), ("***", ""), ("x²", "x2"), ("Ｐｒｅｃｏ　ｄｅ", "preco_de"), ("ﬁrst №", "first_no"), ("e\u{301}", "é"),
    ])
    func snakeIsLowerCaseWithUnderscores(_ name: String, _ snake: String) {
        #expect(HeaderIndex.snake(name) == snake)
    }
}
