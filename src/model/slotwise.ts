import type { Claim, Invariant, Said } from './claim.ts'
import { UsageError } from './errors.ts'
import { type Answer, Look, slotIn } from './look.ts'
import { remembered } from './remembered.ts'

/** Outcomes of a claim on which it is tried, and of which some are put together with others. */
const MOST_TRIED = 200
const MOST_KEPT = 8

interface Tried {
  times: number
  /** Outputs about different slots, from different outcomes. */
  readonly kept: Map<string, readonly Said<any>[]>
}

const tried = new WeakMap<Claim<any>, Tried>()

/**
 * A claim that says which slot an output is about is proved slot by slot. So it must be broken exactly where the outputs
 * about some one slot break it: it is asked about them alone, and about outputs of several outcomes together.
 * @throws UsageError where that is not so
 */
export function assertSlotwise(claim: Claim<any>, look: Look, answer: Answer, ask: (other: Look) => Answer): void {
  const outputs = look.parts.get('outputs') as readonly Said<any>[] | undefined
  if (claim.kind !== 'invariant' || !claim.slot || claim.reads.length > 0 || !outputs || outputs.length === 0) return
  const known = remembered(tried, claim, () => ({ times: 0, kept: new Map() }))
  if (known.times++ >= MOST_TRIED) return
  const says = (some: readonly Said<any>[]): Answer => ask(new Look(new Map([['outputs', Object.freeze(some)]])))
  assertAlike(claim, outputs, answer, says)
  const key = JSON.stringify([...slotsIn(claim, outputs)].map(String).sort())
  let all = outputs
  for (const more of known.kept.values()) {
    if (overlap(claim, outputs, more)) continue
    const pair = together(outputs, more)
    assertAlike(claim, pair, says(pair), says)
    if (overlap(claim, all, more)) continue
    all = together(all, more)
    if (all.length > pair.length) assertAlike(claim, all, says(all), says)
  }
  const before = known.kept.get(key)
  const isFull = known.kept.size >= MOST_KEPT
  if (before ? before.length < outputs.length : !isFull) known.kept.set(key, outputs)
}

function together(one: readonly Said<any>[], other: readonly Said<any>[]): readonly Said<any>[] {
  return [...one, ...other].sort((a, b) => a.at - b.at)
}

/** Are some of both about the same slot? */
function overlap(claim: Invariant<any>, one: readonly Said<any>[], other: readonly Said<any>[]): boolean {
  const slots = slotsIn(claim, one)
  return [...slotsIn(claim, other)].some((slot) => slots.has(slot))
}

function slotsIn(claim: Invariant<any>, outputs: readonly Said<any>[]): ReadonlySet<string | number | undefined> {
  return new Set(outputs.map(({ output }) => slotIn(claim, output)))
}

function assertAlike(
  claim: Invariant<any>,
  outputs: readonly Said<any>[],
  answer: Answer,
  says: (some: readonly Said<any>[]) => Answer,
): void {
  const slots = [...slotsIn(claim, outputs)]
  const about = (slot: unknown): readonly Said<any>[] => outputs.filter(({ output }) => slotIn(claim, output) === slot)
  const isBroken = slots.some((slot) => slot !== undefined && says(about(slot)) !== undefined)
  if (isBroken === (answer !== undefined)) return
  throw notSlotwise(claim, isBroken)
}

/** @param isBroken are the outputs about one slot enough to break it, where all together are not? */
export function notSlotwise({ name }: Claim<any>, isBroken: boolean): UsageError {
  return new UsageError(
    isBroken
      ? `the claim ${name} is broken by the outputs about one slot, and not by all outputs together`
      : `the claim ${name} says which slot an output is about, but it takes more than those of one slot to break it`,
    'leave out its `slot`: it is for claims that speak of each slot by itself',
  )
}
