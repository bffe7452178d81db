#!/usr/bin/env python3
"""Checks dashboards/broker-vitals.json without a server: its shape, and that every metric, label and
label value in it stands in docs/metrics.md and agent/core."""

import json
import re
import subprocess
import sys
import unittest

import catalogue

FOLDER = catalogue.ROOT / "dashboards"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


class Dashboard(unittest.TestCase):
    def setUp(self):
        self.text = (FOLDER / "broker-vitals.json").read_text()
        self.board = json.loads(self.text)
        self.panels = self.board["panels"]
        self.shown = [panel for panel in self.panels if panel["type"] not in ("row", "text")]

    def test_is_what_the_generator_prints(self):
        printed = subprocess.run([sys.executable, "-B", FOLDER / "generate.py"], check=True,
                                 capture_output=True, text=True).stdout
        self.assertEqual(printed, self.text, "run dashboards/generate.py > broker-vitals.json")

    def test_has_a_fixed_uid_and_the_three_variables(self):
        self.assertEqual(self.board["uid"], "mqtt-broker-vitals")
        variables = self.board["templating"]["list"]
        self.assertEqual([one["name"] for one in variables], ["datasource", "job", "instance"])
        self.assertEqual(variables[0]["type"], "datasource")
        for one in variables[1:]:
            metric, label = re.fullmatch(r"label_values\((\w+)[^,]*, (\w+)\)",
                                         one["query"]["query"]).groups()
            self.assertIn(metric, catalogue.metrics())
            self.assertEqual(label, one["name"])
            self.assertEqual(one["datasource"], DATASOURCE)

    def test_panel_ids_and_titles_are_unique(self):
        self.assertGreater(len(self.shown), 30)
        for key in ("id", "title"):
            values = [panel[key] for panel in self.panels]
            self.assertEqual(len(values), len(set(values)), key)

    def test_panels_do_not_overlap(self):
        taken = {}
        for panel in self.panels:
            x, y, w, h = (panel["gridPos"][key] for key in "xywh")
            self.assertLessEqual(x + w, 24, panel["title"])
            for cell in ((x + i, y + j) for i in range(w) for j in range(h)):
                self.assertNotIn(cell, taken, f"{panel['title']} lies on {taken.get(cell)}")
                taken[cell] = panel["title"]

    def test_panels_say_what_they_show(self):
        for panel in self.shown:
            with self.subTest(panel=panel["title"]):
                defaults = panel["fieldConfig"]["defaults"]
                self.assertGreater(len(panel["description"]), 8)
                self.assertTrue(defaults["unit"])
                self.assertIsNone(defaults["thresholds"]["steps"][0]["value"])
                self.assertEqual(panel["datasource"], DATASOURCE)
                self.assertTrue(panel["targets"])
                ids = [target["refId"] for target in panel["targets"]]
                self.assertEqual(len(ids), len(set(ids)))

    def test_queries_use_what_the_agent_exports(self):
        known, words = catalogue.metrics(), catalogue.values()
        for panel in self.shown:
            for target in panel["targets"]:
                with self.subTest(panel=panel["title"], query=target["refId"]):
                    expr = target["expr"]
                    self.assertEqual(catalogue.problems(expr, known, words), [])
                    self.assertEqual(target["datasource"], DATASOURCE)
                    for selector in re.findall(r"\{([^}]*)\}", expr):
                        self.assertTrue(
                            selector.startswith('job=~"$job",instance=~"$instance"'), selector)

    def test_legends_use_labels_of_their_query(self):
        known = catalogue.metrics()
        for panel in self.shown:
            for target in panel["targets"]:
                labels = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                by = re.search(r"\bby \(([^)]*)\)", target["expr"])
                if by:
                    has = {label.strip() for label in by[1].split(",")}
                else:
                    has = set(catalogue.SCRAPE_LABELS)
                    for name in re.findall(r"\w+", target["expr"]):
                        has |= known.get(name, set())
                self.assertLessEqual(labels, has, panel["title"])

    def test_every_metric_of_the_agent_is_shown_somewhere(self):
        text = " ".join(target["expr"] for panel in self.shown for target in panel["targets"])
        missing = [name for name in catalogue.metrics()
                   if name not in text and not name.endswith(("_sum", "_count"))]
        self.assertEqual(missing, [])


class Catalogue(unittest.TestCase):
    """The checker itself sees mistakes."""

    def test_finds_unknown_metrics_labels_and_values(self):
        known, words = catalogue.metrics(), catalogue.values()
        good = 'sum by (endpoint) (rate(mqtt_vitals_probe_attempts_total{probe="listener"}[5m]))'
        self.assertEqual(catalogue.problems(good, known, words), [])
        for bad in (good.replace("attempts", "attempt"), good.replace("(endpoint)", "(client)"),
                    good.replace("probe=", "prob="), good.replace('"listener"', '"listner"')):
            self.assertNotEqual(catalogue.problems(bad, known, words), [], bad)


if __name__ == "__main__":
    unittest.main(verbosity=1)
