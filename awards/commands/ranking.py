"""Ranking a spreadsheet, without any database."""

import argparse

from awards.commands import BAD_INPUT, DONE, CommandError
from awards.exchange.rows import BadFolder
from awards.exchange.spreadsheet import rank_file
from awards.settings import Settings


def rank(args: argparse.Namespace, _settings: Settings) -> int:
    weights = {}
    for text in args.weight:
        name, _equals, weight = text.partition("=")
        if not weight.isdigit() or int(weight) < 1:
            raise CommandError(f"--weight {text}: write CRITERION=N with a whole number above 0.")
        weights[name] = int(weight)
    try:
        print(rank_file(args.file, weights=weights, seed=args.seed, as_json=args.json), end="")
    except BadFolder as problem:
        raise CommandError(str(problem), BAD_INPUT) from problem
    return DONE
