"""The register in Python. `--forgets-its-lock` plants a bug: who changes the view forgets what it is locked on."""

import sys

from turncoat import match, serve

FORGETS = "--forgets-its-lock" in sys.argv


def init(ctx):
    ctx.set_timer("view")
    return {"view": 0, "wish": None, "accepted": None, "locked": None, "written": None}


def propose(state, value, ctx):
    ctx.broadcast({"type": "PROPOSE", "view": state["view"], "value": value})
    accept(state, value, ctx)


def accept(state, value, ctx):
    state["accepted"] = value
    ctx.broadcast({"type": "ACCEPT", "view": state["view"], "value": value})


def input(state, value, ctx):
    if state["wish"] is not None:
        return
    state["wish"] = value
    if state["view"] == 0 and ctx.self == 0:
        propose(state, value, ctx)


def view(state, _, ctx):
    if FORGETS:
        state["locked"] = None
    state["view"] += 1
    state["accepted"] = None
    ctx.broadcast({"type": "CHANGE", "view": state["view"], "locked": state["locked"]})
    ctx.set_timer("view")


def on_propose(state, message, ctx):
    if message["view"] != state["view"] or state["accepted"] is not None or ctx.sender != state["view"] % ctx.n:
        return
    accept(state, message["value"], ctx)


def on_accept(state, message, ctx):
    lock = {"view": message["view"], "value": message["value"]}
    if message["view"] != state["view"] or (state["locked"] and state["locked"]["view"] == state["view"]):
        return
    ctx.need(ctx.rules["quorum"], match("ACCEPT", **lock))
    state["locked"] = lock
    ctx.broadcast({"type": "COMMIT", **lock})


def on_commit(state, message, ctx):
    if state["written"] is not None:
        return
    ctx.need(ctx.rules["quorum"], match("COMMIT", view=message["view"], value=message["value"]))
    state["written"] = message["value"]
    ctx.output({"written": message["value"]})


def highest(changes):
    locks = [change["locked"] for change in changes if change["locked"]]
    return max(locks, key=lambda lock: lock["view"], default=None)


def on_change(state, message, ctx):
    if message["view"] != state["view"] or state["accepted"] is not None or ctx.self != state["view"] % ctx.n:
        return
    lock = ctx.take(ctx.rules["quorum"], match("CHANGE", view=state["view"]), highest)
    value = lock["value"] if lock else state["wish"]
    if value is not None:
        propose(state, value, ctx)


if __name__ == "__main__":
    serve(
        init=init, input=input, view=view, highest=highest,
        PROPOSE=on_propose, ACCEPT=on_accept, COMMIT=on_commit, CHANGE=on_change,
    )  # fmt: skip
