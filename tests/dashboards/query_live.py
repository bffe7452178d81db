#!/usr/bin/env python3
"""Asks a real Prometheus every query of the dashboard against a running agent.

    query_live.py --target HOST:PORT [--healthy] [--expect-alert NAME]... [--timeout SECONDS]

Starts a Prometheus of its own (free port, temporary folder, scrape and rules every second) that
scrapes the agent's web port, and waits until every query of every panel has found something, every
rule evaluates, and every expected alert is pending or firing. --healthy: no alert may be pending or
firing in the end. Exit 0 = all of it came true within the timeout; 1 = what did not is named; the
Prometheus is stopped either way.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

DASHBOARDS = pathlib.Path(__file__).resolve().parents[2] / "dashboards"
JOB = "mqtt-vitals"
CONFIG = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ["{dashboards}/recording-rules.yaml", "{dashboards}/alerts.yaml"]
scrape_configs:
  - job_name: {job}
    static_configs: [{{targets: ["{target}"]}}]
"""


class Prometheus:
    """A server of our own; talks to nobody but the target."""

    def __init__(self, target, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "prometheus.yaml").write_text(
            CONFIG.format(dashboards=DASHBOARDS, job=JOB, target=target))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        self.log = (self.folder / "prometheus.log").open("w+")
        self.process = subprocess.Popen(
            [os.environ.get("PROMETHEUS", "prometheus"),
             f"--config.file={self.folder}/prometheus.yaml",
             f"--storage.tsdb.path={self.folder}/data", f"--web.listen-address={self.address}",
             "--log.level=warn"],
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def check_alive(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            sys.exit(f"prometheus ended with {self.process.returncode}:\n{self.log.read()}")

    def get(self, path, **query):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:  # a query that does not parse: no point in waiting
            if error.code == 400:
                sys.exit(f"{query}: {error.read().decode()}")
            return None
        except OSError:
            return None  # not listening yet

    def finds(self, expr):
        data = self.get("query", query=expr)
        return bool(data) and any(not math.isnan(float(one["value"][1])) for one in data["result"])


def queries(target):
    """[(panel, query)] with the dashboard's variables filled in as Grafana would."""
    board = json.loads((DASHBOARDS / "broker-vitals.json").read_text())
    fill = {"$job": JOB, "$instance": target.replace(".", "\\\\.").replace("[", "\\\\[").replace(
        "]", "\\\\]"), "$__rate_interval": "1m"}
    for panel in board["panels"]:
        for one in panel.get("targets", []):
            expr = one["expr"]
            for name, value in fill.items():
                expr = expr.replace(name, value)
            yield panel["title"], expr


def unfinished(prometheus, pending, arguments):
    """What has not come true yet, in words; forgets queries that have found something."""
    pending[:] = [(panel, expr) for panel, expr in pending if not prometheus.finds(expr)]
    missing = [f"panel '{panel}' finds nothing: {expr}" for panel, expr in pending]
    data = prometheus.get("rules") or {"groups": []}
    rules = [rule for group in data["groups"] for rule in group["rules"]]
    if not rules:
        missing.append("no rules are loaded")
    missing += [f"rule {rule['name']} is {rule['health']}: {rule.get('lastError', '')}"
                for rule in rules if rule["health"] != "ok"]
    active = {rule["name"] for rule in rules if rule.get("state") in ("pending", "firing")}
    missing += [f"alert {name} is neither pending nor firing"
                for name in arguments.expect_alert if name not in active]
    if arguments.healthy:
        missing += [f"alert {name} stands though all is well" for name in sorted(active)]
    return missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", required=True, help="HOST:PORT of the agent's web listener")
    parser.add_argument("--healthy", action="store_true", help="no alert may stand in the end")
    parser.add_argument("--expect-alert", action="append", default=[], metavar="NAME")
    parser.add_argument("--timeout", type=float, default=60)
    arguments = parser.parse_args()
    if not shutil.which(os.environ.get("PROMETHEUS", "prometheus")):
        sys.exit("prometheus is not installed: scripts/install-deps installs it")

    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as cleanup:
        prometheus = Prometheus(arguments.target, folder)
        cleanup.callback(prometheus.stop)
        pending = list(queries(arguments.target))
        total, start = len(pending), time.monotonic()
        while missing := unfinished(prometheus, pending, arguments):
            prometheus.check_alive()
            if time.monotonic() - start > arguments.timeout:
                sys.exit("\n".join(missing))
            time.sleep(0.25)  # polls a server; bounded by the timeout
        print(f"{total} queries found data, all rules evaluate, "
              f"after {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
