"""Spark over the files of the lake: the same expressions as on DuckDB, for a lake that outgrows a machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Lock
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from monitor.lake.manifest import LakeDamaged, faults, read_manifest
from monitor.lake.refresh import SCHEMAS
from monitor.metrics.columns import COUNTED
from monitor.metrics.engine import Question


class SparkMissing(Exception):
    """Spark cannot run here. `code` (`no_pyspark`, `no_java`) is a text of `cli.answer.<code>`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require_spark() -> None:
    """Raises SparkMissing where PySpark is not installed or there is no Java to run it."""
    import os
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise SparkMissing("no_pyspark")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and (Path(home) / "bin" / "java").is_file()):
        raise SparkMissing("no_java")


class SparkEngine:
    """The lake in a folder, read by a Spark session: this machine's, or that of the cluster which Spark's own
    settings (`spark-defaults.conf`, `SPARK_REMOTE`) name.

    Raises SparkMissing, and LakeDamaged where there is nothing whole to read.
    """

    def __init__(self, folder: Path) -> None:
        require_spark()
        manifest = read_manifest(folder)
        if manifest is None:
            raise LakeDamaged("no_lake", folder=folder.name)
        for fault in faults(folder, manifest, whole=False):
            raise fault
        self._session = _session()
        self._connection = ibis.pyspark.connect(self._session)
        for name, schema in SCHEMAS.items():
            files = [str((folder / file).absolute()) for file in manifest.files(name)]
            if files:
                self._session.read.parquet(*files).createOrReplaceTempView(name)
            else:
                spark_schema = _spark_schema(schema)
                self._session.createDataFrame([], spark_schema).createOrReplaceTempView(name)
        self._tables = {name: self._connection.table(name) for name in SCHEMAS}
        self._lock = Lock()

    def table(self, name: str) -> ir.Table:
        """A table of the lake. Raises KeyError for another name."""
        return self._tables[name]

    def counted(self, name: str) -> ir.Table:
        """What metrics count by of a table."""
        return self._tables[name].select(*COUNTED[name])

    def rows(self, expression: ir.Table | Question) -> list[dict[str, Any]]:
        """Run an expression. A query is written every time: Spark takes longer to plan it."""
        if isinstance(expression, Question):
            query = ibis.to_sql(expression.build(), dialect="pyspark", params=expression.values)
        else:
            query = ibis.to_sql(expression, dialect="pyspark")
        with self._lock:
            return [row.asDict() for row in self._session.sql(str(query)).collect()]

    def columns(self, question: Question) -> pa.Table:
        """Run an expression and give its columns."""
        query = ibis.to_sql(question.build(), dialect="pyspark", params=question.values)
        with self._lock:
            return self._session.sql(str(query)).toArrow()

    def close(self) -> None:
        """End the session."""
        self._session.stop()


def _session() -> Any:
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.appName("fangxing")
        # Metrics hold instants as numbers and local dates as texts: no zone may enter.
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )


def _spark_schema(schema: Any) -> Any:
    from pyspark.sql.types import (
        ArrayType,
        BooleanType,
        DoubleType,
        LongType,
        ShortType,
        StringType,
        StructField,
        StructType,
    )

    kinds = {"int64": LongType, "int16": ShortType, "string": StringType, "bool": BooleanType}
    kinds["double"] = DoubleType

    def kind(told: Any) -> Any:
        if str(told).startswith("list"):
            return ArrayType(kind(told.value_type))
        return kinds[str(told)]()

    return StructType([StructField(field.name, kind(field.type), True) for field in schema])
