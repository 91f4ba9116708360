"""moto as a server, and on a pipe: each line asks for one thing, as JSON, and is answered by one line.

What moto has no means for here, and what is done instead, is told in ../moto/limits.ts; each `instead_of_…` below is one entry there.
"""
import contextlib
import copy
import hashlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
import types
import uuid
import zipfile
from collections import defaultdict
from pathlib import Path

NODE, RUN_LAMBDA, CLEAN_ROOMS, TIMES_FASTER = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])

from pipe import answer_lines  # noqa: E402, before anything prints

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from moto import settings  # noqa: E402
from moto.cloudformation.models import cloudformation_backends  # noqa: E402
from moto.cloudformation.parsing import parse_resource  # noqa: E402
from moto.core.config import default_user_config  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402


WORK = Path(tempfile.mkdtemp(prefix="moto-"))
REGION = "us-east-1"


def instead_of_docker():
    """Functions run in processes of Node's with their own bundles, each of which handles one event after another, as environments do."""
    from moto.awslambda.models import LambdaFunction

    settings.moto_server_host = lambda: "http://127.0.0.1"
    LambdaFunction._invoke_lambda = invoke_in_node


invocations, crashes, idle = [], {}, defaultdict(list)


def invoke_in_node(self, event=None):
    invocations.append(self.function_name)
    count = invocations.count(self.function_name)
    crash = next((at for prefix, numbers, at in crashes.values() if self.function_name.startswith(prefix) and (not numbers or count in numbers)), "")
    arguments = (str(unpacked(self.code_bytes)), self.handler, self.function_arn, str(self.timeout), json.dumps(self.environment_vars, sort_keys=True))
    try:
        process = idle[arguments].pop()
    except IndexError:
        process = new_environment(self, arguments[:-1])
    timed_out = threading.Event()
    timer = threading.Timer(self.timeout, lambda: (timed_out.set(), process.kill()))
    timer.start()
    process.stdin.write(json.dumps({"event": event, "crash": crash}) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    timer.cancel()
    if answer:
        idle[arguments].append(process)
        ended = json.loads(answer)
        return json.dumps(ended["value"]), ended["failed"], ""
    if timed_out.is_set():
        return json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": f"Task timed out after {self.timeout}.00 seconds"}), True, ""
    message = f"RequestId: {os.urandom(8).hex()} Error: Runtime exited with error: exit status {process.wait()}"
    return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": message}), True, ""


def new_environment(function, arguments):
    environment = {
        **function.environment_vars,
        "PATH": os.environ["PATH"],
        "AWS_REGION": function.region, "AWS_ACCESS_KEY_ID": "AKIAFUNCTION", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_ENDPOINT_URL": url(), "AWS_ENDPOINT_URL_CLEANROOMS": CLEAN_ROOMS,
    }
    return subprocess.Popen([NODE, RUN_LAMBDA, *arguments], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def unpacked(code):
    folder = WORK / hashlib.sha256(code).hexdigest()
    if not folder.exists():
        unfinished = WORK / os.urandom(8).hex()
        zipfile.ZipFile(io.BytesIO(code)).extractall(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            pass  # Another invocation was faster.
    return folder


def instead_of_waiting():
    """State machines wait for a fraction of what they say."""
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function import wait_function

    wait_function.WaitFunction._wait_interval = lambda self, env, wait_seconds: env.program_state_event.wait(wait_seconds / TIMES_FASTER)
    retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / TIMES_FASTER))


def instead_of_the_arn_of_a_machine():
    """Fn::GetAtt of a state machine's ARN."""
    from moto.stepfunctions.models import StateMachine

    known, value = StateMachine.has_cfn_attr, StateMachine.get_cfn_attribute
    StateMachine.has_cfn_attr = classmethod(lambda cls, attr: attr == "Arn" or known(attr))
    StateMachine.get_cfn_attribute = lambda self, attr: self.arn if attr == "Arn" else value(self, attr)


def one_step_functions():
    """Machines that CloudFormation makes are machines that the API knows, and that run."""
    from moto.stepfunctions import models
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    models.stepfunctions_backends = stepfunctions_parser_backends


responses = []


def keep_responses():
    """What custom resources have answered, besides what moto makes of it."""
    from moto.cloudformation.responses import CloudFormationResponse

    process = CloudFormationResponse.process_cfn_response

    def keep(self):
        responses.append(json.loads(self.body))
        return process(self)

    CloudFormationResponse.process_cfn_response = keep


def instead_of_losing_custom_resources():
    """A custom resource is still there after an update; that it is told of it is left to `update`."""
    from moto.cloudformation.custom_model import CustomModel

    CustomModel.update_from_cloudformation_json = classmethod(lambda cls, original_resource, **_: original_resource)


def resolved(stack):
    """The custom resources of a stack, each with its properties as the function gets them."""
    template = stack.template_dict["Resources"]
    return {name: stringified(parse_resource(copy.deepcopy(template[name]), stack.resource_map)[1]["Properties"])
            for name in template if template[name]["Type"].startswith("Custom::")}


def stringified(value):
    """CloudFormation knows no numbers in custom resources."""
    if isinstance(value, list):
        return [stringified(item) for item in value]
    if isinstance(value, dict):
        return {name: stringified(item) for name, item in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


# Threads of moto's answer with "dictionary changed size during iteration" while others add stacks or roles.
one_at_a_time = threading.RLock()


def update(stack_name, template):
    """Updates a stack, and tells its custom resources what has changed."""
    with one_at_a_time:
        stack = stack_named(stack_name)
        old = resolved(stack)
        client("cloudformation").update_stack(StackName=stack_name, TemplateBody=template)
        changed = resolved(stack)
    for name, properties in changed.items():
        if properties != old[name]:
            send(stack, name, RequestType="Update", ResourceProperties=properties, OldResourceProperties=old[name])


def release(stack_name):
    """Tells the custom resources of a stack that it is going to be deleted."""
    stack = stack_named(stack_name)
    for name, properties in resolved(stack).items():
        send(stack, name, RequestType="Delete", ResourceProperties=properties)


def stack_named(name):
    with one_at_a_time:
        return cloudformation_backends["123456789012"][REGION].get_stack(name)


def send(stack, name, **event):
    signed = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    properties = event["ResourceProperties"]
    event.update(
        ServiceToken=properties["ServiceToken"], StackId=stack.stack_id, LogicalResourceId=name, RequestId=str(uuid.uuid4()),
        ResponseURL=f"{url()}/cloudformation_{REGION}/cfnresponse?stack={stack.stack_id}&X-Amz-Date={signed}",
        ResourceType=stack.template_dict["Resources"][name]["Type"],
        PhysicalResourceId=next((response["PhysicalResourceId"] for response in reversed(responses)
                                 if (response["StackId"], response["LogicalResourceId"]) == (stack.stack_id, name)), ""))
    client("lambda").invoke(FunctionName=properties["ServiceToken"], InvocationType="Event", Payload=json.dumps(event))


def url():
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def client(service):
    return boto3.client(service, endpoint_url=url(), region_name=REGION)


def aws(service, call, input):
    """Any call of any service."""
    try:
        with one_at_a_time if service == "cloudformation" else contextlib.nullcontext():
            answer = getattr(client(service), call)(**input)
    except ClientError as error:
        return {"error": error.response["Error"]}
    answer.pop("ResponseMetadata", None)
    return {"output": {name: value.read().decode() if hasattr(value, "read") else value for name, value in answer.items()}}


def upload(bucket, key, folder):
    """A folder as a ZIP file, as the CDK CLI uploads an asset."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(Path(folder).rglob("*")):
            archive.write(file, file.relative_to(folder))
    client("s3").put_object(Bucket=bucket, Key=key, Body=packed.getvalue())


def crash(function, invocations, at):
    """Lets invocations of the functions whose name begins so crash; none of them for an empty list means all."""
    crashes[function] = (function, invocations, at)


def answered():
    return responses


logging.getLogger("werkzeug").setLevel(logging.ERROR)
one_step_functions()
instead_of_docker()
instead_of_waiting()
instead_of_the_arn_of_a_machine()
instead_of_losing_custom_resources()
keep_responses()
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
os.environ["MOTO_PORT"] = str(server.get_host_and_port()[1])
answer_lines(at_once=True, aws=aws, update=update, release=release, upload=upload, crash=crash, answered=answered, url=url)
