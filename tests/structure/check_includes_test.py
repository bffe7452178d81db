"""check_includes.py finds each kind of violation, and nothing where there is none."""

import pathlib
import tempfile
import unittest

import check_includes

HEADER = "// What it is.\n#pragma once\n"


class CheckIncludesTest(unittest.TestCase):
    def found(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(check_includes.violations(root))

    def test_good_sources_pass(self):
        good = {
            "agent/core/time.h": HEADER + "#include <chrono>\n",
            "agent/judge/judge.h": HEADER + '#include "agent/core/time.h"\n',
            "agent/config/store.cc": '#include "probes/profiles/profiles.h"\n',
            "agent/main.cc": '#include "agent/judge/judge.h"\n#include "probes/log/log_probe.h"\n',
            "probes/log/matcher.cc": '#include <re2/re2.h>\n#include "probes/probe.h"\n',
        }
        self.assertEqual(self.found(good), [])

    def test_each_violation_is_found(self):
        for name, text, expected in [
            ("agent/core/a.cc", '#include "agent/judge/judge.h"\n', "must not include"),
            ("agent/judge/a.cc", '#include "agent/http/server.h"\n', "must not include"),
            ("probes/log/a.cc", '#include "probes/mqtt/wire.h"\n', "must not include"),
            ("probes/mqtt/a.cc", '#include "probes/profiles/profiles.h"\n', "must not include"),
            ("agent/judge/a.cc", "#include <re2/re2.h>\n", "belongs to probes/log"),
            ("agent/core/a.h", "#pragma once\n", "opens with a comment"),
            ("agent/core/a.h", "// What it is.\n", "no #pragma once"),
            ("tests/unit/a_test.cc", "\n" * 401, "longer than 400 lines"),
        ]:
            with self.subTest(expected=expected, name=name):
                found = self.found({name: text})
                self.assertEqual(len(found), 1, found)
                self.assertIn(expected, found[0])

    def test_a_library_of_one_file_is_not_spread(self):
        paho = "#include <mqtt/async_client.h>\n"
        found = self.found({"probes/mqtt/a.cc": paho, "probes/mqtt/b.cc": paho})
        self.assertEqual(len(found), 1, found)
        self.assertIn("included by 2 files", found[0])


if __name__ == "__main__":
    unittest.main()
