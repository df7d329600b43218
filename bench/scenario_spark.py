"""The same expressions on Spark: every rule of the shipped pack over one table, by DuckDB and by a small cluster.

Ibis writes each rule for both engines; both must find the same warnings, to the record. The cluster is Spark's own
`local-cluster`: a master and two workers, each a Java process of its own, as on several machines. It needs Java 17 and
`pip install pyspark` (the extra `spark`), and is skipped where they are not there. MINGJING_BENCH_SCALE as elsewhere.
"""

import importlib.util
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import SCALE, Figure, Skip

VISITS = int(20_000 * SCALE)
MASTER = "local-cluster[2,1,1024]"
REPORTS = """
SELECT 'R' || record AS record, day + (hash(record) % 4)::INTEGER AS day, firm, '' AS authority
FROM visits WHERE hash(record) % 50 = 0
"""
MORE = """
SELECT *, array_to_string(list_sort(['a' || (hash(record) % 2), 'b']), chr(31)) AS officers,
       CASE WHEN hash(record) % 3 < 2 THEN 'yes' ELSE 'no' END AS draw, 'C' || (hash(firm) % 7) AS campaign,
       (5 + hash(record) % 3)::INTEGER AS eligible, 'green' AS gate, (hash(record) % 14)::INTEGER AS days_late
FROM visits
"""


def measure() -> list[Figure]:
    """Seconds of all rules on Spark, against DuckDB's; the results must be equal."""
    if importlib.util.find_spec("pyspark") is None:
        raise Skip("pyspark is not installed (the extra `spark`)")
    if shutil.which("java") is None:
        raise Skip("there is no Java on the path, and Spark needs version 17")
    with tempfile.TemporaryDirectory(prefix="mingjing-spark-") as folder:
        rules, spark_sql, duck_sql = _asked()
        duck, duck_seconds = _by_duckdb(Path(folder), duck_sql)
        spark, spark_seconds = _by_spark(Path(folder), spark_sql)
    unequal = [code for code, one, other in zip(rules, duck, spark, strict=True) if one != other]
    assert not unequal, f"DuckDB and Spark do not agree on {unequal}"
    found = sum(map(len, duck))
    assert found, "nothing was found by either"
    what = f"{found:,} warnings of {VISITS:,} visits by {len(rules)} rules, equal on both"
    return [Figure("spark-warnings", spark_seconds, floor=duck_seconds, what=what)]


def _asked() -> tuple[list[str], list[str], list[str]]:
    """The codes of the rules, and their queries for Spark and for DuckDB."""
    import ibis

    from bench.scenario_inspections import COLUMNS
    from mingjing.programmes.inspections.policy.answerable import APPLIED
    from mingjing.programmes.inspections.queries.columns import expression
    from mingjing.programmes.inspections.queries.files import load_rules

    columns = (*COLUMNS, "officers", "draw", "campaign", "eligible", "gate", "days_late")
    rules = list(load_rules("default").of(*APPLIED))
    asked = [expression(rule, columns) for rule in rules]
    said = {dialect: [str(ibis.to_sql(one, dialect=dialect)) for one in asked] for dialect in ("pyspark", "duckdb")}
    return [rule.code for rule in rules], said["pyspark"], said["duckdb"]


def _by_duckdb(folder: Path, asked: list[str]) -> tuple[list[Any], float]:
    """What DuckDB finds; it leaves the two tables as Parquet for the other."""
    import duckdb

    from bench.scenario_inspections import VISITS as MADE

    with duckdb.connect() as connection:
        connection.execute(
            MADE.format(visits=VISITS, firms=max(1, VISITS // 20)).replace("TABLE visits", "TABLE plain")
        )
        connection.execute(f"CREATE TABLE visits AS {MORE.replace('FROM visits', 'FROM plain')}")
        connection.execute(f"CREATE TABLE reports AS {REPORTS}")
        for name in ("visits", "reports"):
            connection.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
        start = time.perf_counter()
        found = [connection.execute(text).fetchall() for text in asked]
        return [_rows(one) for one in found], time.perf_counter() - start


def _by_spark(folder: Path, asked: list[str]) -> tuple[list[Any], float]:
    from pyspark.sql import SparkSession  # type: ignore[import-not-found]  # an extra

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4", "spark.sql.ansi.enabled": "true",
        "spark.local.dir": str(folder), "spark.driver.host": "127.0.0.1", "spark.driver.memory": "1g",
        "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.executor.memory": "768m",
    }  # fmt: skip
    builder = SparkSession.builder.master(MASTER).appName("mingjing")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        spark.sparkContext.setLogLevel("ERROR")
        for name in ("visits", "reports"):
            spark.read.parquet(f"{folder / name}.parquet").createOrReplaceTempView(name)
        spark.sql("SELECT count(*) FROM visits").collect()
        start = time.perf_counter()
        found = [[tuple(row) for row in spark.sql(text).collect()] for text in asked]
        return [_rows(one) for one in found], time.perf_counter() - start
    finally:
        spark.stop()


def _rows(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In one order, those without authorities alike; the order of authorities means nothing."""
    return sorted(
        ((*row[:-2], [one["record"] for one in row[-2]], sorted(row[-1] or ())) for row in found),
        key=lambda row: repr(row),
    )
