/**
 * Liveness of the second generator's protocols: with all passes and with none `check` says what a search on `apply` and
 * `heal` says. Many of them: `LAW_CASES=1000 npx vitest run test/laws/second/liveness.test.ts`.
 */
import { expect, test } from 'vitest'
import { searchReference, whyNoTables } from '../../../src/check/reference/reference.ts'
import { universeOf } from '../../../src/check/result/universe.ts'
import { inTier } from '../../tiers.ts'
import { isRefusal, programOf, textFor } from './compare.ts'
import * as turncoat from './engines.ts'
import { caseOf } from './protocols.ts'

const SEED = Number(process.env['LAW_SEED'] ?? 1)
const CASES = Number(process.env['LAW_CASES'] ?? inTier(20, 300))
const LIMITS = { maxStates: 150, maxChoices: 3_000, maxUniverse: 3_000 }

type Facts = Parameters<turncoat.Liveness<any>['broken']>[0]
type Outputs = Pick<Facts, 'outputs'>
const who = ({ outputs }: Outputs): number[] => outputs.map(({ at }) => at)
const kinds = ({ outputs }: Outputs): number => new Set(outputs.map(({ output }) => JSON.stringify(output))).size
const isAll = (after: Facts): boolean => after.correct.every((at) => who(after).includes(at))

const isNote = (output: unknown): boolean => typeof output === 'object' && output !== null && 'note' in output
const notes = ({ outputs }: Outputs): Outputs => ({ outputs: outputs.filter(({ output }) => isNote(output)) })

const broken: Record<string, (after: Facts, before: Facts) => boolean> = {
  all: (after, before) => who(before).length > 0 && !isAll(after),
  first: (after, before) => who(before).length === 1 && !isAll(after),
  more: (after, before) => who(after).length > who(before).length,
  others: (after, before) => who(before).length === 1 && who(after).some((at) => at !== who(before)[0]),
  last: (after, before) => who(before)[0] === after.correct.at(-1) && !isAll(after),
  noted: (after, before) => who(notes(before)).length === 1 && kinds(notes(after)) !== 2,
  differ: (after, before) => who(before).length === 1 && kinds(after) > 1,
}

const claims = Object.entries(broken).flatMap(([name, is]) =>
  (['deliveries', 'full'] as const).map((healing) =>
    turncoat.liveness<any>(
      { name: `${name}-${healing}`, about: 'Made up.', healing, reads: name === 'noted' ? ['notes'] : [] },
      (after, before) => (is(after, before) ? 'broken' : undefined),
    ),
  ),
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
function looked(seed: number): { readonly wrong: string[]; readonly verdicts: string[] } {
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

test(`${CASES} protocols from seed ${SEED} on: verdicts and lengths`, { timeout: 24 * 60 * 60_000 }, () => {
  const found = Array.from({ length: CASES }, (_, i) => looked(SEED + i))
  expect(found.flatMap(({ wrong }) => wrong)).toEqual([])
  const verdicts = found.flatMap((one) => one.verdicts)
  const share = (is: RegExp): number => verdicts.filter((verdict) => is.test(verdict)).length / verdicts.length
  expect(share(/violated/)).toBeGreaterThan(0.1)
  expect(share(/holds/)).toBeGreaterThan(0.3)
})
