//! The register in Rust. `--forgets-its-lock` plants a bug: who changes the view forgets what it is locked on.

mod turncoat;

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use turncoat::{serve, Context, Handled, Request};

#[derive(Deserialize)]
struct Rules {
    quorum: u64,
}

#[derive(Clone, Deserialize, Serialize)]
struct Lock {
    view: u64,
    value: String,
}

#[derive(Default, Deserialize, Serialize)]
struct State {
    view: u64,
    wish: Option<String>,
    accepted: Option<String>,
    locked: Option<Lock>,
    written: Option<String>,
}

/// What is read of any message; each is said with the fields of its type.
#[derive(Deserialize)]
struct Message {
    view: u64,
    #[serde(default)]
    value: String,
    locked: Option<Lock>,
}

fn propose(s: &mut State, value: String, ctx: &mut Context) {
    ctx.broadcast(json!({ "type": "PROPOSE", "view": s.view, "value": value }));
    accept(s, value, ctx);
}

fn accept(s: &mut State, value: String, ctx: &mut Context) {
    ctx.broadcast(json!({ "type": "ACCEPT", "view": s.view, "value": value }));
    s.accepted = Some(value);
}

fn input(s: &mut State, value: String, ctx: &mut Context) -> Handled {
    if s.wish.is_none() {
        s.wish = Some(value.clone());
        if s.view == 0 && ctx.me()? == 0 {
            propose(s, value, ctx);
        }
    }
    Ok(())
}

fn timeout(s: &mut State, forgets: bool, ctx: &mut Context) {
    if forgets {
        s.locked = None;
    }
    s.view += 1;
    s.accepted = None;
    ctx.broadcast(json!({ "type": "CHANGE", "view": s.view, "locked": s.locked }));
    ctx.set_timer("view");
}

fn on_message(s: &mut State, rule: &str, m: Message, n: u64, q: u64, ctx: &mut Context) -> Handled {
    let vote = json!({ "view": m.view, "value": m.value });
    match rule {
        "PROPOSE" if m.view == s.view && s.accepted.is_none() && ctx.from()? == m.view % n => accept(s, m.value, ctx),
        "ACCEPT" if m.view == s.view && s.locked.as_ref().map_or(true, |lock| lock.view != m.view) => {
            ctx.need(q, "ACCEPT", vote)?;
            ctx.broadcast(json!({ "type": "COMMIT", "view": m.view, "value": m.value }));
            s.locked = Some(Lock { view: m.view, value: m.value });
        }
        "COMMIT" if s.written.is_none() => {
            ctx.need(q, "COMMIT", vote)?;
            ctx.output(json!({ "written": m.value }));
            s.written = Some(m.value);
        }
        "CHANGE" if m.view == s.view && s.accepted.is_none() && ctx.me()? == m.view % n => {
            let lock: Option<Lock> = ctx.take(q, "CHANGE", json!({ "view": m.view }), "highest")?;
            if let Some(value) = lock.map(|lock| lock.value).or(s.wish.clone()) {
                propose(s, value, ctx);
            }
        }
        _ => {}
    }
    Ok(())
}

fn highest(changes: Vec<Message>) -> Option<Lock> {
    // Of equal views the first: max_by_key would take the last.
    changes.into_iter().filter_map(|change| change.locked).rev().max_by_key(|lock| lock.view)
}

fn main() {
    let forgets = std::env::args().any(|word| word == "--forgets-its-lock");
    serve(|r: Request<State, Rules, Message>, ctx: &mut Context| -> Handled<Value> {
        let mut s = r.state.unwrap_or_default();
        match r.event.as_str() {
            "init" => ctx.set_timer("view"),
            "input" => input(&mut s, r.value.unwrap().as_str().unwrap().into(), ctx)?,
            "timeout" => timeout(&mut s, forgets, ctx),
            "message" => on_message(&mut s, &r.rule, r.message.unwrap(), r.n, r.rules.quorum, ctx)?,
            _ => return Ok(json!(highest(r.messages))),
        }
        Ok(json!(s))
    });
}
