/** A random protocol in one setting: data that is written out as the TypeScript that a person would write. */
import type { Field } from './shapes.ts'
import type { MessageType } from './statements.ts'

export interface Rule {
  readonly name: string
  readonly lines: readonly string[]
}

/** What runs at a replica, or at a client. */
export interface Role {
  readonly state: readonly (Field & { readonly init?: string })[]
  readonly init: readonly string[]
  readonly input: readonly string[]
  readonly upon: readonly { readonly type: string; readonly rules: readonly Rule[] }[]
  readonly timeout?: readonly string[]
  readonly coin?: readonly string[]
}

export interface Circumstances {
  readonly n: number
  readonly f: number
  readonly byzantine: readonly number[]
  readonly crash: readonly number[]
  readonly restart?: readonly number[]
  readonly clients: number
  readonly inputs: { readonly [id: number]: readonly string[] }
  readonly bounds: { readonly [name: string]: number }
  readonly auth: 'signatures' | 'channels' | 'none'
  readonly network: {
    readonly duplicate: boolean
    readonly lose: boolean
    readonly fifo: boolean
    readonly gossip: boolean
  }
  readonly steps: 'lazy' | 'eager'
}

export interface Case {
  readonly seed: number
  /** Does it list what can be said? */
  readonly declares: boolean
  readonly values: readonly string[]
  readonly messages: readonly MessageType[]
  readonly rules: string
  readonly replica: Role
  readonly client?: Role
  /** Proofs by type, as source text. */
  readonly proofs: Readonly<Record<string, string>>
  readonly addressed: readonly string[]
  readonly selfDelivery: 'inbox' | 'at-once' | 'network' | 'none'
  readonly inbox: boolean
  /** Fields of the state that survive a restart. */
  readonly durable?: readonly string[]
  readonly within?: string
  readonly viewOf?: string
  readonly claims: readonly string[]
  readonly setting: Circumstances
}

const indent = (lines: readonly string[], by: number): string =>
  lines.map((line) => `${' '.repeat(by)}${line}\n`).join('')

function handler(head: string, lines: readonly string[], by: number): string {
  return `${head} {\n${indent(lines, by + 2)}${' '.repeat(by)}}`
}

function roleText({ state, init, input, upon, timeout, coin }: Role, by: number): string {
  const pad = ' '.repeat(by)
  const fields = state.filter((field) => field.init !== undefined).map((field) => `${field.name}: ${field.init}`)
  const parts = [handler('init(ctx)', [...init, `return { ${fields.join(', ')} }`], by)]
  if (input.length > 0) parts.push(handler('input(state, value, ctx)', input, by))
  const rules = upon.map(({ type, rules: list }) => {
    if (list.length === 1) return `${pad}  ${handler(`${type}(state, m, ctx)`, list[0]!.lines, by + 2)},\n`
    const all = list.map(
      ({ name, lines }) => `${pad}    ${handler(`function ${name}(state, m, ctx)`, lines, by + 4)},\n`,
    )
    return `${pad}  ${type}: [\n${all.join('')}${pad}  ],\n`
  })
  parts.push(`upon: {\n${rules.join('')}${pad}}`)
  if (timeout) parts.push(`timeout: { ${handler('t(state, ctx)', timeout, by)} }`)
  if (coin) parts.push(`coin: { ${handler('c(state, value, ctx)', coin, by)} }`)
  return parts.map((part) => `${pad}${part},\n`).join('')
}

/** All messages of the declared domain, as an expression of objects. */
export function alphabetText(
  messages: readonly MessageType[],
  domain: (type: MessageType) => readonly object[],
): string {
  return `[\n${messages.flatMap((type) => domain(type).map((one) => `  ${JSON.stringify(one)},\n`)).join('')}]`
}

/** The protocol's file, as its author would save it. `alphabet` lists every message of the domain. */
export function fileText(one: Case, alphabet: string): string {
  const { setting, proofs } = one
  const lines = Object.entries(proofs)
    .filter(([, proof]) => proof)
    .map(([type, proof]) => `    ${type}: ${proof},\n`)
  return `const alphabet = ${alphabet}

export const protocol = defineProtocol({
  name: 'second-${one.seed}',
  about: 'Made at random.',
  rules: (setting) => (${one.rules}),
  defaults: () => (${JSON.stringify({ f: setting.f, b: 0, values: one.values, inputs: setting.inputs, clients: setting.clients, bounds: setting.bounds })}),
  selfDelivery: '${one.selfDelivery}',
  inbox: ${one.inbox},
  addressed: ${JSON.stringify(one.addressed)},
${one.declares ? '  alphabet: () => alphabet,\n' : ''}${roleText(one.replica, 2)}${one.client ? `  client: {\n${roleText(one.client, 4)}  },\n` : ''}${
  lines.length > 0 ? `  proofs: {\n${lines.join('')}  },\n` : ''
}${one.within ? `  within: ${one.within},\n` : ''}${one.viewOf ? `  viewOf: ${one.viewOf},\n` : ''}${one.durable ? `  durable: () => ${JSON.stringify(one.durable)},\n` : ''}})

export const claims = [
${indent(
  one.claims.map((claim) => `${claim},`),
  2,
)}]
`
}

/** The command that checks the file by hand. */
export function commandOf({ setting }: Case, file: string): string {
  const { n, f, byzantine, crash, restart = [], clients, bounds, auth, network, steps } = setting
  const flags = [
    `--n ${n} --f ${f}`,
    `--byzantine ${byzantine.map((id) => (id < n ? id : `c${id}`)).join(',') || 'none'}`,
    ...(crash.length > 0 ? [`--crash ${crash.join(',')}`] : []),
    ...(restart.length > 0 ? [`--restart ${restart.join(',')} --restarts ${bounds['restarts']}`] : []),
    ...(clients > 0 ? [`--clients ${clients}`] : []),
    `--auth ${auth}`,
    `--network ${
      Object.entries(network)
        .filter(([, on]) => on)
        .map(([name]) => name)
        .join(',') || 'once'
    }`,
    `--steps ${steps}`,
  ]
  return `npx turncoat check ${file} ${flags.join(' ')} --claim all`
}
