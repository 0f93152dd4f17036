/**
 * What a protocol's file imports, written again: data only. Nothing in the files `interpreter-*.ts` imports from `src`,
 * so that no mistake can be made once and be found in both.
 */
import type { Json } from './shapes.ts'

export interface Message {
  readonly type: string
  readonly [field: string]: Json
}
export type Matches = (message: Message, from: number) => boolean
export type Proof =
  | { said: true; q: number; match: Matches; such?: (chosen: Message[]) => boolean; role: string }
  | { all: Proof[] }
  | { any: Proof[] }

export interface Claim {
  readonly kind: 'invariant' | 'sometimes' | 'liveness'
  readonly name: string
  readonly reads?: readonly string[]
  readonly words?: readonly string[]
  readonly notes?: readonly string[]
  readonly counts?: number
  readonly healing?: 'full' | 'deliveries'
  readonly judge: (outcome: any, before?: any) => unknown
}

type Rule = (state: any, message: Message, ctx: any) => void
export interface Behaviour {
  readonly init: (ctx: any) => object
  readonly input?: (state: any, value: string, ctx: any) => void
  readonly upon: Readonly<Record<string, Rule | readonly Rule[]>>
  readonly timeout?: Readonly<Record<string, (state: any, ctx: any) => void>>
  readonly coin?: Readonly<Record<string, (state: any, value: number, ctx: any) => void>>
}
export interface Protocol extends Behaviour {
  readonly rules: (setting: object) => object
  readonly client?: Behaviour
  readonly proofs?: Readonly<Record<string, (message: Message, known: object) => Proof>>
  readonly within?: (state: object, bounds: object) => boolean
  readonly viewOf?: (state: object) => number
  readonly durable?: (rules: object) => readonly string[]
  readonly selfDelivery?: 'inbox' | 'at-once' | 'network' | 'none'
  readonly inbox?: boolean
  readonly addressed?: readonly string[]
}

/** The one text of a value: keys sorted. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  const parts = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${textOf(one)}`)
  return `{${parts.join(',')}}`
}

export const library = {
  defineProtocol: (definition: Protocol): Protocol => definition,
  match: (type: string, fields: Record<string, Json> = {}, from?: number): Matches => {
    const wanted = Object.entries(fields).map(([name, value]) => [name, textOf(value)] as const)
    return (message, sender) =>
      message.type === type &&
      (from === undefined || from === sender) &&
      wanted.every(([name, value]) => message[name] !== undefined && textOf(message[name]) === value)
  },
  said: (q: number, match: Matches, such?: (chosen: Message[]) => boolean, role = 'replica'): Proof =>
    such ? { said: true, q, match, such, role } : { said: true, q, match, role },
  all: (of: Proof[]): Proof => ({ all: of }),
  any: (of: Proof[]): Proof => ({ any: of }),
  invariant: (about: object, judge: Claim['judge']): Claim => ({ ...about, kind: 'invariant', judge }) as Claim,
  sometimes: (about: object, judge: Claim['judge']): Claim => ({ ...about, kind: 'sometimes', judge }) as Claim,
  liveness: (about: object, judge: Claim['judge']): Claim => ({ ...about, kind: 'liveness', judge }) as Claim,
}

/** Evaluates a protocol's file, handing it a library in place of its imports. */
export function evaluate<P, C>(
  file: string,
  imported: Readonly<Record<string, unknown>>,
): { protocol: P; claims: C[]; alphabet: Message[] } {
  const names = Object.keys(imported)
  const body = `'use strict';\n${file.replaceAll(/^export /gm, '')}\nreturn { protocol, claims, alphabet }`
  return new Function(...names, body)(...names.map((name) => imported[name]))
}
