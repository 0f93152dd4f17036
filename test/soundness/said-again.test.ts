/** Whoever says again what it has said takes no step, whichever Byzantine message it would say that on. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { searchReference } from '../../src/check/reference/reference.ts'
import { defineProtocol, liveness, type Protocol, program } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'

interface Types {
  state: { open: boolean; seen: number[] }
  message: { type: 'A'; v: number } | { type: 'R' }
  output: number
}

const alphabet = (): Types['message'][] => [{ type: 'A', v: 0 }, { type: 'A', v: 1 }, { type: 'R' }]

/** r1 answers each A alike, until an input opens it: then it puts out what came. */
const answers = defineProtocol<Types>({
  name: 'answers',
  about: 'Every message is answered alike.',
  rules: () => ({}),
  auth: 'channels',
  alphabet,
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 1: ['a'] }, bounds: {} }),
  init: () => ({ open: false, seen: [] }),
  input(state) {
    state.open = true
  },
  upon: {
    A(state, { v }, ctx) {
      if (!state.open) ctx.broadcast({ type: 'R' })
      else if (!state.seen.includes(v)) {
        state.seen.push(v)
        state.seen.sort()
        ctx.output(v)
      }
    },
    R() {},
  },
}) as Protocol

const bringsFew = liveness<Types['output']>(
  { name: 'brings-few', about: 'Healing brings one A at most.', healing: 'deliveries', reads: ['before'] },
  (after, before) => (after.outputs.length > before.outputs.length + 1 ? 'two were there' : undefined),
)

const [setting] = configure(answers, { n: 2, f: 1, byzantine: [0] })
const run = program(answers, setting!)

test.each([[[]], [['quotient']], [REDUCTIONS]] as const)('on the tables, without %j', (without) => {
  expect(check({ program: run, claims: [bringsFew], without }).claims[0]!.verdict).toBe('holds')
})

test('state by state', () => {
  const { finished, violations } = searchReference(run, [bringsFew], alphabet(), { maxStates: 1_000 })
  expect([finished, violations.size]).toEqual([true, 0])
})
