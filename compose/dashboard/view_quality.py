"""Whether the numbers can be trusted: what was refused and where it stands, how fresh the data is, how the runs went."""
import streamlit as st

import quality_queries as quality
from dashboard_parts import table
from formats import count, moment, percent
from metric_queries import Selection, ratio


def show(warehouse, selection: Selection) -> None:
    st.title("Data quality")
    fresh = quality.freshness(warehouse)
    places = [*st.columns(2), *st.columns(2)]
    places[0].metric("Last load", moment(fresh["loaded_at"]), border=True)
    places[1].metric("Marts built", moment(fresh["built_at"]), border=True)
    places[2].metric(
        "Rows refused", count(fresh["rows_rejected"]), border=True,
        help=f"{percent(ratio(fresh['rows_rejected'], fresh['rows_read']))} of the rows of current deliveries.")
    places[3].metric(
        "Deliveries set aside", count(fresh["quarantined"] + fresh["failed"]), border=True,
        help="Quarantined by a guard, or failed. The last good delivery of the file stays current.")
    for check in quality.failed_checks(warehouse):
        st.error(f"The check {check['check_name']} of the last marts run says {check['status']}.")
    if aside := quality.set_aside(warehouse):
        st.subheader("Files whose newest version does not count")
        table(aside, {
            "delivered_at": ("Delivered", moment), "dataset": ("Dataset", None), "file": ("File", None), "status": ("Status", None),
            "rows_instead": ("Rows of an older version", count), "reason": ("Why", None), "delivery": ("Delivery", None)})
    st.subheader("Refused rows by reason")
    table(quality.reject_counts(warehouse), {
        "dataset": ("Dataset", None), "field": ("Column", None), "code": ("Reason", None), "row_count": ("Rows", count), "message": ("Example", None)})
    st.subheader("Refused rows")
    left, right = st.columns(2)
    datasets = left.multiselect("Datasets", quality.reject_datasets(warehouse), key="reject_datasets")
    codes = right.multiselect("Reasons", quality.reject_codes(warehouse), key="reject_codes")
    rows = quality.rejects(warehouse, tuple(datasets), tuple(codes))
    st.caption(f"{len(rows)} reasons shown" + (f", the first {quality.MAXIMUM_REJECTS}" if len(rows) == quality.MAXIMUM_REJECTS else ""))
    table(rows, {
        "dataset": ("Dataset", None), "file": ("File", None), "sheet": ("Sheet", None), "row_number": ("Row", None), "cell": ("Cell", None),
        "field": ("Column", None), "code": ("Reason", None), "message": ("What is wrong", None)})
    st.subheader("Last deliveries")
    table(quality.deliveries(warehouse), {
        "delivered_at": ("Delivered", moment), "dataset": ("Dataset", None), "drive_path": ("File", None), "status": ("Status", None),
        "rows_read": ("Rows read", count), "rows_landed": ("Landed", count), "rows_rejected": ("Refused", count),
        "rows_duplicate": ("Duplicates", count), "reason": ("Why", None)})
    st.subheader("Last runs")
    table(quality.runs(warehouse), {
        "started_at": ("Started", moment), "finished_at": ("Ended", moment), "kind": ("What", None), "status": ("Status", None),
        "exit_status": ("Exit status", count), "run": ("Run", None)})
