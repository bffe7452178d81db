"""Checks the shape of the sources: who may include whom, which folder owns which library, how long
a file may be, how a header begins. Prints every violation as FILE:LINE: TEXT, and ends with code 1
if there is one. Usage: check_includes.py [ROOT]"""

import pathlib
import re
import sys

MAX_LINES = 400
CORE = "agent/core"

# What a folder may include besides itself and the core. A folder that is not listed: nothing.
# The composition root (the files directly in agent/) knows everything.
EXTRA = {
    "agent/config": ["probes/profiles/"],
    "probes/log": ["probes/probe.h", "probes/schedule.h"],
    "probes/mqtt": ["probes/probe.h", "probes/schedule.h"],
    "probes/sys": ["probes/probe.h", "probes/schedule.h"],
    "probes/cluster": ["probes/probe.h", "probes/schedule.h"],
    "probes/host": ["probes/probe.h", "probes/schedule.h"],
}

# Expression on an include, the folder that may have it, how many of its files may (0 = any number).
LIBRARIES = [
    (r"mqtt/.*|MQTT\w+\.h", "probes/mqtt", 1),
    (r"httplib\.h", "agent/http", 0),
    (r"prometheus/.*", "agent/metrics", 0),
    (r"re2/.*", "probes/log", 0),
    (r"spdlog/.*", "agent/log", 0),
    (r"yaml-cpp/.*", "agent/config", 1),
    (r"CLI/.*", "agent/config", 1),
    (r"ares\.h", "probes/cluster", 0),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*(<([^>]+)>|"([^"]+)")')


def sources(root, *tops):
    for top in tops:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path.relative_to(root).as_posix(), path.read_text().splitlines()


def may_include(folder, included):
    allowed = [folder + "/", CORE + "/"] + EXTRA.get(folder, [])
    return folder == "agent" or any(included.startswith(start) for start in allowed)


def check_shape(name, lines):
    if len(lines) > MAX_LINES:
        yield f"{name}:{len(lines)}: longer than {MAX_LINES} lines"
    if name.endswith(".h"):
        if not lines or not lines[0].startswith("//"):
            yield f"{name}:1: a header opens with a comment: what it is, who owns it, which thread"
        if "#pragma once" not in lines:
            yield f"{name}:1: no #pragma once"


def violations(root):
    library_users = [set() for _ in LIBRARIES]
    for name, lines in sources(root, "agent", "probes"):
        folder = name.rpartition("/")[0]
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            included = match[2] or match[3]
            if match[3] and not may_include(folder, included):
                yield f"{name}:{number}: {folder} must not include {included}"
            for users, (pattern, home, _) in zip(library_users, LIBRARIES):
                if not re.fullmatch(pattern, included):
                    continue
                users.add(name)
                if folder != home:
                    yield f"{name}:{number}: {included} belongs to {home}"
    for users, (pattern, home, most) in zip(library_users, LIBRARIES):
        if most and len(users) > most:
            yield f"{home}: {pattern} is included by {len(users)} files: {', '.join(sorted(users))}"
    for name, lines in sources(root, "agent", "probes", "tests"):
        yield from check_shape(name, lines)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    if len(sys.argv) == 1:
        root = root.parents[2]
    found = list(violations(root))
    print("\n".join(found) if found else "the sources have the shape they should have")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
