#!/usr/bin/env python3
"""Prints broker-vitals.json, the Grafana dashboard of one or several brokers.

    ./generate.py > broker-vitals.json

A test compares the committed file with what this prints, every metric and label in it with
docs/metrics.md, and every query with a Prometheus that scrapes a running agent. A query that finds
nothing while all is well says so with a zero (`or on() vector(0)`), so an empty panel always means
that something is broken.
"""

import json
import sys

from panels import (AMBER, BLUE, GREEN, GREY, RED, lay_out, mapping, series, stat, steps, table,
                    target, text, timeline)

WHERE = 'job=~"$job",instance=~"$instance"'
PASS_OR_FAIL = mapping(_1=("pass", GREEN), _0=("FAIL", RED))
NONE = 'or on() label_replace(vector(0), "{}", "none", "", "")'


def m(name, **labels):
    """A selector: m("mqtt_vitals_verdict", verdict="liveness")."""
    extra = "".join(f',{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{WHERE}{extra}}}"


def rate(name, **labels):
    return f"rate({m(name, **labels)}[$__rate_interval])"


def quantile(q, by, **labels):
    """NaN (no observation in the window) is left out by the comparison."""
    buckets = rate("mqtt_vitals_probe_duration_seconds_bucket", **labels)
    return f"histogram_quantile({q}, sum by (le, {by}) ({buckets})) >= 0"


def states(conditions):
    """0 = False, 1 = True, 2 = Unknown for each condition."""
    def one(status):
        return f'{m("mqtt_vitals_condition", status=status)[:-1]},condition=~"{conditions}"}}'
    return f'max without (status) ({one("True")} or 2 * {one("Unknown")})'


GUIDE = """\
**1.** Which verdict fails, and since when? **2.** Which condition is wrong, on which subject? \
**3.** Which *stage* of a connect or a round trip fails, for what *reason*, and whose *fault* is it: \
`broker`, `agent` (credentials, name, certificate of the prober itself) or `unknown`? \
**4.** Do bytes lie *unread* (the broker is hung) or are they read and *unanswered* (it is busy, \
alarmed or waits for something)? **5.** What did the broker's log say at that time? **6.** Is the \
agent itself late, blind or down? Then its silence proves nothing.

The words behind a verdict, with the evidence: the status page on the agent's web port, or \
`GET /readyz?verbose` on its probe port. What to do for each alert: `docs/runbooks.md`."""


def now():
    def verdict(name, meaning):
        return stat(name.capitalize(), meaning,
                    [target(m("mqtt_vitals_verdict", verdict=name), "{{instance}}")],
                    mappings=PASS_OR_FAIL)
    return [
        verdict("startup", "The broker has finished its boot."),
        verdict("readiness", "New clients get in and messages come back."),
        verdict("liveness", "Fails only if a restart would help: bytes unread on every path, over "
                            "the whole window."),
        stat("Liveness would fail",
             "What enforce mode with an unspent budget would say. WOULD FAIL beside a passing "
             "liveness: observe mode, or the budget is spent.",
             [target(m("mqtt_vitals_liveness_would_fail"), "{{instance}}")],
             mappings=mapping(_0=("no", GREEN), _1=("WOULD FAIL", RED))),
        stat("Kill budget left", "Failures that liveness may still announce in this window.",
             [target(m("mqtt_vitals_liveness_budget_left"), "{{instance}}")],
             thresholds=steps(RED, (1, AMBER), (2, GREEN))),
        stat("Drain", "Asked for by `mqtt-vitals drain` or a preStop hook.",
             [target(m("mqtt_vitals_draining"), "{{instance}}")],
             mappings=mapping(_0=("no", GREEN), _1=("DRAINING", AMBER))),
        stat("Hold of liveness", "For how long a person still keeps the broker from being restarted.",
             [target(m("mqtt_vitals_hold_left_seconds"), "{{instance}}")],
             unit="s", thresholds=steps(GREEN, (1, AMBER))),
        stat("Faults of the agent",
             "Credentials, certificate, name or limits of the agent itself. They never count "
             "against the broker.",
             [target(f'sum by (instance) ({m("mqtt_vitals_agent_fault")}) or on() vector(0)',
                     "{{instance}}")],
             thresholds=steps(GREEN, (1, RED))),
        stat("Oldest evidence", "Age of the source that has been quiet for longest.",
             [target(f'max by (instance) ({m("mqtt_vitals_evidence_age_seconds")})',
                     "{{instance}}")],
             unit="s", thresholds=steps(GREEN, (15, AMBER), (60, RED))),
        stat("Agent", "Whether Prometheus reaches the agent. DOWN: all else here is old.",
             [target(m("up"), "{{instance}}")],
             mappings=mapping(_1=("up", GREEN), _0=("DOWN", RED))),
    ]


def verdicts():
    return [
        timeline("Verdicts over time", "Each change is a moment to look at in the panels below.",
                 [target(m("mqtt_vitals_verdict"), "{{instance}} {{verdict}}")], PASS_OR_FAIL,
                 size=(12, 7)),
        series("Changes of verdicts, by the reason of the new one",
               "Many changes: flapping. The reason is the one of docs/reasons.md.",
               [target("sum by (instance, verdict, reason) "
                       f'(increase({m("mqtt_vitals_verdict_changes_total")}[$__rate_interval])) > 0 '
                       + NONE.format("verdict"), "{{instance}} {{verdict}} {{reason}}")],
               bars=True, size=(12, 7)),
        timeline("Conditions that should be True",
                 "Accepting and Delivering are named by endpoint: one red line among green ones is "
                 "one dead listener.",
                 [target(states("Started|Accepting|Delivering|Clustered|Observed"),
                         "{{instance}} {{condition}} {{subject}}")],
                 mapping(_1=("True", GREEN), _0=("False", RED), _2=("Unknown", GREY))),
        timeline("Conditions that should be False",
                 "Busy is announced work that may hold liveness. Faulted names the fault that the "
                 "broker's log reported.",
                 [target(states("Stopping|Busy|Overloaded|Faulted"),
                         "{{instance}} {{condition}} {{subject}}")],
                 mapping(_0=("False", GREEN), _1=("True", RED), _2=("Unknown", GREY))),
        table("Conditions now", "The status that holds for each condition and subject.",
              m("mqtt_vitals_condition") + " == 1",
              ["instance", "condition", "subject", "status"], "condition", size=(12, 9)),
        table("Failures since the agent started",
              "Where and why probes failed. Fault `agent` is a mistake in the agent's own "
              "configuration.",
              "sum by (instance, probe, endpoint, stage, reason, fault) "
              f'({m("mqtt_vitals_probe_failures_total")}) > 0 ' + NONE.format("reason"),
              ["instance", "probe", "endpoint", "stage", "reason", "fault"], "failures",
              value="failures", size=(12, 9)),
    ]


def probes():
    trip = {"probe": "round_trip", "stage": "delivery"}
    return [
        series("Round trip: publish until it came back",
               "Successes only; nothing is drawn while messages do not come back. The deadline is "
               "0.8 s unless configured otherwise.",
               [target(quantile(0.5, "instance, endpoint", **trip), "{{instance}} {{endpoint}} p50"),
                target(quantile(0.99, "instance, endpoint", **trip),
                       "{{instance}} {{endpoint}} p99")],
               unit="s", log=True, thresholds=steps(GREEN, (0.1, AMBER), (0.8, RED))),
        series("Connect: p99 of each stage",
               "Which step of a fresh connect is slow, on which endpoint: tcp, proxy, tls, upgrade "
               "or connack.",
               [target(quantile(0.99, "instance, endpoint, stage", probe="listener"),
                       "{{instance}} {{endpoint}} {{stage}}")],
               unit="s", log=True),
        series("Failures by stage, reason and fault",
               "refused: nobody listens. unread: the broker does not take our bytes. unanswered: "
               "it took them and is silent.",
               [target("sum by (instance, probe, endpoint, stage, reason, fault) "
                       f'(rate({m("mqtt_vitals_probe_failures_total")}[$__rate_interval])) > 0 '
                       + NONE.format("reason"),
                       "{{instance}} {{probe}} {{endpoint}} {{stage}} {{reason}} {{fault}}")],
               unit="cps", bars=True),
        series("Attempts",
               "Rounds and fresh connects a second. The listener probe speeds up while something is "
               "wrong; a line at zero is a probe that stands still.",
               [target("sum by (instance, probe, endpoint) "
                       f'({rate("mqtt_vitals_probe_attempts_total")})',
                       "{{instance}} {{probe}} {{endpoint}}")],
               unit="cps"),
        series("Time since the last success",
               "Grows without end on an endpoint that stopped working; decades mean never.",
               [target(f'time() - {m("mqtt_vitals_probe_last_success_timestamp_seconds")}',
                       "{{instance}} {{probe}} {{endpoint}}")],
               unit="s", log=True, thresholds=steps(GREEN, (30, AMBER))),
        series("Stray messages on our topic",
               "late or duplicate: a slow broker. foreign: somebody else writes there. retained: "
               "somebody left a retained message there.",
               [target(f'sum by (instance, endpoint, kind) ({rate("mqtt_vitals_stray_messages_total")})'
                       " or on() vector(0)", "{{instance}} {{endpoint}} {{kind}}")],
               unit="cps"),
        series("Days until a certificate expires",
               "Of the first to do so in the chain that a listener shows. Nothing but a nameless zero: "
               "no listener speaks TLS.",
               [target(f'({m("mqtt_vitals_certificate_expiry_timestamp_seconds")} - time()) / 86400 '
                       "or on() vector(0)", "{{instance}} {{endpoint}}")],
               unit="d"),
        series("Certificates that are not as they should be",
               "authority: signed by nobody whom the agent trusts. name: not the expected one. Counted "
               "also where the settings forgive it.",
               [target(f'{m("mqtt_vitals_certificate_problem")} or on() vector(0)',
                       "{{instance}} {{endpoint}} {{problem}}")],
               thresholds=steps(GREEN, (1, AMBER))),
    ]


def silence():
    return [
        series("Silence clocks",
               "read: since the broker took or sent a byte; at the window (60 s unless configured) "
               "liveness fails. answer: since it sent one; 300 s where the profile allows.",
               [target(m("mqtt_vitals_liveness_silence_seconds"), "{{instance}} {{clock}}")],
               unit="s", thresholds=steps(GREEN, (60, AMBER), (300, RED)), size=(8, 8)),
        series("Unread bytes at the broker's end",
               "Seen by the kernel. Above zero and staying: the broker is hung or stopped. Zero "
               "during silence: it reads and does not answer.",
               [target(f'{m("mqtt_vitals_unread_bytes")} or on() vector(0)',
                       "{{instance}} {{probe}} {{endpoint}}")],
               unit="bytes", thresholds=steps(GREEN, (1, RED)), size=(8, 8)),
        timeline("Liveness outlook", "would fail: the verdict of enforce mode with a full budget.",
                 [target(m("mqtt_vitals_liveness_would_fail"), "{{instance}} would fail"),
                  target(f'1 - {m("mqtt_vitals_verdict", verdict="liveness")}',
                         "{{instance}} does fail")],
                 mapping(_0=("no", GREEN), _1=("YES", RED)), size=(8, 8)),
    ]


def log():
    return [
        series("Events in the broker's log, by severity", "Lines on which a rule fired.",
               [target("sum by (instance, severity) "
                       f'(increase({m("mqtt_vitals_log_events_total")}[$__rate_interval])) '
                       "or on() vector(0)", "{{instance}} {{severity}}")], bars=True),
        table("Events since the agent started", "By the event names of the profile.",
              "sum by (instance, severity, event) "
              f'({m("mqtt_vitals_log_events_total")}) > 0 ' + NONE.format("event"),
              ["instance", "severity", "event"], "events", value="events"),
        series("Behind the log", "Written by the broker and not read yet. Over 5 s during a silence "
               "doubles the liveness window.",
               [target(m("mqtt_vitals_log_lag_seconds"), "{{instance}}")],
               unit="s", thresholds=steps(GREEN, (5, RED)), size=(8, 7)),
        series("Bytes behind", "Past the gap limit (64 MiB) the follower jumps ahead.",
               [target(m("mqtt_vitals_log_lag_bytes"), "{{instance}}")], unit="bytes", size=(8, 7)),
        series("Gaps, cuts, rotations",
               "gap: part of the log was never read. cut: a line over 16 KiB.",
               [target(f'increase({m(f"mqtt_vitals_log_{name}_total")}[$__rate_interval])',
                       "{{instance}} " + name.replace("_", " "))
                for name in ("gaps", "cut_lines", "rotations", "truncations")],
               bars=True, size=(8, 7)),
        series("Lines", "Read, and those on which a rule fired. No line read at all: the broker logs "
               "elsewhere, or the level is too high.",
               [target(rate("mqtt_vitals_log_lines_total"), "{{instance}} read"),
                target(rate("mqtt_vitals_log_matched_lines_total"), "{{instance}} matched")],
               unit="cps", size=(8, 7)),
        series("Volume of the log", "What the broker writes; a full disk comes from here.",
               [target(rate("mqtt_vitals_log_bytes_total"), "{{instance}}"),
                target(rate("mqtt_vitals_log_gap_bytes_total"), "{{instance}} skipped"),
                target(rate("mqtt_vitals_log_freed_bytes_total"), "{{instance}} freed")],
               unit="Bps", size=(8, 7)),
        series("Log files open", "Zero: the path in the agent's configuration matches nothing.",
               [target(m("mqtt_vitals_log_files"), "{{instance}}")], size=(8, 7)),
        series("Time since the last line", "A broker that logs connects is never quiet for long.",
               [target(f'time() - {m("mqtt_vitals_log_last_read_timestamp_seconds")}',
                       "{{instance}}")], unit="s", size=(8, 7)),
        table("Numbers in the log", "The newest of each rule that has a metric, in the unit of the line.",
              f'{m("mqtt_vitals_log_value")} ' + NONE.format("rule"),
              ["instance", "event", "rule"], "rule", size=(24, 7), value="number"),
    ]


def agent():
    return [
        series("Age of the evidence", "A source that stopped talking makes the verdicts blind.",
               [target(m("mqtt_vitals_evidence_age_seconds"), "{{instance}} {{source}}"),
                target(f'time() - {m("mqtt_vitals_last_update_timestamp_seconds")}',
                       "{{instance}} judge's last word")],
               unit="s", thresholds=steps(GREEN, (60, RED)), size=(8, 8)),
        series("Lateness of the loops",
               "Over 0.2 s the agent itself is starved (CPU limit, busy node), and the silence "
               "clocks stand still.",
               [target(m("mqtt_vitals_loop_late_seconds"), "{{instance}} {{loop}}")],
               unit="s", thresholds=steps(GREEN, (0.2, RED)), size=(8, 8)),
        series("Faults of the agent, by reason", "1 while it stands.",
               [target(f'{m("mqtt_vitals_agent_fault")} > 0 or on() '
                       'label_replace(vector(0), "reason", "none", "", "")',
                       "{{instance}} {{reason}}")],
               thresholds=steps(GREEN, (1, RED)), size=(8, 8)),
        series("CPU", "Share of one core.",
               [target(rate("process_cpu_seconds_total"), "{{instance}}")], unit="percentunit",
               size=(6, 7)),
        series("The broker's process", "Cores that it uses, where the agent can see it in /proc.",
               [target(m("mqtt_vitals_broker_process_cpu_cores"), "{{instance}} cores"),
                target(m("mqtt_vitals_broker_process_visible"), "{{instance}} can be seen")],
               size=(6, 7)),
        series("Memory", "Resident.",
               [target(m("process_resident_memory_bytes"), "{{instance}}")], unit="bytes",
               size=(6, 7)),
        series("Descriptors and threads", "Both should be flat: growth is a leak.",
               [target(m("process_open_fds"), "{{instance}} descriptors"),
                target(m("process_threads"), "{{instance}} threads")], size=(6, 7)),
        series("Dropped", "Evidence: the judge was too slow. Output: stdout was blocked. Recorder: the "
               "disk was slow or full.",
               [target(f'increase({m("mqtt_vitals_evidence_dropped_total")}[$__rate_interval])',
                       "{{instance}} evidence"),
                target(f'increase({m("mqtt_vitals_output_dropped_total")}[$__rate_interval])',
                       "{{instance}} output lines"),
                target(f'increase({m("mqtt_vitals_recorder_dropped_total")}[$__rate_interval])',
                       "{{instance}} recorder")],
               size=(6, 7), thresholds=steps(GREEN, (1, RED))),
        stat("Agent runs for", "Short: its worker was restarted.",
             [target(f'time() - {m("process_start_time_seconds")}', "{{instance}}")], unit="s",
             size=(4, 4), thresholds=steps(AMBER, (300, BLUE))),
        stat("Recorded", "What the flight recorder writes in an hour.",
             [target(f'increase({m("mqtt_vitals_recorder_written_bytes_total")}[1h])',
                     "{{instance}}")], unit="bytes", size=(4, 4)),
        stat("Worker restarts", "Within the agent's life: killed, crashed or hung. Its log says why.",
             [target(m("mqtt_vitals_worker_restarts_total"), "{{instance}}")],
             size=(4, 4), thresholds=steps(GREEN, (1, AMBER))),
        stat("Configuration", "OLD: the files have mistakes, or changes that need a restart; the agent's "
             "log names them.",
             [target(m("mqtt_vitals_config_last_reload_successful"), "{{instance}}")],
             size=(4, 4), mappings=mapping(_0=("OLD", RED), _1=("in force", GREEN))),
        stat("Configured for", "Since the configuration in force was read.",
             [target(f'time() - {m("mqtt_vitals_config_last_reload_success_timestamp_seconds")}',
                     "{{instance}}")], unit="s", size=(4, 4)),
        table("Version and profile", "The profile decides which log lines are understood.",
              f'{m("mqtt_vitals_profile_info")} * on (job, instance) group_left (version, compiler) '
              + m("mqtt_vitals_build_info"),
              ["instance", "profile", "version", "compiler"], "instance", size=(12, 4)),
    ]


def variable(name, label, query):
    return {
        "name": name, "label": label, "type": "query", "query": {"query": query, "refId": name},
        "definition": query, "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "refresh": 2, "sort": 1, "multi": True, "includeAll": True,
        "current": {"text": ["All"], "value": ["$__all"]}, "hide": 0, "options": [], "regex": "",
    }


def dashboard():
    return {
        "uid": "mqtt-broker-vitals",
        "title": "Broker vitals",
        "description": "Does the MQTT broker really work, and if not, why? By mqtt-vitals.",
        "tags": ["mqtt", "mqtt-vitals"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "10s",
        "timezone": "browser",
        "time": {"from": "now-1h", "to": "now"},
        "annotations": {"list": []},
        "links": [],
        "templating": {"list": [
            {"name": "datasource", "label": "Data source", "type": "datasource",
             "query": "prometheus", "refresh": 1, "hide": 0, "multi": False, "includeAll": False,
             "current": {}, "options": [], "regex": ""},
            variable("job", "Job", "label_values(mqtt_vitals_build_info, job)"),
            variable("instance", "Instance",
                     'label_values(mqtt_vitals_build_info{job=~"$job"}, instance)'),
        ]},
        "panels": lay_out([
            ("", [text(GUIDE)]),
            ("Now", now()),
            ("Verdicts and conditions", verdicts()),
            ("What the broker does: round trips and connects", probes()),
            ("Silence: is it hung?", silence()),
            ("What the broker says: its log", log()),
            ("The agent itself: can its word be trusted?", agent()),
        ]),
    }


if __name__ == "__main__":
    json.dump(dashboard(), sys.stdout, indent=2)
    sys.stdout.write("\n")
