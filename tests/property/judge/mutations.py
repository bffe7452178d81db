#!/usr/bin/env python3
"""Changes the judge in one place at a time and expects the property tests to notice: what no test
notices, no test protects. Needs property_judge built in BUILD_FOLDER; changes nothing in the
sources. Ends with code 1 if a mutation survives."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Name, file of agent/judge, what stands there, what comes instead. Grouped by the invariant of
# tests/property/judge/truth.cc that has to notice.
MUTATIONS = [
    # A broker that moves, or is legally busy, never fails.
    ("window_half", "liveness.cc",
     "finding.fails = silent >= window && proven",
     "finding.fails = silent >= window / 2"),
    ("hold_dropped", "liveness.cc",
     "state.log.Holding(state.now)",
     "state.log.Holding(Time::max())"),
    ("person_ignored", "liveness.cc",
     "if (state.held()) {",
     "if (state.held() && state.now < Time{}) {"),
    ("drain_ignored", "state.cc",
     "return drain && now - drain->since < policy.drain_max;",
     "return false;"),
    ("read_clock_never_reset", "silence.cc",
     "if (contact != Contact::kNone) read_ = inherited_ = {};",
     "if (contact == Contact::kNone) read_ = inherited_ = {};"),
    ("unanswered_at_once", "liveness.cc",
     "finding.fails = silent >= state.policy.unanswered_window",
     "finding.fails = silent >= state.policy.unanswered_window / 2"),
    ("fault_line_alone", "liveness.cc",
     "longest->fails = longest->age >= window && !state.silence.late();",
     "longest->fails = true;"),
    ("boot_stall_half", "liveness.cc",
     "if (quiet >= state.policy.boot_stall) {",
     "if (quiet >= state.policy.boot_stall / 2) {"),
    ("bystanders_ignored", "liveness.cc",
     "if (others == Others::kServed)",
     "if (others == Others::kServed && silent < 1s)"),
    # A dead broker always fails in time.
    ("window_never", "liveness.cc",
     "finding.fails = silent >= window && proven",
     "finding.fails = silent >= 10 * window && proven"),
    ("whole_window_again", "liveness.cc",
     "window - kProofSlack - state.silence.inherited()",
     "window - kProofSlack"),
    ("silence_forgotten_at_restart", "saved.cc",
     'read_ = inherited_ = ReadLength(saved.at("read"));',
     "read_ = inherited_ = {};"),
    ("hold_for_ever", "log_conditions.cc",
     "condition.held_until = condition.first_line + *effect.hold_max;",
     "condition.held_until = condition.first_line + 100 * *effect.hold_max;"),
    # An absence of the agent never makes a failure.
    ("late_agent_counts", "silence.cc",
     "if (late_ || passed > kLongestTick) {",
     "if (passed > kLongestTick) {"),
    ("suspended_agent_counts", "silence.cc",
     "if (late_ || passed > kLongestTick) {",
     "if (late_) {"),
    ("missed_boot_counts", "boot.cc",
     "quiet_.Miss(length, now);",
     ""),
    ("missed_failures_count", "endpoint.cc",
     "if (*span) (*span)->Miss(length, now);",
     ""),
    ("old_looks_count", "state.cc",
     "silence.Attentive(now, kFreshProof) &&",
     ""),
    # Readiness follows, and does not flap.
    ("first_failure_counts", "endpoint.cc",
     "failed_rounds_ >= policy_->fail_after",
     "failed_rounds_ >= 1"),
    ("first_success_counts", "endpoint.cc",
     "good_rounds_ >= policy_->recover_after",
     "good_rounds_ >= 1"),
    ("never_back", "endpoint.cc",
     "accepting_ == Status::kUnknown || connects_.all_good()",
     "accepting_ == Status::kUnknown"),
    # The budget and the latch.
    ("budget_boundless", "silence.cc",
     "if (Left(at) == 0) return false;",
     ""),
    ("latch_for_ever", "judge_liveness.cc",
     "!FailureStands(*state_, latched_.reason, reacted_since_failure_)",
     "false"),
    ("longer_window_ends_a_failure", "judge_liveness.cc",
     "!FailureStands(*state_, latched_.reason, reacted_since_failure_)",
     "(!finding.fails && reacted_since_failure_)"),
]


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def mutate(build, folder, seeds, name, file, before, after):
    source = ROOT / "agent/judge" / file
    text = source.read_text()
    if text.count(before) != 1:
        return f"stands {text.count(before)} times in {file}, not once: bring the list up to date"
    mutant = pathlib.Path(folder) / f"{name}.cc"
    mutant.write_text(text.replace(before, after))
    program = pathlib.Path(folder) / name
    tests = sorted((build / "tests/property/judge").rglob("*.o"))
    # The mutant comes first: the linker then leaves the original in its archive.
    done = run(["c++", "-std=c++20", "-O1", f"-I{ROOT}", mutant, *tests,
                build / "tests/support/judge/libvitals_tests_scenario.a",
                build / "agent/judge/libvitals_agent_judge.a",
                build / "agent/core/libvitals_agent_core.a",
                "-lgmock", "-lgtest_main", "-lgtest", "-lpthread", "-o", program])
    if done.returncode != 0:
        return "does not compile: " + done.stderr.strip().splitlines()[0]
    # Runs end at the first wrong verdict: only a survivor costs the whole time.
    if run(["env", f"MQTT_VITALS_SEEDS={seeds}", program, "--gtest_fail_fast"]).returncode == 0:
        return "survived"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, metavar="BUILD_FOLDER")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these mutations")
    parser.add_argument("--seeds", type=int, default=100, help="runs of each property")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    wanted = set(arguments.names)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, *rest in MUTATIONS:
            if wanted and name not in wanted:
                continue
            trouble = mutate(build, folder, arguments.seeds, name, *rest)
            bad += trouble is not None
            print(f"{name}: {trouble or 'noticed'}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
