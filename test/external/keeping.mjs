/**
 * A program that keeps its state: everybody votes for the first value it hears of, and decides on a quorum. It counts votes
 * in a map of its own. Its argument says how its state is told: digest, snapshots, or not at all; and behind a colon, what goes
 * wrong on a vote for b.
 */
import { existsSync, writeFileSync } from 'node:fs'

import { createInterface } from 'node:readline'

const [, , mode, mark] = process.argv
const [way, end] = mode.split(':')
let replica

function reset({ self, rules }) {
  replica = { self, quorum: rules.quorum, voted: null, votes: new Map(), decided: null }
}

function vote(value) {
  replica.voted = value
  count(value, replica.self)
  return [{ broadcast: { type: 'VOTE', value } }]
}

function count(value, from) {
  replica.votes.set(value, new Set([...(replica.votes.get(value) ?? []), from]))
}

function handle({ event, message, from, value }) {
  const actions = []
  if (event === 'input' && replica.voted === null) actions.push(...vote(value))
  if (event === 'message') {
    if (message.value === 'b') goWrong()
    count(message.value, from)
    if (replica.voted === null) actions.push(...vote(message.value))
  }
  for (const [value, voters] of replica.votes) {
    if (replica.decided !== null || voters.size < replica.quorum) continue
    replica.decided = value
    actions.push({ output: { decided: value } })
  }
  return actions
}

function goWrong() {
  if (end === 'dies') {
    process.stderr.write(`at ${process.pid}\nindex 7 is out of range\n`)
    process.exit(3)
  }
  if (end !== 'is killed once' || existsSync(mark)) return
  writeFileSync(mark, '')
  process.kill(process.pid, 'SIGKILL')
}

function snapshot() {
  const votes = [...replica.votes].map(([value, voters]) => [value, [...voters].sort()]).sort()
  return { ...replica, votes }
}

function restore({ snapshot }) {
  replica = { ...snapshot, votes: new Map(snapshot.votes.map(([value, voters]) => [value, new Set(voters)])) }
}

function told(before) {
  if (end === 'forgets a vote') {
    // Whoever has voted for the value is in neither.
    const { votes: _, ...left } = snapshot()
    return way === 'digest' ? { digest: JSON.stringify(left) } : { snapshot: { ...left, votes: [] } }
  }
  const now = JSON.stringify(snapshot())
  if (way === 'digest') return { digest: now }
  if (way === 'snapshots') return { snapshot: snapshot() }
  return now === before ? { ignored: true } : {}
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  const before = request.event !== 'reset' && JSON.stringify(snapshot())
  let actions = []
  if (request.event === 'reset') reset(request)
  else if (request.event === 'restore') restore(request)
  else actions = handle(request)
  process.stdout.write(`${JSON.stringify({ id: request.id, do: actions, ...told(before) })}\n`)
}
