// The runtime of a program that Turncoat asks: a request a line on stdin, an answer a line on stdout.
// A handler gets the state, what the event brings, and a context. It changes the state in place. What it asks for may not
// be there yet: a panic then leaves the handler, the question is the answer, and the handler is run again.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type Object map[string]any
type ask Object // A question that has no answer yet. Let it pass.

type Request[S, M any] struct {
	ID       int               `json:"id"`
	Event    string            `json:"event"`
	Rule     string            `json:"rule"`
	Timer    string            `json:"timer"`
	Summary  string            `json:"summary"`
	N        int               `json:"n"`
	F        int               `json:"f"`
	Rules    Rules             `json:"rules"`
	State    S                 `json:"state"`
	Message  M                 `json:"message"`
	Value    any               `json:"value"`
	Messages []M               `json:"messages"`
	Answers  []json.RawMessage `json:"answers"`
}

type Context struct {
	N, F    int
	Rules   Rules
	answers []json.RawMessage
	actions []Object
}

func (c *Context) ask(answer any, question Object) {
	if len(c.answers) == 0 {
		panic(ask(question))
	}
	if err := json.Unmarshal(c.answers[0], answer); err != nil {
		panic(err)
	}
	c.answers = c.answers[1:]
}

func (c *Context) Self() (id int) { c.ask(&id, Object{"ask": "self"}); return }
func (c *Context) From() (id int) { c.ask(&id, Object{"ask": "from"}); return }

// Need goes on only if q distinct replicas have said a matching message.
func (c *Context) Need(q int, kind string, fields Object) {
	var is bool
	c.ask(&is, Object{"ask": "need", "q": q, "match": Object{"type": kind, "fields": fields}})
}

// Take does the same, and hands over what the named summary makes of q such messages.
func (c *Context) Take(summary any, q int, kind string, fields Object, name string) {
	c.ask(summary, Object{"ask": "take", "q": q, "match": Object{"type": kind, "fields": fields}, "summary": name})
}

func (c *Context) Broadcast(message any) { c.actions = append(c.actions, Object{"broadcast": message}) }
func (c *Context) Output(output any)     { c.actions = append(c.actions, Object{"output": output}) }
func (c *Context) SetTimer(timer string) { c.actions = append(c.actions, Object{"timer": timer}) }

func answered[S, M any](r *Request[S, M], handle func(*Request[S, M], *Context) any) (answer Object) {
	c := &Context{N: r.N, F: r.F, Rules: r.Rules, answers: r.Answers, actions: []Object{}}
	defer func() {
		switch what := recover().(type) {
		case nil:
		case ask:
			answer = Object(what)
		default:
			answer = Object{"error": fmt.Sprint(what)}
		}
		answer["id"] = r.ID
	}()
	if summary := handle(r, c); r.Event == "summarise" {
		return Object{"summary": summary}
	}
	return Object{"state": r.State, "do": c.actions}
}

// Serve answers until there is nothing more to read.
func Serve[S, M any](handle func(*Request[S, M], *Context) any) {
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var request Request[S, M]
		if err := json.Unmarshal(in.Bytes(), &request); err != nil {
			panic(err)
		}
		if err := out.Encode(answered(&request, handle)); err != nil {
			panic(err)
		}
	}
}
