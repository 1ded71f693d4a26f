"""Checks a Power BI project (PBIP) offline: TMDL, DAX, relationships, the report's fields, and that all of it agrees with dbt."""
