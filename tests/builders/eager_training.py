"""The process that trains, but one that gives way to nobody: tests wait for it."""

from monody.studio import priority, training_child


def _give_no_way() -> None:
    """Keep the priority."""


if __name__ == "__main__":
    priority.give_way = _give_no_way
    training_child.main()
