"""``python -m basketplan``."""

from basketplan.cli import main

if __name__ == "__main__":
    main()
