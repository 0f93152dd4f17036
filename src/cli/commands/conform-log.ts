import { check } from '../../check/check.ts'
import { explanation, type Logged, type Mapping } from '../../conform/index.ts'
import { roundedIn } from '../../external/index.ts'
import {
  canonical,
  describeError,
  type Id,
  type Json,
  nameOf,
  type Protocol,
  program,
  type Setting,
  UsageError,
} from '../../model/index.ts'
import { apply, enabled, type Step, start } from '../../system/index.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'

/** Possible lines that are printed where a log cannot be explained any further. */
const MOST_LISTED = 10

/** How much of a log can be explained. */
interface Explained {
  readonly lines: number
  /** A shortest schedule that explains so many. */
  readonly steps: readonly Step[]
}

/**
 * Reads a log: one JSON object a line, `{"at": 1, "says": message}` or `{"at": 1, "outputs": value}`.
 * @param mapping what is logged, in the words of the model; a line that it makes nothing of is left out
 * @throws UsageError that names the line
 */
export function logIn(text: string, file: string, n: number, mapping: Mapping = {}): Logged[] {
  const { message = same, output = same } = mapping
  const lines = text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [{ text: line, line: i + 1 }]))
  return lines.flatMap(({ text, line }) => {
    const refuse = (why: string): UsageError =>
      new UsageError(
        `${file}, line ${line} ${why}: ${text.slice(0, 200)}`,
        `write {"at": 1, "says": message} or {"at": 1, "outputs": value}, with ids from 0 to ${n - 1}`,
      )
    let read: any
    try {
      read = JSON.parse(text)
    } catch {
      read = undefined
    }
    const { at, says, outputs } = read ?? {}
    const rounded = roundedIn(text)
    if (rounded) throw refuse(`has ${rounded}, which is read as ${Number(rounded)}`)
    const isTold = (says === undefined) !== (outputs === undefined)
    if (!(Number.isInteger(at) && at >= 0 && at < n && isTold)) throw refuse('is not a line of a log')
    let told: Json | undefined
    try {
      told = says === undefined ? output(outputs) : (message(says) as Json | undefined)
    } catch (error) {
      throw refuse(`cannot be mapped (${describeError(error)})`)
    }
    if (told === undefined) return []
    return { at, told: says === undefined ? { outputs: told } : { says: told }, line }
  })
}

const same = (value: any): any => value

/** Looks for a schedule of the model in which each replica does what it has logged, in its order. */
export function explainLog(
  protocol: Protocol,
  setting: Setting,
  lines: readonly Logged[],
  file: string,
  maxStates: number | undefined,
  output: Output,
): ExitCode {
  if (lines.length === 0) {
    output.say(`inconclusive: there is nothing in ${file} to explain`)
    output.json({ command: 'conform', log: file, verdict: 'inconclusive' })
    return EXIT.inconclusive
  }
  const found = longest(protocol, setting, lines, maxStates)
  if (found === undefined) {
    output.say(`inconclusive: ${file} takes more states to explain than --max-states allows`)
    output.json({ command: 'conform', log: file, verdict: 'inconclusive' })
    return EXIT.inconclusive
  }
  const isAll = found.lines === lines.length
  const wrong = isAll ? undefined : lines[found.lines]!
  const possible = wrong ? next(protocol, setting, found.steps, wrong.at) : []
  if (!wrong) {
    output.say(`explained ${file}: all ${lines.length} lines, by a schedule of ${found.steps.length} steps`)
  } else {
    output.say([
      `violated ${file}: line ${wrong.line} cannot be explained: ${nameOf(wrong.at, setting.n)} ${canonical(wrong.told)}`,
      `  the ${found.lines} lines before it can, by ${found.steps.length} steps; after them ${nameOf(wrong.at, setting.n)} could do next:`,
      ...(possible.length > 0 ? possible.map((text) => `  ${text}`) : ['  nothing']),
    ])
  }
  const result = {
    lines: lines.length,
    explained: found.lines,
    ...(wrong && { line: wrong.line }),
    steps: found.steps,
    possible,
  }
  output.json({ command: 'conform', log: file, verdict: isAll ? 'explained' : 'violated', ...result })
  return isAll ? EXIT.holds : EXIT.violated
}

/** By halves: what explains some lines explains fewer. Nothing where a search does not come to its end. */
function longest(
  protocol: Protocol,
  setting: Setting,
  lines: readonly Logged[],
  maxStates: number | undefined,
): Explained | undefined {
  const explained = (count: number): readonly Step[] | 'no' | 'unknown' => {
    const { protocol: follows, claims } = explanation(protocol, lines, count)
    const result = check({ program: program(follows, setting), claims, ...(maxStates && { maxStates }) })
    const { verdict, steps } = result.claims.find(({ claim }) => claim === 'unexplained')!
    return verdict === 'violated' ? steps! : verdict === 'inconclusive' ? 'unknown' : 'no'
  }
  let best: Explained = { lines: 0, steps: [] }
  let above = lines.length + 1
  let count = lines.length
  while (count > best.lines) {
    const steps = explained(count)
    if (steps === 'unknown') return undefined
    if (steps === 'no') above = count
    else best = { lines: count, steps }
    count = Math.floor((best.lines + above) / 2)
  }
  return best
}

/** What a replica can say or put out next, after a schedule. */
function next(protocol: Protocol, setting: Setting, steps: readonly Step[], at: Id): string[] {
  const plain = program(protocol, setting)
  const system = steps.reduce((before, step) => apply(plain, before, step), start(plain))
  const told = enabled(plain, system).flatMap((step) => {
    if (step.at !== at) return []
    const after = apply(plain, system, step)
    const said = after.soup.filter((word) => word.from === at && !system.soup.includes(word))
    const outputs = after.outputs[at]!.slice(system.outputs[at]!.length)
    return [
      ...said.map(({ message }) => canonical({ says: message })),
      ...outputs.map((one) => canonical({ outputs: one })),
    ]
  })
  return [...new Set(told)].slice(0, MOST_LISTED)
}
