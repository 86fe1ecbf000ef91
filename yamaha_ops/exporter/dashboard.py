"""The Grafana dashboard, in two languages from one description.

``python -m yamaha_ops.exporter.dashboard FOLDER`` writes ``yamaha-ops.en.json`` and
``yamaha-ops.ja.json`` (Grafana 10 and later); a test compares, and checks every query.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yamaha_ops.exporter.panels import ROWS

if TYPE_CHECKING:
    from yamaha_ops.exporter.panels import Kind, Panel, Row

LANGUAGES = ("en", "ja")
_SCHEMA = 39
_COLUMNS = 24
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def dashboard(language: str) -> dict[str, Any]:
    """Return the dashboard as Grafana imports it."""
    panels: list[dict[str, Any]] = []
    y = 0
    for row in ROWS:
        panels.append(_row(row, language, len(panels) + 1, y))
        y += 1
        x = height = 0
        for panel in row.panels:
            if x + panel.width > _COLUMNS:
                x, y, height = 0, y + height, 0
            place = {"x": x, "y": y, "w": panel.width, "h": panel.height}
            panels.append(_panel(panel, language, len(panels) + 1, place))
            x += panel.width
            height = max(height, panel.height)
        y += height
    return {
        "uid": f"yamaha-ops-{language}",
        "title": {"en": "Yamaha routers", "ja": "ヤマハルーター"}[language],
        "description": {
            "en": "MAP-E lines and Yamaha routers, by yamaha-ops.",
            "ja": "MAP-E 回線とヤマハルーター (yamaha-ops)。",
        }[language],
        "tags": ["yamaha", "map-e"],
        "schemaVersion": _SCHEMA,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "1m",
        "timezone": "browser",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_datasource(language), _routers(language)]},
        "annotations": {"list": []},
        "links": [],
        "panels": panels,
    }


def _datasource(language: str) -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": {"en": "Data source", "ja": "データソース"}[language],
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "hide": 0,
    }


def _routers(language: str) -> dict[str, Any]:
    query = "label_values(yamaha_up, router)"
    return {
        "name": "router",
        "label": {"en": "Router", "ja": "ルーター"}[language],
        "type": "query",
        "datasource": _SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "routers"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _row(row: Row, language: str, number: int, y: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "row",
        "title": getattr(row, language),
        "collapsed": False,
        "gridPos": {"x": 0, "y": y, "w": _COLUMNS, "h": 1},
        "panels": [],
    }


def _panel(panel: Panel, language: str, number: int, place: dict[str, int]) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "color": {"mode": "palette-classic" if panel.kind == "timeseries" else "thresholds"},
        "thresholds": {
            "mode": "absolute",
            "steps": [{"color": colour, "value": value} for colour, value in panel.steps],
        },
    }
    if panel.unit == "percentunit":
        defaults["min"] = 0
    if panel.words:
        index = LANGUAGES.index(language)
        options = {str(value): {"text": word[index]} for value, word in enumerate(panel.words)}
        defaults["mappings"] = [{"type": "value", "options": options}]
    table = panel.kind == "table"
    return {
        "id": number,
        "type": panel.kind,
        "title": getattr(panel, language),
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _OPTIONS[panel.kind],
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": _SOURCE,
                "editorMode": "code",
                "expr": query.expr,
                "legendFormat": query.legend or "__auto",
                "instant": table,
                "range": not table,
                "format": "table" if table else "time_series",
            }
            for index, query in enumerate(panel.queries)
        ],
        "transformations": [_HIDE_PLUMBING] if table else [],
    }


_HIDE_PLUMBING = {
    "id": "organize",
    "options": {"excludeByName": {"Time": True, "__name__": True, "job": True, "instance": True}},
}
_OPTIONS: dict[Kind, dict[str, Any]] = {
    "stat": {
        "colorMode": "value",
        "graphMode": "none",
        "textMode": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    },
    "gauge": {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}},
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "state-timeline": {"mergeValues": True, "rowHeight": 0.8, "showValue": "auto"},
    "table": {"showHeader": True},
}


def text(language: str) -> str:
    """Return the dashboard as the file has it."""
    return json.dumps(dashboard(language), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for each in LANGUAGES:
        Path(sys.argv[1], f"yamaha-ops.{each}.json").write_text(text(each), encoding="utf-8")
