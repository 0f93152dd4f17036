/** A healed run that does not come to rest is the author's: a message that names replica and rule, in every engine. */
import { expect, test } from 'vitest'
import { Healer } from '../../src/kernel/index.ts'
import { defineProtocol, liveness, type Network, program, UsageError } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { configure, heal, start, Table } from '../../src/system/index.ts'

interface Loop {
  state: { list: number[] }
  message: { type: 'GO'; value: number }
  output: string
}

/** How it goes on without end: on the same message, or on one new message after the other. */
type Kind = 'again' | 'new' | 'larger' | 'two-by-two'

function loop(kind: Kind, network: Partial<Network> = {}) {
  return defineProtocol<Loop>({
    name: 'loop',
    about: 'Never comes to rest.',
    rules: () => ({}),
    auth: 'channels',
    network,
    selfDelivery: 'network',
    defaults: () => ({ f: 0, b: 0, inputs: { 0: ['a'] }, values: ['a'], bounds: {} }),
    init: () => ({ list: [] }),
    input(state, _, ctx) {
      if (state.list.length > 0) return
      state.list.push(0)
      ctx.broadcast({ type: 'GO', value: 0 })
    },
    upon: {
      GO(state, { value }, ctx) {
        if (kind === 'two-by-two' && value % 2 === ctx.self % 2) return
        if (kind === 'again' || kind === 'larger') state.list.push(value)
        else if ((state.list[0] ?? -1) < value) state.list = [value]
        else return
        if (kind !== 'again') ctx.broadcast({ type: 'GO', value: kind === 'larger' ? state.list.length : value + 1 })
      },
    },
  })
}

const ends = liveness<any>({ name: 'ends', about: 'It ends.' }, () => 'it does not')

/** The message of the error that this ends in. */
function refused(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.suggestion}`
    throw error
  }
  throw new Error('it came to rest')
}

const kinds: Kind[] = ['again', 'new', 'larger', 'two-by-two']

test.each(kinds)('the reference, shrinking and the tables of check: %s', (kind) => {
  const protocol = loop(kind)
  const made = program(protocol, configure(protocol, { n: 2 })[0]!)
  const place = /^loop: its healed run does not come to rest: after \d+ firings rule GO of r[01] .*\| .*remember/
  expect(refused(() => heal(made, start(made), [], 'full'))).toMatch(place)
  if (kind === 'again') expect(refused(() => shrink(made, ends, []))).toMatch(place)
  const table = new Table(made)
  const healer = new Healer(made, 'full', table)
  const { locals } = start(made)
  const brokenAfter = {
    locals: locals.map((local) => table.locals.number(local!)),
    soup: healer.inboxes.soups.empty(),
    used: [],
    puts: locals.map(() => ({ outputs: [], notes: [] })),
  }
  expect(refused(() => healer.outcome(brokenAfter))).toMatch(place)
})

test('where each message is handed over once, answering every one with another is endless too', () => {
  const protocol = loop('new', { duplicate: false })
  const made = program(protocol, configure(protocol, { n: 2 })[0]!)
  const message = refused(() => heal(made, start(made), [], 'full'))
  expect(message).toMatch(/rule GO of r[01] still changes something \| a rule must become disabled/)
})

test('go-pbft proposes a request as often as it comes: its healed run is endless where messages come again', () => {
  const { variants } = registry.find(({ protocol }) => protocol.definition.name === 'go-pbft')!
  const protocol = variants.find(({ variantName }) => variantName === 'layer-2')!
  const asked = { n: 4, byzantine: [], clients: 1, values: ['a'], network: { duplicate: true }, bounds: { views: 1 } }
  const made = program(protocol, configure(protocol, asked)[0]!)
  const message = refused(() => heal(made, start(made), [], 'full'))
  expect(message).toContain('go-pbft/layer-2: its healed run does not come to rest')
  expect(message).toContain('rule REQUEST of r0')
  expect(message).toContain('hands each message over once')
})

test('what rests late is let rest', () => {
  const protocol = defineProtocol<Loop>({
    ...loop('again').definition,
    name: 'long',
    upon: {
      GO(state, { value }) {
        if (state.list.length < 600) state.list.push(value)
      },
    },
  })
  const made = program(protocol, configure(protocol, { n: 2 })[0]!)
  expect(heal(made, start(made), [], 'full').system.locals[0]!.state).toMatchObject({ list: { length: 600 } })
})
