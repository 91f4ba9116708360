"""The other end of `PythonProgram`: questions and answers as lines of JSON."""
import json
import sys
import threading
import traceback

writing = threading.Lock()
# What else is printed is not for whoever has asked.
answers_to, sys.stdout = sys.stdout, sys.stderr


def answer_lines(at_once=False, **answers):
    """Answers questions by the function that each names with `do`; `at_once` means that none waits for those before it."""
    for line in sys.stdin:
        question = json.loads(line)
        if at_once:
            threading.Thread(target=answer_one, args=(answers, question), daemon=True).start()
        else:
            answer_one(answers, question)


def answer_one(answers, question):
    number, do = question.pop("id"), question.pop("do")
    try:
        said = {"answer": answers[do](**question)}
    except Exception:  # noqa: BLE001, whoever has asked is told
        said = {"error": traceback.format_exc()}
    with writing:
        print(json.dumps({"id": number, **said}, default=str), file=answers_to, flush=True)
