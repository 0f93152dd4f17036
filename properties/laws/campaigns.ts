/** Laws of whole campaigns: equal input, equal result, however it was worked out. */
import { strategies } from '../../src/adversary/index.ts'
import { BlockRunner } from '../../src/fuzz/campaign/block.ts'
import { BLOCK, inBlocks, ruleNames, runHere } from '../../src/fuzz/campaign/campaign.ts'
import type { BlockResult, Campaign, CampaignResult, Found } from '../../src/fuzz/campaign/result.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { type Claim, canonical, HarnessError, program as inSetting, type Protocol } from '../../src/model/index.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { apply, brokenAfterHealing, brokenBy, configure, start, type Used, usedBy } from '../../src/system/index.ts'
import { decode, encode, FORMAT, record, type Trace } from '../../src/trace/index.ts'

/** A campaign over all claims that can be violated, in the protocol's default settings. */
export function campaignOf(protocol: Protocol, claims: readonly Claim<any>[], seed: number, runs: number): Campaign {
  return {
    subject: protocol.subject,
    settings: configure(protocol, {}),
    claims: claims.filter(({ kind }) => kind !== 'sometimes').map(({ name }) => name),
    runs,
    firstRun: 0,
    seed,
    strategies: strategies.map(({ name }) => name),
    schedulers: choosers.map(({ name }) => name),
    maxSteps: 100,
  }
}

function assertEqual(a: unknown, b: unknown, what: string): void {
  const [x, y] = [canonical(a), canonical(b)]
  if (x !== y) throw new HarnessError(`${what} differ:\n  ${x.slice(0, 400)}\n  ${y.slice(0, 400)}`)
}

/** What a violation looks like in a file, without shrinking. */
export function traceOf(protocol: Protocol, found: Found, seed: number): Trace {
  const { claim, run, setting, steps, scheduler, witness } = found
  return {
    turncoat: FORMAT,
    title: `${protocol.subject} breaks ${claim}`,
    protocol: protocol.definition.name,
    ...(protocol.variantName ? { variant: protocol.variantName } : {}),
    setting,
    claim,
    origin: {
      command: `turncoat fuzz ${protocol.subject}`,
      seed,
      run,
      strategy: found.strategies,
      scheduler,
      stepsBeforeShrinking: steps.length,
    },
    shortest: 'bound reached',
    eager: 'not-found',
    steps: record(inSetting(protocol, setting), steps),
    witness: witness,
  }
}

/** Law: the same seed gives the same result, and the same bytes of every trace; a trace survives its file. */
export async function sameSeedSameResult(
  protocol: Protocol,
  claims: readonly Claim<any>[],
  campaign: Campaign,
): Promise<CampaignResult> {
  const [first, second] = [await runHere(campaign, protocol, claims), await runHere(campaign, protocol, claims)]
  assertEqual(first, second, 'two campaigns of one seed')
  for (const [index, { found }] of first.claims.entries()) {
    if (!found) continue
    const text = encode(traceOf(protocol, found, campaign.seed))
    assertEqual(text, encode(traceOf(protocol, second.claims[index]!.found!, campaign.seed)), 'two traces of one seed')
    assertEqual(text, encode(await decode(text)), 'a trace and what was read from its file')
  }
  return first
}

/**
 * Law: workers that each know only their own blocks, and finish in another order than they began, give the result of
 * one thread. Whatever is not plain data is lost on the way, as it is between threads.
 */
export async function workersGiveTheSame(
  protocol: Protocol,
  claims: readonly Claim<any>[],
  campaign: Campaign,
): Promise<void> {
  const alone = await runHere(campaign, protocol, claims)
  const workers = [0, 1].map(() => new BlockRunner(campaign, protocol, claims))
  const waiting: (() => void)[] = []
  const runBlock = (first: number, count: number): Promise<BlockResult> =>
    new Promise((done, failed) => {
      const worker = workers[(first / BLOCK) % 2]!
      waiting.push(() => {
        try {
          done(structuredClone(worker.run(first, count)))
        } catch (error) {
          failed(error)
        }
      })
      // The later block of two is worked on, and done, before the earlier one.
      if (waiting.length === 2 || first + count >= campaign.runs) {
        for (const work of waiting.splice(0).reverse()) work()
      }
    })
  const together = await inBlocks(campaign, ruleNames(protocol, campaign), runBlock, { parallel: 2 })
  assertEqual(alone, together, 'one thread and two workers')
}

/** Law: what shrinking leaves is no longer, breaks the same claim on `apply`, and comes out the same again. */
export function shrunkBreaksTheSame(protocol: Protocol, claim: Claim<any>, found: Found, maxStates = 300): void {
  const raw = inSetting(protocol, found.setting)
  const shrunk = shrink(raw, claim, found.steps, { maxStates })
  if (shrunk.steps.length > found.steps.length) throw new HarnessError(`${claim.name} grew by being shrunk`)
  const program = inSetting(protocol, shrunk.setting)
  let system = start(program)
  const used: Used[] = []
  const broken: string[] = []
  for (const step of shrunk.steps) {
    const after = apply(program, system, step)
    broken.push(...brokenBy(program, [claim], after, system).map((violation) => violation.witness))
    used.push(...usedBy(program, step))
    system = after
  }
  broken.push(...brokenAfterHealing(program, [claim], system, used).map((violation) => violation.witness))
  assertEqual([...new Set(broken)], [shrunk.witness], `the witnesses of ${claim.name}`)
  assertEqual(shrink(raw, claim, found.steps, { maxStates }), shrunk, 'two shrinkings of one run')
}
