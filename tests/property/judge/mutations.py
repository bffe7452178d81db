#!/usr/bin/env python3
"""Changes the judge in one place at a time and expects the property tests to notice: what no test
notices, no test protects. Usage: mutations.py BUILD_FOLDER [NAME...]. Needs property_judge built
there; changes nothing in the sources. Ends with code 1 if a mutation survives."""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Name, file of agent/judge, what stands there, what comes instead.
MUTATIONS = [
    ("window_half", "liveness.cc", "finding.fails = silent >= window && proven",
     "finding.fails = silent >= window / 2"),
    ("window_never", "liveness.cc", "finding.fails = silent >= window && proven",
     "finding.fails = silent >= 10 * window && proven"),
    ("hold_dropped", "liveness.cc", "state.log.Holding(state.now)", "state.log.Holding(Time::max())"),
    ("bystanders_ignored", "liveness.cc", "if (others == Others::kServed)",
     "if (others == Others::kServed && silent < 1s)"),
    ("late_agent_counts", "silence.cc", "if (ticked_ && !late_ && passed <= kLongestTick)",
     "if (ticked_ && passed <= kLongestTick)"),
    ("suspended_agent_counts", "silence.cc", "if (ticked_ && !late_ && passed <= kLongestTick)",
     "if (ticked_ && !late_)"),
    ("read_clock_never_reset", "silence.cc", "if (contact != Contact::kNone) read_ = inherited_ = {};",
     "if (contact == Contact::kNone) read_ = inherited_ = {};"),
    ("first_failure_counts", "endpoint.cc", "failed_rounds_ >= policy_->fail_after",
     "failed_rounds_ >= 1"),
    ("silence_forgotten_at_restart", "saved.cc", 'read_ = inherited_ = ReadLength(saved.at("read"));',
     "read_ = inherited_ = {};"),
    ("whole_window_again", "liveness.cc", "window - kProofSlack - state.silence.inherited()",
     "window - kProofSlack"),
]


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def mutate(build, folder, name, file, before, after):
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
    if run([program, "--gtest_brief=1"]).returncode == 0:
        return "survived"
    return None


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    wanted = set(sys.argv[2:])
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, *rest in MUTATIONS:
            if wanted and name not in wanted:
                continue
            trouble = mutate(build, folder, name, *rest)
            bad += trouble is not None
            print(f"{name}: {trouble or 'noticed'}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
