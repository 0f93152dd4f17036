/** Claims that many protocols share, as functions of what each protocol calls a decision. */
import {
  type Claim,
  canonical,
  canonicalCopy,
  canonicalValue,
  chain,
  type Id,
  type Invariant,
  invariant,
  type Liveness,
  liveness,
  nameOf,
  type Outcome,
  type Said,
  type Setting,
  type Sometimes,
  same,
  sometimes,
  UsageError,
} from '../src/model/index.ts'

/** What was decided, and for which slot. */
export interface Decision {
  readonly slot: string | number
  readonly value: unknown
}

/** Reads a decision off an output, or nothing where the output is something else. */
export type Decides<O> = (output: O) => Decision | undefined

const print = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? 'nothing' : canonical(value)

/** Two values that differ, so that a reader can tell them apart: 1 and "1". */
function printed(one: unknown, other: unknown): readonly [string, string] {
  const texts = [print(one), print(other)] as const
  return texts[0] === texts[1] ? [canonical(one), canonical(other)] : texts
}

/** Of what is no plain JSON, such as a Set, nobody sees whether it is equal to another. */
function assertValue(value: unknown): void {
  if (typeof value === 'string' || value === undefined) return
  if (typeof value === 'object') canonicalValue(value, 'a decision', 'value')
  else canonicalCopy(value, 'a decision', 'value')
}

/** Decisions of correct replicas, in the order of the outcome. */
export function decisions<O>(outcome: Outcome<O>, decides: Decides<O>): (Decision & { readonly at: Id })[] {
  return outcome.outputs.flatMap(({ at, output }: Said<O>) => {
    const decision = at < outcome.setting.n ? decides(output) : undefined
    if (!decision) return []
    // Nothing is equal to NaN, and nobody means null: what is compared slot by slot needs slots.
    const { slot } = decision
    assertValue(decision.value)
    if (typeof slot === 'string' || Number.isFinite(slot)) return [{ at, ...decision }]
    throw new UsageError(
      `a decision is about the slot ${String(slot)}`,
      "give it a string or a number, '' if there is one",
    )
  })
}

/** What may be said of a ready-made claim: another name where a protocol makes it of several things. */
export interface Named {
  readonly name?: string
}

/** No two correct replicas decide differently in one slot. */
export function agreement<O>(decides: Decides<O>, { name = 'agreement' }: Named = {}): Invariant<O> {
  return invariant(
    {
      name,
      about: 'No two correct replicas decide differently in one slot.',
      decidedBy: 2,
      slot: (output) => decides(output)?.slot,
    },
    (outcome) => {
      const made = decisions(outcome, decides)
      for (const [i, first] of made.entries()) {
        const other = made
          .slice(i + 1)
          .find((next) => next.at !== first.at && next.slot === first.slot && !same(next.value, first.value))
        if (!other) continue
        const { n } = outcome.setting
        const slot = first.slot === '' ? '' : ` in slot ${first.slot}`
        const [one, two] = printed(first.value, other.value)
        return `${nameOf(first.at, n)} decided ${one}${slot}, ${nameOf(other.at, n)} decided ${two}`
      }
      return undefined
    },
  )
}

/** A correct replica never changes a decision. One that restarts may come to the same decision again. */
export function integrity<O>(decides: Decides<O>, { name = 'integrity' }: Named = {}): Invariant<O> {
  return invariant(
    {
      name,
      about: 'A correct replica decides at most once in a slot.',
      decidedBy: 2,
      promised: 'always',
      slot: (output) => decides(output)?.slot,
    },
    (outcome) => {
      const made = decisions(outcome, decides)
      for (const [i, first] of made.entries()) {
        const mayRepeat = outcome.setting.restart?.includes(first.at)
        const again = made.slice(i + 1).find((next) => {
          if (next.at !== first.at || next.slot !== first.slot) return false
          return !mayRepeat || !same(next.value, first.value)
        })
        if (again) {
          const isSame = same(first.value, again.value)
          const [one, two] = isSame ? [print(first.value), print(again.value)] : printed(first.value, again.value)
          return `${nameOf(first.at, outcome.setting.n)} decided ${one}, then ${two}`
        }
      }
      return undefined
    },
  )
}

/** Committed blocks, as `chain` names them, are on one chain: those of one replica, too. The same block twice is no fork. */
export function oneChain<O>(
  commits: (output: O) => string | undefined,
  { name = 'agreement' }: Named = {},
): Invariant<O> {
  return invariant(
    { name, about: 'The blocks that correct replicas commit are on one chain.', decidedBy: 2 },
    ({ setting, outputs }) => {
      const made = outputs.flatMap(({ at, output }) => {
        const block: unknown = commits(output)
        if (block === undefined) return []
        if (typeof block === 'string') return [{ at, block }]
        throw new UsageError(
          `a commit is of the block ${canonical(block)}`,
          'return the name of the block, or undefined where an output commits none',
        )
      })
      for (const [i, one] of made.entries()) {
        const other = made.slice(i + 1).find(({ block }) => chain.conflict(block, one.block))
        if (!other) continue
        const [first, second] = [one, other].map(({ at, block }) => `${nameOf(at, setting.n)} committed ${block}`)
        return `${first}, ${second}`
      }
      return undefined
    },
  )
}

/** The guard against vacuity: some correct replica decided. */
export function decided<O>(decides: Decides<O>, { name = 'decided' }: Named = {}): Sometimes<O> {
  return sometimes(
    { name, about: 'Some correct replica decides.', decidedBy: 1 },
    (outcome) => decisions(outcome, decides).length > 0,
  )
}

/** If one correct replica has delivered, all of them deliver once every message of correct replicas arrives. */
export function totality<O>(decides: Decides<O>, { name = 'totality' }: Named = {}): Liveness<O> {
  return liveness(
    {
      name,
      about: 'If one correct replica delivers, then once all messages of correct replicas arrive, each delivers.',
      healing: 'deliveries',
      reads: ['before'],
    },
    (after, before) => {
      const delivered = decisions(before, decides)
      // Where nobody has delivered, nothing is asked of a healed run: it need not be made.
      if (delivered.length === 0) return undefined
      const { n } = after.setting
      const made = decisions(after, decides)
      for (const { at: first, slot, value } of delivered) {
        const left = after.correct.filter((id) => id < n && !made.some(({ at, slot: to }) => at === id && to === slot))
        if (left.length === 0) continue
        const names = left.map((at) => nameOf(at, n)).join(', ')
        const where = slot === '' ? '' : ` in slot ${slot}`
        return `${nameOf(first, n)} delivered ${print(value)}${where}, but ${names} never will`
      }
      return undefined
    },
  )
}

/** The one slot, for `decidesAfterHealing`, where every correct replica was given something to propose: any may have to lead. */
export function ifAllPropose({ correct, setting }: Outcome<any>): readonly string[] {
  return correct.every((id) => setting.inputs[id]!.length > 0) ? [''] : []
}

/** After healing, every correct replica decides in every slot that `due` names, if any replica had an input. */
export function decidesAfterHealing<O>(
  decides: Decides<O>,
  due: (after: Outcome<O>) => readonly (string | number)[],
  { name = 'liveness' }: Named = {},
): Liveness<O> {
  return liveness(
    {
      name,
      about: 'In the canonical healed run, every correct replica decides within n + 1 view changes.',
    },
    (after) => {
      // In rounds silence comes to a decision too; elsewhere nobody decides where nobody has asked for anything.
      const { inputs, steps } = after.setting
      if (steps !== 'lockstep' && inputs.every((list) => list.length === 0)) return undefined
      const made = decisions(after, decides)
      for (const slot of due(after)) {
        for (const at of after.correct.filter((id) => id < after.setting.n)) {
          if (made.some((decision) => decision.at === at && decision.slot === slot)) continue
          const where = slot === '' ? '' : ` in slot ${slot}`
          return `${nameOf(at, after.setting.n)} never decides${where}, though every message of the correct arrives`
        }
      }
      return undefined
    },
  )
}

/** For protocols that grow a chain: what was committed before the healing does not count, as a run may get stuck later. */
export function growsAfterHealing<O>(
  commits: (output: O) => string | undefined,
  /** The last view, or whatever blocks are counted by, of which there are blocks within the bounds. */
  last: (setting: Setting) => number,
  { name = 'liveness', promised, promise }: Named & Partial<Pick<Claim, 'promised' | 'promise'>> = {},
): Liveness<O> {
  return liveness(
    {
      name,
      about: 'In the canonical healed run, every correct replica commits a block that was proposed in it.',
      ...(promised !== undefined && { promised }),
      ...(promise && { promise }),
    },
    ({ setting, correct, outputs }) => {
      const grown = new Set<Id>()
      for (const { at, output } of outputs) {
        const block = commits(output)
        if (block !== undefined && chain.view(block) > last(setting)) grown.add(at)
      }
      const left = correct.find((id) => id < setting.n && !grown.has(id))
      if (left === undefined) return undefined
      return `${nameOf(left, setting.n)} never commits a later block, though every message of the correct arrives`
    },
  )
}

/** `unprepared` reads the slot off a note that a replica makes when it commits without having prepared. */
export function committedImpliesPrepared<O>(
  unprepared: (output: O) => string | number | undefined,
  { name = 'committed-implies-prepared' }: Named = {},
): Invariant<O> {
  return invariant(
    {
      name,
      about: 'A correct replica commits only what it has prepared itself.',
      decidedBy: 1,
      promised: 'always',
      reads: ['notes'],
    },
    ({ setting, outputs }) => {
      for (const { at, output } of outputs) {
        const slot = unprepared(output)
        if (slot !== undefined) return `${nameOf(at, setting.n)} committed slot ${slot} without having prepared it`
      }
      return undefined
    },
  )
}

/** `sent` reads view and slot off a note that a replica makes whenever it sends COMMIT. */
export function commitOnce<O>(
  sent: (output: O) => { readonly view: number; readonly slot: string | number } | undefined,
  { name = 'commit-once' }: Named = {},
): Invariant<O> {
  return invariant(
    {
      name,
      about: 'A correct replica sends COMMIT at most once in a view and slot.',
      decidedBy: 2,
      promised: 'always',
      reads: ['notes'],
    },
    ({ setting, outputs }) => {
      const seen = new Set<string>()
      for (const { at, output } of outputs) {
        const commit = sent(output)
        if (!commit) continue
        const key = canonical([at, commit.view, commit.slot])
        if (seen.has(key)) {
          return `${nameOf(at, setting.n)} sent COMMIT twice in view ${commit.view} for slot ${commit.slot}`
        }
        seen.add(key)
      }
      return undefined
    },
  )
}

export type { Claim }
