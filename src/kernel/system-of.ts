import type { Id } from '../model/index.ts'
import { merged, type System, sorted } from '../system/index.ts'
import { SENDERS } from './bits.ts'
import type { Instance } from './instance.ts'
import type { Flight } from './network.ts'
import type { World } from './world.ts'

/** The state of a run as a value: what `apply` would have made of the same steps. */
export function systemOf(world: World, crashed: readonly Id[]): System {
  const { table, program } = world
  const { setting } = program
  const { messages: said, receivers: to } = world.kernel.envelopes
  const value = (number: number) => table.messages.values[number]!
  const byId = <T>(of: (instance: Instance) => T, none: T): T[] =>
    Array.from({ length: setting.n + setting.clients }, (_, id) => (world.correct[id] ? of(world.correct[id]!) : none))
  const spoken = (one: Flight) => ({ from: one.from, message: value(one.message), to: world.instances[one.to]!.id })
  const heard = (word: number) => ({ from: word % SENDERS, message: value(Math.floor(word / SENDERS)) })
  const soup = []
  for (let i = 0; i < world.soup.length; i += 2) {
    const [instance, envelope] = [world.instances[world.soup.values[i]!]!, world.soup.values[i + 1]!]
    soup.push({ from: instance.id, message: value(said[envelope]!), to: to[envelope]! })
  }
  return {
    ...world.origin,
    locals: byId((instance) => table.locals.values[instance.local]!, null as never),
    soup: sorted(soup),
    pending: world.once ? merged(program, world.network.all().map(spoken)) : [],
    inboxes: byId((instance) => (world.arrivals && world.keepsInbox ? [...instance.words].map(heard) : []), []),
    lost: sorted(world.lost.map(spoken)),
    outputs: byId(({ record }) => record.outputs.map((output) => table.outputs.values[output]!), []),
    notes: byId(({ record }) => record.notes.map((note) => (table.outputs.values[note] as any).note), []),
    crashed: [...crashed].sort((a, b) => a - b),
  }
}
