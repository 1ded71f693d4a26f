"""The KPIs over any choice of months, states and categories, from the metric marts: texts with places for parameters.

What a KPI means is said in dbt (macros/kpis.sql); without a choice these are the numbers of mart_kpis. With categories
chosen, revenue and freight are those of the items of the categories, the rest is that of the orders that hold such an item.
"""
import dataclasses

# A chart of more bars than this is not read.
MAXIMUM_BARS = 15
MAXIMUM_SELLERS = 50

SUMS = """\
    coalesce(sum(orders), 0) as orders, coalesce(sum(revenue_orders), 0) as revenue_orders,
    coalesce(sum(reviews), 0) as reviews, coalesce(sum(review_score_total), 0) as review_score_total,
    coalesce(sum(judged_deliveries), 0) as judged_deliveries, coalesce(sum(on_time_deliveries), 0) as on_time_deliveries,
    count(distinct customer_unique_id) as customers,
    count(distinct case when is_repeat_order then customer_unique_id end) as repeat_customers,
    avg(days_to_deliver) as days_to_deliver"""


@dataclasses.dataclass(frozen=True)
class Selection:
    """What is looked at: months as yyyymm, both included; states of customers; categories. Nothing chosen means all."""

    first_month: int | None = None
    last_month: int | None = None
    states: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def year_before(self) -> "Selection":
        """The same months a year earlier; of an open period there is none."""
        return dataclasses.replace(
            self, first_month=self.first_month and self.first_month - 100, last_month=self.last_month and self.last_month - 100)

    @property
    def has_period(self) -> bool:
        return self.first_month is not None and self.last_month is not None


def marks(values: tuple) -> str:
    return ", ".join("?" * len(values))


def conditions(selection: Selection) -> tuple[list[str], list]:
    """Conditions that both metric marts know, and their parameters."""
    texts, parameters = [], []
    if selection.first_month is not None:
        texts.append("month_key >= ?")
        parameters.append(selection.first_month)
    if selection.last_month is not None:
        texts.append("month_key <= ?")
        parameters.append(selection.last_month)
    if selection.states:
        texts.append(f"customer_state in ({marks(selection.states)})")
        parameters += selection.states
    return texts, parameters


def chosen(selection: Selection) -> tuple[str, list]:
    """The CTEs `items` and `orders`: the rows of the metric marts that are looked at."""
    texts, parameters = conditions(selection)
    item_texts, item_parameters = list(texts), list(parameters)
    order_texts, order_parameters = list(texts), list(parameters)
    if selection.categories:
        item_texts.append(f"category in ({marks(selection.categories)})")
        item_parameters += selection.categories
        order_texts.append("order_id in (select items.order_id from items)")
    sql = (
        f"with items as (select * from marts.mart_item_metrics where {' and '.join(item_texts) or '1 = 1'}),\n"
        f"orders as (select * from marts.mart_order_metrics where {' and '.join(order_texts) or '1 = 1'})\n")
    return sql, item_parameters + order_parameters


def ratio(above, below) -> float | None:
    """A share or an average; none where there is nothing to divide by."""
    return float(above) / float(below) if below else None


def with_ratios(row: dict) -> dict:
    """A row of sums with the KPIs that are divisions."""
    revenue, freight = row["revenue"] or 0, row["freight"] or 0
    return {
        **row, "revenue": revenue, "freight": freight,
        "average_order_value": ratio(revenue, row["revenue_orders"]),
        "freight_share": ratio(freight, revenue + freight),
        "average_review_score": ratio(row["review_score_total"], row["reviews"]),
        "on_time_rate": ratio(row["on_time_deliveries"], row["judged_deliveries"]),
        "repeat_rate": ratio(row["repeat_customers"], row["customers"]),
    }


def kpis(warehouse, selection: Selection) -> dict:
    """The KPIs of a selection in one row, named as in mart_kpis."""
    sql, parameters = chosen(selection)
    [row] = warehouse.rows(
        sql + "select totals.*, (select coalesce(sum(revenue), 0) from items) as revenue, "
        f"(select coalesce(sum(freight), 0) from items) as freight from (select {SUMS} from orders) as totals", parameters)
    return with_ratios(row)


def kpis_by(warehouse, selection: Selection, column: str) -> list[dict]:
    """The KPIs by `month_start` or by `customer_state`."""
    if column not in ("month_start", "customer_state"):
        raise ValueError(f"the metric marts are not grouped by {column}")
    sql, parameters = chosen(selection)
    rows = warehouse.rows(
        sql + f"select order_sums.*, coalesce(item_sums.revenue, 0) as revenue, coalesce(item_sums.freight, 0) as freight\n"
        f"from (select {column}, {SUMS} from orders group by {column}) as order_sums\n"
        f"left join (select {column}, sum(revenue) as revenue, sum(freight) as freight from items group by {column}) as item_sums\n"
        f"on order_sums.{column} = item_sums.{column}\n"
        f"where order_sums.{column} is not null order by order_sums.{column}", parameters)
    return [with_ratios(row) for row in rows]


def categories(warehouse, selection: Selection) -> list[dict]:
    """Revenue, freight, items, orders and reviews by category, the greatest revenue first."""
    sql, parameters = chosen(selection)
    return warehouse.rows(
        sql + """, held as (select distinct category, order_id from items),
judged as (
    select held.category, sum(orders.reviews) as reviews, sum(orders.review_score_total) as review_score_total
    from held inner join orders on held.order_id = orders.order_id group by held.category
),
sold as (
    select category, sum(revenue) as revenue, sum(freight) as freight, count(*) as items, count(distinct order_id) as orders
    from items group by category
)
select sold.*, judged.review_score_total / nullif(judged.reviews, 0) as average_review_score
from sold left join judged on sold.category = judged.category
order by sold.revenue desc, sold.category""", parameters)


def sellers(warehouse, selection: Selection) -> list[dict]:
    """The sellers with the greatest revenue, with the score of the orders that hold their items."""
    sql, parameters = chosen(selection)
    return warehouse.rows(
        sql + """, held as (select distinct seller_id, order_id from items),
judged as (
    select
        held.seller_id, sum(orders.reviews) as reviews, sum(orders.review_score_total) as review_score_total,
        sum(orders.judged_deliveries) as judged_deliveries, sum(orders.on_time_deliveries) as on_time_deliveries
    from held inner join orders on held.order_id = orders.order_id group by held.seller_id
),
sold as (
    select seller_id, max(seller_state) as seller_state, sum(revenue) as revenue, count(*) as items
    from items group by seller_id
)
select
    sold.*, judged.review_score_total / nullif(judged.reviews, 0) as average_review_score,
    judged.on_time_deliveries / nullif(judged.judged_deliveries, 0) as on_time_rate
from sold left join judged on sold.seller_id = judged.seller_id
order by sold.revenue desc, sold.seller_id
limit """ + str(MAXIMUM_SELLERS), parameters)


def review_scores(warehouse, selection: Selection) -> list[dict]:
    """How many reviews give each score."""
    sql, parameters = chosen(selection)
    return warehouse.rows(
        sql + """select reviews.review_score, count(*) as reviews
from marts.fct_order_reviews as reviews
inner join orders on reviews.order_id = orders.order_id
where reviews.review_score is not null
group by reviews.review_score order by reviews.review_score""", parameters)


def choices(warehouse) -> dict[str, list]:
    """What can be chosen: months (the first day of each), states, categories."""
    months = warehouse.rows(
        "select distinct month_key, month_start from marts.mart_order_metrics where month_start is not null order by month_key")
    states = warehouse.rows("select distinct customer_state from marts.mart_order_metrics where orders > 0 order by customer_state")
    names = warehouse.rows("select distinct category from marts.mart_item_metrics order by category")
    return {
        "months": [(row["month_key"], row["month_start"]) for row in months],
        "states": [row["customer_state"] for row in states],
        "categories": [row["category"] for row in names],
    }
