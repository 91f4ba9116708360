"""botocore on a pipe: each line asks for one thing, as JSON, and is answered by one line.

Answers are judged by botocore's own model of the service, not by the copy that the simulator has.
"""
import json
import re
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from pipe import answer_lines

URL, REGION = sys.argv[1:3]

client = botocore.session.Session().create_client(
    "cleanrooms",
    region_name=REGION,
    endpoint_url=URL,
    # Invalid input is the simulator's to refuse, and nothing is to be sent twice.
    config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
)
model = client.meta.service_model
received = {}


def remember(response_dict, **_):
    received.update(status=response_dict["status_code"], body=response_dict["body"])


client.meta.events.register("before-parse.cleanrooms", remember)

JSON_TYPES = {
    "string": str, "integer": int, "long": int, "float": (int, float), "double": (int, float),
    "timestamp": (int, float), "boolean": bool, "structure": dict, "map": dict, "list": list,
}


class Judgement:
    """Where a document is not what the model says of it."""

    def __init__(self):
        self.values = 0
        self.problems = []

    def wrong(self, path, message):
        self.problems.append(f"{path or '.'}: {message}")

    def check(self, value, shape, path=""):
        self.values += 1
        expected = JSON_TYPES.get(shape.type_name)
        if expected is None or not isinstance(value, expected) or (shape.type_name != "boolean" and isinstance(value, bool)):
            return self.wrong(path, f"{value!r} is no {shape.type_name}")
        self.check_constraints(value, shape, path)
        if shape.type_name == "structure":
            self.check_structure(value, shape, path)
        elif shape.type_name == "list":
            for index, item in enumerate(value):
                self.check(item, shape.member, f"{path}[{index}]")
        elif shape.type_name == "map":
            for key, item in value.items():
                self.check(key, shape.key, f"{path}.{key} (key)")
                self.check(item, shape.value, f"{path}.{key}")

    def check_structure(self, value, shape, path):
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name in shape.required_members:
            if name not in value:
                self.wrong(path, f"lacks {name}")
        if shape.is_tagged_union and len(value) != 1:
            self.wrong(path, f"has {len(value)} members of a union")
        for name, item in value.items():
            if name in names:
                self.check(item, names[name], f"{path}.{name}")
            else:
                self.wrong(path, f"has {name}, which the model has not")

    def check_constraints(self, value, shape, path):
        limits = shape.metadata
        size = len(value) if isinstance(value, (str, list, dict)) else value
        if "min" in limits and size < limits["min"] or "max" in limits and size > limits["max"]:
            self.wrong(path, f"{value!r} is not from {limits.get('min')} to {limits.get('max')}")
        if getattr(shape, "enum", None) and value not in shape.enum:
            self.wrong(path, f"{value!r} is none of {shape.enum}")
        pattern = limits.get("pattern")
        if isinstance(value, str) and pattern and not re.fullmatch(to_python(pattern), value, re.DOTALL):
            self.wrong(path, f"{value!r} does not match {pattern}")


def to_python(pattern):
    """Java's escapes for characters outside of the basic plane, as Python has them."""
    surrogates = re.sub(r"\\u([dD][89abAB]\w\w)\\u([dD][c-fC-F]\w\w)", lambda m: chr(
        0x10000 + ((int(m[1], 16) - 0xD800) << 10) + int(m[2], 16) - 0xDC00), pattern)
    return re.sub(r"\\u(\w{4})", lambda m: re.escape(chr(int(m[1], 16))), surrogates)


def method_of(operation):
    return getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())


def send(operation, input):
    """Only what arrives at the server counts."""
    method_of(operation)(**input)


def call(operation, input):
    """What the operation answered, and what of the answer is not as the model has it."""
    shapes = model.operation_model(operation)
    judgement, answer = Judgement(), {}
    try:
        output = method_of(operation)(**input)
        output.pop("ResponseMetadata")
        shape, expected = shapes.output_shape, shapes.http.get("responseCode", 200)
        answer["output"] = output
    except ClientError as error:
        code = error.response["Error"]["Code"]
        shape = next((candidate for candidate in shapes.error_shapes if candidate.name == code), None)
        expected = shape and shape.metadata["error"]["httpStatusCode"]
        answer["error"] = {"code": code, "class": type(error).__name__, "members": {
            name: value for name, value in error.response.items() if name not in ("Error", "ResponseMetadata")}}
    if shape is None:
        judgement.wrong("", f"{code} is no error of {operation}")
    else:
        body = json.loads(received["body"] or b"{}")
        judgement.check(body, shape)
        if received["status"] != expected:
            judgement.wrong("", f"status {received['status']} instead of {expected}")
    return {**answer, "status": received["status"], "values": judgement.values, "problems": judgement.problems}


def pages(operation, input, size):
    """What botocore's own paginator makes of the answers."""
    paginator = client.get_paginator(re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
    found = list(paginator.paginate(**input, PaginationConfig={"PageSize": size}))
    for page in found:
        page.pop("ResponseMetadata")
    return {"pages": found, "keys": [key.expression for key in paginator.result_keys]}


def errors(operation):
    """The errors of an operation, each with what it has besides its message."""
    return [{"code": shape.name, "members": {
        name: {"type": member.type_name, "enum": getattr(member, "enum", [])}
        for name, member in shape.members.items() if name != "message"}}
        for shape in model.operation_model(operation).error_shapes]


def shapes(operation):
    """What the model says of an operation, and of every shape that it needs; documentation aside."""
    description = client.meta.service_model._service_description  # noqa: SLF001, there is no public way to the whole of it
    found, waiting = {}, references(description["operations"][operation])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = description["shapes"][name]
            waiting.extend(references(found[name]))
    return without_documentation({"operation": description["operations"][operation], "shapes": found})


def references(value):
    if isinstance(value, list):
        return [name for item in value for name in references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["shape"]] if isinstance(value.get("shape"), str) else []
    return own + [name for item in value.values() for name in references(item)]


def without_documentation(value):
    if isinstance(value, list):
        return [without_documentation(item) for item in value]
    if not isinstance(value, dict):
        return value
    # A member may be called so, too.
    return {key: without_documentation(item) for key, item in value.items() if key != "documentation" or isinstance(item, dict)}


answer_lines(**{"call": call, "send": send, "pages": pages, "errors": errors, "shapes": shapes})
