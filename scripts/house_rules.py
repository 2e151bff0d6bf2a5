#!/usr/bin/env python3
"""Keeps the rules of the house that a script can keep (README.md beside this file says
them): prints each finding with file, line, rule and what to write instead.

    scripts/house_rules.py [ROOT]       exit 0 when there is none, 1 otherwise
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from house import bans, layers, papers, sizes  # noqa: E402
from house.exceptions import DEBTS, EXEMPTIONS  # noqa: E402
from house.tree import Finding, Tree  # noqa: E402

SHOWN_OF_A_DEBT = 5
RULES = (layers, bans, sizes, papers)


def judge(tree, exemptions):
    """What remains after the exemptions, and a finding for each exemption nobody needs."""
    used = set()
    remaining = []
    for rules in RULES:
        for finding in rules.findings(tree):
            covering = [one for one in exemptions if one.covers(finding)]
            used.update(covering)
            if not covering:
                remaining.append(finding)
    for one in exemptions:
        if one not in used:
            remaining.append(Finding(one.path, 1, "idle-exemption",
                                     f"nothing breaks `{one.rule}` here",
                                     "remove the line from scripts/house/exceptions.py"))
    return sorted(remaining)


def split(findings, debts):
    """What each debt owes, and what no debt covers."""
    owed = {debt: [] for debt in debts}
    remaining = []
    for finding in findings:
        debt = next((one for one in debts if one.covers(finding)), None)
        (owed[debt] if debt else remaining).append(finding)
    return owed, remaining


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    tree = Tree(root)
    remaining = judge(tree, EXEMPTIONS)
    owed, remaining = split(remaining, DEBTS)
    for debt, findings in owed.items():
        print(f"owed: {debt.rule} in {debt.path}: {len(findings) or 'paid, remove the line'}"
              f" ({debt.reason})")
        for finding in findings[:SHOWN_OF_A_DEBT]:
            print(f"    {finding.path}:{finding.line}: {finding.what}")
    for finding in remaining:
        print(finding)
    for line in sizes.figures(tree):
        print(line)
    print(f"{len(remaining)} findings in {len(tree.files)} files, "
          f"{sum(map(len, owed.values()))} owed, {len(EXEMPTIONS)} exemptions")
    return 1 if remaining else 0


if __name__ == "__main__":
    sys.exit(main())
