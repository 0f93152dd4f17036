/** Programs and requests for tests of the simulator. */
import { type Configuration, type Context, defineProtocol, type Program, program } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { type Conditions, conditions, FAR, SILENT, type SimulationRequest, simulate } from '../../src/simulate/index.ts'
import { configure } from '../../src/system/index.ts'

/** A registered subject by its name, in one setting; nobody is Byzantine unless it is said. */
export function subject(name: string, configuration: Configuration = {}): Program {
  const protocols = registry.flatMap(({ protocol, variants }) => [protocol, ...variants])
  const protocol = protocols.find((one) => one.subject === name)!
  return program(protocol, configure(protocol, { byzantine: [], ...configuration })[0]!)
}

/** The claims of a registered protocol; none of another. */
function claimsOf(name: string) {
  return registry.find(({ protocol }) => protocol.subject === name)?.properties.claims ?? []
}

/** A run in a calm network, but for what the test changes. */
export function run(of: Program, changes: Partial<Conditions> = {}, request: Partial<SimulationRequest> = {}) {
  return simulate({
    ...{ program: of, conditions: conditions(changes), seed: 1, faults: SILENT },
    ...{ load: { kind: 'inputs' }, until: FAR, claims: claimsOf(of.protocol.definition.name) },
    ...request,
  })
}

interface Relay {
  state: { heard: string[] }
  message: { type: 'PING'; value: string } | { type: 'PONG'; value: string }
  output: { heard: string; from: number }
}

/**
 * r0 says PING for each of its inputs; who gets one says PONG to all, and puts out what it heard. Messages are handed
 * over once, and everybody gets only what others say.
 */
const relay = defineProtocol<Relay>({
  name: 'relay',
  about: 'A protocol in which times are easily worked out.',
  rules: () => ({}),
  network: { duplicate: false },
  selfDelivery: 'none',
  inbox: false,
  defaults: () => ({ f: 0, b: 0, values: ['a', 'b', 'c'], inputs: { 0: ['a'] }, bounds: {} }),
  init: () => ({ heard: [] }),
  input(state, value, ctx: Context<Relay>) {
    if (ctx.self !== 0 || state.heard.includes(value)) return
    state.heard.push(value)
    ctx.broadcast({ type: 'PING', value })
  },
  upon: {
    PING(_, { value }, ctx) {
      ctx.output({ heard: value, from: ctx.from })
      ctx.broadcast({ type: 'PONG', value })
    },
    PONG(_, { value }, ctx) {
      ctx.output({ heard: `PONG ${value}`, from: ctx.from })
    },
  },
})

/** The relay among `n`, with these inputs at r0. */
export function relayed(n: number, inputs: readonly string[] = ['a'], configuration: Configuration = {}): Program {
  const values = ['a', 'b', 'c', 'd', 'e']
  return program(relay, configure(relay, { n, values, inputs: { 0: inputs }, ...configuration })[0]!)
}

/** When who heard what, in the order of the run: `1 a 10`. */
export function heard({ decisions }: ReturnType<typeof simulate>): string[] {
  return decisions.map(({ at, output, time }) => `${at} ${(output as Relay['output']).heard} ${time}`)
}
