-- The KPIs over everything, in one row.
{{ kpis() }}
