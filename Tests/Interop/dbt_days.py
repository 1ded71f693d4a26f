"""Three days of deliveries, small enough to count by hand: what the dbt tests feed a warehouse with."""

DAY_1, DAY_2, DAY_3 = "2017-03-01 00:00:00", "2017-09-01 12:00:00", "2018-03-01 00:00:00"
SEEN_1, SEEN_2, SEEN_3 = "2026-11-01 06:00:00", "2026-11-02 06:00:00", "2026-11-03 06:00:00"


def customer(customer_id, person, zip_code, city, state):
    return {
        "customer_id": customer_id,
        "customer_unique_id": person,
        "customer_zip_code_prefix": zip_code,
        "customer_city": city,
        "customer_state": state,
    }


def order(order_id, customer_id, status, purchased, delivered=None, estimated="2017-12-31"):
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "order_status": status,
        "order_purchase_timestamp": purchased,
        "order_delivered_customer_date": delivered,
        "order_estimated_delivery_date": estimated,
    }


def item(order_id, number, product, seller, price, freight="1.00"):
    return {
        "order_id": order_id,
        "order_item_id": number,
        "product_id": product,
        "seller_id": seller,
        "shipping_limit_date": "2017-06-30 00:00:00",
        "price": price,
        "freight_value": freight,
    }


def payment(order_id, number, kind, value):
    return {
        "order_id": order_id,
        "payment_sequential": number,
        "payment_type": kind,
        "payment_installments": 1,
        "payment_value": value,
    }


def review(review_id, order_id, score):
    return {
        "review_id": review_id,
        "order_id": order_id,
        "review_score": score,
        "review_creation_date": "2017-07-01",
        "review_answer_timestamp": "2017-07-02 08:30:00",
    }


def product(product_id, category):
    return {"product_id": product_id, "product_category_name": category, "product_weight_g": 100}


def seller(seller_id, city, state):
    return {"seller_id": seller_id, "seller_zip_code_prefix": "01000", "seller_city": city, "seller_state": state}


CUSTOMERS_1 = [
    customer("c1", "ana", "01001", "sao paulo", "SP"),
    customer("c2", "bia", "20000", "rio", "RJ"),
    customer("c3", "ana", "30000", "belo horizonte", "MG"),
    customer("c4", "caio", "40000", "salvador", "BA"),
]
ORDERS_1 = [
    order("o1", "c1", "delivered", "2017-01-10 10:05:00", "2017-01-20 23:59:59", "2017-01-20"),
    order("o2", "c2", "delivered", "2017-02-01 11:00:00", "2017-02-21 08:00:00", "2017-02-20"),
    order("o3", "c3", "shipped", "2017-06-05 12:00:00"),
    order("o4", "c4", "canceled", "2017-02-02 13:00:00"),
]
ITEMS_1 = [
    item("o1", 1, "p1", "s1", "10.10"),
    item("o1", 2, "p2", "s2", "20.20", "2.50"),
    item("o2", 1, "p1", "s1", "0.10"),
    item("o3", 1, "p3", "s2", "5.05"),
    item("o4", 1, "p3", "s1", "99.99"),
]
PRODUCTS_1 = [product("p1", "brinquedos"), product("p2", "livros"), product("p3", None)]
SELLERS_1 = [seller("s1", "campinas", "SP"), seller("s2", "niteroi", "RJ")]


def day_one(warehouse):
    def deliver(dataset, rows):
        warehouse.deliver(dataset, f"{dataset}.xlsx", DAY_1, SEEN_1, rows)

    deliver("customers", CUSTOMERS_1)
    deliver("orders", ORDERS_1)
    deliver("order_items", ITEMS_1)
    deliver("order_payments", [payment("o1", 1, "credit_card", "30.30"), payment("o2", 1, "pix", "1.10")])
    deliver("order_reviews", [review("r1", "o1", 5), review("r1", "o2", 2), review("r2", "o3", None)])
    deliver("products", PRODUCTS_1)
    deliver("sellers", SELLERS_1)
    deliver(
        "product_category_name_translation",
        [{"product_category_name": "brinquedos", "product_category_name_english": "toys"}],
    )


def day_two(warehouse):
    """Attributes change in the middle of the orders, rows vanish, orders arrive, one delivery is set aside."""

    def deliver(dataset, rows, status="current"):
        warehouse.deliver(dataset, f"{dataset}.xlsx", DAY_2, SEEN_2, rows, status)

    deliver("products", [product("p1", "jogos"), product("p3", None)])
    deliver("sellers", [seller("s1", "sao paulo", "SP"), seller("s2", "niteroi", "RJ")])
    deliver(
        "customers",
        [row for row in CUSTOMERS_1 if row["customer_id"] != "c4"] + [customer("c5", "bia", "20000", "rio", "RJ")],
    )
    deliver(
        "orders",
        [
            *ORDERS_1[:2],
            order("o3", "c3", "delivered", "2017-06-05 12:00:00", "2017-06-10 00:00:00", "2017-06-11"),
            ORDERS_1[3],
            order("o5", "c5", "created", "2017-09-01 12:00:00"),
            order("o6", "c5", "unavailable", "2017-09-01 11:59:59"),
        ],
    )
    deliver("order_items", ITEMS_1 + [item("o5", 1, "p1", "s1", "7.00"), item("o6", 1, "p1", "s1", "8.00")])
    deliver("order_payments", [payment("o1", 1, "voucher", "99.00")], status="quarantined")


def day_three(warehouse):
    """A product returns, a second file speaks of another, orders and items vanish, a file is deleted."""
    warehouse.deliver("products", "products.xlsx", DAY_3, SEEN_3, [product("p1", "jogos"), product("p2", "livros")])
    warehouse.deliver("products", "more/products.xlsx", "2018-02-01 00:00:00", SEEN_3, [product("p3", "brinquedos")])
    second = [product("p1", "jogos e mais")]
    warehouse.deliver("products", "more/products.xlsx", "2018-04-01 00:00:00", "2026-11-03 07:00:00", second)
    orders = [ORDERS_1[0], order("o5", "c5", "shipped", "2017-09-01 12:00:00")]
    warehouse.deliver("orders", "orders.xlsx", DAY_3, SEEN_3, orders)
    items = [*ITEMS_1[:2], item("o5", 1, "p1", "s1", "7.00")]
    warehouse.deliver("order_items", "order_items.xlsx", DAY_3, SEEN_3, items)
    warehouse.deliver("order_reviews", "order_reviews.xlsx", DAY_3, SEEN_3, [], status="deleted")
