"""Records to Prometheus: the metrics, the exporter that serves them, and what describes both."""

from yamaha_ops.exporter.exposition import as_json, families, text
from yamaha_ops.exporter.metrics import METRICS
from yamaha_ops.exporter.page import page
from yamaha_ops.exporter.scrape import Scrape

__all__ = ["METRICS", "Scrape", "as_json", "families", "page", "text"]
