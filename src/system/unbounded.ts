import type { Definition, Program, Protocol } from '../model/index.ts'

type Within = Definition<any>['within']

/** Protocols without their bounds, and how they were made. */
const released = new WeakMap<Protocol, (program: Program) => Program>()

/** The same program without the bounds. */
export function unbounded(program: Program): Program {
  return release(program, undefined, unbounded)
}

/**
 * The program that the healed run is one of: without the bounds, and where the protocol says how far that run goes, no
 * further. What is within the bounds always is: whatever a search may do, the healed run may do.
 */
export function forHealing(program: Program): Program {
  const { within, healsWithin } = program.protocol.definition
  const { n } = program.setting
  const reaches: Within = (state, bounds) => healsWithin!(state, bounds, n) || (within?.(state, bounds) ?? true)
  return release(program, healsWithin && reaches, forHealing)
}

function release(program: Program, within: Within, how: (program: Program) => Program): Program {
  const { bounds, ...rest } = program.setting
  const { timeouts: _, ...others } = 'timeouts' in bounds ? bounds : {}
  const { tallies } = program.protocol.definition
  const free = tallies && Object.fromEntries(Object.keys(tallies).map((name) => [name, {}]))
  const definition = { ...program.protocol.definition, within, alphabet: undefined, tallies: free }
  const protocol = Object.create(program.protocol, { definition: { value: definition } })
  released.set(protocol, how)
  return {
    ...program,
    setting: { ...rest, bounds: 'timeouts' in bounds ? others : bounds },
    protocol,
  }
}

/** Releases a program as another one was released, if it was. */
export function releasedLike(program: Program, { protocol }: Program): Program {
  return released.get(protocol)?.(program) ?? program
}
