//! The runtime of a program that Turncoat asks: a request a line on stdin, an answer a line on stdout.
//!
//! A handler gets the state, what the event brings, and a context. It changes the state in place. What it asks for may not be
//! there yet: `?` then leaves the handler, the question is the answer, and the handler is run again with what is known.

use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_json::{from_value, json, Value};
use std::io::{self, BufRead, Write};

/// A question that has no answer yet. Pass it on with `?`.
pub struct Ask(Value);

pub type Handled<T = ()> = Result<T, Ask>;

#[derive(Deserialize)]
pub struct Request<S, R, M> {
    id: u64,
    pub event: String,
    #[serde(default)]
    pub rule: String,
    pub n: u64,
    pub rules: R,
    pub state: Option<S>,
    pub message: Option<M>,
    pub value: Option<Value>,
    #[serde(default = "Vec::new")]
    pub messages: Vec<M>,
    #[serde(default)]
    answers: Vec<Value>,
}

pub struct Context {
    answers: std::vec::IntoIter<Value>,
    actions: Vec<Value>,
}

impl Context {
    fn ask<T: DeserializeOwned>(&mut self, question: Value) -> Handled<T> {
        let answer = self.answers.next().ok_or(Ask(question))?;
        Ok(from_value(answer).expect("an answer of another kind"))
    }

    pub fn me(&mut self) -> Handled<u64> {
        self.ask(json!({ "ask": "self" }))
    }

    pub fn from(&mut self) -> Handled<u64> {
        self.ask(json!({ "ask": "from" }))
    }

    /// Goes on only if q distinct replicas have said a matching message.
    pub fn need(&mut self, q: u64, kind: &str, fields: Value) -> Handled<bool> {
        self.ask(json!({ "ask": "need", "q": q, "match": { "type": kind, "fields": fields } }))
    }

    /// The same, and hands over what the named summary makes of q such messages.
    pub fn take<T: DeserializeOwned>(&mut self, q: u64, kind: &str, fields: Value, summary: &str) -> Handled<T> {
        let of = json!({ "type": kind, "fields": fields });
        self.ask(json!({ "ask": "take", "q": q, "match": of, "summary": summary }))
    }

    pub fn broadcast(&mut self, message: Value) {
        self.actions.push(json!({ "broadcast": message }));
    }

    pub fn output(&mut self, output: Value) {
        self.actions.push(json!({ "output": output }));
    }

    pub fn set_timer(&mut self, timer: &str) {
        self.actions.push(json!({ "timer": timer }));
    }
}

/// Answers until there is nothing more to read. The handler returns the next state, or a summary.
pub fn serve<S, R, M>(handle: impl Fn(Request<S, R, M>, &mut Context) -> Handled<Value>)
where
    S: DeserializeOwned + Serialize,
    R: DeserializeOwned,
    M: DeserializeOwned,
{
    for line in io::stdin().lock().lines() {
        let mut request: Request<S, R, M> = serde_json::from_str(&line.unwrap()).unwrap();
        let (id, event) = (request.id, request.event.clone());
        let answers = std::mem::take(&mut request.answers).into_iter();
        let mut context = Context { answers, actions: vec![] };
        let mut answer = match handle(request, &mut context) {
            Ok(summary) if event == "summarise" => json!({ "summary": summary }),
            Ok(state) => json!({ "state": state, "do": context.actions }),
            Err(Ask(question)) => question,
        };
        answer["id"] = json!(id);
        writeln!(io::stdout(), "{answer}").unwrap();
    }
}
