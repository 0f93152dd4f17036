import type { CheckedClaim, CheckRequest, CheckResult, CheckVerdict } from '../../src/check/result/result.ts'
import type { Engines } from '../../src/cli/workers/engines.ts'
import { engines } from '../../src/cli/workers/own-engines.ts'
import type { Step } from '../../src/system/index.ts'

/** What a made-up search says of a claim, and of the rest where that matters. */
export type Answer = (request: CheckRequest) => Partial<Omit<CheckResult, 'claims'>> & {
  readonly claims?: readonly CheckedClaim[]
}

/** The engines with a made-up search: every claim that it is silent about holds. Requests are kept. */
export function searching(answer: Answer = () => ({})): Engines & { readonly requests: CheckRequest[] } {
  const requests: CheckRequest[] = []
  const check = (request: CheckRequest): CheckResult => {
    requests.push(request)
    const { claims = [], ...rest } = answer(request)
    const said = new Map(claims.map((one) => [one.claim, one]))
    return {
      claims: request.claims.map(({ name }) => said.get(name) ?? { claim: name, verdict: 'holds' }),
      states: 100,
      transitions: 250,
      reductions: [
        { pass: 'quotient', on: true, before: 40, after: 10, unit: 'local states' },
        { pass: 'symmetry', on: true, before: 300, after: 100 },
      ],
      universe: { messages: 6, closed: true, extent: { ECHO: 'full', READY: 'full' } },
      cut: false,
      neverFired: [],
      engine: 'tables',
      ...rest,
    }
  }
  // Every choice of Byzantine replicas is searched, but where a test says otherwise.
  const { distinctSettings: _, ...others } = engines
  return { ...others, check, requests }
}

/**
 * A violation of agreement. The mutant bracha/deliver-one believes a single READY: the Byzantine replica tells two
 * replicas different things.
 */
export function twoStories(byzantineReplica: number, values: readonly [string, string] = ['a', 'b']): Step[] {
  return [0, 1, 2, 3]
    .filter((id) => id !== byzantineReplica)
    .slice(0, 2)
    .map((at, i) => ({
      at,
      rule: 'READY/deliver',
      on: { from: byzantineReplica, message: { type: 'READY', value: values[i]! } as never },
    }))
}

/** The same after a step that nobody needs. */
export function longerStory(byzantineReplica: number): Step[] {
  return [{ at: 0, input: 'a' }, ...twoStories(byzantineReplica)]
}

export const violated = (
  byzantineReplica: number,
  steps: readonly Step[] = twoStories(byzantineReplica),
  shortest = 'certified',
): CheckedClaim => ({
  ...{ claim: 'agreement', verdict: 'violated', steps, shortest },
})

/** What is said of agreement, by the one who is Byzantine. */
export const byLiar = (said: readonly (CheckedClaim | CheckVerdict)[]) =>
  searching(({ program }) => {
    const one = said[program.setting.byzantine[0]!]!
    if (one === 'holds') return {}
    return { claims: [typeof one === 'string' ? { claim: 'agreement', verdict: one, why: `it is ${one}` } : one] }
  })
