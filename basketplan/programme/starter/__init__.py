"""The small programme that ``basketplan init`` writes: a template to copy and change."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from basketplan.errors import UsageError

FILES = ("programme.yaml", "households.csv")


def write_starter(folder: Path) -> list[Path]:
    """Write the starter into ``folder`` (made if missing) and return the files.

    Raises
    ------
    UsageError
        The folder holds something already, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in FILES:
        source = resources.files(__package__).joinpath(name)
        target = folder / name
        target.write_bytes(source.read_bytes())
        written.append(target)
    return written
