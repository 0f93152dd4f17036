import fc from 'fast-check'
import type { Draw } from '../../properties/laws/scene.ts'
import { strategies } from '../../src/adversary/index.ts'
import { registry } from '../../src/protocols/index.ts'

/** Every registered protocol, and every variant of it, by its name on the command line. */
export const subjects = registry.flatMap(({ protocol, variants, properties }) =>
  [protocol, ...variants].map((each) => ({ name: each.subject, protocol: each, claims: properties.claims })),
)

/** The registered protocols without their variants. */
export const originals = subjects.filter(({ protocol }) => protocol.variantName === undefined)

/** For `describe.each`: a name printed as it is, so that a reproduction can select by it. */
export function byName<T extends { readonly name: string }>(list: readonly T[]): [string, T][] {
  return list.map((one) => [one.name, one])
}

interface Where {
  readonly file: string
  /** The name of the test, as the test runner matches it. */
  readonly test: string
  readonly runs: number
}

/** Always the same cases, so that a red test is red everywhere; the reproduction names another beginning. */
const SEED = 20_261

/**
 * Holds a law against random cases.
 * @throws an error that ends with the one command that repeats the smallest failing case
 */
export function holds<T>(where: Where, cases: fc.Arbitrary<T>, law: (one: T) => void): void {
  const { LAW_SEED, LAW_PATH } = process.env
  const details = fc.check(fc.property(cases, law), {
    seed: Number(LAW_SEED ?? SEED),
    numRuns: where.runs,
    ...(LAW_PATH ? { path: LAW_PATH } : {}),
  })
  if (!details.failed) return
  const { seed, counterexamplePath, counterexample, errorInstance } = details
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  throw new Error(
    [
      why,
      `smallest case: ${fc.stringify(counterexample?.[0])}`,
      `repeat it with: LAW_SEED=${seed} LAW_PATH=${counterexamplePath} npx vitest run ${where.file} -t '^${where.test}'`,
    ].join('\n'),
    { cause: errorInstance },
  )
}

const replica = fc.nat({ max: 3 })

/**
 * Random runs: any strategy, authentication and network, lazy and eager, up to two Byzantine replicas and one crash
 * among four; some restart, where the protocol says what survives that.
 */
export const draws: fc.Arbitrary<Draw> = fc.record({
  seed: fc.nat({ max: 2 ** 31 - 1 }),
  strategies: fc.uniqueArray(fc.constantFrom(...strategies.map(({ name }) => name)), { minLength: 1, maxLength: 2 }),
  circumstances: fc.record({
    byzantine: fc.uniqueArray(replica, { maxLength: 2 }),
    crash: fc.uniqueArray(replica, { maxLength: 1 }),
    auth: fc.constantFrom('signatures', 'channels', 'none'),
    steps: fc.constantFrom('lazy', 'eager'),
    network: fc.record({ duplicate: fc.boolean(), fifo: fc.boolean(), lose: fc.boolean() }),
    restart: fc.uniqueArray(replica, { maxLength: 3 }),
  }),
})
