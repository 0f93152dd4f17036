import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, defineProtocol, type Json, type Local, program } from '../../src/model/index.ts'
import { Dormant } from '../../src/simulate/dormant.ts'
import { changes, Footprint } from '../../src/simulate/footprint.ts'
import { configure } from '../../src/system/index.ts'

/** What the rule under test does with its state, and what it learns; it never changes anything. */
let reader: (state: any) => unknown = () => undefined
let learned: unknown

const protocol = defineProtocol<{ state: object; message: { type: 'LOOK' } }>({
  name: 'reader',
  about: 'A rule that only looks.',
  rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, bounds: {} }),
  init: () => ({}),
  upon: {
    LOOK(state) {
      learned = reader(state)
    },
  },
})
const of = program(protocol, configure(protocol, { n: 2 })[0]!)
const event = { kind: 'message', rule: 'LOOK', from: 1, message: { type: 'LOOK' } } as const
const local = (state: Json): Local => ({ state, timers: [], coins: [] })

/** Does what looked at the first state sleep on in the second? */
function sleepsOn(footprint: Footprint, before: Json, after: Json): boolean {
  const looked = footprint.of(0, local(before), event)!
  const dormant = new Dormant<string, true>()
  dormant.sleep('rule', true, looked)
  dormant.wake(changes(local(before), local(after)))
  return dormant.get('rule') === true
}

function wakes(look: (state: any) => unknown, before: Json, after: Json): boolean {
  reader = look
  return !sleepsOn(new Footprint(of), before, after)
}

describe('wakes up', () => {
  const log = [
    { slot: 1, done: false },
    { slot: 2, done: true },
  ]
  const cases: [string, (state: any) => unknown, Json, Json][] = [
    ['a field that was read', (s) => s.view, { view: 0 }, { view: 1 }],
    ['a field that was not there', (s) => s.view, {}, { view: 1 }],
    ['a field that is gone', (s) => s.view, { view: 1 }, {}],
    ['a field in something that was replaced', (s) => s.a?.b, { a: { b: 1 } }, { a: null }],
    ['the length of a list', (s) => s.log.length, { log }, { log: log.slice(1) }],
    ['all of a list', (s) => s.log.map((e: any) => e.slot), { log }, { log: [...log, { slot: 3, done: false }] }],
    ['names', (s) => Object.keys(s), { a: 1 }, { a: 1, b: 2 }],
    ['what would be overwritten', (s) => Object.assign(s, { view: 0 }), { view: 0 }, { view: 1 }],
    [
      'what was found',
      (s) => s.log.find((e: any) => e.slot === 2).done,
      { log },
      { log: [log[0]!, { slot: 2, done: false }] },
    ],
    [
      'what was passed over',
      (s) => s.log.find((e: any) => e.slot === 2),
      { log },
      { log: [{ slot: 2, done: false }, log[1]!] },
    ],
    [
      'what was searched for in vain',
      (s) => s.log.some((e: any) => e.slot === 3),
      { log },
      { log: [...log, { slot: 3, done: false }] },
    ],
    [
      'what every item has',
      (s) => s.log.every((e: any) => e.slot < 3),
      { log },
      { log: [...log, { slot: 3, done: true }] },
    ],
    [
      'something that only the new item made it look at',
      (s) => s.log.find((e: any) => s.view === e.slot),
      { log: [], view: 5 },
      { log: [{ slot: 5, done: true }], view: 5 },
    ],
  ]
  test.each(cases)('for %s', (_, look, before, after) => expect(wakes(look, before, after)).toBe(true))
})

describe('sleeps on', () => {
  const log = [{ slot: 1, votes: 0 }]
  const cases: [string, (state: any) => unknown, Json, Json][] = [
    ['another field', (s) => s.view, { view: 0, log }, { view: 0, log: [] }],
    [
      'another part of what was found',
      (s) => s.log.find((e: any) => e.slot === 1).slot,
      { log },
      { log: [{ slot: 1, votes: 9 }] },
    ],
    [
      'what comes after what was found',
      (s) => s.log.find((e: any) => e.slot === 1),
      { log },
      { log: [...log, { slot: 2, votes: 0 }] },
    ],
    [
      'a new item that is none either',
      (s) => s.log.some((e: any) => e.slot === 7),
      { log },
      { log: [...log, { slot: 2, votes: 0 }] },
    ],
  ]
  test.each(cases)('for %s', (_, look, before, after) => expect(wakes(look, before, after)).toBe(false))
})

test('wakes up for a new item that is compared with what has changed unseen', () => {
  reader = (s) => s.log.find((e: any) => s.view === e.slot)
  const footprint = new Footprint(of)
  const dormant = new Dormant<string, true>()
  const states = [
    { log: [], view: 0 },
    { log: [], view: 5 },
    { log: [{ slot: 5 }], view: 5 },
  ]
  dormant.sleep('rule', true, footprint.of(0, local(states[0]!), event)!)
  dormant.wake(changes(local(states[0]!), local(states[1]!)))
  expect(dormant.get('rule')).toBe(true)
  dormant.wake(changes(local(states[1]!), local(states[2]!)))
  expect(dormant.get('rule')).toBeUndefined()
})

/** One look at a state, as plain data: a failing case is printed. */
interface Glance {
  readonly kind: 'get' | 'has' | 'keys' | 'length' | 'all'
  readonly path: readonly (string | number)[]
}
interface Search {
  readonly kind: 'find' | 'some' | 'every' | 'findIndex' | 'includes'
  readonly path: readonly (string | number)[]
  readonly is: number
}
type Look = Glance | Search

const keys = fc.constantFrom('a', 'b', 0, 1, 2)
const path = fc.array(keys, { maxLength: 3 })
const look: fc.Arbitrary<Look> = fc.oneof(
  fc.record({ kind: fc.constantFrom('get', 'has', 'keys', 'length', 'all'), path }),
  fc.record({ kind: fc.constantFrom('find', 'some', 'every', 'findIndex', 'includes'), path, is: fc.nat({ max: 2 }) }),
) as fc.Arbitrary<Look>

const { state } = fc.letrec<{ value: Json; list: Json[]; record: { [key: string]: Json }; state: Json }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.nat({ max: 2 }), tie('list'), tie('record')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  record: fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
  state: tie('record'),
}))

function looked(value: any, one: Look): unknown {
  let here = value
  for (const key of one.path) {
    if (typeof here !== 'object' || here === null) return 'nothing'
    here = here[key]
  }
  if (one.kind === 'get') return typeof here === 'object' ? Array.isArray(here) : here
  if (typeof here !== 'object' || here === null) return 'nothing'
  if (one.kind === 'has') return 'a' in here
  // The order of keys is no part of a value.
  if (one.kind === 'keys') return Object.keys(here).sort()
  if (one.kind === 'all') return canonical(here)
  if (!Array.isArray(here)) return 'no list'
  if (one.kind === 'length') return here.length
  if (one.kind === 'includes') return here.includes((one as Search).is)
  // What an item is compared with may be another part of the state.
  const is = (item: any): boolean => (typeof item === 'object' ? item.a === value.b : item === (one as Search).is)
  const found: any = here[one.kind](is)
  return typeof found === 'object' ? Object.keys(found).sort() : found
}

test('what sleeps on would learn the same', () => {
  let slept = 0
  const law = fc.property(
    state,
    fc.array(state, { minLength: 1, maxLength: 4 }),
    fc.array(look, { minLength: 1, maxLength: 4 }),
    (first, later, looks) => {
      reader = (value) => JSON.stringify(looks.map((one) => looked(value, one)))
      const footprint = new Footprint(of)
      const dormant = new Dormant<string, true>()
      dormant.sleep('rule', true, footprint.of(0, local(first), event)!)
      const told = learned
      expect(told).toBe(reader(first))
      let before = first
      for (const after of later) {
        dormant.wake(changes(local(before), local(after)))
        if (!dormant.get('rule')) return
        slept++
        expect(reader(after)).toBe(told)
        before = after
      }
    },
  )
  fc.assert(law, { seed: 11, numRuns: Number(process.env['TURNCOAT_LAWS'] ?? 3_000) })
  expect(slept).toBeGreaterThan(300)
})
