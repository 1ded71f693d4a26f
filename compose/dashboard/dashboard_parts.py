"""Cards, charts and tables that the pages are made of."""
import decimal

import altair
import pandas
import streamlit as st

from formats import KPIS, NOTHING

BLUE, ORANGE, GREEN = "#2a6fbb", "#d9822b", "#2f8f5b"
CHART_HEIGHT = 280
BAR_HEIGHT = 22
LABEL_LIMIT = 200


def change(now, before) -> str | None:
    """How a number differs from that of a year before, in percent; none where there was nothing."""
    if now is None or not before:
        return None
    return f"{(float(now) / float(before) - 1) * 100:+.1f} % on the year before"


def cards(row: dict, before: dict | None, names: list[str], columns: int = 4) -> None:
    """The KPIs as cards, each with its meaning behind the question mark."""
    known = {name: (title, write, meaning) for name, title, write, meaning in KPIS}
    for start in range(0, len(names), columns):
        for place, name in zip(st.columns(columns), names[start:start + columns]):
            title, write, meaning = known[name]
            place.metric(title, write(row[name]), change(row[name], before[name]) if before else None, help=meaning, border=True)


def frame(rows: list[dict], columns: list[str]) -> pandas.DataFrame:
    """Rows as a table with numbers that charts understand."""
    table = pandas.DataFrame([[row[name] for name in columns] for row in rows], columns=columns)
    for name in columns:
        if table[name].map(type).eq(decimal.Decimal).any():
            table[name] = table[name].astype(float)
    return table


def by_month(rows: list[dict], name: str, title: str, mark: str = "bar", format: str = ",.0f", color: str = BLUE) -> None:
    """One number month by month."""
    data = frame(rows, ["month_start", name])
    data["month_start"] = pandas.to_datetime(data["month_start"])
    if data.empty:
        st.caption(f"{title}: nothing in this selection")
        return
    st.subheader(title)
    base = altair.Chart(data, height=CHART_HEIGHT)
    drawn = base.mark_bar(color=color) if mark == "bar" else base.mark_line(color=color, point=True)
    st.altair_chart(drawn.encode(
        x=altair.X("yearmonth(month_start):T", title=None),
        y=altair.Y(f"{name}:Q", title=None, axis=altair.Axis(format=format), scale=altair.Scale(zero=mark == "bar")),
        tooltip=[altair.Tooltip("yearmonth(month_start):T", title="month"), altair.Tooltip(f"{name}:Q", title=title, format=format)]))


def ranking(rows: list[dict], label: str, name: str, title: str, limit: int, format: str = ",.0f", color: str = BLUE) -> None:
    """The greatest first, as horizontal bars with the number at their end."""
    data = frame(sorted(rows, key=lambda row: -float(row[name] or 0))[:limit], [label, name])
    if data.empty:
        st.caption(f"{title}: nothing in this selection")
        return
    st.subheader(title)
    base = altair.Chart(data, height=max(BAR_HEIGHT * len(data), 3 * BAR_HEIGHT)).encode(
        y=altair.Y(f"{label}:N", sort="-x", title=None, axis=altair.Axis(labelOverlap=False, labelLimit=LABEL_LIMIT)), x=altair.X(f"{name}:Q", title=None, axis=altair.Axis(format="~s")),
        tooltip=[altair.Tooltip(f"{label}:N", title=label.replace("_", " ")), altair.Tooltip(f"{name}:Q", title=title, format=format)])
    st.altair_chart(base.mark_bar(color=color) + base.mark_text(align="left", dx=3).encode(text=altair.Text(f"{name}:Q", format=format)))


def table(rows: list[dict], columns: dict[str, tuple]) -> None:
    """A table for people: `columns` maps a name to its title and, where it is a number, how it is written."""
    if not rows:
        st.caption("none")
        return
    shown = [
        {title: (write(row[name]) if write else (NOTHING if row[name] is None else row[name])) for name, (title, write) in columns.items()}
        for row in rows]
    st.dataframe(pandas.DataFrame(shown), hide_index=True)
