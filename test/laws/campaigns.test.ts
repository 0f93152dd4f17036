import { describe, expect, test } from 'vitest'
import {
  campaignOf,
  sameSeedSameResult,
  shrunkBreaksTheSame,
  workersGiveTheSame,
} from '../../properties/laws/campaigns.ts'
import { BLOCK, runHere } from '../../src/fuzz/campaign/campaign.ts'
import { isLockstep } from '../../src/model/index.ts'
import { noException } from '../../src/system/index.ts'
import { inTier, LONG } from '../tiers.ts'
import { byName, originals, subjects } from './lawful.ts'

const SEED = Number(process.env['LAW_SEED'] ?? 11)

/** Runs a law; what it throws ends with the one command that repeats it. */
async function repeatable<T>(name: string, law: () => T | Promise<T>): Promise<T> {
  try {
    return await law()
  } catch (error) {
    const repeat = `LAW_SEED=${SEED} npx vitest run test/laws/campaigns.test.ts -t '^${name}'`
    throw new Error(`${error instanceof Error ? error.message : error}\nrepeat it with: ${repeat}`, { cause: error })
  }
}

describe.each(byName(originals))('%s', (name, { protocol, claims }) => {
  const safety = claims.filter(({ kind }) => kind !== 'liveness')

  test('the same seed gives the same result and the same bytes', async () => {
    const campaign = campaignOf(protocol, claims, SEED, inTier(8, 25))
    await repeatable(`${name} the same seed`, () => sameSeedSameResult(protocol, claims, campaign))
  })

  // Threads are the same for all protocols, and these are two campaigns of more than one piece.
  test.runIf(LONG || name === 'bracha')('two workers give the result of one', async () => {
    // The reference makes the rounds of lockstep protocols, and takes longer.
    const campaign = campaignOf(protocol, safety, SEED, isLockstep(protocol) ? BLOCK + 1 : 401)
    await repeatable(`${name} two workers`, () => workersGiveTheSame(protocol, safety, campaign))
  })
})

/** One broken claim of each subject is enough: shrinking has its own tests. */
const wanted = ['asyncio-pbft', 'bracha/ready-repeat', 'bracha/deliver-one', 'go-pbft', 'pbft/commit-2f']

const shrunk = LONG ? wanted : wanted.slice(1, 3)

describe.each(byName(subjects.filter(({ name }) => shrunk.includes(name))))('%s', (name, { protocol, claims }) => {
  test('a shrunk run is no longer and breaks the same claim', async () => {
    const judged = claims.filter(({ kind }) => kind === 'invariant')
    const result = await runHere(campaignOf(protocol, judged, SEED, 1_000), protocol, claims)
    const broken = result.claims.flatMap(({ found }) => (found && found.claim !== noException.name ? [found] : []))
    expect(broken.length).toBeGreaterThan(0)
    const [first] = broken
    const claim = claims.find((one) => one.name === first!.claim)!
    await repeatable(`${name} a shrunk run`, () => shrunkBreaksTheSame(protocol, claim, first!))
  })
})
