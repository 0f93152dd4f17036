import {
  type Ask,
  canonical,
  headsOf,
  type Id,
  type Inbox,
  isLockstep,
  type Program,
  partAt,
  runningIds,
  type SentMessage,
  textOf,
} from '../model/index.ts'
import { attempt } from './apply.ts'
import { fire } from './fire.ts'
import { choices, everyWay } from './prove.ts'
import { roundSteps } from './round-choices.ts'
import {
  bySender,
  coalitionSpeaksAs,
  distinctWords,
  evidenceAt,
  firstOfEach,
  ownWords,
  wasSaid,
} from './sent-messages.ts'
import {
  type Acting,
  type Evidence,
  eventOf,
  type Firing,
  type ProvedMessage,
  type Step,
  sameWord,
  triggerOf,
  withEvidence,
} from './step.ts'
import { absorb, byArrival, deliversOnce, type System } from './system.ts'

/** Choices that are tried for all `take`s of one firing. */
const MOST_CHOICES = 4_096

/** A message that the coalition can send to one receiver, with the witness of its proof. */
export interface Offered extends ProvedMessage {
  readonly to: Id
}

/**
 * Every step that can be taken in a state, in canonical order: by participant, then inputs, timeouts, coins, messages
 * by rule and content, losses, crashes, restarts; in lockstep protocols every way to do the next round comes last. What the coalition says is up to the caller.
 *
 * @param cut called where a `take` has more choices than are tried
 */
export function enabled(program: Program, system: System, offered: readonly Offered[] = [], cut?: () => void): Step[] {
  const steps: Step[] = []
  const rounds = isLockstep(program.protocol)
  for (const at of runningIds(program.setting)) {
    const local = system.locals[at]!
    if (system.crashed.includes(at) || local.threw !== undefined) continue
    const alone: Acting[] = [
      ...(program.setting.inputs[at] ?? []).map((input) => ({ at, input })),
      ...local.timers.map((timeout) => ({ at, timeout })),
      ...local.coins.flatMap((flip) => [0, 1].map((value) => ({ at, flip, value: value as 0 | 1 }))),
    ]
    const words = rounds ? [] : triggers(program, system, at, offered)
    if (rounds || byArrival(program)) steps.push(...alone.filter((step) => possible(program, system, step)))
    else steps.push(...alone.flatMap((step) => ways(program, system, step, words, cut)))
    if (rounds) continue
    if (byArrival(program)) {
      for (const on of words) if (possible(program, system, { at, on })) steps.push({ at, on })
    } else {
      for (const on of words) steps.push(...firings(program, system, at, on, words, cut))
    }
    if (program.setting.network.lose) steps.push(...losses(program, system, at))
    if (program.setting.crash.includes(at)) steps.push({ at, crash: true })
    if (possible(program, system, { at, restart: true })) steps.push({ at, restart: true })
  }
  if (rounds) steps.push(...roundSteps(program, system, offered))
  return steps
}

function possible(program: Program, system: System, step: Step): boolean {
  return attempt(program, system, step) !== undefined
}

/** Words that can trigger something at a participant: what reaches it, and what the coalition offers it. */
export function triggers(program: Program, system: System, at: Id, offered: readonly Offered[]): ProvedMessage[] {
  const found = new Map<string, ProvedMessage>()
  const add = (word: ProvedMessage): void => {
    const key = `${word.message.type} ${textOf(word.message)} ${word.from}`
    if (!found.has(key)) found.set(key, word)
  }
  for (const { from, message } of system.soup) {
    if (wasSaid(program, system, at, { from, message })) add({ from, message })
  }
  for (const { to, ...word } of offered) if (to === at && coalitionSpeaksAs(program, word.from)) add(word)
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, word]) => word)
}

/** Every way in which the rules on one message can fire, one for each different result. */
export function firings(
  program: Program,
  system: System,
  at: Id,
  on: ProvedMessage,
  words: readonly ProvedMessage[],
  cut?: () => void,
): Firing[] {
  const rules = partAt(program, at).byType.get(on.message.type) ?? []
  return rules.flatMap(({ name: rule }) => ways(program, system, { at, rule, on }, words, cut))
}

/**
 * The step on all evidence that its handler can go on with, one for each different result.
 *
 * @param words what may come to the participant; its own broadcasts are known besides
 */
export function ways<S extends Acting>(
  program: Program,
  system: System,
  step: S,
  words: readonly ProvedMessage[],
  cut?: () => void,
): S[] {
  const own = ownWords(program, system, step.at).map(({ from, message }): ProvedMessage => ({ from, message }))
  const steps: S[] = []
  const results = new Set<string>()
  for (const evidence of answers(program, system, step, [...own, ...words], cut)) {
    const way = withEvidence(step, evidence)
    const after = attempt(program, system, way)
    if (!after) continue
    const text = canonical(after)
    if (results.has(text)) continue
    results.add(text)
    steps.push(way)
  }
  return steps
}

/** The different evidence on which a rule can fire: one for its `need`s, one for every choice of its `take`s. */
function* answers(
  program: Program,
  system: System,
  step: Acting,
  known: readonly ProvedMessage[],
  cut?: () => void,
): Generator<Evidence[]> {
  const { at } = step
  const triggers = triggerOf(step)
  for (const choose of everyWay<ProvedMessage[]>(MOST_CHOICES, cut)) {
    const used: ProvedMessage[][] = []
    const takes: Handed[] = []
    const inbox: Inbox = (ask) => {
      if (ask.kind === 'need') {
        const words = enough(program, ask, known, triggers)
        if (words) used.push(words)
        return words !== undefined
      }
      const chosen = choose(optionsFor(program, ask, known, cut))
      if (!chosen) return false
      used.unshift(chosen)
      takes.push({ ask, chosen })
      return chosen.map((word) => word.message)
    }
    const { reaction } = fire(program, at, system.locals[at]!, eventOf(step), inbox)
    if (absorb(program, system, at, reaction) !== system) yield evidenceOf(program, system, step, used.flat(), takes)
  }
}

/**
 * The first distinct senders of matching messages who are enough: the trigger's, where the trigger matches, then correct ones by id,
 * then the coalition.
 */
export function enough(
  program: Program,
  ask: Ask,
  known: readonly ProvedMessage[],
  triggers: readonly ProvedMessage[],
): ProvedMessage[] | undefined {
  const rank = (word: ProvedMessage): number =>
    triggers.includes(word) ? -1 : coalitionSpeaksAs(program, word.from) ? word.from + 1_000_000 : word.from
  const words = [...triggers, ...known].sort((a, b) => rank(a) - rank(b))
  return firstOfEach(program, ask, words)
}

/** Every choice; first those with few messages of the coalition, which stand for all that give the same result. */
function optionsFor(program: Program, ask: Ask, known: readonly ProvedMessage[], cut?: () => void): ProvedMessage[][] {
  const lists = bySender(program, ask, known).sort(([a], [b]) => a!.from - b!.from)
  const used = (choice: readonly ProvedMessage[]): number =>
    choice.filter(({ from }) => coalitionSpeaksAs(program, from)).length
  return [...choices(lists, headsOf(ask.q), MOST_CHOICES, cut)].sort((a, b) => used(a) - used(b))
}

/** What a `take` was handed. */
export interface Handed {
  readonly ask: Ask
  readonly chosen: readonly ProvedMessage[]
}

/**
 * Evidence as a trace writes it: the bare sender, where that is unambiguous for all that is used of it. A bare sender
 * stands for everything that it said, so beside it nothing of it can be named. The trigger counts last; it is named
 * where a `take` was handed it and would be handed another word before it.
 */
export function evidenceOf(
  program: Program,
  system: System,
  step: Acting,
  words: readonly ProvedMessage[],
  takes: readonly Handed[] = [],
): Evidence[] {
  const said = evidenceAt(program, system, step.at)
  const triggers = triggerOf(step)
  const all = distinctWords(words)
  const isAmong = (list: readonly ProvedMessage[], word: ProvedMessage): boolean =>
    list.some((one) => sameWord(one, word))
  const comesLate = (trigger: ProvedMessage): boolean =>
    takes.some(
      ({ ask, chosen }) =>
        isAmong(chosen, trigger) && all.some((word) => !isAmong(chosen, word) && ask.match(word.message, word.from)),
    )
  const used = all.filter((word) => !isAmong(triggers, word) || comesLate(word))
  const isOnlyOne = (word: ProvedMessage): boolean => {
    const others = said.filter(
      ({ from, message }) =>
        from === word.from && (message.type === word.message.type || takes.some(({ ask }) => ask.match(message, from))),
    )
    return others.length === 1 && sameWord(others[0]!, word)
  }
  const isBare = ({ from }: ProvedMessage): boolean => used.every((word) => word.from !== from || isOnlyOne(word))
  return [...new Set(used.map((word): Evidence => (isBare(word) ? word.from : word)))]
}

function losses(program: Program, system: System, at: Id): Step[] {
  const once = deliversOnce(program) || program.setting.network.fifo
  const words: readonly SentMessage[] = once
    ? system.pending.filter((word) => word.to === at)
    : triggers(program, system, at, [])
  return words
    .map(({ from, message }): Step => ({ at, lose: { from, message } }))
    .filter((step) => possible(program, system, step))
}
