import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { type HandlerOf, reactThere } from '../../src/external/handler.ts'
import type { Before } from '../../src/external/program-of.ts'
import { beginStateful, reactStateful } from '../../src/external/stateful.ts'
import { answerIn } from '../../src/external/wire.ts'
import type { Json } from '../../src/model/index.ts'

const text = readFileSync(join(import.meta.dirname, '../../wire.schema.json'), 'utf8')
const schema = (name: string) => {
  const { $defs } = JSON.parse(text)
  return z.fromJSONSchema({ ...$defs[name], $defs } as never)
}
const [answers, requests] = [schema('Answer'), schema('Request')]

const GOOD: readonly object[] = [
  {},
  { state: { view: 1 } },
  { do: [] },
  { do: [{ broadcast: { type: 'A' } }, { send: { type: 'A' }, to: 2 }, { output: null }, { note: 1 }] },
  { do: [{ timer: 'view', factor: 2 }, { timer: 'view' }, { cancel: 'view' }, { flip: 'coin' }] },
  { do: [], digest: 'x' },
  { snapshot: [1] },
  { ignored: true },
  { error: 'no' },
  { summary: null },
  { ask: 'self' },
  { ask: 'from' },
  { ask: 'bound', bound: 'views' },
  { ask: 'need', q: 3, match: { type: 'A' } },
  { ask: 'take', q: 3, match: { type: 'A', fields: { view: 0 }, from: 1 }, summary: 'highest', role: 'client' },
  { ask: 'add', tally: 'votes', key: ['a'], voter: 1 },
  { ask: 'count', tally: 'votes', key: 'a' },
  { ask: 'voted', tally: 'votes', voter: 1 },
]

const BAD: readonly object[] = [
  { state: 3 },
  { state: {}, more: 1 },
  { do: {} },
  { do: [{ shout: 1 }] },
  { do: [{ broadcast: 'A' }] },
  { do: [{ send: { type: 'A' } }] },
  { do: [{ output: 1, note: 1 }] },
  { do: [{ timer: 1 }] },
  { digest: 1 },
  { ignored: 'yes' },
  { error: 1 },
  { error: 'no', state: {} },
  { ask: 'time' },
  { ask: 'self', of: 1 },
  { ask: 'need', q: 3 },
  { ask: 'need', q: 3, match: { fields: {} } },
  { ask: 'take', q: 3, match: { type: 'A' }, summary: 1 },
  { ask: 'count', tally: 'votes' },
]

const read = (answer: object) => answerIn(JSON.stringify({ id: 7, ...answer }), 'it', 7)

test.each(GOOD.map((answer) => [JSON.stringify(answer), answer] as const))('%s is an answer', (_, answer) => {
  expect(read(answer)).toEqual(answer)
  expect(answers.safeParse({ id: 7, ...answer }).success).toBe(true)
})

test.each(BAD.map((answer) => [JSON.stringify(answer), answer] as const))('%s is none', (_, answer) => {
  expect(() => read(answer)).toThrow(/printed a line that is not an answer/)
  expect(answers.safeParse({ id: 7, ...answer }).success).toBe(false)
})

test('an answer repeats the number of its request', () => {
  expect(() => answerIn('{"id":6}', 'it', 7)).toThrow(/its `id` is 6, and 7 was asked/)
  expect(() => answerIn('{}', 'it', 7)).toThrow(/its `id` is missing/)
  expect(() => answerIn('[7]', 'it', 7)).toThrow(/it is not an object: \[7\]/)
})

/** What a program is asked, for which this one answers nothing. */
function asked(run: (place: HandlerOf) => void): string[] {
  const lines: string[] = []
  const ask = (request: string, before?: Before) => {
    lines.push(...(before?.lines() ?? []), request)
    return {}
  }
  run({ program: { ask } as never, role: 'replica', name: 'it', stateful: false })
  return lines
}

test('what a program is asked fits the schema', () => {
  const bounds = { repeats: 2 }
  const ctx: any = { self: 1, from: 2, n: 4, f: 1, clients: 0, bounds, rules: { quorum: 3, primary: () => 0 } }
  const message = { type: 'A', view: 0 }
  const event = { event: 'message', rule: 'A', message } as const
  const lines = [
    ...asked((place) => reactThere(place, event, { view: 0 }, ctx)),
    ...asked((place) => reactThere(place, { event: 'coin', coin: 'c', value: 1 }, {}, ctx)),
    ...asked((place) => {
      const state = beginStateful(place, ctx) as Record<string, Json>
      reactStateful(place, event, state, ctx)
      reactStateful(place, event, state, ctx)
    }),
    ...asked((place) => reactStateful(place, { event: 'timeout', timer: 'view' }, { snapshot: 1 }, ctx)),
  ]
  expect(lines).toHaveLength(11)
  for (const line of lines) {
    const request = { id: 0, ...JSON.parse(line) }
    expect(requests.safeParse(request).success, line).toBe(true)
    expect(requests.safeParse({ ...request, event: 'dance' }).success).toBe(false)
  }
  expect(JSON.parse(lines[0]!).rules).toEqual({ quorum: 3 })
})
