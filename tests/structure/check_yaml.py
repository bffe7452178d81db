"""Every YAML file of the project can be parsed, and no mapping has the same key twice (a second one
would silently win). Helm templates are no YAML before they are rendered: the tests of the chart
look at them. Usage: check_yaml.py"""

import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = {"build", ".git", "templates"}


class StrictLoader(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key '{key.value}' comes twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def main():
    files = [
        path
        for path in sorted(ROOT.rglob("*.y*ml"))
        if not SKIPPED & set(path.relative_to(ROOT).parts)
    ]
    bad = 0
    for path in files:
        try:
            for document in yaml.compose_all(path.read_text(), StrictLoader):
                if document is not None:
                    StrictLoader("").construct_document(document)
        except yaml.YAMLError as error:
            print(f"{path.relative_to(ROOT)}: {error}")
            bad += 1
    print(f"{len(files)} files, {bad} bad")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
