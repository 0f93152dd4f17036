import { expect } from 'vitest'
import { invariant, program, sometimes } from '../../src/model/index.ts'
import { CALM, SILENT, simulate } from '../../src/simulate/index.ts'
import { configure } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked, fuzzed } from './author.ts'

export const some = sometimes<Anything>(
  { name: 'some', about: 'Somebody puts something out.' },
  (o) => o.outputs.length > 0,
)
export const of = (described: Anything, broken: (outcome: Anything) => Anything) =>
  invariant<Anything>({ name: 'it', about: 'What the test says.', ...described }, broken)

/** r0 puts out `pay` four times, and notes it. */
export const paying = authored(() => {}, {
  input(state: Anything, v: string, ctx: Anything) {
    if (state.said > 3) return
    state.said++
    ctx.output('pay')
    ctx.note({ paid: v })
    ctx.broadcast({ type: 'V', v })
  },
})

export function simulated(protocol: ReturnType<typeof authored>, claims: readonly Anything[], configuration: Anything) {
  const [setting] = configure(protocol, configuration)
  const { violated } = simulate({
    ...{ program: program(protocol, setting!), conditions: CALM, seed: 1, faults: SILENT, load: { kind: 'inputs' } },
    ...{ until: { ms: 1_000, events: 1_000, decisions: 9 }, claims },
  })
  return violated.map(({ claim }) => claim)
}

/** The claim is refused with the same words by every engine. */
export async function refused(claim: Anything, says: RegExp, protocol = paying, configuration: Anything = { n: 2 }) {
  const claims = [claim, some]
  expect(() => checked(protocol, configuration, claims)).toThrow(says)
  expect(() => checked(protocol, configuration, claims, REDUCTIONS)).toThrow(says)
  expect(() => checked(protocol, { ...configuration, steps: 'eager' }, claims)).toThrow(says)
  await expect(fuzzed(protocol, configuration, claims)).rejects.toThrow(says)
  if (claim.kind !== 'liveness') expect(() => simulated(protocol, claims, configuration)).toThrow(says)
}
