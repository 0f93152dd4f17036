/** Evidence inside of a proof is in the hands of whoever got it, and is no message that came to it. */
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { explore } from '../../src/check/reference/explore.ts'
import { ReferenceSpace } from '../../src/check/reference/reference.ts'
import { defineProtocol, type Json, liveness, match, type Protocol, program, said } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'

interface Types {
  state: { proved: boolean; heard: boolean }
  message: { type: 'A' } | { type: 'B' }
  output: 'proved' | 'heard'
}

/** r0 can say B once it can say A; r1 heeds A only after B. */
const shows = defineProtocol<Types>({
  name: 'shows',
  about: 'A proof is shown.',
  rules: () => ({}),
  auth: 'signatures',
  alphabet: () => [{ type: 'A' }, { type: 'B' }],
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  init: () => ({ proved: false, heard: false }),
  upon: {
    A(state, _, ctx) {
      if (!state.proved || state.heard) return
      state.heard = true
      ctx.output('heard')
    },
    B(state, _, ctx) {
      if (state.proved) return
      state.proved = true
      ctx.output('proved')
    },
  },
  proofs: { B: () => said<Types['message']>(1, match<Types['message']>('A')) },
}) as Protocol

const about = 'Of what a healed run brings.'
const puts = (output: Types['output'], { outputs }: { readonly outputs: readonly { readonly output: Json }[] }) =>
  outputs.some((one) => one.output === output)

const claims = [
  liveness({ name: 'brings-nothing', about, healing: 'deliveries', reads: ['before'] }, (after, before) =>
    puts('heard', after) && !puts('heard', before) ? 'A was brought' : undefined,
  ),
  liveness({ name: 'brings-it', about, healing: 'deliveries' }, (after) =>
    puts('proved', after) && !puts('heard', after) ? 'A was not brought' : undefined,
  ),
  liveness({ name: 'is-not-held', about, healing: 'deliveries', reads: ['held'] }, ({ held }) =>
    held.some(({ message }) => message.type === 'A') ? 'A is held' : undefined,
  ),
]

const [setting] = configure(shows, { n: 2, f: 1, byzantine: [0] })
const shown = program(shows, setting!)
const right = { 'brings-nothing': undefined, 'brings-it': 1, 'is-not-held': 1 }

describe('what is inside of a proof', () => {
  test.each([[[]], [REDUCTIONS]])('on tables, without %j', (without) => {
    const checked = check({ program: shown, claims, without }).claims
    expect(Object.fromEntries(checked.map(({ claim, steps }) => [claim, steps?.length]))).toEqual(right)
  })

  test('state by state', () => {
    const space = new ReferenceSpace(shown, [{ type: 'A' }, { type: 'B' }])
    const { violations } = explore(space, claims, { maxStates: 100 })
    expect(Object.fromEntries(claims.map(({ name }) => [name, violations.get(name)?.steps.length]))).toEqual(right)
  })
})
