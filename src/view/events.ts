import {
  canonical,
  type Event,
  type Id,
  type Json,
  type Program,
  type SentMessage,
  type Tallies,
  votersOf,
} from '../model/index.ts'
import { correctWords, deliversOnce, type ProvedMessage, type Round, type Step, type System } from '../system/index.ts'
import { diff } from './diff.ts'
import { isSaidAlready, type SentInRun } from './post.ts'
import type { Called } from './recorder.ts'
import type { Fire, Quorum, RunEvent } from './run.ts'

/** What a step is, before it is known what comes of it. */
type Kind = Pick<RunEvent, 'kind' | 'name' | 'value'>

const RESTART: Kind = { kind: 'restart', name: 'restart' }

export function kindOfStep(step: Step): Kind {
  if ('lose' in step) return { kind: 'loss', name: step.lose.message.type }
  if ('crash' in step) return { kind: 'crash', name: 'crash' }
  if ('restart' in step) return RESTART
  if ('round' in step) return { kind: 'round', name: String(step.round) }
  if ('timeout' in step) return { kind: 'timeout', name: step.timeout }
  if ('input' in step) return { kind: 'input', name: step.input }
  if ('flip' in step) return { kind: 'coin', name: step.flip, value: step.value }
  if ('rule' in step) return { kind: 'rule', name: step.rule }
  return { kind: 'arrival', name: step.on.message.type }
}

export function kindOfEvent(event: Event): Kind {
  switch (event.kind) {
    case 'message':
      return { kind: 'rule', name: event.rule }
    case 'timeout':
      return { kind: 'timeout', name: event.timer }
    case 'input':
      return { kind: 'input', name: event.value }
    case 'coin':
      return { kind: 'coin', name: event.coin, value: event.value }
    case 'restart':
      return RESTART
    case 'round':
      return { kind: 'round', name: String(event.round) }
  }
}

function ruleOf(event: Event): string {
  const { kind, name } = kindOfEvent(event)
  if (kind === 'rule') return name
  return kind === 'input' || kind === 'restart' ? kind : `${kind} ${name}`
}

/** The words that come to a step from outside, with their proofs: what it names comes before what is only matched. */
function named(program: Program, before: System, step: Step): ProvedMessage[] {
  if ('round' in step) return inRound(program, before, step)
  const evidence = 'with' in step ? (step.with ?? []) : []
  return evidence.filter((item): item is ProvedMessage => typeof item !== 'number')
}

function inRound(program: Program, before: System, step: Round): ProvedMessage[] {
  return [...correctWords(program, before, step), ...(step.with ?? [])].filter(({ from }) => from !== step.at)
}

/** What a step hears and asks, as envelopes. */
export interface HeardByStep {
  readonly trigger: number | undefined
  readonly receives: readonly number[]
  readonly fires: readonly Fire[]
  /** All envelopes that it uses, those that it has got before included. */
  readonly uses: readonly number[]
}

export function hearingOf(
  program: Program,
  post: SentInRun,
  number: number,
  before: System,
  step: Step,
  calls: readonly Called[],
): HeardByStep {
  const { at } = step
  if ('lose' in step) {
    const lost = post.lose(step.lose, at)
    return { trigger: lost, receives: [], fires: [], uses: [lost] }
  }
  const first =
    'on' in step ? post.heard(step.on, at, 'rule' in step && !deliversOnce(program) ? 'any' : 'copy') : undefined
  const given = named(program, before, step).map((word) => post.heard(word, at, 'any'))
  const fires = calls.map((call) => fireOf(post, call))
  const asked = fires.flatMap(({ quorums }) => quorums.flatMap(({ envelopes }) => envelopes))
  const uses = [...new Set([...(first === undefined ? [] : [first]), ...given, ...asked])]
  return { trigger: first, uses, fires, receives: uses.filter((id) => post.arrive(id, at, number)) }
}

/** One handler's run as data. */
export function fireOf(post: SentInRun, { at, event, answers, reaction }: Called): Fire {
  const envelopeOf = (word: SentMessage): number => post.heard(word, at, 'any')
  const quorums = answers
    .filter(({ satisfied }) => satisfied)
    .map(({ kind, q, weights, matched }): Quorum => {
      const senders = [...new Set(matched.map(({ from }) => from))]
      const chosen = kind === 'take' ? senders.slice(0, q) : senders
      const words = matched.filter(
        (word, i) =>
          chosen.includes(word.from) && (kind === 'need' || matched.findIndex((m) => m.from === word.from) === i),
      )
      return {
        kind,
        q,
        ...(weights ? { weights } : {}),
        senders: chosen,
        envelopes: [...new Set(words.map(envelopeOf))],
      }
    })
  // Votes that the participant keeps itself: what it counted of them, as they are after this vote.
  const tallied = (reaction.asked ?? []).flatMap(({ kind, tally, key, answer }): Quorum[] => {
    if (kind !== 'count' || typeof answer !== 'number' || answer === 0) return []
    const senders = votersOf(reaction.local.tallies, tally, key)
    return [{ kind: 'count', q: answer, senders, envelopes: [], tally: { name: tally, key: JSON.parse(key) as Json } }]
  })
  const on = event.kind === 'message' ? { on: envelopeOf(event) } : {}
  return { rule: ruleOf(event), ...on, quorums: [...quorums, ...tallied], outputs: reaction.effects.outputs }
}

/** What the handlers of a step sent, as envelopes. */
export function sendsOf(
  program: Program,
  post: SentInRun,
  number: number,
  before: System,
  after: System,
  calls: readonly Called[],
): number[] {
  const round = (at: Id): number | undefined => after.locals[at]?.round
  const said = new Set<string>()
  return calls.flatMap(({ at, reaction }) =>
    reaction.effects.sent.flatMap(({ to, message }) => {
      const key = canonical([at, to, message as never])
      const again = !deliversOnce(program) && (said.has(key) || isSaidAlready(program, before, at, to, message))
      said.add(key)
      return again ? [] : [post.send(at, to, message, number, round(at))]
    }),
  )
}

type Outcome = Pick<RunEvent, 'outputs' | 'notes' | 'changes' | 'votes' | 'timers' | 'threw'>

/** What became of the participant that took a step. */
export function outcomeOfStep(before: System, after: System, at: Id): Outcome {
  const [old, now] = [before.locals[at]!, after.locals[at]!]
  const fresh = (of: 'outputs' | 'notes'): readonly Json[] => after[of][at]!.slice(before[of][at]!.length)
  return {
    outputs: fresh('outputs'),
    notes: fresh('notes'),
    changes: diff(old.state, now.state),
    votes: votesOf(old.tallies, now.tallies),
    timers: {
      started: now.timers.filter((name) => !old.timers.includes(name)),
      stopped: old.timers.filter((name) => !now.timers.includes(name)),
    },
    ...(now.threw !== undefined && old.threw === undefined ? { threw: now.threw } : {}),
  }
}

function votesOf(old: Tallies | undefined, now: Tallies = {}): RunEvent['votes'] {
  return Object.entries(now).flatMap(([tally, entries]) =>
    entries.flatMap(({ key, voters }) => {
      const known = votersOf(old, tally, canonical(key))
      const fresh = voters.filter((id) => !known.includes(id))
      return fresh.length > 0 ? [{ tally, key: key as Json, voters: fresh }] : []
    }),
  )
}
