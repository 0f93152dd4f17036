import { type Context, defineLockstep, type Id, match, Protocol, program, said } from '../../src/model/index.ts'
import { apply, configure, type ProvedMessage, type Step, type System, start } from '../../src/system/index.ts'

type Message = { type: 'HERE'; value: string } | { type: 'SEEN'; by: Id } | { type: 'SECRET' }

export interface Census {
  state: { value: string | null; heard: string[] }
  message: Message
  output: { heard: string[] }
  rules: typeof rules
}

const rules = () => ({ misbehaves: '' })

const byRule: Record<string, (ctx: Context<Census>) => void> = {
  waits: (ctx) => ctx.need(1, match<Message>('HERE')),
  'says-twice': (ctx) => {
    ctx.broadcast({ type: 'SEEN', by: 0 })
    ctx.broadcast({ type: 'SEEN', by: 1 })
  },
  unlisted: (ctx) => ctx.broadcast({ type: 'SEEN', by: 99 }),
  throws: (ctx) => {
    if (ctx.self === 0 && ctx.round === 1) throw new Error('tired')
  },
}

/** Who is here? Two rounds; SEEN says that somebody's HERE was heard, and needs that HERE for a proof. */
export const census = defineLockstep<Census>({
  name: 'census',
  about: 'Writes down what arrives in each of two rounds.',
  rules,
  defaults: () => ({ f: 1, b: 1, inputs: 'any', bounds: {} }),
  rounds: () => 2,
  alphabet: ({ n, values }) => [
    ...values.map((value): Message => ({ type: 'HERE', value })),
    ...Array.from({ length: n }, (_, by): Message => ({ type: 'SEEN', by })),
    { type: 'SECRET' },
  ],
  init: () => ({ value: null, heard: [] }),
  input(state, value, ctx) {
    if (state.value !== null) return
    state.value = value
    ctx.broadcast({ type: 'HERE', value })
    ctx.send((ctx.self + 1) % ctx.n, { type: 'SECRET' })
  },
  round(state, inbox, ctx) {
    byRule[ctx.rules.misbehaves]?.(ctx)
    for (const { from, message } of inbox) state.heard.push(`${ctx.round} ${from} ${message.type}`)
    if (ctx.round === 2) ctx.output({ heard: [...state.heard] })
    else if (inbox.some(({ message }) => message.type === 'HERE')) ctx.broadcast({ type: 'SEEN', by: ctx.self })
  },
  proofs: { SEEN: ({ by }) => said(1, (message, from) => message.type === 'HERE' && from === by) },
})

/** The same, but a HERE needs somebody's SEEN, which nobody can have said before round 1. */
export const lateHere = new Protocol<Census>({
  ...census.definition,
  proofs: { HERE: () => said<Message>(1, (message) => message.type === 'SEEN') },
})

/** The census among three, of whom the last Byzantine messages. */
export function scene(protocol = census, byzantine: readonly Id[] = [2]) {
  const run = program(protocol, configure(protocol, { n: 3, byzantine })[0]!)
  const take = (...steps: Step[]): System => steps.reduce((system, step) => apply(run, system, step), start(run))
  return { run, take }
}

/** `r2` says that it is here. */
export const here = (value: string, from = 2): ProvedMessage => ({ from, message: { type: 'HERE', value } as never })
