#!/usr/bin/env python3
"""Reads and writes the snapshot of RustSec's advisories that `.ci/dependencies.py` checks the lock file against.

CI does not reach the advisory database, so `.ci/advisories.json` holds the facts of one day about the crates in Cargo.lock:

    {"source": address, "commit": of the database, "taken_on": its day, "crates": [every name in Cargo.lock at that time],
     "advisories": [{"id", "crate", "kind", "patched": [ranges], "unaffected": [ranges]}]}

Only facts are kept; https://rustsec.org/advisories/<id> has the text of an advisory.

The command below writes one from a clone of https://github.com/rustsec/advisory-db. Take a new one at least every 90 days,
and whenever Cargo.lock gains a crate.

    python3 .ci/advisories.py path/to/advisory-db >.ci/advisories.json
"""

import datetime
import json
import pathlib
import re
import subprocess
import sys
import tomllib

SOURCE = "https://github.com/rustsec/advisory-db"
MAX_AGE_DAYS = 90

COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~|)\s*(\d+(?:\.\d+){0,2})(?:-([0-9A-Za-z.-]+))?")
# Sorts before every pre-release of the same version, and a release sorts after all of them.
LOWEST, RELEASE = (), ((2,),)


def version_key(numbers, suffix):
    """Returns what a version sorts by (semver.org §11)."""
    identifiers = suffix.split(".") if suffix else []
    order = tuple((0, int(i), "") if i.isdigit() else (1, 0, i) for i in identifiers)
    return (*numbers, *[0] * (3 - len(numbers)), order or RELEASE)


def parse_version(text):
    """Reads a version.

    >>> parse_version("1.0.0-alpha.2") < parse_version("1.0.0-beta") < parse_version("1.0.0") < parse_version("1.0.1-a")
    True
    >>> parse_version("0.12.5+spec-1.1.0") == parse_version("0.12.5")
    True
    """
    core, _, suffix = text.partition("+")[0].partition("-")
    return version_key([int(number) for number in core.split(".")], suffix)


def next_key(numbers, at):
    """Returns the key of the least version that differs in the number at that place."""
    return (*numbers[:at], numbers[at] + 1, *[0] * (2 - at), LOWEST)


def satisfies(version, comparator):
    """Returns whether a version meets one comparator, in the syntax of Cargo.

    >>> [satisfies("0.13.16", c) for c in (">= 0.13.12", "^0.13", "0.13.10", "~0.13.2", "< 0.14", "<= 0.13", "=0.13.16")]
    [True, True, True, True, True, True, True]
    >>> [satisfies("0.13.16", c) for c in ("> 0.13", "^0.12.4", "0.14", "~0.13.17", "< 0.13.16", "<=0.12", "= 0.13.1")]
    [False, False, False, False, False, False, False]
    >>> satisfies("2.0.0", "^1.2"), satisfies("1.9.0", "^1.2"), satisfies("0.0.3", "^0.0.2"), satisfies("0.0.9", "^0.0")
    (False, True, False, True)
    >>> satisfies("3.0.0-beta.8", ">= 3.0.0-beta.9"), satisfies("3.0.0", ">= 3.0.0-beta.9")
    (False, True)
    >>> satisfies("1.0.0", "newest")
    Traceback (most recent call last):
    ValueError: not a comparator: newest
    """
    found = COMPARATOR.fullmatch(comparator.strip())
    if not found:
        raise ValueError(f"not a comparator: {comparator}")
    operator, text, suffix = found.groups()
    numbers = [int(number) for number in text.split(".")]
    last, key, low = len(numbers) - 1, parse_version(version), version_key(numbers, suffix)
    # "1.2" stands for every version that begins so.
    after = next_key(numbers, last) if last < 2 else (*low[:3], (*low[3], (0, 0, "")))
    if operator == ">=":
        return key >= low
    if operator == "<":
        return key < low
    if operator == ">":
        return key >= after
    if operator == "<=":
        return key < after
    if operator == "=":
        return low <= key < after
    if operator == "~":
        return low <= key < next_key(numbers, min(last, 1))
    # The first number that is not 0 may not change, nor may the last one that is named.
    fixed = next((at for at, number in enumerate(numbers) if number), last)
    return low <= key < next_key(numbers, fixed)


def in_ranges(version, ranges):
    """Returns whether a version meets all comparators of one of the ranges."""
    return any(all(satisfies(version, part) for part in text.split(",")) for text in ranges)


def affects(advisory, version):
    """Returns whether an advisory is about a version: one that is neither patched nor unaffected.

    >>> both = {"patched": [">= 1.8.4, < 1.9.0", ">= 1.13.1"], "unaffected": ["< 0.1.14"]}
    >>> [affects(both, version) for version in ("0.1.13", "1.8.3", "1.8.4", "1.9.0", "1.13.1")]
    [False, True, False, True, False]
    >>> affects({"patched": [], "unaffected": []}, "0.9.10")
    True
    """
    return not in_ranges(version, advisory["patched"] + advisory["unaffected"])


def check(snapshot, locked, exceptions, today):
    """Returns faults and warnings about locked crates: names with their versions, and ids with reasons.

    >>> snapshot = {"taken_on": "2026-01-01", "crates": ["a", "b"], "advisories": [
    ...     {"id": "RUSTSEC-1", "crate": "a", "kind": "unsound", "patched": [">= 2"], "unaffected": []}]}
    >>> day = datetime.date(2026, 4, 1)
    >>> check(snapshot, [("a", "1.0.0"), ("b", "1.0.0")], {}, day)
    (['a 1.0.0: RUSTSEC-1 (unsound); patched: >= 2'], [])
    >>> check(snapshot, [("a", "1.0.0")], {"RUSTSEC-1": "not called here"}, day)
    ([], [])
    >>> check(snapshot, [("a", "1.0.0")], {"RUSTSEC-1": ""}, day)[0]
    ['deny.toml: RUSTSEC-1 is ignored without a reason']
    >>> check(snapshot, [("a", "2.0.0")], {"RUSTSEC-1": "not called here"}, day)[0]
    ['deny.toml: nothing to ignore for RUSTSEC-1']
    >>> check(snapshot, [("c", "1.0.0")], {}, day + datetime.timedelta(days=1))[1]
    ['the snapshot of advisories is 91 days old', 'the snapshot of advisories does not cover c']
    """
    faults, warnings, used = [], [], set()
    for name, version in locked:
        for advisory in snapshot["advisories"]:
            if advisory["crate"] != name or not affects(advisory, version):
                continue
            if advisory["id"] in exceptions:
                used.add(advisory["id"])
                continue
            patched = "; ".join(advisory["patched"]) or "no version"
            faults.append(f"{name} {version}: {advisory['id']} ({advisory['kind']}); patched: {patched}")
    faults += [f"deny.toml: {id} is ignored without a reason" for id, reason in exceptions.items() if not reason]
    faults += [f"deny.toml: nothing to ignore for {id}" for id in exceptions if id not in used]
    age = (today - datetime.date.fromisoformat(snapshot["taken_on"])).days
    if age > MAX_AGE_DAYS:
        warnings.append(f"the snapshot of advisories is {age} days old")
    unknown = sorted({name for name, _ in locked} - set(snapshot["crates"]))
    if unknown:
        warnings.append(f"the snapshot of advisories does not cover {', '.join(unknown)}")
    return faults, warnings


def locked_crates():
    """Returns names and versions of the crates in the lock file that come from elsewhere."""
    with open("Cargo.lock", "rb") as file:
        packages = tomllib.load(file)["package"]
    return [(package["name"], package["version"]) for package in packages if "source" in package]


def parse_advisory(text):
    """Reads the facts of an advisory, which stand in TOML before its text. None of one that was withdrawn.

    >>> facts = '[advisory]\\nid = "R-1"\\npackage = "a"\\n[versions]\\npatched = [">= 2"]'
    >>> parse_advisory(f"```toml\\n{facts}\\n```\\n\\n# A title\\n\\nText.")
    {'id': 'R-1', 'crate': 'a', 'kind': 'vulnerability', 'patched': ['>= 2'], 'unaffected': []}
    """
    _, facts, _ = re.split(r"^```(?:toml)?\s*$", text, maxsplit=2, flags=re.MULTILINE)
    facts = tomllib.loads(facts)
    advisory, versions = facts["advisory"], facts["versions"]
    if "withdrawn" in advisory:
        return None
    return {
        "id": advisory["id"],
        "crate": advisory["package"],
        "kind": advisory.get("informational", "vulnerability"),
        "patched": versions["patched"],
        "unaffected": versions.get("unaffected", []),
    }


def take_snapshot(clone):
    """Reads what the database's newest commit says about the crates in the lock file."""

    def git(*arguments):
        answer = subprocess.run(["git", "-C", clone, *arguments], check=True, stdout=subprocess.PIPE)
        return answer.stdout.decode()

    names = {name for name, _ in locked_crates()}
    paths = map(pathlib.PurePosixPath, git("ls-tree", "-r", "--name-only", "HEAD", "crates/").splitlines())
    wanted = [path for path in paths if path.suffix == ".md" and path.parent.name in names]
    advisories = [parse_advisory(git("show", f"HEAD:{path}")) for path in wanted]
    return {
        "source": SOURCE,
        "commit": git("rev-parse", "HEAD").strip(),
        "taken_on": git("log", "-1", "--format=%cs").strip(),
        "crates": sorted(names),
        "advisories": sorted(filter(None, advisories), key=lambda advisory: advisory["id"]),
    }


if __name__ == "__main__":
    json.dump(take_snapshot(sys.argv[1]), sys.stdout, indent=1, ensure_ascii=False)
    print()
