/** Laws of the reference semantics: states are values, and steps are data. */
import {
  type AnyMessage,
  begin,
  canonical,
  canonicalValue,
  type Event,
  HarnessError,
  type Inbox,
  program as inSetting,
  isLockstep,
  type Local,
  type Program,
  type Protocol,
  partAt,
  react,
  roundsOf,
} from '../../src/model/index.ts'
import { digestOf } from '../../src/system/digest-of.ts'
import { apply, configure, inboxOf, reactionTo, type Step, type System, start } from '../../src/system/index.ts'
import { type Draw, told } from './scene.ts'

function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** The states of one random run, each with the step taken there. */
function* walk(protocol: Protocol, draw: Draw): Generator<{ program: Program; before: System; step: Step }> {
  const { program, steps } = told(protocol, draw)
  let before = start(program)
  for (const step of steps) {
    yield { program, before, step }
    before = apply(program, before, step)
  }
}

function isFrozen(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozen)
}

/** Law: `apply` changes neither the state nor the step that it gets, not even where nothing is frozen. */
export function applyLeavesItsInput(protocol: Protocol, draw: Draw, apply_: typeof apply = apply): void {
  for (const { program, before, step } of walk(protocol, draw)) {
    const [system, taken] = [copied(before), copied(step)]
    const texts = [canonical(system), canonical(taken)]
    const after = apply_(program, system, taken)
    if (canonical(system) !== texts[0]) throw new HarnessError(`apply changed its state on ${texts[1]}`)
    if (canonical(taken) !== texts[1]) throw new HarnessError(`apply changed its step ${texts[1]}`)
    if (!isFrozen(after)) throw new HarnessError(`apply left its result open to changes on ${texts[1]}`)
  }
}

/** Law: a state and a step that went through JSON mean the same. */
export function survivesJson(protocol: Protocol, draw: Draw): void {
  for (const { program, before, step } of walk(protocol, draw)) {
    canonicalValue(before, 'state')
    canonicalValue(step, 'step')
    const after = digestOf(apply(program, before, step))
    const again = digestOf(apply(program, copied(before), copied(step)))
    if (after !== again) throw new HarnessError(`${canonical(step)} leads from equal states to ${after} and ${again}`)
  }
}

function reacted(program: Program, step: Step, system: System, local: Local): unknown {
  if ('round' in step) return reactionTo(program, system, step, step.with ?? [])
  const inbox: Inbox = inboxOf(program, [...system.soup, ...system.inboxes[step.at]!])
  const all = events(program, step)
  return all.map((event) => react(program, step.at, local, event, inbox))
}

function events(program: Program, step: Step): Event[] {
  if ('timeout' in step) return [{ kind: 'timeout', timer: step.timeout }]
  if ('input' in step) return [{ kind: 'input', value: step.input }]
  if ('flip' in step) return [{ kind: 'coin', coin: step.flip, value: step.value }]
  if (!('on' in step)) return []
  const { from, message } = step.on
  const rules = partAt(program, step.at).byType.get(message.type) ?? []
  return rules.map(({ name }) => ({ kind: 'message', rule: name, from, message }))
}

/** Law: a reducer on a plain copy and on a draft does the same. */
export function copiesReactAlike(protocol: Protocol, draw: Draw): void {
  for (const { program, before, step } of walk(protocol, draw)) {
    const local = before.locals[step.at]
    if (!local) continue
    const drafted = canonical(reacted({ ...program, copies: false }, step, before, local))
    const plain = canonical(reacted({ ...program, copies: true }, step, before, local))
    if (drafted !== plain) throw new HarnessError(`on ${canonical(step)} a draft gives ${drafted}, a copy ${plain}`)
  }
}

/** A message to a participant, with what the other senders have said: anything, as long as it is well typed. */
export interface Arriving {
  readonly at: number
  readonly from: number
  readonly message: AnyMessage
}

/** Growth beyond this, after as many messages, is a memory that whoever sends messages can fill. */
const MOST_TEXT = 20_000

/** Law: no handler throws on a well-typed message, whatever is in it, and its state stays plain and small. */
export function toleratesAnyMessage(protocol: Protocol, arriving: readonly Arriving[]): void {
  const program = inSetting(protocol, configure(protocol, { byzantine: [] })[0]!)
  if (isLockstep(protocol)) {
    toleratesAnyRound(program, arriving)
    return
  }
  const { n, clients } = program.setting
  const locals = new Map<number, Local>()
  const everybody = arriving.flatMap(({ message }) => [0, 1, 2, 3].map((from) => ({ from, message })))
  for (const { at: any, from: anybody, message } of arriving) {
    const [at, from] = [any % (n + clients), anybody % (n + clients)]
    let local = locals.get(at) ?? begin(program, at).local
    for (const { name } of partAt(program, at).byType.get(message.type) ?? []) {
      const event: Event = { kind: 'message', rule: name, from, message }
      const { local: after, effects } = react(program, at, local, event, inboxOf(program, everybody))
      if (after.threw !== undefined) throw new HarnessError(`${name} at ${at} threw ${after.threw}`)
      canonicalValue({ after, effects }, `${protocol.subject}, ${name}`)
      local = after
    }
    locals.set(at, local)
    if (canonical(local).length > MOST_TEXT) throw new HarnessError(`the state of ${at} has outgrown all bounds`)
  }
}

/** The same for rounds: in each, the first message of a type from each sender arrives. */
function toleratesAnyRound(program: Program, arriving: readonly Arriving[]): void {
  const { n } = program.setting
  for (let at = 0; at < n; at++) {
    let { local } = begin(program, at)
    for (let round = 1; round <= roundsOf(program); round++) {
      const words = arriving.filter((word) => word.at % n === at && word.from % n !== at).slice(round - 1)
      const inbox = words
        .map(({ from, message }) => ({ from: from % n, message }))
        .filter(({ from, message: { type } }, i, all) => {
          return all.findIndex((other) => other.from === from && other.message.type === type) === i
        })
      const { local: after, effects } = react(program, at, local, { kind: 'round', round, inbox }, () => false)
      if (after.threw !== undefined) throw new HarnessError(`round ${round} at ${at} threw ${after.threw}`)
      canonicalValue({ after, effects }, `${program.protocol.subject}, round ${round}`)
      if (canonical(after).length > MOST_TEXT) throw new HarnessError(`the state of ${at} has outgrown all bounds`)
      local = after
    }
  }
}
