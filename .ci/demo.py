"""Runs a demo for the checks that need a server."""

import contextlib
import os
import re
import secrets
import subprocess
import tempfile
import threading


class Demo:
    """The address of a running demo and the password of its accounts."""

    def __init__(self, address, password):
        self.address = address
        self.password = password


@contextlib.contextmanager
def run_demo(program):
    """Starts the program with a new demo on a free port, and ends it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        password = secrets.token_urlsafe(18)
        settings = {"DATABASE_URL": f"sqlite://{folder}/demo.db", "ASCN_BIND": "127.0.0.1:0", "ASCN_DEMO_PASSWORD": password}
        server = subprocess.Popen(
            [os.path.abspath(program), "serve", "--demo"],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            address = next(m[0] for m in (re.search(r"http://127\.0\.0\.1:\d+", line) for line in server.stdout) if m)
            # A full pipe would stop the log of the server.
            threading.Thread(target=server.stdout.read, daemon=True).start()
            yield Demo(address, password)
        finally:
            server.terminate()
            server.wait(timeout=30)
