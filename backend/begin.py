"""What every command that touches the data folder begins with."""

import argparse
import os

from backend.logs import configure_logs
from backend.settings import Settings, load_settings


def begin(options: argparse.Namespace) -> Settings:
    """Settings, logs and the folder. Raises `SettingsError` and `OSError`."""
    settings = load_settings(os.environ, options.data_dir)
    configure_logs(settings.log_level)
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(13, "it cannot be read and written", str(folder))
    return settings
