import type { Anew } from './anew.ts'
import type { Claim, Said } from './claim.ts'
import { UsageError } from './errors.ts'
import { textOf } from './json.ts'
import { type Answer, type Facts, type Look, textOfOutput } from './look.ts'
import type { SentMessage } from './message.ts'
import { remembered } from './remembered.ts'
import type { Setting } from './setting.ts'

/** Judgements of a claim that are all made twice; after them, one of so many is. */
const ALL_TWICE = 256
const TWICE_EVERY = 16
/** Outcomes of which it is remembered what a claim said; those that break it are remembered beyond. */
const MOST_ANSWERS = 512
/** The first judgements of a claim, which are made again where its number of judgements is a power of two, and at the end. */
const FIRST = 4
/** Judgements that are held against what is remembered; after them, those that break the claim are, and replays. */
const MOST_COMPARED = 2_048
const MOST_BREAKING = 4_096

/** What a claim has said, and how it, or the same of a file that was run again, is asked once more. */
interface Judgement {
  readonly answer: Answer
  readonly again: (claim: Claim<any>) => Answer
}

interface Known {
  asked: number
  readonly answers: Map<string, Answer>
  readonly first: Judgement[]
  /** Those whose number is a power of two: early ones and late ones. */
  readonly some: Judgement[]
}

const byClaim = new WeakMap<Claim<any>, Known>()
const numbers = new WeakMap<Setting, number>()
let settings = 0

/**
 * Is the claim a function of what it looks at? It is asked a second time, and its answer is held against what it said
 * of the same earlier.
 * @throws UsageError where it answers otherwise
 */
export function answeredAgain(
  claim: Claim<any>,
  { setting, isReference }: Facts,
  look: Look,
  answer: Answer,
  again: (claim: Claim<any>) => Answer,
): void {
  const known = remembered(byClaim, claim, () => ({ asked: 0, answers: new Map(), first: [], some: [] }))
  known.asked++
  if (known.asked <= ALL_TWICE || known.asked % TWICE_EVERY === 0) assertSame(claim, answer, again(claim))
  if ((known.asked & (known.asked - 1)) === 0) {
    assertUnchanged(claim)
    known.some.push({ answer, again })
  }
  if (known.first.length < FIRST) known.first.push({ answer, again })
  if (known.asked > MOST_COMPARED && typeof answer !== 'string' && !isReference) return
  const text = `${numberOf(setting)} ${textOfParts(look)}`
  if (known.answers.has(text)) assertSame(claim, known.answers.get(text), answer)
  else {
    const most = typeof answer === 'string' ? MOST_BREAKING : MOST_ANSWERS
    if (known.answers.size < most) known.answers.set(text, answer)
  }
}

/**
 * Would a claim still say what it said first? One that remembers something says the same twice, and another thing later.
 * @throws UsageError where it would not
 */
export function assertUnchanged(claim: Claim<any>): void {
  for (const { answer, again } of byClaim.get(claim)?.first ?? []) assertSame(claim, answer, again(claim))
}

/**
 * Do claims of a file that is run again say the same, the last first? One that writes something down when it is first asked, and
 * only reads it later, says the same for ever.
 * @throws UsageError where one does not
 */
export function assertClaimsAnew(claims: readonly Claim<any>[], run: () => Anew): void {
  const anew = run().claims
  for (const claim of claims) {
    const other = anew.find(({ name }) => name === claim.name)
    if (!other) continue
    const some = [...(byClaim.get(claim)?.some ?? [])].reverse()
    for (const { answer, again } of some) assertSame(claim, answer, again(other))
  }
}

function numberOf(setting: Setting): number {
  return remembered(numbers, setting, () => settings++)
}

function textOfParts({ parts }: Look): string {
  let text = ''
  for (const [name, list] of parts) text += `${name}:${textOfList(list as readonly (Said<any> | SentMessage)[])}`
  return text
}

const texts = new WeakMap<object, string>()

function textOfList(list: readonly (Said<any> | SentMessage)[]): string {
  return remembered(texts, list, () => list.map(textOfEntry).join(''))
}

function textOfEntry(entry: Said<any> | SentMessage): string {
  return 'message' in entry ? `${entry.from} ${textOf(entry.message)};` : `${entry.at} ${textOfOutput(entry.output)};`
}

function assertSame({ name }: Claim<any>, one: Answer, other: Answer): void {
  if (one === other) return
  const said = (answer: Answer): string => (typeof answer === 'string' ? `"${answer}"` : String(answer))
  throw new UsageError(
    `the claim ${name}, asked about the same twice, answers ${said(one)}, then ${said(other)}`,
    'let it depend on nothing but what it is given: no clock, no dice, and nothing that it remembers',
  )
}
