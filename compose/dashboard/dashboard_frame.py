"""What all pages share: the warehouse, the filters beside them, the navigation."""
import os
import pathlib

import streamlit as st

import view_delivery
import view_lineage
import view_overview
import view_products
import view_quality
import view_regions
from metric_queries import Selection, choices
from published_copy import CopyError, PublishedCopy, SnowflakeWarehouse, connect_snowflake

# Title, address, what shows it, whether the filters mean anything to it.
PAGES = [
    ("Overview", "overview", view_overview.show, True),
    ("Customers and regions", "regions", view_regions.show, True),
    ("Products and sellers", "products", view_products.show, True),
    ("Delivery and reviews", "delivery", view_delivery.show, True),
    ("Data quality", "quality", view_quality.show, False),
    ("Where numbers come from", "lineage", view_lineage.show, False),
]
ALL_TIME = "all"


@st.cache_resource(max_entries=2, show_spinner=False)
def open_copy(path: str, identity: tuple) -> PublishedCopy:
    """One connection per published file: when another takes its place its identity differs, and it is opened anew."""
    return PublishedCopy(pathlib.Path(path))


@st.cache_resource(show_spinner=False)
def open_snowflake(name: str) -> SnowflakeWarehouse:
    return SnowflakeWarehouse(connect_snowflake(name))


def open_warehouse():
    """The warehouse that the environment names: WAREHOUSE=snowflake:NAME, else the published copy in PUBLISHED."""
    address = os.environ.get("WAREHOUSE", "")
    if address.startswith("snowflake:"):
        return open_snowflake(address.removeprefix("snowflake:"))
    path = os.environ.get("PUBLISHED", "work/published/warehouse.duckdb")
    try:
        found = os.stat(path)
    except OSError as error:
        raise CopyError(f"there is no published copy {path}: run `make pipeline`, or scripts/publish", 66) from error
    return open_copy(path, (found.st_ino, found.st_mtime_ns, found.st_size))


def filters(warehouse) -> Selection:
    """The filters in the sidebar. What people choose are members of lists that were read from the warehouse."""
    offered = choices(warehouse)
    months = {f"{start:%Y-%m}": key for key, start in offered["months"]}
    labels = list(months)
    st.sidebar.header("Filters")
    first = st.sidebar.selectbox("From month", [ALL_TIME, *labels], key="first_month")
    last = st.sidebar.selectbox("To month", [ALL_TIME, *labels], key="last_month")
    states = st.sidebar.multiselect("States of customers", offered["states"], key="states")
    categories = st.sidebar.multiselect("Categories", offered["categories"], key="categories")
    if not labels or (first == ALL_TIME and last == ALL_TIME):
        # The whole time includes orders whose day is unknown.
        return Selection(states=tuple(states), categories=tuple(categories))
    begin = months[labels[0] if first == ALL_TIME else first]
    end = months[labels[-1] if last == ALL_TIME else last]
    if begin > end:
        st.sidebar.warning("The first month is after the last: the two were exchanged.")
        begin, end = end, begin
    return Selection(begin, end, tuple(states), tuple(categories))


def run(only: str | None = None) -> None:
    """Draws the page the reader is on; `only` draws one page by its address, without navigation."""
    st.set_page_config(page_title="Sluice", layout="wide")
    try:
        warehouse = open_warehouse()
    except CopyError as error:
        st.error(str(error))
        st.stop()
    if not warehouse.has("marts", "mart_order_metrics"):
        st.warning("The marts have not been built yet: run `make pipeline`.")
        st.stop()
    selection = filters(warehouse)

    def page(show, filtered: bool):
        def draw() -> None:
            if not filtered:
                st.caption("The filters do not apply to this page.")
            show(warehouse, selection)
        return draw

    if only:
        [(_, _, show, filtered)] = [entry for entry in PAGES if entry[1] == only]
        page(show, filtered)()
        return
    st.navigation([
        st.Page(page(show, filtered), title=title, url_path=address, default=address == PAGES[0][1])
        for title, address, show, filtered in PAGES]).run()
