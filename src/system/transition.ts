import {
  type Ask,
  canonical,
  type Event,
  type Fired,
  type Id,
  type Inbox,
  isEqual,
  type Json,
  type Local,
  type Program,
  type Take,
} from '../model/index.ts'

/** A transition that was taken, with all that is needed to take it again. */
export interface Transition {
  readonly program: Program
  readonly at: Id
  readonly local: Local
  readonly event: Event
  readonly answers: readonly ReturnType<Inbox>[]
  readonly take: Take
  readonly fired: Fired
  readonly asked: readonly Ask[]
  readonly isFirst: boolean
  /** Was it taken on a stand-in for the message? */
  readonly isWatched: boolean
}

/** What a transition came to, and what was asked on the way. */
export type Came = Pick<Transition, 'fired' | 'asked'>

/** Takes it again, with the answers that it got before. */
export function taken({ program, at, local, event, answers, take }: Transition, copies: boolean): Came {
  const asked: Ask[] = []
  const inbox: Inbox = (ask) => {
    asked.push(ask)
    return answers[asked.length - 1] ?? false
  }
  return { fired: take({ ...program, copies }, at, local, event, inbox), asked }
}

/** Is it the same in all parts? Most are, and that is seen without writing them out. */
export function cameToTheSame({ fired, asked }: Came, { fired: again, asked: askedAgain }: Came): boolean {
  if (fired.cut !== again.cut || asked.length !== askedAgain.length) return false
  const [{ local, effects, asked: votes }, { local: localAgain, effects: effectsAgain, asked: votesAgain }] = [
    fired.reaction,
    again.reaction,
  ]
  if (local.threw !== localAgain.threw || !isEqual(local.state, localAgain.state)) return false
  if (!isAlike(local.tallies, localAgain.tallies) || !isAlike(votes, votesAgain)) return false
  if (`${local.timers} ${local.coins}` !== `${localAgain.timers} ${localAgain.coins}`) return false
  if (effects !== effectsAgain && !isAlike(effects, effectsAgain)) return false
  return asked.every(({ kind, q, role, match }, i) => {
    const other = askedAgain[i]!
    return kind === other.kind && `${q}` === `${other.q}` && role === other.role && match.key === other.match.key
  })
}

/** Of values that are plain, or not there. */
function isAlike(one: unknown, other: unknown): boolean {
  return isEqual(one as Json, other as Json)
}

/** All that a transition came to, as a text. */
function told({ fired: { reaction, cut }, asked }: Came): string {
  const { local, effects } = reaction
  const { state, timers, coins, threw = null, tallies = {} } = local
  const { sent, outputs, notes } = effects
  const questions = asked.map(({ kind, q, role, match }) => ({ kind, q, role, match: match.key ?? '' }))
  const votes = reaction.asked ?? []
  return canonical({ state, tallies, timers, coins, threw, sent, outputs, notes, cut, questions, votes })
}

/** The first part in which two outcomes differ, as each has it. */
export function differenceOf(before: Came, after: Came): [string, string] {
  const [one, other] = [JSON.parse(told(before)), JSON.parse(told(after))] as Record<string, any>[]
  const differs = (a: any, b: any): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => canonical(a[key]) !== canonical(b[key]))
  const [part = ''] = differs(one, other)
  const [field] = part === 'state' ? differs(one!['state'], other!['state']) : []
  const shown = (from: any): string =>
    field === undefined ? `${part} ${short(from[part])}` : `state.${field} ${short(from.state[field])}`
  return [shown(one), shown(other)]
}

function short(value: unknown): string {
  const text = canonical(value ?? null)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
