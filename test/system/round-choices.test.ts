import { expect, test } from 'vitest'
import { ReferenceSpace } from '../../src/check/reference/reference.ts'
import { canonical, type Protocol, program, type Setting } from '../../src/model/index.ts'
import { phaseKing } from '../../src/protocols/phase-king.ts'
import { syncHotstuff } from '../../src/protocols/sync-hotstuff.ts'
import { configure, start } from '../../src/system/index.ts'

const spaceOf = (protocol: Protocol, setting: Setting) => {
  const run = program(protocol, setting)
  const { alphabet } = protocol.definition
  return new ReferenceSpace(run, [...alphabet!({ ...setting, rules: run.rules } as never)!] as never)
}

// A program remembers what a replica makes of a round; one that was made for this state alone has nothing to remember.
test.each([
  ['phase-king', phaseKing as unknown as Protocol, { n: 3, f: 1, byzantine: [0] }, 60],
  ['sync-hotstuff', syncHotstuff as unknown as Protocol, { n: 3, f: 1, byzantine: [0], bounds: { views: 2 } }, 60],
] as const)('%s: what is remembered of other systems is what this one would do', (_, protocol, configuration, most) => {
  const [setting] = configure(protocol, configuration as never)
  const shared = spaceOf(protocol, setting!)
  const stepsOf = (space: ReferenceSpace, system: ReturnType<typeof start>) =>
    space.successors(system).map((next) => canonical(next.step() as never))
  const queue = [start(shared.program)]
  for (let next = 0; next < most; next++) {
    const system = queue[next]!
    expect(stepsOf(shared, system)).toEqual(stepsOf(spaceOf(protocol, setting!), system))
    // The last ones first, so that the walk gets deep, and a few of each.
    queue.splice(next + 1, 0, ...[...shared.successors(system)].slice(-3).map(({ after }) => after))
  }
})
