/** One random protocol, by `check` and by the interpreter: where do they differ? */
import * as turncoat from '../../../src/index.ts'
import { noException } from '../../../src/system/judge.ts'
import { alphabetText, type Case, commandOf, fileText } from './case.ts'
import { interpret, type Interpreted } from './interpreter.ts'
import { evaluate } from './interpreter-library.ts'
import { object, valuesOf } from './shapes.ts'

/** How far `check` may go where the interpreter came to an end: well beyond it. */
const limits = ({ states }: Interpreted) => ({ maxStates: (states ?? 0) * 6 + 200, maxChoices: 3_000, maxUniverse: 3_000 })

export type Checker = typeof turncoat.check

/** The file, in which one who lies would say everything: so that all of it is seen where no alphabet is declared. */
export function textFor(one: Case): string {
  const alphabet = alphabetText(one.messages, ({ type, fields }) =>
    (valuesOf(object(...fields)) as object[]).map((fields) => ({ type, ...fields })),
  )
  const [liar] = one.setting.byzantine
  if (liar === undefined) return fileText(one, alphabet)
  const line = `if (ctx.self === ${liar}) for (const one of alphabet) ctx.broadcast(one)`
  const teach = <R extends { init: readonly string[] }>(role: R): R => ({ ...role, init: [line, ...role.init] })
  const taught = liar < one.setting.n ? { ...one, replica: teach(one.replica) } : { ...one, ...(one.client ? { client: teach(one.client) } : {}) }
  return fileText(taught, alphabet)
}

export function programOf(text: string, one: Case): { program: turncoat.Program; claims: turncoat.Claim<any>[] } {
  const { protocol, claims } = evaluate<turncoat.Protocol, turncoat.Claim<any>>(text, turncoat)
  const { setting, values } = one
  const { n } = setting
  const [configured] = turncoat.configure(protocol, {
    ...setting,
    values,
    byzantine: setting.byzantine.filter((id) => id < n),
    byzantineClients: setting.byzantine.filter((id) => id >= n),
  })
  return { program: turncoat.program(protocol, configured!), claims: [...claims, noException] }
}

export interface Difference {
  readonly kind: string
  readonly text: string
}

const counted = turncoat.invariant<any>({ name: 'counted', about: 'Nothing.', reads: ['notes'] }, () => undefined)

/** What `check` says, against what the interpreter says. */
export function differences(one: Case, known: Interpreted, text: string, check: Checker = turncoat.check): Difference[] {
  const found: Difference[] = []
  for (const without of [[], turncoat.REDUCTIONS] as const) {
    const called = without.length > 0 ? 'unreduced' : 'reduced'
    try {
      const { program, claims } = programOf(text, one)
      const result = check({ program, claims, without, ...limits(known) })
      for (const { claim, verdict, steps } of known.verdicts) {
        if (verdict === 'unknown') continue
        const checked = result.claims.find((other) => other.claim === claim)
        const said = checked ? `${checked.verdict}${checked.steps ? ` in ${checked.steps.length}` : ''}` : 'nothing'
        const right = `${verdict}${steps === undefined ? '' : ` in ${steps}`}`
        if (checked?.verdict === 'inconclusive') {
          found.push({ kind: `${called}: inconclusive`, text: `${called}: ${claim} is ${right}, check says ${checked.why}` })
          continue
        }
        if (said !== right) found.push({ kind: `${called}: ${verdict} ${checked?.verdict}`, text: `${called}: ${claim} is ${right}, check says ${said}` })
      }
      if (known.states !== undefined && without.length > 0 && found.length === 0) {
        const { states, engineWhy } = check({ program, claims: [counted], without, ...limits(known) })
        if (states !== known.states && !engineWhy?.startsWith('searched in a network that may')) found.push({ kind: 'states', text: `${known.states} states, check says ${states}` })
      }
    } catch (error) {
      const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      found.push({ kind: `${called}: ${said.replaceAll(/\d+|"[^"]*"/g, '#').slice(0, 70)}`, text: `${called}: ${said}` })
    }
  }
  return found
}

/** What a person has to know to repeat it. */
export function told(one: Case, found: readonly Difference[]): string {
  return [
    ...found.map(({ text }) => text),
    "import { agreement, all, any, defineProtocol, invariant, liveness, match, said, sometimes } from 'turncoat'",
    textFor(one),
    `// ${commandOf(one, './case.ts')}   # inputs: ${JSON.stringify(one.setting.inputs)}`,
  ].join('\n')
}

export const known = (one: Case, text: string, most: number): Interpreted => interpret(text, one.setting, one.values, most)
