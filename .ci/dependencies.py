#!/usr/bin/env python3
"""Checks the crates in Cargo.lock against deny.toml, and that each dependency of Cargo.toml is used.

A small stand-in for `cargo deny check` and `cargo machete`, with the standard library alone: building either takes minutes.
It reads the fields of deny.toml that are there and refuses those it does not know, so that no rule is written down and not
applied. Advisories are checked against the snapshot in `.ci/advisories.json`; `.ci/advisories.py` says how to take one.
"""

import datetime
import json
import pathlib
import re
import subprocess
import sys
import tomllib

# The tree has to be as it was after a run.
sys.dont_write_bytecode = True
import advisories  # noqa: E402

KNOWN = {
    "graph": {"targets", "all-features"},
    "licenses": {"allow", "unused-allowed-license"},
    "bans": {"wildcards", "multiple-versions", "deny", "skip"},
    "sources": {"unknown-registry", "unknown-git"},
    "advisories": {"yanked", "ignore"},
}

# Where a dependency may be used, by the table of Cargo.toml that names it.
FOLDERS = {
    "dependencies": ["src"],
    "dev-dependencies": ["src", "tests", "benches"],
    "build-dependencies": ["build.rs"],
}


def cargo_metadata(target):
    """Returns what cargo resolved for one target, without changing the lock file."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--all-features"]
    answer = subprocess.run(
        [*command, f"--filter-platform={target}"], check=True, stdout=subprocess.PIPE
    )
    return json.loads(answer.stdout)


def reachable(metadata, *, dev):
    """Returns the ids of the packages that the workspace needs, with or without those of its tests."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, todo = set(), list(metadata["workspace_members"])
    while todo:
        package = todo.pop()
        if package in found:
            continue
        found.add(package)
        for dependency in nodes[package]["deps"]:
            if dev or any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                todo.append(dependency["pkg"])
    return found


def acceptable(expression, allowed, used):
    """Tells whether an SPDX expression can be met with the allowed licences, and notes those that met it."""
    # Old manifests write "MIT/Apache-2.0" for OR.
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def alternatives():
        results = [both()]
        while words and words[0] == "OR":
            words.pop(0)
            results.append(both())
        return any(results)

    def both():
        results = [one()]
        while words and words[0] == "AND":
            words.pop(0)
            results.append(one())
        return all(results)

    def one():
        word = words.pop(0)
        if word == "(":
            result = alternatives()
            words.pop(0)
            return result
        if words and words[0] == "WITH":
            word = f"{word} {words.pop(0)} {words.pop(0)}"
        if word in allowed:
            used.add(word)
        return word in allowed

    return alternatives()


def matches(spec, package):
    """Tells whether `name` or `name@^1` or `name@^0.2` of deny.toml means this package."""
    name, _, version = spec["crate"].partition("@")
    if name != package["name"]:
        return False
    if not version:
        return True
    if not re.fullmatch(r"\^\d+(\.\d+)*", version):
        sys.exit(f"deny.toml: only versions like ^1 or ^0.2 are understood: {spec['crate']}")
    return (package["version"] + ".").startswith(version[1:] + ".")


def strip_comments(code):
    """Removes comments. What follows `//` in a string goes as well, which is no loss here.

    >>> strip_comments("//! serde::de\\nlet a = 1; // serde::de\\n")
    '\\nlet a = 1; \\n'
    """
    return re.sub(r"//.*", "", code)


def names_crate(code, crate):
    """Returns whether code names a crate in a path or a `use`.

    A module with the name of a crate is taken for it, so a crate can be unused and not be found.

    >>> [names_crate(code, "serde") for code in ("use serde::Deserialize;", "use serde;", "pub use ::serde as s;")]
    [True, True, True]
    >>> [names_crate(code, "serde") for code in ("#[derive(serde::Serialize)]", "fn f(v: serde ::T)", "f(::serde::x())")]
    [True, True, True]
    >>> names_crate("use {\\n    anyhow::Result,\\n    serde as s,\\n};", "anyhow")
    True
    >>> [names_crate(code, "serde") for code in ("#[serde(default)]", "my_serde::x()", "a::serde::x()", "serde_json::x()")]
    [False, False, False, False]
    """
    return re.search(rf"(?<![\w:]){crate}\s*::|(?<![\w>])::{crate}\b|\b(?:use|crate)\s+{crate}\b", code) is not None


def unused_dependencies(manifest):
    """Returns what is wrong about the dependencies of Cargo.toml that no code names, with those that are excepted.

    Exceptions stand where cargo-machete looks for them, each with its reason in a comment.
    """
    excepted = set(manifest["package"].get("metadata", {}).get("cargo-machete", {}).get("ignored", []))
    faults, unnamed = [], set()
    tables = [manifest, *manifest.get("target", {}).values()]
    for kind, folders in FOLDERS.items():
        paths = [pathlib.Path(folder) for folder in folders]
        files = [file for path in paths for file in (path.rglob("*.rs") if path.is_dir() else [path])]
        code = "\n".join(strip_comments(file.read_text()) for file in files if file.is_file())
        for name in [name for table in tables for name in table.get(kind, {})]:
            if names_crate(code, name.replace("-", "_")):
                continue
            unnamed.add(name)
            if name not in excepted:
                faults.append(f"Cargo.toml: {name} is in [{kind}] and not used in {', '.join(folders)}")
    faults += [f"Cargo.toml: {name} is excepted from being used, and is used" for name in sorted(excepted - unnamed)]
    return faults


def check_advisories(rules):
    """Returns faults and warnings about advisories."""
    snapshot = pathlib.Path(".ci/advisories.json")
    if not snapshot.is_file():
        return [f"there is no snapshot of advisories in {snapshot}"], []
    exceptions = {entry["id"]: entry.get("reason", "") for entry in rules.get("ignore", [])}
    today = datetime.datetime.now(datetime.UTC).date()
    return advisories.check(json.loads(snapshot.read_text()), advisories.locked_crates(), exceptions, today)


def main():
    with open("deny.toml", "rb") as file:
        rules = tomllib.load(file)
    with open("Cargo.toml", "rb") as file:
        faults = unused_dependencies(tomllib.load(file))
    for section, fields in rules.items():
        for field in fields.keys() - KNOWN.get(section, set()):
            faults.append(f"deny.toml: [{section}] {field} is not checked here")

    allowed = set(rules["licenses"]["allow"])
    used, used_skips, count = set(), set(), 0
    for target in rules["graph"]["targets"]:
        metadata = cargo_metadata(target)
        everything, shipped = reachable(metadata, dev=True), reachable(metadata, dev=False)
        packages = {p["id"]: p for p in metadata["packages"] if p["id"] in everything}
        count = max(count, len(packages))
        versions = {}
        for package in packages.values():
            label = f"{package['name']} {package['version']}"
            if not acceptable(package["license"] or "none", allowed, used):
                faults.append(f"licence of {label}: {package['license']}")
            source = package["source"]
            if source and not (source.startswith("registry+") and source.endswith("/crates.io-index")):
                faults.append(f"source of {label}: {source}")
            for ban in rules["bans"]["deny"]:
                if matches(ban, package):
                    faults.append(f"{label} is banned: {ban['reason']}")
            if source is None:
                for dependency in package["dependencies"]:
                    if dependency["req"] == "*" and "path" not in dependency:
                        faults.append(f"{label} takes any version of {dependency['name']}")
            skip = next((s for s in rules["bans"]["skip"] if matches(s, package)), None)
            if skip:
                used_skips.add(skip["crate"])
            elif package["id"] in shipped:
                versions.setdefault(package["name"], set()).add(package["version"])
        for name, found in versions.items():
            if len(found) > 1:
                faults.append(f"{name} is there twice: {', '.join(sorted(found))} (a reason belongs into [bans] skip)")

    faults += [f"deny.toml: no crate needs the licence {name}" for name in sorted(allowed - used)]
    skips = {skip["crate"] for skip in rules["bans"]["skip"]}
    faults += [f"deny.toml: nothing to skip for {name}" for name in sorted(skips - used_skips)]
    found, warnings = check_advisories(rules["advisories"])
    for warning in warnings:
        print(f"dependencies: warning: {warning}", file=sys.stderr)
    for fault in dict.fromkeys(faults + found):
        print(f"dependencies: {fault}", file=sys.stderr)
    if faults or found:
        sys.exit(1)
    print(f"dependencies: {count} crates are as deny.toml asks")


if __name__ == "__main__":
    main()
