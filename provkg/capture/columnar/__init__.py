"""One canonical form of a table, whether pandas, polars or Arrow holds it."""

from provkg.capture.columnar.table import LogicalTable, is_table, logical_table

__all__ = ["LogicalTable", "is_table", "logical_table"]
