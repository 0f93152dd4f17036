import {
  canonical,
  deepFreeze,
  type Id,
  mayRestart,
  nameOf,
  type Program,
  partAt,
  type SentMessage,
  UsageError,
} from '../model/index.ts'
import { fire, heard, inboxOf, settle } from './fire.ts'
import type { Used } from './healed-inboxes.ts'
import { Impossible } from './impossible.ts'
import { candidates, prove } from './prove.ts'
import { performed, takesInputs } from './round.ts'
import {
  canBeShown,
  canCome,
  canSay,
  distinctWords,
  evidenceAt,
  partsOf,
  wasSaid,
  wasSaidToAnybody,
} from './sent-messages.ts'
import {
  type Acting,
  type Arrival,
  type Evidence,
  eventOf,
  type Firing,
  type Loss,
  type ProvedMessage,
  type Step,
  sameWord,
  triggerOf,
} from './step.ts'
import { absorb, byArrival, deliversOnce, type Pending, type System, settles, withoutCopy } from './system.ts'

/** What is in a state is written out after each step: more work than a look at it. */
const PER_ITEM = 10

/**
 * The only place where the global state changes: `system` after `step`, which is checked first. Short, obvious and
 * slow; every faster engine is tested against it.
 *
 * @param coalition what the coalition has sent so far. Given it, every message of a correct participant is held
 *   against its own proof: a declaration that is too strict would silently weaken the adversary.
 * @throws Impossible where the step is not enabled, or changes nothing
 * @throws UsageError where a correct participant sends what its own proof forbids
 */
export function apply(program: Program, system: System, step: Step, coalition?: readonly ProvedMessage[]): System {
  program.effort?.spend(PER_ITEM * (system.soup.length + system.pending.length + system.locals.length))
  const after = deepFreeze(taken(program, system, step))
  if (after === system) throw new Impossible('the step changes nothing')
  if (coalition) assertProved(program, system, after, [...coalition, ...wordsOf(program, step)])
  return after
}

/** The same, with nothing for a step that is not possible. */
export function attempt(program: Program, system: System, step: Step, coalition?: readonly ProvedMessage[]) {
  try {
    return apply(program, system, step, coalition)
  } catch (error) {
    if (error instanceof Impossible) return undefined
    throw error
  }
}

function taken(program: Program, system: System, step: Step): System {
  const { at } = step
  if ('lose' in step) return lost(program, system, step)
  const local = system.locals[at]
  if (!local) throw new Impossible(`${nameOf(at, program.setting.n)} runs no code of the protocol`)
  if (system.crashed.includes(at)) throw new Impossible(`${nameOf(at, program.setting.n)} has crashed`)
  if (local.threw !== undefined) throw new Impossible(`${nameOf(at, program.setting.n)} has stopped: ${local.threw}`)
  if ('crash' in step) {
    if (!program.setting.crash.includes(at)) throw new Impossible('this replica may not crash in this setting')
    return { ...system, crashed: [...system.crashed, at].sort((a, b) => a - b) }
  }
  if ('restart' in step) return restarted(program, system, at)
  if ('round' in step) return performed(program, system, step)
  if ('timeout' in step) {
    if (!local.timers.includes(step.timeout)) throw new Impossible(`timer ${step.timeout} is not armed`)
    return acted(program, system, step)
  }
  if ('input' in step) {
    const offered = program.setting.inputs[at] ?? []
    if (!offered.includes(step.input)) throw new Impossible(`input ${step.input} is not offered here`)
    if (!takesInputs(program, system)) throw new Impossible('inputs are given before the first round')
    return acted(program, system, step)
  }
  if ('flip' in step) {
    if (!local.coins.includes(step.flip)) throw new Impossible(`no coin ${step.flip} is pending`)
    return acted(program, system, step)
  }
  if ('rule' in step) return firing(program, system, step)
  return arrival(program, system, step)
}

/** What has arrived is lost; what comes again has not arrived yet. */
function restarted(program: Program, system: System, at: Id): System {
  const local = system.locals[at]!
  if (!mayRestart(program.setting, at, local)) throw new Impossible('this replica may not restart here')
  const { reaction } = fire(program, at, local, { kind: 'restart' }, inboxOf(program, []))
  const inboxes = system.inboxes[at]!.length > 0 ? system.inboxes.map((list, id) => (id === at ? [] : list)) : undefined
  return absorb(program, inboxes ? { ...system, inboxes } : system, at, reaction)
}

/** One rule fires, on evidence that is named in the step. */
function firing(program: Program, system: System, step: Firing): System {
  const { at, rule, on } = step
  if (byArrival(program)) throw new Impossible('in this setting a step is an arrival, not the firing of one rule')
  const known = partAt(program, at).byName.get(rule)
  if (!known) throw new Impossible(`there is no rule ${rule}`)
  if (known.type !== on.message.type) throw new Impossible(`rule ${rule} does not wait for ${on.message.type}`)
  if (on.from === at && !canCome(program, system, at, on)) {
    throw new Impossible('its own broadcast triggers nothing here')
  }
  return acted(program, system, step)
}

/**
 * One handler runs. It asks what has arrived, where arrivals are steps, and whatever it enables fires too; elsewhere it
 * asks the evidence that the step names.
 */
function acted(program: Program, system: System, step: Acting): System {
  const { at } = step
  const arrives = byArrival(program)
  if (arrives && step.with) throw new Impossible('in this setting evidence is what has arrived, and is not named')
  const inbox = inboxOf(program, arrives ? heard(program, system, at) : evidenceFor(program, system, step))
  const after = absorb(program, system, at, fire(program, at, system.locals[at]!, eventOf(step), inbox).reaction)
  return after !== system && arrives && settles(program) ? settle(program, after, at) : after
}

function evidenceFor(program: Program, system: System, step: Acting): SentMessage[] {
  const { at } = step
  // Named evidence comes first, so that a `take` gets what was chosen for it and the trigger only fills up.
  const words = [...(step.with ?? []).flatMap((evidence) => named(program, system, at, evidence)), ...triggerOf(step)]
  for (const word of words) assertAvailable(program, system, at, word)
  return distinctWords(words)
}

/** A bare sender stands for everything it has sent that `at` can get. */
function named(program: Program, system: System, at: Id, evidence: Evidence): ProvedMessage[] {
  if (typeof evidence !== 'number') return [evidence]
  const said = evidenceAt(program, system, at).filter((word) => word.from === evidence)
  if (said.length === 0) throw new Impossible(`${nameOf(evidence, program.setting.n)} has sent nothing here`)
  return said.map(({ from, message }) => ({ from, message }))
}

function assertAvailable(program: Program, system: System, at: Id, word: ProvedMessage): void {
  if (evidenceAt(program, system, at).some((said) => sameWord(said, word)) || canSay(program, system, word)) return
  throw unsaid(program, word)
}

function unsaid(program: Program, { from, message }: SentMessage): Impossible {
  const who = nameOf(from, program.setting.n)
  return new Impossible(`${who} has not sent ${canonical(message)} here, and nobody can send it as ${who}`)
}

/** A message arrives. Where messages are delivered once it is used up; what it does not use is gone. */
function arrival(program: Program, system: System, { at, on }: Arrival): System {
  if (!byArrival(program)) throw new Impossible('in this setting a step is the firing of one rule, not an arrival')
  const { network } = program.setting
  const comes = canCome(program, system, at, on)
  if (on.from === at && !comes) throw new Impossible('its own broadcast does not arrive here')
  let after = system
  if (deliversOnce(program) || network.fifo) {
    const pending = consumed(program, system, at, on)
    if (pending) after = { ...system, pending }
    else if (!canSay(program, system, on) && !replayable(program, system, on)) {
      throw new Impossible(`no such message of ${nameOf(on.from, program.setting.n)} is on its way`)
    }
  } else if (!comes) throw unsaid(program, on)
  if (program.protocol.definition.inbox !== false) {
    const known = after.inboxes[at]!.some((word) => sameWord(word, on))
    const word = { from: on.from, message: on.message }
    if (!known) after = { ...after, inboxes: after.inboxes.map((list, id) => (id === at ? [...list, word] : list)) }
  }
  return settles(program) ? settle(program, after, at) : once(program, system, after, at, on)
}

/** Every rule of the arrived message's type runs once, in declared order. A bound that forbids one forbids the step. */
function once(program: Program, before: System, system: System, at: Id, { from, message }: SentMessage): System {
  let after = system
  for (const { name } of partAt(program, at).byType.get(message.type) ?? []) {
    const inbox = inboxOf(program, heard(program, after, at))
    const { reaction, cut } = fire(
      program,
      at,
      after.locals[at]!,
      { kind: 'message', rule: name, from, message },
      inbox,
    )
    if (cut) return before
    after = absorb(program, after, at, reaction)
  }
  return after
}

/** A signed message of a correct participant can be shown again by the coalition. */
function replayable(program: Program, system: System, word: SentMessage): boolean {
  return canBeShown(program, word.message) && wasSaidToAnybody(program, system, word)
}

/** What is on its way without one copy of this message; nothing if it is not on its way, or not first on its link. */
function consumed(program: Program, { pending }: System, at: Id, word: SentMessage): readonly Pending[] | undefined {
  const isFirst = ({ from }: Pending): boolean => program.setting.network.fifo && from === word.from
  const index = pending.findIndex((one) => one.to === at && (isFirst(one) || sameWord(one, word)))
  return index >= 0 && sameWord(pending[index]!, word) ? withoutCopy(pending, index) : undefined
}

function lost(program: Program, system: System, { at, lose }: Loss): System {
  if (!program.setting.network.lose) throw new Impossible('this network loses nothing')
  if (deliversOnce(program) || program.setting.network.fifo) {
    const pending = consumed(program, system, at, lose)
    if (!pending) throw new Impossible('no such message is on its way')
    return { ...system, pending }
  }
  if (!wasSaid(program, system, at, lose)) throw new Impossible('no such message is on its way')
  const entry = { from: lose.from, message: lose.message, to: at }
  return { ...system, lost: [...system.lost, entry].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) }
}

/** The messages that a step names, and those inside the witnesses of their proofs. */
export function wordsIn(step: Step): ProvedMessage[] {
  return namedIn(step).flatMap(partsOf)
}

function namedIn(step: Step): ProvedMessage[] {
  const named = 'with' in step ? (step.with ?? []).filter((one) => typeof one !== 'number') : []
  return [...('on' in step ? [step.on] : []), ...named]
}

/** The coalition's messages that a step uses, those inside the witnesses of proofs included. */
export function wordsOf(program: Program, step: Step): ProvedMessage[] {
  return wordsIn(step).filter(({ from }) => program.setting.byzantine.includes(from) || program.setting.auth === 'none')
}

/**
 * The coalition's messages that participants have used by the end of some steps: a healed run gives them again those that
 * came as messages. Whoever restarts has lost them.
 *
 * @param used by the beginning
 */
export function usedAfter(program: Program, steps: readonly Step[], used: readonly Used[] = []): Used[] {
  let after = [...used]
  for (const step of steps) {
    if ('restart' in step) after = after.filter(({ at }) => at !== step.at)
    else after.push(...usedBy(program, step))
  }
  return after
}

function usedBy(program: Program, step: Step): Used[] {
  const named = namedIn(step)
  return wordsOf(program, step).map((word): Used => {
    return named.includes(word) ? { at: step.at, word } : { at: step.at, word, isInside: true }
  })
}

/** Checks what correct participants newly sent against their own proofs, the coalition's messages counting as sent. */
function assertProved(program: Program, before: System, after: System, coalition: readonly ProvedMessage[]): void {
  if (after.soup === before.soup) return
  const old = new Set(before.soup)
  for (const { from, message } of after.soup.filter((envelope) => !old.has(envelope))) {
    const proof = program.proofOf(message)
    let isCut = false
    if (!proof || prove(program, proof, candidates(after.soup, coalition), () => (isCut = true)) || isCut) continue
    throw new UsageError(
      `${nameOf(from, program.setting.n)} sent ${canonical(message)}, which its own proof forbids`,
      `let the rule that sends ${message.type} and its entry in \`proofs\` share one named rule`,
    )
  }
}
