import { resolve } from 'node:path'
import { DEFAULT_MAX_STATES, DEFAULT_MAX_UNIVERSE } from '../check/result/result.ts'
import { DEFAULT_FOLDER, shownPath } from '../cli/files/trace-folder.ts'
import { callOf, pasted } from '../cli/terminal/pasted.ts'
import { UsageError } from '../model/index.ts'
import { checkText } from '../report/text/check-report.ts'
import { quoted } from '../report/text/command-line.ts'
import { fuzzText } from '../report/text/fuzz-report.ts'
import { plain } from '../report/text/paint.ts'
import { replayText } from '../report/text/replay-text.ts'
import { type CheckOutcome, type ClaimChecked, checkSubject } from './check.ts'
import { explainTrace } from './explain.ts'
import { type ClaimFuzzed, type FuzzOutcome, fuzzSubject } from './fuzz.ts'
import type { CheckOptions, FuzzOptions, OneOrMore, TraceOptions } from './options.ts'
import { replayAgain } from './replay.ts'
import type { SubjectLike } from './subject-like.ts'

/** What a matcher of a test runner returns. */
export interface Matched {
  readonly pass: boolean
  readonly message: () => string
}

/** Options of a matcher that searches: the claim is named apart. */
export type MatchCheckOptions = Omit<CheckOptions, 'claim'>
export type MatchFuzzOptions = Omit<FuzzOptions, 'claim'>

/** Everything within the bounds was searched, and the claim holds. */
export async function claimHolds(
  subject: SubjectLike,
  claim: OneOrMore,
  options: MatchCheckOptions = {},
): Promise<Matched> {
  const found = await checkSubject(subject, { out: DEFAULT_FOLDER, ...options, claim })
  const failed = found.claims.filter(({ verdict }) => verdict !== 'holds')
  return matched(failed.length === 0, await toldOf(found, failed, subject, options))
}

/** An exhaustive search finds the claim broken. */
export async function claimBreaks(
  subject: SubjectLike,
  claim: OneOrMore,
  options: MatchCheckOptions = {},
): Promise<Matched> {
  const found = await checkSubject(subject, { ...options, claim })
  // An exception in a rule is looked for in every search, and is no answer to whether this claim breaks.
  const asked = found.claims.filter(({ claim: name }) => name !== 'no-exception' || claim === name)
  const failed = asked.filter(({ verdict }) => verdict !== 'violated')
  return matched(failed.length === 0, [
    `${failed.map((one) => one.claim).join(', ')} should be broken, and is not:`,
    ...checkText({ ...found, claims: failed.map(withoutTrace) }, plain, true),
    ...boundsOf(found, failed, options),
    ...againWith(found, subject, options),
  ])
}

/** No run breaks the claim. That is no proof. */
export async function claimSurvives(
  subject: SubjectLike,
  claim: OneOrMore,
  options: MatchFuzzOptions = {},
): Promise<Matched> {
  const found = await fuzzSubject(subject, { out: DEFAULT_FOLDER, ...options, claim })
  const failed = found.claims.filter(({ verdict }) => verdict !== 'not-found')
  const open = failed.filter(({ verdict }) => verdict !== 'violated').map(withoutTrace)
  return matched(failed.length === 0, [
    ...(await storiesOf(found, failed, subject, options)),
    ...fuzzText({ ...found, claims: open }, plain, true),
    ...againWith(found, subject, options),
  ])
}

/** A trace runs again, state by state, and breaks its claim as it says. */
export async function traceReplays(file: string, options: TraceOptions = {}): Promise<Matched> {
  if (typeof file !== 'string') throw new UsageError('a trace is replayed from its file', 'give the path of the file')
  const replayed = await replayAgain(file, options)
  return matched(replayed.reproduced, replayText(file, replayed))
}

function matched(pass: boolean, lines: readonly string[]): Matched {
  // Where tests run there are packages, and something that starts programs of packages.
  return { pass, message: () => pasted(lines.join('\n'), callOf()) }
}

/** How to search again. Of an object, no command knows which file it came from. */
function againWith(
  { command }: Pick<CheckOutcome | FuzzOutcome, 'command'>,
  subject: SubjectLike,
  { file }: Pick<CheckOptions, 'file'>,
): string[] {
  const isKnown = typeof subject === 'string' || file !== undefined
  return [
    `again: ${command}`,
    ...(isKnown ? [] : ["(with `file: './mine.ts'` among the options, commands find the protocol)"]),
  ]
}

type Found = Pick<CheckOutcome | FuzzOutcome, 'protocol' | 'variant'>
type Judged = ClaimChecked | ClaimFuzzed

/** A report whose violations are told elsewhere. */
function withoutTrace<T extends Judged>({ trace: _, ...claim }: T): Omit<T, 'trace'> {
  return claim
}

async function toldOf(
  found: CheckOutcome,
  failed: readonly ClaimChecked[],
  subject: SubjectLike,
  options: MatchCheckOptions,
): Promise<string[]> {
  const open = failed.filter(({ verdict }) => verdict !== 'violated').map(withoutTrace)
  return [
    ...(await storiesOf(found, failed, subject, options)),
    ...checkText({ ...found, claims: open }, plain, true),
    ...boundsOf(found, failed, options),
    ...againWith(found, subject, options),
  ]
}

/** The steps of each violation, where its trace is, and how to look at it. */
async function storiesOf(
  found: Found,
  failed: readonly Judged[],
  subject: SubjectLike,
  { claims, file }: Pick<CheckOptions, 'claims' | 'file'>,
): Promise<string[]> {
  const lines: string[] = []
  for (const { trace, saved } of failed) {
    if (!trace) continue
    const about = typeof subject === 'string' ? { subject } : { subject, ...(claims ? { claims } : {}) }
    const { story } = await explainTrace(trace, about)
    const name = [found.protocol, found.variant].filter(Boolean).join('/')
    lines.push(`${name} breaks ${trace.claim}: ${trace.witness}`, '', story, '')
    if (saved === undefined) continue
    const named = typeof subject === 'string' ? pathIn(subject) : file
    const from = named === undefined ? '' : ` --subject ${quoted(named)}`
    lines.push(`trace: ${shownPath(resolve(saved), resolve('.'))}`)
    lines.push(`see it again: turncoat explain ${quoted(saved)}${from}`)
  }
  return lines
}

/** The file in a path to one, which may have a variant behind it. */
function pathIn(subject: string): string | undefined {
  return subject.match(/^(.+\.(?:[mc]?ts|[mc]?js))(?:\/[^/]+)?$/s)?.[1]
}

/** Which bound kept a search from an answer. */
function boundsOf(
  { stoppedBy, universe }: CheckOutcome,
  failed: readonly ClaimChecked[],
  { maxStates = DEFAULT_MAX_STATES, maxUniverse = DEFAULT_MAX_UNIVERSE, time }: MatchCheckOptions,
): string[] {
  if (failed.every(({ verdict }) => verdict !== 'inconclusive')) return []
  if (stoppedBy === 'time') return [`what ended it: time, ${time}`]
  if (stoppedBy !== null) return [`what ended it: ${stoppedBy}`]
  return [universe.closed ? `what ended it: maxStates, ${maxStates}` : `what ended it: maxUniverse, ${maxUniverse}`]
}
