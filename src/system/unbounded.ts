import type { Program, Protocol } from '../model/index.ts'

/** Protocols without their bounds. */
const released = new WeakSet<Protocol>()

/** The same program without the bounds: they do not bind the healed run. */
export function unbounded(program: Program): Program {
  const { bounds, ...rest } = program.setting
  const { timeouts: _, ...others } = 'timeouts' in bounds ? bounds : {}
  const { tallies } = program.protocol.definition
  const free = tallies && Object.fromEntries(Object.keys(tallies).map((name) => [name, {}]))
  const definition = { ...program.protocol.definition, within: undefined, alphabet: undefined, tallies: free }
  const protocol = Object.create(program.protocol, { definition: { value: definition } })
  released.add(protocol)
  return {
    ...program,
    setting: { ...rest, bounds: 'timeouts' in bounds ? others : bounds },
    protocol,
  }
}

/** Is it a program, or a copy of one, that `unbounded` has made? */
export function isUnbounded({ protocol }: Program): boolean {
  return released.has(protocol)
}
