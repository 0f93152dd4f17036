import type { Claim, Said } from './claim.ts'
import { AuthorError, UsageError } from './errors.ts'
import { type Answer, Look } from './look.ts'
import type { SentMessage } from './message.ts'
import { remembered } from './remembered.ts'

/** Outcomes on which a claim is tried at first; then each whose number is a power of two. */
const FIRST_TRIED = 5
/** Outputs of one, and outcomes that others are put together with. */
const MOST_OUTPUTS = 8
const MOST_KEPT = 2

interface Tried {
  times: number
  readonly kept: (readonly Said<any>[])[]
}

const tried = new WeakMap<Claim<any>, Tried>()

/**
 * A search stops where no outputs can come any more that decide a claim which declares how many do. So it must be
 * broken, or reached, exactly where so many of its outputs alone break or reach it: it is asked about them, and about
 * outputs of several outcomes together.
 * @throws UsageError where that is not so
 */
export function assertDecidedBy(claim: Claim<any>, look: Look, answer: Answer, ask: (other: Look) => Answer): void {
  if (claim.decidedBy !== undefined && claim.reads.includes('soup')) {
    assertDecidedByFresh(claim, look, answer, ask)
    return
  }
  const { decidedBy } = claim
  const outputs = look.parts.get('outputs') as readonly Said<any>[] | undefined
  if (decidedBy === undefined || !outputs || outputs.length === 0 || outputs.length > MOST_OUTPUTS) return
  const known = remembered(tried, claim, () => ({ times: 0, kept: [] }))
  if (!isTried(known)) return
  const decides = (some: readonly Said<any>[]): boolean =>
    isDecided(ask(new Look(new Map([['outputs', Object.freeze(some)]]))))
  assertAlike(claim, outputs, isDecided(answer), decides)
  for (const more of known.kept) {
    const both = [...outputs, ...more].sort((a, b) => a.at - b.at)
    try {
      assertAlike(claim, both, decides(both), decides)
    } catch (error) {
      // No run may ever output both, and the claim may count on that.
      if (!(error instanceof AuthorError)) throw error
    }
  }
  if (known.kept.length < MOST_KEPT && outputs.length <= MOST_OUTPUTS / 2) known.kept.push(outputs)
}

function isTried(known: Tried): boolean {
  const times = known.times++
  return times < FIRST_TRIED || (times & (times - 1)) === 0
}

const isDecided = (answer: Answer): boolean => answer !== undefined && answer !== false

function assertAlike(
  claim: Claim<any>,
  outputs: readonly Said<any>[],
  answer: boolean,
  decides: (some: readonly Said<any>[]) => boolean,
): void {
  const few = claim.decidedBy!
  const isByFew =
    outputs.some((one) => decides([one])) ||
    (few === 2 && outputs.some((one, i) => outputs.slice(i + 1).some((other) => decides([one, other]))))
  if (isByFew === answer) return
  if (!isByFew) throw takesMore(claim)
  throw new UsageError(
    `the claim ${claim.name} is decided by ${fewOf(claim)}, and not where there are others besides`,
    REMEDY,
  )
}

export function takesMore(claim: Claim<any>): UsageError {
  return new UsageError(
    `the claim ${claim.name} says that ${fewOf(claim)} can decide it, but here it takes more`,
    REMEDY,
  )
}

const fewOf = ({ decidedBy }: Claim<any>): string => (decidedBy === 1 ? 'one output alone' : 'two outputs alone')

const REMEDY = 'leave out its `decidedBy`: a search then goes on as long as an output can follow'

/**
 * A claim that reads what was sent, and is decided by one output, is asked about each fresh output alone; and where
 * that breaks it, with fewer messages and outputs before.
 */
function assertDecidedByFresh(claim: Claim<any>, look: Look, answer: Answer, ask: (other: Look) => Answer): void {
  const fresh = (look.parts.get('fresh') ?? []) as readonly Said<any>[]
  if (fresh.length === 0 && !isDecided(answer)) return
  const known = remembered(tried, claim, () => ({ times: 0, kept: [] }))
  if (!isTried(known)) return
  const decides = (changed: Readonly<Record<string, readonly unknown[]>>): boolean =>
    isDecided(ask(new Look(new Map([...look.parts, ...Object.entries(changed)]))))
  const alone = fresh.filter((one) => decides({ fresh: Object.freeze([one]) }))
  if (alone.length > 0 !== isDecided(answer)) throw notByFresh(claim)
  const soup = (look.parts.get(SOUP) ?? []) as readonly SentMessage[]
  const less = [[], soup.slice(1), soup.slice(0, -1)].map((words) => ({ [SOUP]: Object.freeze(words) }))
  for (const one of alone) {
    for (const fewer of [...less, { outputs: Object.freeze([one]) }]) {
      if (decides({ fresh: Object.freeze([one]), ...fewer })) continue
      throw brokenByMore(claim)
    }
  }
}

export function notByFresh({ name }: Claim<any>): UsageError {
  return new UsageError(
    `the claim ${name} is not decided by one fresh output alone`,
    'leave out its `decidedBy`: a search then looks at every state',
  )
}

export function brokenByMore({ name }: Claim<any>): UsageError {
  return new UsageError(
    `the claim ${name} is broken by more messages and outputs, and not by fewer`,
    'leave out its `decidedBy`: a search then looks at every state',
  )
}

/** Where a look keeps what was sent. */
const SOUP = 'soup of outputs'
