/**
 * What `check` says of liveness of the second generator's protocols, with all passes and with none, and what a search on
 * `apply` and `heal` says.
 */
import { searchReference, whyNoTables } from '../../../src/check/reference/reference.ts'
import { universeOf } from '../../../src/check/result/universe.ts'
import { isRefusal, programOf, textFor } from './compare.ts'
import * as turncoat from './engines.ts'
import { caseOf } from './protocols.ts'

const LIMITS = { maxStates: 150, maxChoices: 3_000, maxUniverse: 3_000 }

type Facts = Parameters<turncoat.Liveness<any>['broken']>[0]
type Outputs = Pick<Facts, 'outputs'>
const who = ({ outputs }: Outputs): number[] => outputs.map(({ at }) => at)
const kinds = ({ outputs }: Outputs): number => new Set(outputs.map(({ output }) => JSON.stringify(output))).size
const isAll = (after: Facts): boolean => after.correct.every((at) => who(after).includes(at))

const isNote = (output: unknown): boolean => typeof output === 'object' && output !== null && 'note' in output
const notes = ({ outputs }: Outputs): Outputs => ({ outputs: outputs.filter(({ output }) => isNote(output)) })

/** These do not look at what was before the healed run. */
const ended: Record<string, (after: Facts) => boolean> = {
  none: (after) => who(after).length === 0,
  some: (after) => who(after).length > 0 && !isAll(after),
  several: (after) => kinds(after) > 1,
}

const broken: Record<string, (after: Facts, before: Facts) => boolean> = {
  all: (after, before) => who(before).length > 0 && !isAll(after),
  first: (after, before) => who(before).length === 1 && !isAll(after),
  more: (after, before) => who(after).length > who(before).length,
  others: (after, before) => who(before).length === 1 && who(after).some((at) => at !== who(before)[0]),
  last: (after, before) => who(before)[0] === after.correct.at(-1) && !isAll(after),
  noted: (after, before) => who(notes(before)).length === 1 && kinds(notes(after)) !== 2,
  differ: (after, before) => who(before).length === 1 && kinds(after) > 1,
}

const claims = Object.entries({ ...broken, ...ended }).flatMap(([name, is]) =>
  (['deliveries', 'full'] as const).map((healing) => {
    const reads = [...(name in ended ? [] : (['before'] as const)), ...(name === 'noted' ? (['notes'] as const) : [])]
    return turncoat.liveness<any>({ name: `${name}-${healing}`, about: 'Made up.', healing, reads }, (after, before) =>
      is(after, before) ? 'broken' : undefined,
    )
  }),
)

const said = (steps: readonly unknown[] | undefined, verdict: string): string =>
  steps ? `violated in ${steps.length}` : verdict

function checked(program: turncoat.Program, without: readonly turncoat.PassName[]): Map<string, string> {
  const result = turncoat.check({ program, claims, without, ...LIMITS })
  return new Map(result.claims.map(({ claim, verdict, steps }) => [claim, said(steps, verdict)]))
}

function onTheReference(program: turncoat.Program): Map<string, string> {
  const inAny = { ...program, copies: true }
  const { messages, report } = universeOf(inAny, LIMITS.maxUniverse, () => undefined)
  const { violations, finished } = searchReference(inAny, claims, messages, LIMITS)
  const otherwise = finished && report.closed ? 'holds' : 'inconclusive'
  return new Map(claims.map(({ name }) => [name, said(violations.get(name)?.steps, otherwise)]))
}

/** What differs in one protocol, and what is said of it. */
export function looked(seed: number): { readonly wrong: string[]; readonly verdicts: string[] } {
  const one = caseOf(seed)
  const { program } = programOf(textFor(one), one)
  if (whyNoTables(program, claims)) return { wrong: [], verdicts: [] }
  try {
    const all = checked(program, [])
    const others = [checked(program, turncoat.REDUCTIONS), onTheReference(program)]
    const wrong = [...all].flatMap(([claim, verdict]) =>
      others.flatMap((other) => {
        const isKnown = verdict !== 'inconclusive' && other.get(claim) !== 'inconclusive'
        return isKnown && other.get(claim) !== verdict
          ? [`${seed}: ${claim} is ${other.get(claim)}, not ${verdict}`]
          : []
      }),
    )
    return { wrong, verdicts: [...all.values()] }
  } catch (error) {
    const difference = { kind: 'liveness', text: String(error) }
    return {
      wrong: isRefusal(difference) || error instanceof turncoat.UsageError ? [] : [`${seed}: ${error}`],
      verdicts: [],
    }
  }
}
