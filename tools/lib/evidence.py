"""Names of the enabled tests of the tree, and which of them carry an id that they prove."""

import ast
import collections
import pathlib
import re

import source_tree

# The checks' own tests plant ids in made-up files: they prove nothing about the suite.
NOT_EVIDENCE = "tests/tools/"
# An id may have dozens of tests; a table names the first of them.
NAMED_TESTS_MAX = 3

GTEST = re.compile(r"\b(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)")


def gtest_names(text):
    """Names of the enabled tests of a C++ file, as ctest shows them without parameters."""
    for suite, name in GTEST.findall(source_tree.without_comments(text)):
        if not suite.startswith("DISABLED_") and not name.startswith("DISABLED_"):
            yield f"{suite}.{name}"


def is_skip(decorator):
    return "skip" in ast.unparse(decorator)


def python_names(text, stem):
    """Names of the enabled tests and stories of a Python file; `stem` owns those outside classes."""
    module = ast.parse(text)
    owners = [(stem, module)]
    owners += [(node.name, node) for node in module.body
               if isinstance(node, ast.ClassDef) and not any(map(is_skip, node.decorator_list))]
    for owner, node in owners:
        for child in node.body:
            if (isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
                    and child.name.startswith(("test", "story_"))
                    and not any(map(is_skip, child.decorator_list))):
                yield f"{owner}.{child.name}"


def evidence(root, pattern, id_of):
    """Id -> sorted names of the tests that carry it: `id_of` makes the id of a match of `pattern`."""
    found = collections.defaultdict(set)
    for path in source_tree.files(root):
        if not path.startswith(("tests/", "tools/")) or path.startswith(NOT_EVIDENCE):
            continue
        suffix = pathlib.PurePosixPath(path).suffix
        if suffix not in (".cpp", ".h", ".py"):
            continue
        text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
        names = (python_names(text, pathlib.PurePosixPath(path).stem) if suffix == ".py"
                 else gtest_names(text))
        for name in names:
            for match in pattern.finditer(name):
                found[id_of(match)].add(name)
    return {each: sorted(names) for each, names in found.items()}


def test_column(names):
    shown = ", ".join(f"`{name}`" for name in names[:NAMED_TESTS_MAX])
    more = len(names) - NAMED_TESTS_MAX
    return shown + (f" and {more} more" if more > 0 else "")
