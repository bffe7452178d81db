#!/usr/bin/env python3
"""Checks dashboards/*.yaml: names and labels against docs/metrics.md, a runbook section for each
alert and an alert for each section, and promtool tests in which each rule fires and does not."""

import re
import unittest

import yaml

import catalogue

FOLDER = catalogue.ROOT / "dashboards"
RUNBOOKS = catalogue.ROOT / "docs/runbooks.md"


def rules(name, kind):
    groups = yaml.safe_load((FOLDER / name).read_text())["groups"]
    return {rule[kind]: rule for group in groups for rule in group["rules"]}


def tests():
    for path in sorted((FOLDER / "tests").glob("*.yaml")):
        yield from yaml.safe_load(path.read_text())["tests"]


def recorded_labels(expr, known):
    """The labels a recording rule keeps: those of its metrics without those it sums away."""
    labels = set()
    for name in re.findall(r"[\w:]+", expr):
        labels |= known.get(name, set())
    for names in re.findall(r"without \(([^)]*)\)", expr):
        labels -= {name.strip() for name in names.split(",")}
    return labels - {"le"}


class Alerts(unittest.TestCase):
    def setUp(self):
        self.alerts = rules("alerts.yaml", "alert")
        self.records = rules("recording-rules.yaml", "record")
        raw = catalogue.metrics()
        self.known = raw | {name: recorded_labels(rule["expr"], raw)
                            for name, rule in self.records.items()}

    def test_expressions_use_what_the_agent_exports(self):
        words = catalogue.values()
        for name, rule in (self.alerts | self.records).items():
            with self.subTest(rule=name):
                expr = re.sub(r'"source", "judge", "", ""', "", rule["expr"])
                expr = re.sub(r"label_replace\((.*?), \)", r"\1", expr)
                self.assertEqual(catalogue.problems(expr, self.known, words), [])

    def test_labels_and_annotations_are_complete(self):
        for name, rule in self.alerts.items():
            with self.subTest(alert=name):
                self.assertIn(rule["labels"]["severity"], ("critical", "warning"))
                self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook_url"})
                self.assertEqual(rule["annotations"]["runbook_url"],
                                 f"docs/runbooks.md#{name.lower()}")

    def test_annotations_use_labels_that_the_alert_has(self):
        for name, rule in self.alerts.items():
            has = set(catalogue.SCRAPE_LABELS)
            for word in re.findall(r"[\w:]+", rule["expr"]):
                has |= self.known.get(word, set())
            for text in rule["annotations"].values():
                self.assertLessEqual(set(re.findall(r"\$labels\.(\w+)", text)), has, name)

    def test_storage_is_a_subject_of_the_profiles(self):
        text = "".join(path.read_text() for path in
                       sorted((catalogue.ROOT / "probes/profiles").glob("*.yaml")))
        self.assertRegex(text, r"\bsubject: *\"?storage\b")

    def test_each_alert_has_a_runbook_and_the_reverse(self):
        sections = re.findall(r"^## (\w+)$", RUNBOOKS.read_text(), re.MULTILINE)
        self.assertEqual(sections, list(self.alerts), "same alerts, same order")

    def test_runbooks_point_at_panels_that_exist(self):
        board = (FOLDER / "broker-vitals.json").read_text()
        for section in re.split(r"^## ", RUNBOOKS.read_text(), flags=re.MULTILINE)[1:]:
            panels = re.findall(r"panel \*([^*]+)\*", " ".join(section.split()))
            self.assertTrue(panels, section.split("\n")[0] + " names no panel")
            for panel in panels:
                self.assertIn(f'"title": "{panel}"', board)

    def test_each_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not(self):
        fires, quiet = set(), set()
        for one in tests():
            for check in one.get("alert_rule_test", []):
                (fires if check["exp_alerts"] else quiet).add(check["alertname"])
        self.assertEqual(fires, set(self.alerts))
        self.assertEqual(quiet, set(self.alerts))

    def test_each_recording_rule_has_a_test(self):
        text = " ".join(check["expr"] for one in tests()
                        for check in one.get("promql_expr_test", []))
        self.assertEqual([name for name in self.records if name not in text], [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
