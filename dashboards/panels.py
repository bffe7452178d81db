"""The few kinds of Grafana panel that the dashboards use, and the grid they are laid out on.

Used by generate.py only. Knows nothing about MQTT: a panel is a title, a description for the person
who looks at it, and targets.
"""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
GREEN, RED, AMBER, BLUE, GREY = "green", "red", "orange", "blue", "text"


def target(expr, legend="", table=False):
    """One query. A table asks for the newest value only."""
    made = {"datasource": DATASOURCE, "expr": expr, "legendFormat": legend or "__auto"}
    if table:
        made.update({"format": "table", "instant": True, "range": False})
    else:
        made.update({"instant": False, "range": True})
    return made


def steps(base, *above):
    """Colour steps: steps("green", (60, "red")) is green, and red from 60 on."""
    return {
        "mode": "absolute",
        "steps": [{"color": base, "value": None}]
        + [{"color": colour, "value": value} for value, colour in above],
    }


def mapping(**states):
    """Words and colours for values: mapping(_0=("FAIL", RED))."""
    options = {
        key.lstrip("_"): {"text": text, "color": colour, "index": index}
        for index, (key, (text, colour)) in enumerate(states.items())
    }
    return [{"type": "value", "options": options}]


def _panel(kind, title, description, size, targets, unit, thresholds, mappings, options):
    for index, one in enumerate(targets):
        one["refId"] = chr(ord("A") + index)
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "gridPos": {"w": size[0], "h": size[1]},
        "targets": targets,
        "fieldConfig": {
            "defaults": {"unit": unit, "thresholds": thresholds, "mappings": mappings or []},
            "overrides": [],
        },
        "options": options,
    }


def stat(title, description, targets, size=(3, 4), unit="none", thresholds=None, mappings=None):
    options = {
        "colorMode": "background",
        "graphMode": "none",
        "justifyMode": "center",
        "orientation": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "textMode": "auto",
    }
    return _panel("stat", title, description, size, targets, unit, thresholds or steps(GREEN),
                  mappings, options)


def series(title, description, targets, size=(12, 8), unit="none", thresholds=None, log=False,
           bars=False):
    options = {
        "legend": {"displayMode": "table", "placement": "bottom", "showLegend": True,
                   "calcs": ["lastNotNull", "max"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    made = _panel("timeseries", title, description, size, targets, unit,
                  thresholds or steps(GREEN), None, options)
    defaults = made["fieldConfig"]["defaults"]
    defaults["min"] = 0
    defaults["color"] = {"mode": "palette-classic"}
    defaults["custom"] = {
        "drawStyle": "bars" if bars else "line",
        "fillOpacity": 80 if bars else 8,
        "lineWidth": 1,
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"group": "A", "mode": "normal" if bars else "none"},
        "thresholdsStyle": {"mode": "dashed" if thresholds else "off"},
    }
    if log:  # latencies span five decades; a linear axis hides the healthy part
        defaults["custom"]["scaleDistribution"] = {"type": "log", "log": 10}
        del defaults["min"]
    return made


def timeline(title, description, targets, mappings, size=(12, 8)):
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "mergeValues": True,
        "rowHeight": 0.8,
        "showValue": "auto",
        "tooltip": {"mode": "single", "sort": "none"},
    }
    made = _panel("state-timeline", title, description, size, targets, "none", steps(GREY),
                  mappings, options)
    made["fieldConfig"]["defaults"]["custom"] = {"fillOpacity": 80, "lineWidth": 0}
    return made


def table(title, description, expr, columns, sort, size=(12, 8), value=None):
    """`columns` are labels, in order; `value` names the column of the number, None hides it."""
    made = _panel("table", title, description, size, [target(expr, table=True)], "short",
                  steps(GREEN), None,
                  {"showHeader": True, "cellHeight": "sm",
                   "sortBy": [{"displayName": sort, "desc": sort == value}]})
    order = list(columns) + (["Value"] if value else [])
    made["transformations"] = [
        {"id": "filterFieldsByName", "options": {"include": {"names": order}}},
        {
            "id": "organize",
            "options": {
                "indexByName": {name: index for index, name in enumerate(order)},
                "renameByName": {"Value": value} if value else {},
                "excludeByName": {},
            },
        },
    ]
    return made


def text(markdown, size=(24, 4)):
    return {
        "type": "text",
        "title": "How to read this page",
        "description": "The order in which to look.",
        "gridPos": {"w": size[0], "h": size[1]},
        "options": {"mode": "markdown", "content": markdown},
    }


def lay_out(rows):
    """Place [(row title, panels)] on the 24 columns, left to right, and number the panels."""
    placed, y = [], 0
    for title, panels in rows:
        if title:
            placed.append({"type": "row", "title": title, "collapsed": False, "panels": [],
                           "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
            y += 1
        x = height = 0
        for panel in panels:
            size = panel["gridPos"]
            if x + size["w"] > 24:
                x, y, height = 0, y + height, 0
            panel["gridPos"] = {"x": x, "y": y, **size}
            x, height = x + size["w"], max(height, size["h"])
            placed.append(panel)
        y += height
    for number, panel in enumerate(placed, start=1):
        panel["id"] = number
    return placed
