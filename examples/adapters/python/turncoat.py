"""The runtime of a program that Turncoat asks: a request a line on stdin, an answer a line on stdout.

A handler gets the state, what the event brings, and a context. It changes the state in place. What it asks for may not be
there yet: `Ask` then leaves the handler, the question is the answer, and the handler is run again with what is known.
"""

import json
import sys
import traceback


class Ask(Exception):
    """A question that has no answer yet. Let it pass."""


class Context:
    def __init__(self, request):
        self.n, self.f, self.clients = request["n"], request["f"], request["clients"]
        self.rules = request["rules"]
        self.actions = []
        self._answers = iter(request["answers"])

    def _ask(self, kind, **fields):
        for answer in self._answers:
            return answer
        raise Ask({"ask": kind, **fields})

    # What a handler may know, and does not know before it asks: a search is shorter if it does not ask.
    self = property(lambda self: self._ask("self"))
    sender = property(lambda self: self._ask("from"))

    def bound(self, name):
        return self._ask("bound", bound=name)

    def need(self, q, match):
        """Goes on only if q distinct replicas have said a matching message."""
        self._ask("need", q=q, match=match)

    def take(self, q, match, summary):
        """The same, and hands over what the function `summary` makes of q such messages."""
        return self._ask("take", q=q, match=match, summary=summary.__name__)

    def broadcast(self, message):
        self.actions.append({"broadcast": message})

    def send(self, to, message):
        self.actions.append({"send": message, "to": to})

    def output(self, value):
        self.actions.append({"output": value})

    def note(self, value):
        self.actions.append({"note": value})

    def set_timer(self, name):
        self.actions.append({"timer": name})

    def cancel_timer(self, name):
        self.actions.append({"cancel": name})


def match(type, **fields):
    return {"type": type, "fields": fields}


def _answer(request, handlers):
    event = request["event"]
    if event == "summarise":
        return {"summary": handlers[request["summary"]](request["messages"])}
    context = Context(request)
    try:
        if event == "init":
            state = handlers["init"](context)
        else:
            state = request["state"]
            name = request.get("rule") or request.get("timer") or request.get("coin") or event
            given = request.get("message", request.get("value"))
            handlers[name](state, given, context)
    except Ask as question:
        return question.args[0]
    return {"state": state, "do": context.actions}


def serve(**handlers):
    """Answers until there is nothing more to read. Handlers by rule, timer or coin; `init`, `input`, and summaries."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = _answer(request, handlers)
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"id": request["id"], **answer}), flush=True)
