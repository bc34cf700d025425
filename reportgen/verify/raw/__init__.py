"""Market data read a second time, by a reader and a calendar of the audit's own.

Nothing here imports the product. DuckDB reads Parquet and stores, and exchange_calendars has the
hours of exchanges other than New York's; both are imported where they are needed.
"""
