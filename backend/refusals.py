"""What a command of the backend cannot do, and a person can mend."""


class RefusalError(RuntimeError):
    """The text is a sentence without its full stop."""


class SettingsError(ValueError):
    """One sentence that names a setting and what was expected."""
