"""pyarrow, which brings no type stubs, as strict type checking can live with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Table: TypeAlias = Any
    pa: Any
    pq: Any
else:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import Table

__all__ = ["Table", "pa", "pq"]
