import { type Ask, deepFreeze, type Id, type Inbox, type Program, partAt, remembered, same } from '../model/index.ts'
import {
  type Acting,
  type Arrival,
  absorb,
  attempt,
  beforeRound,
  byArrival,
  canCome,
  distinctWords,
  eventOf,
  evidenceAt,
  evidenceOf,
  firstOfEach,
  type Handed,
  isActing,
  leafOf,
  nodeOf,
  type ProvedMessage,
  type Round,
  reactionOf,
  type Step,
  type System,
  Table,
  takesInputs,
  triggerOf,
  withEvidence,
} from '../system/index.ts'
import type { FixedCoalition } from './coalition.ts'

/** A step as it was taken: with the evidence that there was, and what it led to. */
export interface StepTaken {
  readonly after: System
  /** The messages that it rested on: its trigger first. */
  readonly used: readonly ProvedMessage[]
  /** The step as a trace writes it: made only on demand, because most steps of a search are never written. */
  readonly step: () => Step
}

/**
 * Takes a step of another run in this state: with the same trigger, and with whatever evidence there is here. Nothing
 * where it is not possible. With `fresh`, even a `take` forgets what was chosen for it, and gets messages of correct
 * participants.
 */
export function retake(
  program: Program,
  system: System,
  step: Step,
  coalition: FixedCoalition,
  fresh = false,
): StepTaken | undefined {
  if (isActing(step) && !byArrival(program)) return react(program, system, step, coalition, fresh)
  if ('round' in step) return redo(program, system, step, coalition)
  if (!('on' in step)) {
    const after = attempt(program, system, step)
    return after && { after, used: [], step: () => step }
  }
  // What correct participants have sent is on its way or not, which `apply` knows best; the coalition's messages need
  // their
  // proofs.
  const correct = system.locals[step.on.from] !== null && program.setting.auth !== 'none'
  const on = correct ? step.on : coalition.identity(system, step.at, step.on)
  return (on && arrive(program, system, step, on)) ?? repeated(program, system, step, coalition)
}

/** A round once more, with as much of what the coalition sent in it as it can send here. */
function redo(program: Program, system: System, { at, round, with: words = [] }: Round, coalition: FixedCoalition) {
  const before = beforeRound(system, round)
  const used = words.flatMap((word) => coalition.identity(before, at, word) ?? [])
  const next: Round = { at, round, ...(used.length > 0 ? { with: used } : {}) }
  const after = attempt(program, system, next)
  return after && { after, used, step: () => next }
}

function arrive(program: Program, system: System, step: Arrival, on: ProvedMessage): StepTaken | undefined {
  const next = on === step.on ? step : { at: step.at, on }
  const after = attempt(program, system, next)
  return after && { after, used: [on], step: () => next }
}

/** The coalition repeats what nobody else sends any more. */
function repeated(program: Program, system: System, step: Arrival, coalition: FixedCoalition): StepTaken | undefined {
  const on = coalition.echo(system, step.on)
  return on && on.from !== step.on.from ? arrive(program, system, step, on) : undefined
}

/** Can rules fire at this participant at all? */
export function isRunning(system: System, at: Id): boolean {
  const local = system.locals[at]
  return !!local && local.threw === undefined && !system.crashed.includes(at)
}

/** A handler once more, with the same trigger. */
function react(
  program: Program,
  system: System,
  step: Acting,
  coalition: FixedCoalition,
  fresh: boolean,
): StepTaken | undefined {
  if (!isPossible(program, system, step)) return undefined
  let base = withEvidence(step, [])
  if ('rule' in base) {
    const { at } = base
    const on = coalition.identity(system, at, base.on) ?? coalition.echo(system, base.on)
    if (!on || (on.from === at && !canCome(program, system, at, on))) return undefined
    base = { ...base, on }
  }
  const triggers = triggerOf(base)
  let known: readonly ProvedMessage[] | undefined
  const words = (): readonly ProvedMessage[] => (known ??= knownTo(program, system, step.at, coalition))
  const chosen = (): readonly ProvedMessage[] => (fresh ? [] : namedIn(program, system, step, coalition))
  return fireOn(program, system, base, (ask) =>
    firstOfEach(program, ask, [...(ask.kind === 'take' ? chosen() : []), ...triggers, ...words()]),
  )
}

/** May its handler run at all, as far as its participant's state tells? */
export function isPossible(program: Program, system: System, step: Acting): boolean {
  if (!isRunning(system, step.at)) return false
  const { timers, coins } = system.locals[step.at]!
  if ('timeout' in step) return timers.includes(step.timeout)
  if ('flip' in step) return coins.includes(step.flip)
  if ('input' in step) return takesInputs(program, system) && !!program.setting.inputs[step.at]?.includes(step.input)
  return partAt(program, step.at).byName.get(step.rule)?.type === step.on.message.type
}

/**
 * What a participant can have got: its own broadcasts, the messages of correct participants, those of the coalition
 * last.
 */
export function knownTo(program: Program, system: System, at: Id, coalition: FixedCoalition): readonly ProvedMessage[] {
  const said = evidenceAt(program, system, at)
  const own = said.filter(({ from }) => from === at)
  const words = [...own, ...said.filter(({ from }) => from !== at)].map(({ from, message }) => ({ from, message }))
  return [...words, ...coalition.sayable(system)]
}

/** The messages that a step's evidence names, as far as they can be had here. */
function namedIn(
  program: Program,
  system: System,
  { at, with: named = [] }: Acting,
  coalition: FixedCoalition,
): ProvedMessage[] {
  return named.flatMap((evidence): ProvedMessage[] => {
    if (typeof evidence !== 'number') return [coalition.identity(system, at, evidence) ?? []].flat()
    const said = evidenceAt(program, system, at).filter((word) => word.from === evidence)
    return said.map(({ from, message }) => ({ from, message }))
  })
}

const tables = new WeakMap<Program, Table>()

/** Thousands of candidates meet the same few local states, and running a reducer is what costs. */
function tableOf(program: Program): Table {
  return remembered(tables, program, () => new Table(program))
}

/**
 * Runs one handler; `answer` finds the messages that a `need` or `take` asks for, and they become the step's evidence.
 */
export function fireOn(
  program: Program,
  system: System,
  base: Acting,
  answer: (ask: Ask) => readonly ProvedMessage[] | undefined,
): StepTaken | undefined {
  const { at } = base
  const needed: ProvedMessage[] = []
  const takes: Handed[] = []
  const inbox: Inbox = (ask) => {
    const words = answer(ask)
    if (!words) return false
    if (ask.kind === 'need') {
      needed.push(...words)
      return true
    }
    takes.push({ ask, chosen: words })
    return words.map((word) => word.message)
  }
  const table = tableOf(program)
  const local = system.locals[at]!
  const leaf = leafOf(table, nodeOf(table, at, table.locals.number(local), eventOf(base)), inbox)
  const after = leaf ? absorb(program, system, at, reactionOf(table, leaf, local)) : system
  if (after === system) return undefined
  deepFreeze(after)
  const evidence = [...takes.flatMap(({ chosen }) => chosen), ...needed]
  const used = [...triggerOf(base), ...evidence]
  let short: Acting | undefined
  const step = (): Acting => {
    short ??= deepFreeze(withEvidence(base, evidenceOf(program, system, base, evidence, takes)))
    return short
  }
  if (takes.length === 0) return { after, used, step }
  // What a `take` is handed depends on the order of the evidence: only what `apply` makes of it counts.
  for (const candidate of [step(), deepFreeze(withEvidence(base, distinctWords(evidence)))]) {
    const again = attempt(program, system, candidate)
    if (again && same(again, after)) return { after, used, step: () => candidate }
  }
  return undefined
}
