"""Writes what AWS's own transform makes of inputs.json and http-api-inputs.json, as expected.json and http-api-expected.json.

Run in a virtual environment that has aws-sam-translator; nothing is sent anywhere:
    python expect.py
"""

import json
import logging
import os
from importlib.metadata import version
from pathlib import Path

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

logging.disable(logging.CRITICAL)
here = Path(__file__).parent
session = boto3.Session(region_name="us-east-1")


def sorted_dependencies(value):
    """DependsOn is a set to the transform: its order changes from run to run."""
    if isinstance(value, list):
        return [sorted_dependencies(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: sorted(item)
        if key == "DependsOn" and isinstance(item, list)
        else sorted_dependencies(item)
        for key, item in value.items()
    }


def expected(template):
    try:
        made = Translator({}, Parser(), boto_session=session).translate(template, {})
        return {"template": sorted_dependencies(made)}
    except InvalidDocumentException as error:
        return {"error": " ".join([error.message, *(cause.message for cause in error.causes)])}


source = f"aws-sam-translator {version('aws-sam-translator')}"
for prefix in ("", "http-api-"):
    inputs = json.loads((here / f"{prefix}inputs.json").read_text())
    lines = [
        f"{json.dumps(name)}:{json.dumps(expected(template), separators=(',', ':'))}"
        for name, template in inputs.items()
    ]
    body = ",\n".join(lines)
    whole = f'{{"source":{json.dumps(source)},"expected":{{\n{body}\n}}}}\n'
    (here / f"{prefix}expected.json").write_text(whole)
