"""What a command tells a person when it cannot do its work: one paragraph, what is wrong and the fix."""


class Failure(Exception):
    """Something outside failed (network, disk, broker); the message names it and the fix. Exit code 1."""

    exit_code = 1


class Misuse(Failure):
    """The command line or the settings are wrong; the message names the place. Exit code 2."""

    exit_code = 2
