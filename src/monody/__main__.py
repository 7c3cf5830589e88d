"""``python -m monody`` is ``monody``."""

from monody.cli import main

if __name__ == "__main__":
    main()
