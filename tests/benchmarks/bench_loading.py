"""Seconds to read and check a programme: 4,000 and 100,000 households from CSV (``--smallest``: 200)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from basketplan import load_programme
from basketplan.programme.preflight import preflight
from basketplan.synthetic import synthesise, write_programme


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smallest", action="store_true")
    sizes = (200,) if parser.parse_args().smallest else (4_000, 100_000)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_programme(Path(folder) / "programme", synthesise(size, 2020))
            begin = time.perf_counter()
            programme = load_programme(Path(folder) / "programme")
            read = time.perf_counter() - begin
            preflight(programme)
            told = time.perf_counter() - begin - read
        assert len(programme.households) == size
        sys.stdout.write(f"{size:>7,} households: read and checked in {read:.2f} s, preflight {told:.2f} s\n")


if __name__ == "__main__":
    main()
