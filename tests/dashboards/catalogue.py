"""What docs/metrics.md promises, and which names and labels a PromQL expression uses.

Shared by the checks of this folder. Not a PromQL parser: promtool and a real Prometheus judge the
syntax; this only finds the words.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRAPE_LABELS = {"job", "instance"}  # Prometheus adds them to every series
WORDS = set(
    "sum min max avg count topk sort sort_desc by without on ignoring group_left group_right bool "
    "and or unless offset rate increase changes delta time vector absent scalar round clamp_min "
    "histogram_quantile label_replace avg_over_time max_over_time min_over_time last_over_time "
    "count_over_time".split())
LABEL_LISTS = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def metrics():
    """{metric: labels}, histograms as their three series."""
    found = {"up": set()}
    row = re.compile(r"^\| `(\w+)` \| (\w+) \| ([^|]*)\|", re.MULTILINE)
    for name, kind, labels in row.findall((ROOT / "docs/metrics.md").read_text()):
        labels = set(re.findall(r"`(\w+)`", labels))
        if kind == "histogram":
            found[name + "_bucket"] = labels | {"le"}
            found[name + "_sum"] = found[name + "_count"] = labels
        else:
            found[name] = labels
    assert len(found) > 30, "docs/metrics.md: the table was not understood"
    return found


def values():
    """Every closed list of words that may stand as the value of a label: the names in agent/core
    and the values that docs/metrics.md spells out."""
    text = "".join(path.read_text() for path in sorted((ROOT / "agent/core").glob("*.cc")))
    page = (ROOT / "docs/metrics.md").read_text()
    return set(re.findall(r'"(\w+)"', text)) | set(re.findall(r"[a-z_]+", page))


def problems(expr, known, words=frozenset()):
    """What is wrong with the names in `expr`: unknown metrics, labels the metric does not have,
    values that no closed list holds. `known` is {metric: labels}."""
    found, used, allowed = [], set(), set(SCRAPE_LABELS)
    bare = re.sub(r'label_replace\(vector\(0\), "(\w+)", "none", "", ""\)', "vector(0)", expr)
    for name, body in re.findall(r"([\w:]+)\{([^}]*)\}", bare):
        for label, operator, value in MATCHER.findall(body):
            if name in known and label not in known[name] | SCRAPE_LABELS:
                found.append(f"{name} has no label {label}")
            if label in SCRAPE_LABELS or label == "subject" or not words:
                continue
            found += [f"{label}=\"{one}\" is in no closed list"
                      for one in value.split("|") if one not in words]
    for keyword, labels in LABEL_LISTS.findall(bare):
        used |= {label.strip() for label in labels.split(",") if label.strip()}
    rest = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", LABEL_LISTS.sub(r"\1", bare))
    for name in re.findall(r"(?<![\w:.])[a-zA-Z_:][\w:]*", re.sub(r'"[^"]*"', '""', rest)):
        if name in known:
            allowed |= known[name]
        elif name not in WORDS:
            found.append(f"{name} stands neither in docs/metrics.md nor in the recording rules")
    found += [f"no metric here has the label {label}" for label in sorted(used - allowed)]
    return found
