"""The model's time: `time`, `datetime` and sleeping."""

import datetime as _datetime
import mmap
import os
import socket
import struct
import time as _time

_real_time = _time.time
_real_sleep = _time.sleep
_Socket = socket.socket

# Reads of one and the same moment after which a loop is taken to wait for time to pass.
_READS_AT_ONE_MOMENT = 20_000


class _Clock:
    """Model ms, the wall's ms at which they held, and model ms to each of the wall's: see model-clock.ts."""

    def __init__(self, path):
        self._file = os.open(path, os.O_RDONLY)
        self._map = mmap.mmap(self._file, 24, prot=mmap.PROT_READ)
        self._start = self.now_ms()
        self._last = 0.0
        self._reads = 0

    def now_ms(self):
        model, wall, pace = struct.unpack("ddd", self._map[:24])
        return model + (_real_time() * 1000 - wall) * pace if pace else model

    def read(self):
        """As `now_ms`, in seconds; a loop that only looks at the clock lets it move on."""
        now = self.now_ms()
        if now != self._last:
            self._last = now
            self._reads = 0
            return now / 1000
        self._reads += 1
        if self._reads > _READS_AT_ONE_MOMENT:
            self._reads = 0
            sleep(0.001)
            now = self.now_ms()
        return now / 1000

    def since_start(self):
        return self.read() - self._start / 1000


_clock = None


def sleep(seconds):
    """Waits in model time: the runtime answers when the moment has come."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds == 0:
        return _real_sleep(0)
    until = _clock.now_ms() + seconds * 1000
    body = str(until).encode()
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    connection = _Socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.connect((host, int(port)))
        head = "POST /_orrery/sleep HTTP/1.1\r\nhost: orrery\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        connection.sendall((head % len(body)).encode() + body)
        while connection.recv(4096):
            pass
    except OSError:
        # The environment is ending: nobody counts its time any more.
        pass
    finally:
        connection.close()


def _time_module():
    real = {name: getattr(_time, name) for name in ("localtime", "gmtime", "ctime", "asctime", "strftime")}

    def of_seconds(name):
        return lambda seconds=None: real[name](_clock.read() if seconds is None else seconds)

    _time.time = lambda: _clock.read()
    _time.time_ns = lambda: int(_clock.read() * 1_000_000_000)
    _time.monotonic = lambda: 1000 + _clock.since_start()
    _time.monotonic_ns = lambda: int((1000 + _clock.since_start()) * 1_000_000_000)
    _time.perf_counter = lambda: _clock.since_start()
    _time.perf_counter_ns = lambda: int(_clock.since_start() * 1_000_000_000)
    _time.sleep = sleep
    for name in ("localtime", "gmtime", "ctime"):
        setattr(_time, name, of_seconds(name))
    _time.asctime = lambda t=None: real["asctime"](_time.localtime() if t is None else t)
    _time.strftime = lambda format, t=None: real["strftime"](format, _time.localtime() if t is None else t)


def _datetime_module():
    real_datetime = _datetime.datetime
    real_date = _datetime.date

    class DateMeta(type):
        def __instancecheck__(cls, value):
            return isinstance(value, real_date)

        def __subclasscheck__(cls, other):
            return issubclass(other, real_date)

    class DatetimeMeta(type):
        def __instancecheck__(cls, value):
            return isinstance(value, real_datetime)

        def __subclasscheck__(cls, other):
            return issubclass(other, real_datetime)

    class date(real_date, metaclass=DateMeta):
        @classmethod
        def today(cls):
            return cls.fromtimestamp(_clock.read())

    class datetime(real_datetime, metaclass=DatetimeMeta):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(_clock.read(), tz)

        @classmethod
        def utcnow(cls):
            now = cls.fromtimestamp(_clock.read(), _datetime.timezone.utc)
            return now.replace(tzinfo=None)

        @classmethod
        def today(cls):
            return cls.fromtimestamp(_clock.read())

    for made in (date, datetime):
        made.__module__ = "datetime"
        made.__qualname__ = made.__name__
        setattr(_datetime, made.__name__, made)


def install():
    global _clock
    _clock = _Clock(os.environ["ORRERY_CLOCK"])
    _time_module()
    _datetime_module()
