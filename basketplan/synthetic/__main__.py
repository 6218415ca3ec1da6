"""``python -m basketplan.synthetic OUT``: write a made-up programme."""

from __future__ import annotations

import argparse
import sys

from basketplan.synthetic import synthesise, write_programme


def main() -> None:
    """Write the programme that the arguments describe."""
    parser = argparse.ArgumentParser(prog="python -m basketplan.synthetic", description=__doc__)
    parser.add_argument("out", help="folder to write")
    parser.add_argument("--households", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=2020)
    args = parser.parse_args()
    if args.households < 1:
        parser.error("--households must be at least 1")
    for path in write_programme(args.out, synthesise(args.households, args.seed)):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
