"""``python -m monody`` is ``monody``."""

from monody.cli.main import main

if __name__ == "__main__":
    main()
