// The register in Go. --forgets-its-lock plants a bug: who changes the view forgets what it is locked on.
package main

import "os"

type Rules struct {
	Quorum int `json:"quorum"`
}

type Lock struct {
	View  int    `json:"view"`
	Value string `json:"value"`
}

type State struct {
	View     int     `json:"view"`
	Wish     *string `json:"wish"`
	Accepted *string `json:"accepted"`
	Locked   *Lock   `json:"locked"`
	Written  *string `json:"written"`
}

// What is read of any message; each is said with the fields of its type.
type Message struct {
	Type   string `json:"type"`
	View   int    `json:"view"`
	Value  string `json:"value"`
	Locked *Lock  `json:"locked"`
}

var forgets = len(os.Args) > 1 && os.Args[1] == "--forgets-its-lock"

func propose(s *State, value string, c *Context) {
	c.Broadcast(Object{"type": "PROPOSE", "view": s.View, "value": value})
	accept(s, value, c)
}

func accept(s *State, value string, c *Context) {
	s.Accepted = &value
	c.Broadcast(Object{"type": "ACCEPT", "view": s.View, "value": value})
}

func input(s *State, value string, c *Context) {
	if s.Wish != nil {
		return
	}
	s.Wish = &value
	if s.View == 0 && c.Self() == 0 {
		propose(s, value, c)
	}
}

func timeout(s *State, c *Context) {
	if forgets {
		s.Locked = nil
	}
	s.View++
	s.Accepted = nil
	c.Broadcast(Object{"type": "CHANGE", "view": s.View, "locked": s.Locked})
	c.SetTimer("view")
}

func onPropose(s *State, m Message, c *Context) {
	if m.View == s.View && s.Accepted == nil && c.From() == m.View%c.N {
		accept(s, m.Value, c)
	}
}

func onAccept(s *State, m Message, c *Context) {
	if m.View != s.View || s.Locked != nil && s.Locked.View == m.View {
		return
	}
	c.Need(c.Rules.Quorum, "ACCEPT", Object{"view": m.View, "value": m.Value})
	s.Locked = &Lock{m.View, m.Value}
	c.Broadcast(Object{"type": "COMMIT", "view": m.View, "value": m.Value})
}

func onCommit(s *State, m Message, c *Context) {
	if s.Written != nil {
		return
	}
	c.Need(c.Rules.Quorum, "COMMIT", Object{"view": m.View, "value": m.Value})
	s.Written = &m.Value
	c.Output(Object{"written": m.Value})
}

func onChange(s *State, m Message, c *Context) {
	if m.View != s.View || s.Accepted != nil || c.Self() != m.View%c.N {
		return
	}
	var lock *Lock
	c.Take(&lock, c.Rules.Quorum, "CHANGE", Object{"view": m.View}, "highest")
	if lock != nil {
		propose(s, lock.Value, c)
	} else if s.Wish != nil {
		propose(s, *s.Wish, c)
	}
}

func highest(changes []Message) (lock *Lock) {
	for _, change := range changes {
		if change.Locked != nil && (lock == nil || change.Locked.View > lock.View) {
			lock = change.Locked
		}
	}
	return
}

func main() {
	upon := map[string]func(*State, Message, *Context){
		"PROPOSE": onPropose, "ACCEPT": onAccept, "COMMIT": onCommit, "CHANGE": onChange,
	}
	Serve(func(r *Request[State, Message], c *Context) any {
		switch r.Event {
		case "init":
			c.SetTimer("view")
		case "input":
			input(&r.State, r.Value.(string), c)
		case "timeout":
			timeout(&r.State, c)
		case "message":
			upon[r.Rule](&r.State, r.Message, c)
		case "summarise":
			return highest(r.Messages)
		}
		return nil
	})
}
