import { describe, expect, test } from 'vitest'
import { convictions } from '../../src/explain/index.ts'
import { convicted, program as inSetting, type Law, type Protocol, type SentMessage } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { Dice } from '../../src/simulate/request/dice.ts'
import {
  apply,
  candidates,
  configure,
  enabled,
  type Offered,
  prove,
  type System,
  start,
  wordsOf,
} from '../../src/system/index.ts'
import type { RunView, SentEnvelope } from '../../src/view/index.ts'
import { savedRun } from '../saved-traces.ts'
import { inTier } from '../tiers.ts'

const lawful = registry.filter(({ properties }) => properties.law !== undefined)
const named = (name: string) => lawful.find(({ protocol }) => protocol.definition.name === name)!
const pbft = named('pbft')

interface Walked {
  readonly system: System
  readonly used: readonly SentMessage[]
  readonly byzantineReplica: number
}

/** Everything that correct replicas have said, and acted on, as if all of it were in everybody's hands. */
function envelopesOf({ soup }: System, used: readonly SentMessage[]): SentEnvelope[] {
  return [...soup, ...used.map((word) => ({ ...word, to: 'all' as const }))].map(({ from, to, message }, id) => ({
    id,
    from,
    to,
    message,
    origin: 'correct',
    sent: 0,
    arrivals: [],
    lost: [],
    missing: [],
    restsOn: [],
  }))
}

/**
 * A random walk in which a Byzantine replica repeats, to whom it likes, whatever a correct replica has said, if it can
 * be proved.
 */
function walked(protocol: Protocol, seed: number, steps: number): Walked {
  const byzantineReplica = seed % 4
  const run = inSetting(protocol, configure(protocol, { n: 4, byzantine: [byzantineReplica] })[0]!)
  const dice = new Dice(seed)
  let system = start(run)
  const used: SentMessage[] = []
  for (let i = 0; i < steps; i++) {
    const said = candidates(system.soup, [])
    const offered = system.soup.flatMap(({ message }): Offered[] => {
      const proof = run.proofOf(message)
      const witness = proof && prove(run, proof, said)
      if (proof && !witness) return []
      return [0, 1, 2, 3]
        .filter((to) => to !== byzantineReplica)
        .map((to) => ({ from: byzantineReplica, message, to, ...(witness ? { proof: witness } : {}) }))
    })
    const next = enabled(run, system, offered)
    if (next.length === 0) break
    const step = next[Math.floor(dice.unit() * next.length)]!
    system = apply(run, system, step)
    used.push(...wordsOf(run, step))
  }
  return { system, used, byzantineReplica }
}

/** Who follows the protocol, and is convicted by a law if all that correct replicas said is in everybody's hands. */
function convictedIn({ system, used, byzantineReplica }: Walked, protocol: Protocol, law: Law) {
  const all = convicted(envelopesOf(system, used), law, configure(protocol, { n: 4, byzantine: [] })[0]!)
  return all.filter(({ of }) => of !== byzantineReplica)
}

describe.each(
  lawful.flatMap(({ protocol, variants, properties }) =>
    [protocol, ...variants].map((one) => [one.subject, one, properties.law!] as const),
  ),
)('%s', (_, protocol, law) => {
  const isExcepted = protocol.variantName !== undefined && law.except?.includes(protocol.variantName) === true

  test.skipIf(isExcepted)('no run of its own code convicts who follows it', () => {
    for (let seed = 1; seed <= inTier(2, 40); seed++) {
      const found = convictedIn(walked(protocol, seed, 40), protocol, law)
      expect(found.map(({ of, crime, by }) => [seed, of, crime, by.map(({ message }) => message)])).toEqual([])
    }
  })
})

test('a law without its exceptions accuses who follows the code of a variant, and is found out', () => {
  const omits = pbft.variants.find(({ variantName }) => variantName === 'vc-omits-prepared')!
  const walks = Array.from({ length: 12 }, (_, i) => convictedIn(walked(omits, i + 1, 60), omits, pbft.properties.law!))
  expect(walks.flat().map(({ crime }) => crime)).toContain('amnesia')
})

test('proofs are looked for in all that was said: without PREPAREs a correct replica would be accused', async () => {
  const accusedIn = async (name: string): Promise<number[]> => {
    const { run, program, subject } = await savedRun(name)
    const envelopes = run.envelopes.filter(({ message }) => message.type !== 'PREPARE')
    const found = convictions({ ...run, envelopes }, program, subject.protocol, start(program), [], undefined)
    return found.map(({ of }) => of).filter((of) => !run.setting.byzantine.includes(of))
  }
  expect(
    (await Promise.all(['pbft-vc-unverified-certificates', 'pbft-new-view-unchecked'].map(accusedIn))).flat(),
  ).not.toEqual([])
})

test('what convicts', async () => {
  const crimes = async (name: string) => {
    const { run, program, subject, trace } = await savedRun(name)
    let system = start(program)
    for (const { digest: _, ...step } of trace.steps) system = apply(program, system, step as never)
    return convictions(run, program, subject.protocol, system, [], subject.properties.law).map(
      ({ of, crime }) => `r${of}: ${crime}`,
    )
  }
  expect(await crimes('pbft-quorum-2f-plus-1')).toEqual(['r0: equivocation'])
  expect(await crimes('pbft-commit-2f')).toEqual(['r0: amnesia'])
  expect(await crimes('pbft-new-view-unchecked')).toEqual(['r1: unjustified'])
  // Nobody signs: what convinces one receiver convinces no other.
  expect(await crimes('bracha-over-bound')).toEqual([])
  expect(await crimes('asyncio-pbft-forged-sender')).toEqual([])
})

test('who can be spoken for is not accused', async () => {
  const { run, program, subject } = await savedRun('pbft-commit-2f')
  const forged: RunView = { ...run, envelopes: run.envelopes.map((envelope) => ({ ...envelope, origin: 'forged' })) }
  expect(convictions(forged, program, subject.protocol, start(program), [], subject.properties.law)).toEqual([])
})
