"""Where the machine cannot show `/var/task`, `/opt` and `/tmp` in their places, leads what opens files there."""

import builtins
import io
import os
import subprocess
import sys

_places = []
_real_open = open


def _mapped(path):
    if not isinstance(path, str):
        return path
    if any(path.startswith(real) for _, real in _places):
        return path
    for seen, real in _places:
        if path == seen or path.startswith(seen + "/"):
            return real + path[len(seen) :]
    return path


def _interpreted(args):
    """A script for AWS's Python is run by this one."""
    try:
        with _real_open(args[0], "rb") as script:
            first = script.readline(100)
    except (OSError, TypeError):
        return args
    return [sys.executable, *args] if first.startswith(b"#!/var/lang/bin/python") else args


def _leading(real):
    return lambda path=".", *args, **kwargs: real(_mapped(path), *args, **kwargs)


def install():
    for seen, variable in (("/var/task", "ORRERY_TASK"), ("/opt", "ORRERY_OPT"), ("/tmp", "ORRERY_TMP")):
        real = os.environ.get(variable, seen)
        if real != seen:
            _places.append((seen, real))
    if not _places:
        return
    for name in ("stat", "lstat", "listdir", "scandir", "mkdir", "remove", "unlink", "rmdir", "open", "access", "chmod", "chdir"):
        setattr(os, name, _leading(getattr(os, name)))
    builtins.open = io.open = _leading(builtins.open)
    real_init = subprocess.Popen.__init__

    def init(self, args, *rest, **kwargs):
        if isinstance(args, (list, tuple)):
            args = _interpreted([_mapped(arg) for arg in args])
        else:
            args = _mapped(args)
        if kwargs.get("cwd") is not None:
            kwargs["cwd"] = _mapped(kwargs["cwd"])
        real_init(self, args, *rest, **kwargs)

    subprocess.Popen.__init__ = init
