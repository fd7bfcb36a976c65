import subprocess
import sys


def test_the_server_can_render_and_check_without_loading_textual():
    code = (
        "import sys, render_preview.wire, render_preview.lint, render_preview.browser;"
        "sys.exit('textual' in sys.modules or 'rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
