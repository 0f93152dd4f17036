/** Where somebody silently comes to is known from turns before only if the same words may have arrived. */
import { expect, test } from 'vitest'
import { Healer, NOTHING_PUT } from '../../src/kernel/healed/index.ts'
import { defineProtocol, type Facts, type Protocol, program } from '../../src/model/index.ts'
import { configure, Table } from '../../src/system/index.ts'

interface Types {
  state: { at: 'start' | 'off' | 'ready' }
  message: { type: 'HELP' } | { type: 'X' }
  output: 'ready'
}

/** HELP of Byzantine r0 makes r1 ready; X of r2 makes it go off, where no HELP has come before. */
const helped = defineProtocol<Types>({
  name: 'helped',
  about: 'Ready or off, by whether help has come.',
  rules: () => ({}),
  auth: 'channels',
  selfDelivery: 'none',
  defaults: () => ({ f: 1, b: 1, values: ['a'], inputs: {}, bounds: {} }),
  init: () => ({ at: 'start' }),
  upon: {
    HELP(state, _, ctx) {
      if (ctx.self !== 1 || state.at !== 'start') return
      state.at = 'ready'
      ctx.output('ready')
    },
    X(state, _, ctx) {
      if (ctx.self === 1 && state.at === 'start') state.at = 'off'
    },
  },
}) as Protocol

test.each([[[false, true]], [[true, false]]])('arrived, one search after the other: %j', (order) => {
  const here = program(helped, configure(helped, { n: 3, byzantine: [0] })[0]!)
  const table = new Table(here)
  const help = table.messages.number({ type: 'HELP' })
  const healer = new Healer(here, 'deliveries', table, [{ from: 0, message: help }])
  const { soups } = healer.inboxes
  const x = healer.inboxes.entry(2, table.messages.number({ type: 'X' }), 'all')
  const local = (at: Types['state']['at']): number => table.locals.number({ state: { at }, timers: [], coins: [] })
  const start = (at: Types['state']['at']) => ({ local: local(at), owed: [] })
  const starts = {
    locals: [[], [start('start'), start('off')], [start('start')]],
    soup: soups.plus(soups.empty(), x),
    puts: here.setting.inputs.map(() => NOTHING_PUT),
  }
  const isReady = ({ outputs }: Facts): boolean => outputs.length > 0
  for (const arrived of order) {
    const isNeverReady = healer.always(
      starts,
      () => arrived,
      (end) => !isReady(end),
    )
    expect(isNeverReady, `help has ${arrived ? '' : 'not '}arrived`).toBe(!arrived)
  }
})
