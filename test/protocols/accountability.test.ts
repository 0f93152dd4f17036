/** Who is convicted where correct replicas decide differently, and laws that the claim finds wrong. */
import { describe, expect, test } from 'vitest'
import { accountability } from '../../properties/accountability.ts'
import { agreement } from '../../properties/claims.ts'
import { tendermintLaw } from '../../properties/tendermint-law.ts'
import { check } from '../../src/check/check.ts'
import {
  brokenAfter,
  type Claim,
  convicted,
  program as inSetting,
  type Law,
  liveness,
  type SentMessage,
} from '../../src/model/index.ts'
import { tendermint } from '../../src/protocols/tendermint.ts'
import { configure, factsOf, factsOfHealed, start, take } from '../../src/system/index.ts'
import { savedRun } from '../saved-traces.ts'

const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

/** What the saved trace of a fork convicts of, by a law. */
async function crimes(name: string, law: Law): Promise<string[]> {
  const { program, trace } = await savedRun(name)
  const taken = take(program, trace.steps.map(({ digest: _, ...step }) => step) as never)
  const claim = accountability(agreement(chosen), law)
  const { held } = factsOfHealed(program, claim, taken.systems.at(-1)!, taken.used)
  const found = convicted(held!, law, program.setting).map(({ of, crime }) => `r${of}: ${crime}`)
  return [...new Set(found)].sort()
}

test('a fork by two votes convicts of equivocation, a fork by forgetting of amnesia alone', async () => {
  expect(await crimes('tendermint-fork-equivocation', tendermintLaw)).toEqual(['r0: equivocation', 'r1: equivocation'])
  expect(await crimes('tendermint-fork-amnesia', tendermintLaw)).toEqual(['r2: amnesia', 'r3: amnesia'])
  expect(await crimes('tendermint-fork-amnesia', { once: tendermintLaw.once })).toEqual([])
})

describe('a law that', () => {
  /** A PRECOMMIT, too, needs a quorum that is over: so the definition is usually printed. */
  const asPrinted: Law = {
    ...tendermintLaw,
    forgets: (earlier, later, evidence) =>
      tendermintLaw.forgets!(earlier, later.type === 'PRECOMMIT' ? { ...later, type: 'PREVOTE' } : later, evidence),
  }
  test('holds a late PRECOMMIT against its sender accuses who follows Tendermint', () => {
    const vote = (from: number, type: string, round: number, value: string): SentMessage => ({
      from,
      message: { type, round, value } as never,
    })
    // r0 locked a in round 0, and sees in round 1 that the three others prevote b.
    const held = [vote(0, 'PRECOMMIT', 0, 'a'), ...[1, 2, 3].map((id) => vote(id, 'PREVOTE', 1, 'b'))]
    const all = [...held, vote(0, 'PRECOMMIT', 1, 'b')]
    const [setting] = configure(tendermint, { n: 4, f: 1, byzantine: [] })
    expect(convicted(all, tendermintLaw, setting!)).toEqual([])
    expect(convicted(all, asPrinted, setting!)).toMatchObject([{ of: 0, crime: 'amnesia' }])
  })

  test('accuses of what anybody may do is found at once', () => {
    const strict: Law = { once: [], unjustified: ({ type }) => type === 'PREVOTE' }
    const setting = configure(tendermint, { n: 4, f: 1, byzantine: [0], bounds: { rounds: 1 } })[0]!
    const claims = [accountability(agreement(chosen), strict)]
    const found = check({ program: inSetting(tendermint, setting), claims }).claims[0]
    expect(found).toMatchObject({ verdict: 'violated', steps: [{}] })
  })
})

describe('what is held', () => {
  test('is what correct participants said, and what they acted on, the same in every engine', () => {
    const seen = { tables: new Set<string>(), reference: new Set<string>() }
    const looking = (to: Set<string>, reads: readonly ('held' | 'soup')[]) =>
      liveness<any>({ name: 'looks', about: 'Looks on.', healing: 'deliveries', reads }, ({ held }) => {
        to.add(JSON.stringify(held))
        return undefined
      })
    const ask = (claim: Claim<any>) => {
      const setting = configure(tendermint, { n: 2, f: 0, byzantine: [0], values: ['a'], bounds: { rounds: 1 } })[0]!
      return check({ program: inSetting(tendermint, setting), claims: [claim] })
    }
    expect(ask(looking(seen.tables, ['held'])).engine).toBe('tables')
    // A claim about a healed run that reads the soup, too, is searched state by state.
    expect(ask(looking(seen.reference, ['held', 'soup'])).engine).toBe('reference')
    expect(seen.tables.size).toBeGreaterThan(3)
    expect([...seen.tables].sort()).toEqual([...seen.reference].sort())
  })

  test('is told to claims about deliveries that declare it, and of the end alone', () => {
    const [setting] = configure(tendermint, { n: 4, byzantine: [] })
    const program = inSetting(tendermint, setting!)
    const system = start(program)
    const asks = (claim: ReturnType<typeof liveness<any>>) => () =>
      brokenAfter(claim, factsOfHealed(program, claim, system, []), factsOf(program, system))
    const about = { name: 'x', about: 'X.', healing: 'deliveries' } as const
    expect(asks(liveness(about, ({ held }) => String(held)))).toThrow('looks at held, which it does not declare')
    expect(asks(liveness({ ...about, reads: ['held'] }, (_, { held }) => String(held)))).toThrow('looks at held')
    const full = liveness({ ...about, healing: 'full', reads: ['held'] }, () => undefined)
    expect(() => check({ program, claims: [full] })).toThrow('reads what is held')
  })
})
