/** One random protocol, by `check` and by the interpreter: where do they differ? */

import { noException } from '../../../src/model/index.ts'
import { alphabetText, type Case, commandOf, fileText } from './case.ts'
import * as turncoat from './engines.ts'
import { type Interpreted, interpret } from './interpreter.ts'
import { evaluate } from './interpreter-library.ts'
import { object, valuesOf } from './shapes.ts'

/** Something unsound in the place of a part of the checker: what a law has to notice. */
export interface Twin {
  /** The protocols on which it can be noticed at all; all, if it does not say. */
  readonly where?: (file: string, one: Case) => boolean
  readonly text?: (file: string, one: Case) => string
  readonly definition?: (definition: turncoat.Definition<any>, one: Case) => turncoat.Definition<any>
  readonly claims?: (claims: readonly turncoat.Claim<any>[]) => turncoat.Claim<any>[]
  readonly setting?: (setting: turncoat.Setting) => turncoat.Setting
  readonly check?: typeof turncoat.check
}

export interface Difference {
  readonly kind: string
  readonly text: string
}

/** Which passes are off. */
export type Without = readonly turncoat.PassName[]

/** How far `check` may go where the interpreter came to an end: well beyond it; where a loss is a step, further. */
const limits = (one: Case, { states }: Interpreted) => ({
  maxStates: (states ?? 0) * (one.setting.network.lose ? 60 : 6) + 200,
  maxChoices: 3_000,
  maxUniverse: 3_000,
})

const domainOf = ({ messages }: Case): string =>
  alphabetText(messages, ({ type, fields }) =>
    (valuesOf(object(...fields)) as object[]).map((one) => ({ type, ...one })),
  )

/**
 * The file. Where it declares no alphabet, one who is Byzantine says everything in its own code, which never runs: so
 * that all of it is seen while what can be said is collected.
 */
export function textFor(one: Case): string {
  const [byzantineReplica] = one.setting.byzantine
  if (byzantineReplica === undefined || one.declares) return fileText(one, domainOf(one))
  const line = `if (ctx.self === ${byzantineReplica}) for (const one of alphabet) ctx.broadcast(one)`
  const teach = <R extends { init: readonly string[] }>(role: R): R => ({ ...role, init: [line, ...role.init] })
  const isReplica = byzantineReplica < one.setting.n
  const taught = isReplica || !one.client ? { replica: teach(one.replica) } : { client: teach(one.client) }
  return fileText({ ...one, ...taught }, domainOf(one))
}

export function programOf(
  text: string,
  one: Case,
  twin: Twin = {},
): { program: turncoat.Program; claims: turncoat.Claim<any>[] } {
  const evaluated = evaluate<turncoat.Protocol, turncoat.Claim<any>>(twin.text?.(text, one) ?? text, turncoat)
  const { setting, values } = one
  const { n } = setting
  const { definition } = evaluated.protocol
  const protocol = twin.definition ? new turncoat.Protocol(twin.definition(definition, one)) : evaluated.protocol
  const [configured] = turncoat.configure(protocol, {
    ...setting,
    values,
    byzantine: setting.byzantine.filter((id) => id < n),
    byzantineClients: setting.byzantine.filter((id) => id >= n),
    counts: turncoat.countedBy(evaluated.claims),
  })
  const claims = twin.claims?.(evaluated.claims) ?? evaluated.claims
  return {
    program: turncoat.program(protocol, twin.setting?.(configured!) ?? configured!),
    claims: [...claims, noException],
  }
}

const WIDER = 'searched in a network that may hand over a message again'

/** A claim that never breaks, so that all states are looked at. */
const counted = (counts: number): turncoat.Claim<any> =>
  turncoat.invariant<any>({ name: 'counted', about: 'Nothing.', reads: ['notes'], counts }, () => undefined)

function saidOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/**
 * A refusal is no verdict: what an author is told to write otherwise. `check` also tries messages on states which never
 * meet in a run, so it may refuse rules that come to rest in every run, but not everywhere.
 */
export const isRefusal = ({ text }: Difference): boolean =>
  /only \d+ equal outputs are counted|firings the rules of one replica still change its state/.test(text)

/** What `check` says, against what the interpreter says. */
export function differences(
  one: Case,
  known: Interpreted,
  text: string,
  without: Without,
  twin: Twin = {},
): Difference[] {
  const called = without.length === 0 ? 'all passes' : `without ${without.join(', ')}`
  const kind = (what: string): string => `${without.length > 1 ? 'unreduced' : called}: ${what}`
  const check = twin.check ?? turncoat.check
  try {
    const { program, claims } = programOf(text, one, twin)
    const result = check({ program, claims, without, ...limits(one, known) })
    const found: Difference[] = []
    for (const { claim, verdict, steps } of known.verdicts) {
      if (verdict === 'unknown') continue
      const checked = result.claims.find((other) => other.claim === claim)
      const said = checked ? `${checked.verdict}${checked.steps ? ` in ${checked.steps.length}` : ''}` : 'nothing'
      const right = `${verdict}${steps === undefined ? '' : ` in ${steps}`}`
      if (said === right) continue
      // Where messages arrive once, a wider network is searched, which may leave it open.
      if (checked?.verdict === 'inconclusive' && result.engineWhy?.startsWith(WIDER)) continue
      // Where a loss is a step, every copy is there or lost, and no factor bounds how many states that makes.
      if (checked?.verdict === 'inconclusive' && one.setting.network.lose && checked.why?.startsWith('stopped after'))
        continue
      const why = checked?.why ? ` (${checked.why})` : ''
      found.push({
        kind: kind(`${verdict} ${checked?.verdict}`),
        text: `${called}: ${claim} is ${right}, check says ${said}${why}`,
      })
    }
    return found.length > 0 ? found : universeOf(one, result, called)
  } catch (error) {
    const said = saidOf(error)
    return [{ kind: kind(said.replaceAll(/\d+|"[^"]*"/g, '#').slice(0, 70)), text: `${called}: ${said}` }]
  }
}

/** The universe is the domain: where it is declared, and where it is collected and full. */
function universeOf(one: Case, { universe, engine }: turncoat.CheckResult, called: string): Difference[] {
  if (one.setting.byzantine.length === 0 || engine === 'reference') return []
  const size = JSON.parse(domainOf(one).replace(/,\n]$/, ']')).length
  if (universe.messages === size) return []
  return [
    { kind: 'universe', text: `${called}: the domain has ${size} messages, and the universe ${universe.messages}` },
  ]
}

/** Without reductions, states are those of the model. */
export function stateDifferences(one: Case, known: Interpreted, text: string): Difference[] {
  const { program } = programOf(text, one)
  const { states, engineWhy } = turncoat.check({
    program,
    claims: [counted(known.counts)],
    without: turncoat.REDUCTIONS,
    ...limits(one, known),
  })
  // Where another network is searched its states are others, and so they are where a loss is a step.
  if (one.setting.network.lose || states === known.states || engineWhy?.startsWith(WIDER)) return []
  return [{ kind: 'states', text: `${known.states} states, check says ${states}` }]
}

export const known = (one: Case, text: string, most: number): Interpreted =>
  interpret(text, one.setting, one.values, most)

/** What a person has to know to repeat it. */
export function told(one: Case, found: readonly Difference[]): string {
  return [
    ...found.map((difference) => difference.text),
    '// Saved as case.ts:',
    "import { all, any, defineProtocol, invariant, match, said, sometimes } from 'turncoat'",
    textFor(one),
    `// ${commandOf(one, './case.ts')}`,
  ].join('\n')
}
