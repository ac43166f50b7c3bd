"""Runs a Python handler: a client of Lambda's Runtime API. Source: Lambda developer guide, "Runtime API"."""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
TASK = os.environ["LAMBDA_TASK_ROOT"]
OPT = os.environ.get("ORRERY_OPT", "/opt")
IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"

current_request_id = ""


class Connection:
    """One connection to the runtime, kept open."""

    def __init__(self):
        self._http = http.client.HTTPConnection(API)

    def call(self, method, path, body=None, headers=None):
        self._http.request(method, "/2018-06-01/runtime/" + path, body, headers or {})
        response = self._http.getresponse()
        return response, response.read()

    def post(self, path, value, headers=None):
        self.call("POST", path, value if isinstance(value, bytes) else value.encode(), headers)


class Identity:
    def __init__(self, said):
        self.cognito_identity_id = (said or {}).get("cognitoIdentityId")
        self.cognito_identity_pool_id = (said or {}).get("cognitoIdentityPoolId")


class Client:
    def __init__(self, said):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, said.get(name))


class ClientContext:
    def __init__(self, said):
        self.custom = said.get("custom")
        self.env = said.get("env")
        self.client = Client(said.get("client") or {})


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        identity = headers["Lambda-Runtime-Cognito-Identity"]
        self.identity = Identity(json.loads(identity) if identity else None)
        client = headers["Lambda-Runtime-Client-Context"]
        self.client_context = ClientContext(json.loads(client)) if client else None
        self._deadline_ms = float(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))


class LogHandler(logging.Handler):
    def emit(self, record):
        write(self.format(record))


class LogFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = current_request_id
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record):
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        said = {
            "timestamp": moment,
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": current_request_id or None,
        }
        if record.exc_info:
            kind, value, trace = record.exc_info
            said["errorType"] = kind.__name__
            said["errorMessage"] = str(value)
            said["stackTrace"] = [line.rstrip() for line in traceback.format_tb(trace)]
        return json.dumps({name: value for name, value in said.items() if value is not None}, default=str)


def write(text):
    """One record of the log is one line here: breaks within it travel as carriage returns."""
    sys.stdout.write(text.rstrip("\n").replace("\n", "\r") + "\n")
    sys.stdout.flush()


def set_up_logging():
    handler = LogHandler()
    if IS_JSON:
        handler.setFormatter(JsonFormatter())
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    handler.addFilter(LogFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if IS_JSON and level:
        root.setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL", "WARN": "WARNING"}.get(level, level))


def error(kind, message, trace=(), request_id=""):
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": list(trace)}


def log_error(said):
    head = f"[ERROR] {said['errorType']}: {said['errorMessage']}"
    if IS_JSON:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return write(json.dumps({"timestamp": moment, "log_level": "ERROR", **said}))
    if said["stackTrace"]:
        head += "\nTraceback (most recent call last):\n" + "".join(said["stackTrace"]).rstrip("\n")
    write(head)


def load(handler):
    """The function, or what is wrong with the module that should have it."""
    module_name, _, function_name = handler.rpartition(".")
    if module_name == "":
        return None, error("Runtime.MalformedHandlerName", f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)")
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as problem:
        return None, error("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {problem}")
    except SyntaxError as problem:
        trace = [f'  File "{problem.filename}" Line {problem.lineno}\n    {problem.text}\n']
        return None, error("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {problem}", trace)
    except Exception as problem:
        return None, error(type(problem).__name__, str(problem), own_frames(problem))
    function = getattr(module, function_name, None)
    if function is None:
        return None, error("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")
    return function, None


def own_frames(problem):
    """The user's part of a traceback."""
    frames = traceback.extract_tb(problem.__traceback__)
    ours = (__file__, "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")
    return traceback.format_list(
        [frame for frame in frames if frame.filename not in ours and not frame.filename.endswith("importlib/__init__.py")]
    )


def run_one(connection, function):
    global current_request_id
    response, body = connection.call("GET", "invocation/next")
    headers = response.headers
    current_request_id = request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    trace_id = headers["Lambda-Runtime-Trace-Id"]
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    try:
        result = function(json.loads(body), Context(headers))
        try:
            answer = json.dumps(result, ensure_ascii=False)
        except Exception as problem:
            raise MarshalError(str(problem)) from problem
    except MarshalError as problem:
        said = error("Runtime.MarshalError", f"Unable to marshal response: {problem}", (), request_id)
    except Exception as problem:
        said = error(type(problem).__name__, str(problem), own_frames(problem), request_id)
    else:
        return connection.post(f"invocation/{request_id}/response", answer, {"Content-Type": "application/json"})
    log_error(said)
    sys.stdout.flush()
    kind = {"Lambda-Runtime-Function-Error-Type": said["errorType"], "Content-Type": "application/json"}
    connection.post(f"invocation/{request_id}/error", json.dumps(said), kind)


class MarshalError(Exception):
    pass


def main():
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    runtime = os.environ.get("AWS_EXECUTION_ENV", "").replace("AWS_Lambda_", "") or version
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [
        TASK,
        f"{OPT}/python/lib/{runtime}/site-packages",
        f"{OPT}/python",
        *[folder for folder in sys.path if folder not in ("", TASK)],
    ]
    if here not in sys.path:
        sys.path.append(here)
    os.environ["PYTHONPATH"] = f"{here}"
    set_up_logging()
    connection = Connection()
    function, problem = load(os.environ["_HANDLER"])
    if problem is not None:
        log_error(problem)
        connection.post("init/error", json.dumps(problem), {"Lambda-Runtime-Function-Error-Type": problem["errorType"]})
        sys.exit(1)
    while True:
        run_one(connection, function)


main()
