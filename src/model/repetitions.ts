import { type Claim, FEWEST_COUNTED, MOST_COUNTED, type Said } from './claim.ts'
import { UsageError } from './errors.ts'
import { type Answer, isNote, Look, textOfOutput } from './look.ts'
import { grouped, remembered } from './remembered.ts'

/** How many more equal outputs are tried: the next few one by one, then many. */
const MORE = [1, 2, 3, 4, 8, 50] as const
/** Outcomes of a claim of which all that is tried; of the others, only one more of everything. */
const ALL_TRIED = 200

const tried = new WeakMap<Claim<any>, number>()

/**
 * Where a participant has output the same as often as the claim counts, nobody knows whether it did so again. So that
 * must make no difference to the claim: it is judged once more.
 * @throws UsageError where it says otherwise
 */
export function assertCountedFarEnough(
  claim: Claim<any>,
  look: Look,
  answer: Answer,
  ask: (other: Look) => Answer,
): void {
  const outputs = look.parts.get('outputs') as readonly Said<any>[] | undefined
  // What is broken stays broken, and what is reached stays reached.
  if (outputs === undefined || answer === true || typeof answer === 'string') return
  const counts = claim.counts ?? FEWEST_COUNTED
  if (outputs.length < counts) return
  const full = placesIn(outputs).flatMap((list) => (list.length >= counts ? [list.at(-1)!] : []))
  if (full.length === 0) return
  const times = (tried.get(claim) ?? 0) + 1
  tried.set(claim, times)
  for (const { more, list, extra } of longer(outputs, full, times <= ALL_TRIED)) {
    const parts = new Map(look.parts).set('outputs', Object.freeze(list))
    const fresh = look.parts.get('fresh')
    if (fresh) parts.set('fresh', Object.freeze([...fresh, ...extra]))
    if (ask(new Look(parts)) === answer) continue
    throw new UsageError(
      `the claim ${claim.name} would answer differently if a participant made the same output ${counts + more} times, ` +
        `and only ${counts} equal outputs are counted`,
      counts + more <= MOST_COUNTED
        ? `declare counts: ${counts + more} in its description`
        : 'let the protocol make outputs that differ',
    )
  }
}

const known = new WeakMap<object, readonly (readonly number[])[]>()

/** Where in the list each output of a participant stands. */
function placesIn(outputs: readonly Said<any>[]): readonly (readonly number[])[] {
  const keyAt = (i: number): string => `${outputs[i]!.at} ${textOfOutput(outputs[i]!.output)}`
  return remembered(known, outputs, () => [...grouped(outputs.keys(), keyAt).values()])
}

interface Longer {
  readonly more: number
  readonly list: readonly Said<any>[]
  readonly extra: readonly Said<any>[]
}

/** The same outputs with some of them repeated further: all of them at once; each of them, and wherever it may have been. */
function* longer(outputs: readonly Said<any>[], full: readonly number[], isAll: boolean): Generator<Longer> {
  const inserted = (places: readonly (readonly [from: number, to: number])[], more: number): Longer => {
    const list = [...outputs]
    const extra: Said<any>[] = []
    for (const [from, to] of [...places].sort(([, a], [, b]) => b - a)) {
      const again = new Array<Said<any>>(more).fill(outputs[from]!)
      list.splice(to, 0, ...again)
      extra.push(...again)
    }
    return { more, list, extra }
  }
  const ends = full.map((from) => [from, endOf(outputs, from)] as const)
  for (const more of isAll ? MORE : MORE.slice(0, 1)) yield inserted(ends, more)
  if (!isAll) return
  for (const [from, end] of ends) {
    for (let to = from + 1; to <= end; to++) yield inserted([[from, to]], 1)
    if (ends.length > 1) for (const more of MORE) yield inserted([[from, end]], more)
  }
}

/** Where the list of the same participant, of outputs or of notes, ends. */
function endOf(outputs: readonly Said<any>[], from: number): number {
  const { at, output } = outputs[from]!
  let end = from + 1
  while (end < outputs.length && outputs[end]!.at === at && isNote(outputs[end]!.output) === isNote(output)) end++
  return end
}
