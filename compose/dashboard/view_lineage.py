"""Where a number comes from: through which models, from which workbooks, and how to follow one row."""
import streamlit as st

import quality_queries as quality
from dashboard_parts import table
from formats import KPIS, count, moment
from lineage_map import LINEAGE, graph
from metric_queries import Selection


def show(warehouse, selection: Selection) -> None:
    st.title("Where numbers come from")
    title = st.selectbox("KPI", [entry[0] for entry in LINEAGE], key="lineage_kpi")
    [meaning] = [meaning for _, name, _, meaning in KPIS if name == title]
    st.write(meaning)
    st.graphviz_chart(graph(title))
    [datasets] = [entry[2] for entry in LINEAGE if entry[0] == title]
    st.subheader("The workbooks whose rows count")
    table([row for row in quality.source_files(warehouse) if row["dataset"] in datasets], {
        "dataset": ("Dataset", None), "file": ("File", None), "modified_time": ("Modified", moment), "rows_landed": ("Rows", count),
        "delivery": ("Delivery", None), "raw_url": ("Bytes in the lake", None)})
    st.subheader("One row")
    st.write("A row is followed to its file, sheet and row, its delivery, the file's bytes in the lake and the load by:")
    st.code(f"scripts/trace {datasets[0]} ORDER_ID", language="bash")
    st.write("What each model and column means is in the star schema's documentation: `make docs` writes it to work/docs as one page.")
