/** Unsound stand-ins, one for each kind of mistake that once made a verdict false; the laws have to notice each. */

import type { Case } from './case.ts'
import type { Twin } from './compare.ts'
import * as turncoat from './engines.ts'

type Definition = turncoat.Definition<any>
type Code = (...args: any[]) => void
type Wrapped = (handler: Code) => (state: any, argument: any, ctx: any) => void

/** The same code, with something done around every handler. Timeouts have no argument. */
function around(
  definition: Definition,
  wrap: Wrapped,
  parts: readonly string[] = ['upon', 'input', 'timeout', 'coin'],
): Definition {
  const named = (handler: Code): Code => Object.defineProperty(wrap(handler), 'name', { value: handler.name })
  const each = (of: any): any =>
    Object.fromEntries(
      Object.entries(of).map(([key, one]) => [key, Array.isArray(one) ? one.map(named) : named(one as Code)]),
    )
  const changed = (role: any): any => {
    const timed = (one: any): any =>
      Object.fromEntries(
        Object.entries(one).map(([key, handler]) => [
          key,
          (state: any, ctx: any) => wrap((s, _, c) => (handler as Code)(s, c))(state, undefined, ctx),
        ]),
      )
    return {
      ...role,
      ...(parts.includes('upon') ? { upon: each(role.upon) } : {}),
      ...(role.input && parts.includes('input') ? { input: named(role.input) } : {}),
      ...(role.timeout && parts.includes('timeout') ? { timeout: timed(role.timeout) } : {}),
      ...(role.coin && parts.includes('coin') ? { coin: each(role.coin) } : {}),
    }
  }
  return { ...changed(definition), ...(definition.client ? { client: changed(definition.client) } : {}) }
}

/** The same context with some of it changed. */
function withChanged(ctx: any, changes: object): any {
  const made = {}
  const names = [
    'self',
    'from',
    'n',
    'f',
    'clients',
    'bounds',
    'round',
    'rules',
    'broadcast',
    'send',
    'output',
    'note',
    'setTimer',
    'cancelTimer',
    'flip',
    'need',
    'take',
    'takeHighest',
  ]
  for (const name of names)
    Object.defineProperty(made, name, { get: () => ctx[name], enumerable: true, configurable: true })
  return Object.defineProperties(made, Object.getOwnPropertyDescriptors(changes))
}

const inContext = (changes: (ctx: any) => object, parts?: readonly string[]): Twin => ({
  definition: (definition) =>
    around(
      definition,
      (handler) => (state, argument, ctx) => handler(state, argument, withChanged(ctx, changes(ctx))),
      parts,
    ),
})

/** Messages of the domain that are left out: one a line. */
const unsaid = (isLeftOut: (line: string) => boolean): Twin => ({
  text: (file) =>
    file
      .split('\n')
      .filter((line) => !line.startsWith('  {"type":') || !isLeftOut(line))
      .join('\n'),
})

const onClaims = (change: (claim: any) => any): Twin => ({ claims: (claims) => claims.map(change) })

const judgedOn = (outcomeOf: (outcome: any) => any, isJudged: (outcome: any) => boolean = () => true): Twin =>
  onClaims((claim) =>
    claim.kind === 'invariant'
      ? { ...claim, broken: (outcome: any) => (isJudged(outcome) ? claim.broken(outcomeOf(outcome)) : undefined) }
      : claim,
  )

/** Changes every list, or value, of a state after a handler. */
const states = (change: (state: any, one: Case) => void): Twin => ({
  definition: (definition, one) =>
    around(definition, (handler) => (state, argument, ctx) => {
      handler(state, argument, ctx)
      change(state, one)
    }),
})

function firstOfEach(outputs: readonly any[], most: number): any[] {
  const key = ({ at, output }: any): string => JSON.stringify([at, output])
  return outputs.filter((one, i) => outputs.slice(0, i).filter((other) => key(other) === key(one)).length < most)
}

/** `check` in another network, with what came of it there. */
const vacuousElsewhere: typeof turncoat.check = (request) => {
  const { setting } = request.program
  const wider = { ...request.program, setting: { ...setting, network: { ...setting.network, duplicate: true } } }
  const result = turncoat.check(request)
  if (setting.network.duplicate || !result.claims.some(({ verdict }) => verdict === 'vacuous')) return result
  const elsewhere = turncoat.check({ ...request, program: wider })
  if (elsewhere.claims.some(({ verdict }) => verdict === 'vacuous')) return result
  return {
    ...result,
    claims: result.claims.map((claim) => (claim.verdict === 'vacuous' ? { ...claim, verdict: 'holds' } : claim)),
  }
}

const where = (twin: Twin, is: NonNullable<Twin['where']>): Twin => ({ ...twin, where: is })
const mentions = (twin: Twin, what: RegExp): Twin => where(twin, (file) => what.test(file))
const byzantineMessages = (one: Case): boolean => one.setting.byzantine.length > 0

export const TWINS: Readonly<Record<string, Twin>> = {
  'a universe without null': where(
    unsaid((line) => line.includes('null')),
    (file, one) => one.declares && byzantineMessages(one) && /^ {2}\{"type.*null/m.test(file),
  ),
  'a universe whose lists repeat nothing': where(
    unsaid((line) => /\[("?\w"?),\1\]/.test(line)),
    (file, one) => one.declares && byzantineMessages(one) && /^ {2}\{"type.*\[("?\w"?),\1\]/m.test(file),
  ),
  'a universe of sorted lists': where(
    unsaid((line) => line.includes('["b","a"]') || line.includes('[1,0]')),
    (file, one) => one.declares && byzantineMessages(one) && /^ {2}\{"type.*(\["b","a"\]|\[1,0\])/m.test(file),
  ),
  'a universe of records with all their keys': unsaid((line) => !line.includes('"b":') && line.includes('"a":')),
  'a universe without optional fields': unsaid((line) => !line.includes('"v":')),
  'choices of a take that end': mentions(
    inContext((ctx) => ({
      take: (q: number, match: any, summarise: any, role: any) =>
        ctx.take(
          q,
          (message: any, from: number) => match(message, from) && !JSON.stringify(message).includes('b'),
          summarise,
          role,
        ),
    })),
    /ctx\.take/,
  ),
  'claims that read what was said, judged when something is put out': judgedOn(
    (outcome) => outcome,
    ({ fresh, soup }) => fresh.length > 0 || soup.length === 0,
  ),
  'one of several equal outputs': judgedOn((outcome) => ({ ...outcome, outputs: firstOfEach(outcome.outputs, 1) })),
  'outputs in no order': mentions(
    judgedOn((outcome) => ({ ...outcome, outputs: [...outcome.outputs].reverse() })),
    /i < j/,
  ),
  'notes for all claims': onClaims((claim) => ({ ...claim, reads: [...new Set([...claim.reads, 'notes'])] })),
  'a guard in a wider network': where({ check: vacuousElsewhere }, (_, one) => !one.setting.network.duplicate),
  'nobody speaks in the receiver’s own name': where(
    {
      definition: (definition, one) =>
        one.setting.auth !== 'none' || definition.selfDelivery === 'network'
          ? definition
          : around(
              definition,
              (handler) => (state, argument, ctx) => void (ctx.from !== ctx.self && handler(state, argument, ctx)),
              ['upon'],
            ),
    },
    (_, one) => byzantineMessages(one) && one.setting.auth === 'none' && one.selfDelivery !== 'network',
  ),
  'own broadcasts as evidence where nobody hears itself': {
    definition: (definition) =>
      definition.selfDelivery === 'none' ? { ...definition, selfDelivery: 'inbox' } : definition,
  },
  'keys in another order': {
    definition: (definition) =>
      around(definition, (handler) => (state, argument, ctx) => {
        const other = Object.fromEntries(Object.entries(state).reverse())
        handler(other, argument, ctx)
        for (const key of Object.keys(state)) if (!(key in other)) delete state[key]
        Object.assign(state, other)
      }),
  },
  'what is said changes afterwards': mentions(
    {
      definition: (definition) =>
        around(definition, (handler) => (state, argument, ctx) => {
          const late: any[] = []
          handler(state, argument, withChanged(ctx, { broadcast: (message: any) => void late.push(message) }))
          for (const message of late) ctx.broadcast(message)
        }),
    },
    /broadcast\([^)]*state\.\w+ \}\); /,
  ),
  'an index at which nobody looks': mentions(
    { text: (file) => file.replaceAll('(item, index) =>', '(item, _, __, index = 0) =>') },
    /state\.\w+\.\w+\(\(item, index\)/,
  ),
  'a key at which nobody looks': mentions(
    { text: (file) => file.replaceAll(/Object\.hasOwn\(state, '(\w+)'\)/g, '(state.$1 !== null)') },
    /Object\.hasOwn\(state, 'lock'/,
  ),
  'null is an empty list': mentions(
    {
      definition: (definition, one) => {
        const names = one.replica.state
          .filter(({ shape }) => shape.kind === 'nullable' && shape.of.kind === 'list')
          .map(({ name }) => name)
        return around(definition, (handler) => (state, argument, ctx) => {
          for (const name of names) state[name] ??= []
          handler(state, argument, ctx)
        })
      },
    },
    /cert/,
  ),
  'a field that is there or not': states((state, one) => {
    for (const { name, optional, shape } of one.replica.state)
      if (optional && shape.kind === 'text') state[name] ??= shape.of[0]
  }),
  'timeouts whose questions nobody answers': mentions(
    inContext((ctx) => ({ need: (_: number, ...more: any[]) => ctx.need(ctx.n + 1, ...more) }), ['timeout']),
    /timeout: \{ t[\s\S]*?ctx\.need\([\s\S]*?\n {2,4}\} \}/,
  ),
  'one sender for all': inContext(
    (ctx) => ({
      get from() {
        return ctx.from === ctx.self ? ctx.self : ctx.self === 0 ? 1 : 0
      },
    }),
    ['upon'],
  ),
  'proofs that hold nobody': where(
    { definition: ({ proofs: _, ...definition }) => definition as Definition },
    (_, one) => byzantineMessages(one) && one.setting.auth === 'signatures' && Object.keys(one.proofs).length > 0,
  ),
  'addressed words that convince others': where(
    { definition: (definition) => ({ ...definition, addressed: [] }) },
    (_, one) => byzantineMessages(one) && one.setting.auth === 'signatures' && one.addressed.length > 0,
  ),
  'bounds that bind nobody': { definition: ({ within: _, ...definition }) => definition as Definition },
  'coins that fall on one side': {
    definition: (definition) =>
      around(definition, (handler) => (state, value, ctx) => void (value === 0 && handler(state, value, ctx)), [
        'coin',
      ]),
  },
  'messages that come again': {
    setting: (setting) => ({ ...setting, network: { ...setting.network, duplicate: true } }),
  },
  'replicas that never crash': { setting: (setting) => ({ ...setting, crash: [] }) },
  'replicas that never restart': where(
    { setting: ({ restart: _, ...setting }) => setting },
    (_, one) => one.durable !== undefined,
  ),
  'a restart that loses nothing': where(
    { definition: (definition, one) => ({ ...definition, durable: () => one.replica.state.map(({ name }) => name) }) },
    (_, one) => one.durable !== undefined,
  ),
  'a restart that keeps nothing': where(
    { definition: (definition) => ({ ...definition, durable: () => [] }) },
    (_, one) => one.durable !== undefined && one.durable.length > 0,
  ),
  'Byzantine replicas whose words bind nobody': where(
    {
      setting: (setting) => (setting.auth === 'signatures' ? { ...setting, auth: 'channels' } : setting),
    },
    (_, one) => byzantineMessages(one) && one.setting.auth === 'signatures' && Object.keys(one.proofs).length > 0,
  ),
}
