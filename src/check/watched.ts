import { type Program, Protocol, type Rule } from '../model/index.ts'
import type { Footprint } from './footprint.ts'

/** The same program, whose handlers are watched. */
export function watched(program: Program, footprint: Footprint): Program {
  type Handler = (state: any, ...rest: any[]) => any
  const watch = (handler: Handler): Handler => {
    return (state, ...rest) => handler(footprint.view(state), ...rest)
  }
  const all = (handlers: object = {}): any =>
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, handler && watch(handler as Handler)]))
  const part = (one: Program['replica']): Program['replica'] => {
    const watchedRules = new Map(one.rules.map((rule) => [rule, { ...rule, handler: watch(rule.handler) } as Rule]))
    const { definition } = one
    return {
      definition: {
        ...definition,
        ...(definition.input ? { input: watch(definition.input) } : {}),
        timeout: all(definition.timeout),
        coin: all(definition.coin),
      },
      rules: one.rules.map((rule) => watchedRules.get(rule)!),
      byType: new Map([...one.byType].map(([type, rules]) => [type, rules.map((rule) => watchedRules.get(rule)!)])),
      byName: new Map([...one.byName].map(([name, rule]) => [name, watchedRules.get(rule)!])),
    }
  }
  const { definition, variantName, about } = program.protocol
  const within = definition.within && watch(definition.within as Handler)
  const protocol = new Protocol({ ...definition, ...(within ? { within } : {}) }, variantName, about)
  const client = program.client && part(program.client)
  return { ...program, copies: true, protocol, replica: part(program.replica), client }
}
