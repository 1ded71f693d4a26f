-- The KPIs by month of purchase. Orders without a known date stand under month_key -1.
{{ kpis(['month_key', 'month_start']) }}
