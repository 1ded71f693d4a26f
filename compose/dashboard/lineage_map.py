"""From a KPI to the workbooks: which models, landing tables and contracts each number goes through."""

# KPI, the facts it is summed from, the datasets behind those.
LINEAGE = [
    ("Revenue", ["fct_order_items"], ["order_items", "orders"]),
    ("Orders", ["fct_orders"], ["orders"]),
    ("Average order value", ["fct_order_items", "fct_orders"], ["order_items", "orders"]),
    ("Freight share", ["fct_order_items"], ["order_items", "orders"]),
    ("Customers", ["fct_orders"], ["orders", "customers"]),
    ("Repeat rate", ["fct_orders"], ["orders", "customers"]),
    ("Review score", ["fct_order_reviews"], ["order_reviews", "orders"]),
    ("On-time rate", ["fct_orders"], ["orders"]),
]
MARTS = {"fct_orders": "mart_order_metrics", "fct_order_reviews": "mart_order_metrics", "fct_order_items": "mart_item_metrics"}


def graph(title: str) -> str:
    """The way of one KPI as a Graphviz graph, from the workbooks to the number."""
    [(_, facts, datasets)] = [entry for entry in LINEAGE if entry[0] == title]
    lines = ["digraph {", "rankdir=LR", 'node [shape=box, style="rounded,filled", fillcolor="#eef3fa", color="#2a6fbb", fontname="sans-serif"]']
    for dataset in datasets:
        lines += [
            f'"{dataset} workbooks" -> "lnd.{dataset}" [label=" contract {dataset}"]', f'"lnd.{dataset}" -> "stg_lnd__{dataset}"',
            *(f'"stg_lnd__{dataset}" -> "{fact}"' for fact in facts)]
    for fact in facts:
        lines += [f'"{fact}" -> "{MARTS[fact]}"', f'"{MARTS[fact]}" -> "{title}"']
    return "\n".join([*dict.fromkeys(lines), "}"])
