/** What is called an equivocation of a Byzantine replica is nothing that a correct one does. */
import { expect, test } from 'vitest'
import { contradict, program as inSetting, isLockstep, type Protocol } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { apply, configure, enabled, type System, start } from '../../src/system/index.ts'
import type { SentEnvelope } from '../../src/view/index.ts'
import { dice } from '../shrink/walk.ts'
import { inTier } from '../tiers.ts'

const STEPS = 60

/** All that correct replicas say in a random run. */
function saidIn(protocol: Protocol, seed: number): SentEnvelope[] {
  const program = inSetting(protocol, configure(protocol, { byzantine: [] })[0]!)
  const roll = dice(seed)
  let system: System = start(program)
  for (let i = 0; i < STEPS; i++) {
    const steps = enabled(program, system)
    if (steps.length === 0) break
    system = apply(program, system, steps[roll(steps.length)]!)
  }
  const { n } = program.setting
  return system.soup
    .filter(({ from }) => from < n)
    .map(({ from, to, message }, id) => ({
      ...{ id, from, to, message, origin: 'correct', sent: 0, arrivals: [], lost: [], missing: [], restsOn: [] },
    }))
}

test.each(
  registry
    .filter(({ protocol }) => !isLockstep(protocol))
    .map(({ protocol, properties: { law } }) => [protocol.subject, protocol, law] as const),
)('%s', (_, protocol, law) => {
  for (let seed = 1; seed <= inTier(2, 40); seed++) {
    const said = saidIn(protocol, seed).filter(({ message }) => law?.once.includes(message.type) ?? true)
    const pairs = said.flatMap((one, i) =>
      said
        .slice(i + 1)
        .filter((other) => contradict(one, other))
        .map((other) => JSON.stringify([one.from, one.message, other.message])),
    )
    expect(pairs.slice(0, 3)).toEqual([])
  }
})
