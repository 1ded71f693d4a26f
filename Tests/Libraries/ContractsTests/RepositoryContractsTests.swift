import Testing

@testable import Contracts

/// The contracts of compose/contracts, as the pipeline reads them.
@Suite struct RepositoryContractsTests {
    static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return (parts.dropLast(4) + ["compose", "contracts"]).joined(separator: "/")
    }()

    static let datasets = [
        "customers", "order_items", "order_payments", "order_reviews", "orders", "product_category_name_translation",
        "products", "rejects", "sellers",
    ]

    @Test func allLoadWithoutWarnings() throws {
        let directory = try ContractDirectory.load(path: Self.folder)
        #expect(directory.contracts.map(\.id) == Self.datasets)
        #expect(directory.contracts.flatMap(\.datasets).map(\.name) == Self.datasets)
        #expect(directory.contracts.flatMap(\.warnings) == [])
    }

    @Test(arguments: [
        ("Sales/Orders 2016-2017.xlsx", "orders"), ("Sales/orders corrections.xlsx", "orders"),
        ("Sales/order_items.xlsx", "order_items"), ("Sales/Order_Payments.xlsx", "order_payments"),
        ("Sales/order_reviews 2016-2017Q1.xlsx", "order_reviews"), ("People/Customers Southeast.xlsx", "customers"),
        ("People/Sellers.xlsx", "sellers"), ("Catalog/Products.xlsx", "products"),
        ("Catalog/product_category_name_translation.xlsx", "product_category_name_translation"),
        ("ORDER-ITEMS.XLSM", "order_items"), ("olist_orders_dataset.xlsx", "orders"),
        ("a/b/c/olist_order_items_dataset.xlsx", "order_items"),
    ])
    func routes(_ path: String, to dataset: String) throws {
        #expect(try ContractDirectory.load(path: Self.folder).routing.route(path) == .one(dataset))
    }

    @Test(arguments: ["Marketing/Campaign ideas.xlsx", "orders.csv", "Sales/~$orders.xlsx", "rejects.xlsx", ""])
    func belongsToNone(_ path: String) throws {
        #expect(try ContractDirectory.load(path: Self.folder).routing.route(path) == .none)
    }

    @Test func ordersAreWhatTheDataModelSays() throws {
        let directory = try ContractDirectory.load(path: Self.folder)
        let orders = try #require(directory.find(dataset: "orders")).dataset
        #expect(
            orders.columns.map(\.name) == [
                "order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
                "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date",
                "_extra",
                "_source_file", "_source_sheet", "_source_row",
            ])
        let reference = try #require(orders.references.first)
        #expect(orders.references.count == 1)
        #expect((reference.fields, reference.dataset) == ([1], "customers"))
        #expect(reference.columns == ["customer_id"])
        #expect(orders.rows.dedupe?.keys == [0] && orders.rows.dedupe?.keep == .first)
        #expect(orders.source?.sheets == [.name(try Glob("Orders*")), .position(1)])
        #expect(orders.fields[7].type == .date && orders.fields[3].type == .timestamp(isInstant: false))
        #expect(
            orders.guards
                == GuardSettings(maximumRejects: .share(Share(hundredths: 500)), maximumShrink: Share(hundredths: 8000))
        )
    }

    @Test func misspelledColumnsOfThePublicFilesAreKnown() throws {
        let products = try #require(try ContractDirectory.load(path: Self.folder).find(dataset: "products")).dataset
        let index = HeaderIndex(products)
        #expect(index.field(for: "product_name_lenght") == products.index(of: "product_name_length"))
        #expect(index.field(for: "product_description_lenght") == products.index(of: "product_description_length"))
        #expect(index.field(for: " Weight (g) ") == products.index(of: "product_weight_g"))
    }

    @Test func rejectsAreKeptAsTheyCame() throws {
        let rejects = try #require(try ContractDirectory.load(path: Self.folder).find(dataset: "rejects")).dataset
        #expect(rejects.source == nil && !rejects.hasExtraColumn)
        #expect(
            rejects.columns.map(\.name) == [
                "dataset", "contract_version", "delivery", "line", "row", "raw", "raw_base64", "errors",
                "_source_file", "_source_sheet", "_source_row",
            ])
        #expect(rejects.fields.allSatisfy { $0.cleaning.operations.isEmpty && $0.cleaning.nullTokens.isEmpty })
        #expect(rejects.fields[4].type == .json && rejects.fields[7].type == .json)
    }
}
