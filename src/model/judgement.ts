/**
 * How a claim is asked. What it sees is made for it alone: exactly what it declares to read, the same in every engine.
 * What it answers is held against what a claim may answer, and now and then it is asked again.
 */
import { answeredAgain } from './audit.ts'
import {
  type Claim,
  FEWEST_COUNTED,
  type Invariant,
  type Liveness,
  type Outcome,
  type Said,
  type Sometimes,
} from './claim.ts'
import { assertDecidedBy } from './decided-by.ts'
import { blamed, HarnessError, UsageError } from './errors.ts'
import { byText, canonical, deepFreeze, textOf } from './json.ts'
import { type Answer, type Facts, hasKey, isNote, Look, shownAnswer, textOfOutput } from './look.ts'
import type { SentMessage } from './message.ts'
import { remembered } from './remembered.ts'
import { assertCountedFarEnough } from './repetitions.ts'
import { assertSlotwise } from './slotwise.ts'
import { assertNotesUnread } from './unread-notes.ts'

/**
 * Does the step that led here break the invariant, and how?
 * @throws UsageError where the claim looks at more than it declares, throws, or answers what no claim may
 */
export function brokenIn(claim: Invariant<any>, facts: Facts): string | undefined {
  return asked(claim, [facts], (one, [seen]) => one.broken(seen!)) as string | undefined
}

/** Does a run that comes here reach what it should? Throws as `brokenIn` does. */
export function reachedIn(claim: Sometimes<any>, facts: Facts): boolean {
  return asked(claim, [facts], (one, [seen]) => one.reached(seen!)) as boolean
}

/**
 * Is the claim decided by these facts, broken or reached? For facts that no run may ever come to: what the claim answers is held
 * against what it may answer, and no more. Throws as `brokenIn` does.
 */
export function isDecidedIn(claim: Invariant<any> | Sometimes<any>, facts: Facts): boolean {
  const ask = ([seen]: readonly Outcome<any>[]): unknown =>
    claim.kind === 'sometimes' ? claim.reached(seen!) : claim.broken(seen!)
  const answer = once(claim, new Look(), [facts], ask)
  return answer !== undefined && answer !== false
}

/** Does the healed run from `before`, which ends in `after`, break the claim? Throws as `brokenIn` does. */
export function brokenAfter(claim: Liveness<any>, after: Facts, before: Facts): string | undefined {
  return asked(claim, [after, before], (one, [then, now]) => one.broken(then!, now!)) as string | undefined
}

/** Does the claim hold of every healed run from `before`? Seen where it does not look at what such a run puts out. */
export function holdsAnyhow(claim: Liveness<any>, before: Facts): boolean {
  let looked = false
  const after = Object.defineProperty({ ...before }, 'outputs', {
    get: () => {
      looked = true
      return before.outputs
    },
  })
  return brokenAfter(claim, after, before) === undefined && !looked
}

function asked<C extends Claim<any>>(
  claim: C,
  facts: readonly Facts[],
  how: (claim: C, seen: readonly Outcome<any>[]) => unknown,
): Answer {
  const look = new Look()
  const ask = (seen: readonly Outcome<any>[]): unknown => how(claim, seen)
  const answer = once(claim, look, facts, ask)
  const again = (one: Claim<any>): Answer => once(one, new Look(look.parts), facts, (seen) => how(one as C, seen))
  answeredAgain(claim, facts[0]!, look, answer, again)
  const other = (seen: Look): Answer => once(claim, seen, facts, ask)
  assertSlotwise(claim, look, answer, other)
  assertDecidedBy(claim, look, answer, other)
  assertNotesUnread(claim, look, other)
  assertCountedFarEnough(claim, look, answer, other)
  return answer
}

/** Asks the claim, and takes from it only what a claim may answer. */
function once(
  claim: Claim<any>,
  look: Look,
  facts: readonly Facts[],
  ask: (seen: readonly Outcome<any>[]) => unknown,
): Answer {
  const seen = facts.map((one, i) => new Seen(claim, one, look, i === 0 ? 'outputs' : EARLIER))
  let answer: unknown
  try {
    answer = ask(seen)
  } catch (error) {
    throw look.failure ?? thrown(claim, error, look)
  }
  // A claim that catches what it must not see would go on with less than it thinks.
  if (look.failure !== undefined) throw look.failure
  const isFine =
    claim.kind === 'sometimes'
      ? typeof answer === 'boolean'
      : answer === undefined || (typeof answer === 'string' && answer.trim() !== '')
  if (isFine) return answer as Answer
  throw new UsageError(
    `the claim ${claim.name} answers ${shownAnswer(answer)}`,
    claim.kind === 'sometimes'
      ? 'let it return true or false'
      : 'let it return a sentence that says what is broken, or undefined',
  )
}

function thrown({ name }: Claim<any>, error: unknown, { parts }: Look): Error {
  const outputs = parts.get('outputs') ?? []
  return blamed(
    `the claim ${name}`,
    error,
    `it was given ${outputs.length === 0 ? 'no outputs' : `the outputs ${canonical(outputs)}`}`,
    'correct the claim; what it is given is frozen: copy a list before you sort or change it',
  )
}

const REMEDIES = {
  before: "declare reads: ['before'] in its description",
  held: "declare reads: ['held'] in its description; it has to be a `liveness` claim about deliveries",
  soup: "declare reads: ['soup'] in its description",
  fresh: "declare reads: ['soup'] in its description; it is then judged step by step",
  notes: "notes are among the outputs, as { note }, of a claim that declares reads: ['notes']",
  order: 'outputs of different participants have no order: judge each participant by itself',
} as const

/** What had been put out before a healed run. */
const EARLIER = 'earlier outputs'

/** One outcome as one claim sees it: what it has not declared is refused. */
class Seen implements Outcome<any> {
  readonly setting: Facts['setting']
  readonly correct: Facts['correct']
  readonly #claim: Claim<any>
  readonly #facts: Facts
  readonly #look: Look
  readonly #name: string
  #outputs: Facts['outputs'] | undefined

  constructor(claim: Claim<any>, facts: Facts, look: Look, name: string) {
    this.setting = facts.setting
    this.correct = facts.correct
    this.#claim = claim
    this.#facts = facts
    this.#look = look
    this.#name = name
  }

  get outputs(): Facts['outputs'] {
    if (this.#name === EARLIER && !this.#claim.reads.includes('before')) return this.#refuse('before')
    this.#outputs ??= this.#look.part(this.#name, () => visible(this.#claim, this.#facts))
    return this.#outputs
  }

  get soup(): Facts['soup'] {
    if (!this.#claim.reads.includes('soup')) return this.#refuse('soup')
    if (this.#name === EARLIER && !this.#claim.reads.includes('before')) return this.#refuse('before')
    return this.#look.part(`soup of ${this.#name}`, () => words(this.#claim, this.#facts.soup))
  }

  get held(): Outcome<any>['held'] {
    if (!this.#claim.reads.includes('held')) return this.#refuse('held')
    if (this.#name !== 'outputs')
      return this.#refuse('held', 'it is known at the end of the healed run, in the first outcome')
    const { held } = this.#facts
    if (!held) throw new HarnessError(`nothing is known of what is held, and ${this.#claim.name} reads it`)
    return this.#look.part('held', () => inOrder(held))
  }

  get fresh(): Facts['fresh'] {
    const { kind, reads } = this.#claim
    if (kind === 'liveness')
      return this.#refuse('fresh', 'the healed run is not a step: compare it with the state before')
    if (!reads.includes('soup')) return this.#refuse('fresh')
    return this.#look.part('fresh', () => freshOf(this.#claim, this.#facts))
  }

  get notes(): never {
    return this.#refuse('notes')
  }

  get order(): never {
    return this.#refuse('order')
  }

  #refuse(part: keyof typeof REMEDIES, remedy: string = REMEDIES[part]): never {
    return this.#look.refuse(
      new UsageError(`the claim ${this.#claim.name} looks at ${part}, which it does not declare`, remedy),
    )
  }
}

/** The outputs that a claim sees: notes only as far as it declares them, equal ones as far as it counts. */
function visible(claim: Claim<any>, { setting, outputs }: Facts): readonly Said<any>[] {
  const heeded = ({ output }: Said<any>): boolean => isHeeded(claim, output)
  // The very list is shared by claims, and what is known of it too.
  const wanted = outputs.every(heeded) ? outputs : outputs.filter(heeded)
  const counts = claim.counts ?? FEWEST_COUNTED
  if ((setting.counts ?? FEWEST_COUNTED) <= counts) return wanted
  return wanted.filter((said, i) => timesIn(wanted.slice(0, i + 1), said) <= counts)
}

/** What is fresh is the end of what each participant has put out: of equal outputs, the last ones. */
function freshOf(claim: Claim<any>, facts: Facts): readonly Said<any>[] {
  const left = facts.fresh.filter(({ output }) => isHeeded(claim, output))
  const counts = claim.counts ?? FEWEST_COUNTED
  if ((facts.setting.counts ?? FEWEST_COUNTED) <= counts) return left
  return left.filter((said, i) => timesIn(facts.outputs, said) - timesIn(left.slice(i + 1), said) <= counts)
}

/** How often a participant has put out the same. */
export function timesIn(outputs: readonly Said<any>[], { at, output }: Said<any>): number {
  const text = textOfOutput(output)
  return outputs.filter((other) => other.at === at && textOfOutput(other.output) === text).length
}

/** Does the claim see this output? Notes only as far as it declares them. */
export function isHeeded({ reads, notes }: Claim<any>, output: unknown): boolean {
  if (!isNote(output)) return true
  return reads.includes('notes') && hasKey(output.note, notes)
}

/** Words as claims see them, and their places among others. */
const known = new WeakMap<SentMessage, { readonly key: string; readonly word: SentMessage }>()

function knownOf(said: SentMessage): { readonly key: string; readonly word: SentMessage } {
  const { from, message } = said
  return remembered(known, said, () => ({ key: `${from},${textOf(message)}`, word: deepFreeze({ from, message }) }))
}

function words({ words: types }: Claim<any>, soup: readonly SentMessage[]): readonly SentMessage[] {
  return inOrder(types === undefined ? soup : soup.filter(({ message }) => types.includes(message.type)))
}

function inOrder(list: readonly SentMessage[]): readonly SentMessage[] {
  const all = list.map(knownOf)
  // Most engines have them in order.
  if (all.some(({ key }, i) => i > 0 && key < all[i - 1]!.key)) all.sort((one, other) => byText(one.key, other.key))
  return Object.freeze(all.filter(({ key }, i) => i === 0 || key !== all[i - 1]!.key).map(({ word }) => word))
}
