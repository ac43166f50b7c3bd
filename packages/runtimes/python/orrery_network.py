"""The model's names: what goes out by HTTP or HTTPS to a name is answered by the cloud, without DNS and TLS."""

import errno
import hashlib
import os
import socket
import ssl
import weakref

_real_getaddrinfo = socket.getaddrinfo
_real_connect = socket.socket.connect
_real_wrap = ssl.SSLContext.wrap_socket
_real_load = ssl.SSLContext.load_verify_locations

# Sockets that lead into the cloud by a name with TLS.
_tls_sockets = weakref.WeakSet()
_TLS_PORTS = (443, 8443)


def _is_loopback(host):
    return host in (None, "", "localhost", "::1", "0.0.0.0") or host.startswith("127.")


def _is_address(host):
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
            return True
        except OSError:
            pass
    return False


def _address_of(host):
    """One address a name, from the range for tests of networks (RFC 2544)."""
    first, second = hashlib.sha256(host.lower().encode()).digest()[:2]
    return f"198.18.{first}.{second}"


def _text(host):
    return host.decode() if isinstance(host, (bytes, bytearray)) else host


def _getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    host = _text(host)
    if _is_loopback(host) or _is_address(host):
        return _real_getaddrinfo(host, port, family, type, proto, flags)
    number = port if isinstance(port, int) else {"https": 443, "http": 80}.get(_text(port), 0)
    kind = type or socket.SOCK_STREAM
    return [(socket.AF_INET, kind, proto or socket.IPPROTO_TCP, "", (_address_of(host), number))]


def _target(connection, address):
    """Where a connection really goes. Raises OSError for what does not lead into the cloud."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
        return address
    host, port = _text(address[0]), address[1]
    if not _is_loopback(host) and not _is_address(host):
        host = _address_of(host)
    if _is_loopback(host):
        return address
    if not host.startswith("198.18."):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")
    if port in _TLS_PORTS:
        _tls_sockets.add(connection)
        return ("127.0.0.1", int(os.environ["ORRERY_TLS_PORT"]))
    return ("127.0.0.1", int(os.environ["ORRERY_PLAIN_PORT"]))


class _TlsSocket(socket.socket):
    """Stands for a socket whose handshake is done: the cloud is at its other end in the clear."""

    context = None
    server_hostname = None
    server_side = False
    session = None
    session_reused = False

    def do_handshake(self, block=False):
        pass

    def getpeercert(self, binary_form=False):
        name = self.server_hostname or ""
        if binary_form:
            return b""
        return {"subject": ((("commonName", name),),), "subjectAltName": (("DNS", name),)}

    def version(self):
        return "TLSv1.3"

    def cipher(self):
        return ("TLS_AES_128_GCM_SHA256", "TLSv1.3", 128)

    def selected_alpn_protocol(self):
        return None

    def selected_npn_protocol(self):
        return None

    def compression(self):
        return None

    def pending(self):
        return 0

    def read(self, size=1024, buffer=None):
        return self.recv(size) if buffer is None else self.recv_into(buffer, size)

    def write(self, data):
        return self.send(data)

    def unwrap(self):
        return self


def _wrap(context, sock, server_side=False, *args, server_hostname=None, **kwargs):
    if sock not in _tls_sockets:
        return _real_wrap(context, sock, server_side, *args, server_hostname=server_hostname, **kwargs)
    timeout = sock.gettimeout()
    wrapped = _TlsSocket(sock.family, sock.type, sock.proto, fileno=sock.detach())
    wrapped.settimeout(timeout)
    wrapped.context = context
    wrapped.server_hostname = server_hostname
    return wrapped


def _load(context, cafile=None, capath=None, cadata=None):
    """Certificates of Amazon Linux that this machine keeps elsewhere are not missed: no handshake needs them."""
    try:
        return _real_load(context, cafile, capath, cadata)
    except FileNotFoundError:
        return None


def install():
    socket.getaddrinfo = _getaddrinfo
    socket.gethostbyname = lambda host: _getaddrinfo(host, 0)[0][4][0]
    socket.socket.connect = lambda self, address: _real_connect(self, _target(self, address))

    def connect_ex(self, address):
        try:
            self.connect(address)
        except OSError as error:
            return error.errno or errno.ECONNREFUSED
        return 0

    socket.socket.connect_ex = connect_ex
    ssl.SSLContext.wrap_socket = _wrap
    ssl.SSLContext.load_verify_locations = _load
