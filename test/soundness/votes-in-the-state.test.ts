/**
 * However a rule looks at its state, the verdict is that of the search without reductions: nothing is inferred from how
 * it looks. Once in protocols that keep all in their state, once beside tallies that they declare.
 */
import { describe, expect, test } from 'vitest'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked } from './author.ts'

/** What V writes down, and how D looks at it; D puts out bad where it sees something. */
const looks: readonly (readonly [how: string, init: Anything, write: Anything, look: (state: Anything) => unknown])[] =
  [
    ['a field that is null or a list', { cert: [] }, (s: Anything) => set(s, 'cert', null), (s) => !s.cert],
    ['a list that may be null', { cert: null }, (s: Anything) => set(s, 'cert', []), (s) => s.cert !== null],
    ['Object.hasOwn', {}, certify, (s) => Object.hasOwn(s, 'cert')],
    ['in', {}, certify, (s) => 'cert' in s],
    ['the number of keys', {}, certify, (s) => Object.keys(s).length === 3],
    ['the whole as text', {}, certify, (s) => JSON.stringify(s).includes('cert')],
    ['a spread', { log: [] }, into, (s) => [...s.log].length === 2],
    ['the index in a callback', { log: [] }, into, (s) => s.log.some((_: string, i: number) => i === 1)],
    ['the list in a callback', { log: [] }, into, (s) => s.log.find((_: string, __: 0, l: string[]) => l.length === 2)],
    ['a callback that counts', { log: [] }, into, (s) => tallied(s.log) === 2],
    ['a sum', { log: [] }, into, (s) => s.log.reduce((sum: number) => sum + 1, 0) === 2],
    ['every of an empty list', { log: ['a'] }, (s: Anything) => void s.log.pop(), (s) => s.log.every(() => false)],
    ['a place in a list', { log: [] }, into, (s) => s.log.at(-1) === 'b' && s.log.indexOf('a') === 0],
    [
      'a list that is rebuilt',
      { log: [] },
      (s: Anything, v: string) => set(s, 'log', [...new Set([...s.log, v])].sort()),
      (s) => s.log[1],
    ],
    ['typeof', { cert: 0 }, certify, (s) => typeof s.cert === 'string'],
    ['a record by value', { by: {} }, (s: Anything, v: string) => set(s.by, v, true), (s) => s.by.a && s.by.b],
  ]

function set(part: Anything, key: string, value: Anything): void {
  part[key] = value
}

function certify(state: Anything, v: string): void {
  state.cert = v
}

function into(state: Anything, v: string): void {
  if (state.log.includes(v)) return
  state.log.push(v)
  state.log.sort()
}

function tallied(log: readonly string[]): number {
  let count = 0
  for (const _ of log) count++
  return count
}

const looking = ([, init, write, look]: (typeof looks)[number], tallies: Anything) =>
  authored(
    {
      V(state: Anything, { v }: Anything, ctx: Anything) {
        write(state, v)
        if (tallies) ctx.tally('votes').add(v, ctx.from)
      },
      D(state: Anything, _: Anything, ctx: Anything) {
        if (state.done || !look(state)) return
        state.done = true
        ctx.output('bad')
      },
    },
    {
      ...{ inbox: false, network: { duplicate: false }, selfDelivery: 'none', tallies },
      defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'] }, bounds: {} }),
      init: () => ({ done: false, said: 0, ...init }),
      input(state: Anything, v: string, ctx: Anything) {
        if (state.said > 0) return
        state.said++
        ctx.broadcast({ type: 'V', v })
        ctx.broadcast({ type: 'D' })
        ctx.output('said')
      },
    },
  )

describe('D sees what V has written, by', () => {
  test.each(looks)('%s', (...one) => {
    for (const tallies of [undefined, { votes: {} }]) {
      const protocol = looking(one, tallies)
      const plain = checked(protocol, { n: 3 }, undefined, REDUCTIONS)
      expect(plain['never-bad']).toMatch(/violated in [35]/)
      expect(checked(protocol)).toEqual(plain)
    }
  })
})
