import { strategies } from '../../src/adversary/index.ts'
import { check } from '../../src/check/check.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { type Claim, type Configuration, defineProtocol, invariant, program, sometimes } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

/** Whatever somebody may write who does not look at the types. */
export type Anything = any

/** A protocol in which r0 says V, once for each input, and one rule does something about it. */
export function authored(upon: Anything, more: Anything = {}) {
  return defineProtocol<Anything>({
    name: 'authored',
    about: 'Written in a hurry.',
    rules: () => ({}),
    auth: 'channels',
    defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a', 'b'] }, bounds: {} }),
    init: () => ({ done: false, said: 0 }),
    input(state: Anything, v: string, ctx: Anything) {
      if (state.said > 1) return
      state.said++
      ctx.broadcast({ type: 'V', v })
    },
    ...more,
    upon: typeof upon === 'function' ? { V: upon } : upon,
  })
}

/** Nobody ever puts out `bad`; somebody puts out something. */
export const neverBad: readonly Claim<Anything>[] = [
  invariant<Anything>({ name: 'never-bad', about: 'Nobody puts out bad.' }, ({ outputs }) =>
    outputs.some(({ output }) => output === 'bad') ? 'somebody put out bad' : undefined,
  ),
  sometimes<Anything>({ name: 'some', about: 'Somebody puts something out.' }, ({ outputs }) => outputs.length > 0),
]

type Protocol = ReturnType<typeof authored>

/** What `check` says of each claim: `holds`, or `violated in 3`. */
export function checked(
  protocol: Protocol,
  configuration: Configuration = { n: 3 },
  claims = neverBad,
  without: Anything = [],
): Record<string, string> {
  const [setting] = configure(protocol, configuration)
  const result = check({ program: program(protocol, setting!), claims, without })
  return Object.fromEntries(
    result.claims.map(({ claim, verdict, steps }) => [claim, steps ? `${verdict} in ${steps.length}` : verdict]),
  )
}

/** What some hundred runs say of each claim. */
export async function fuzzed(
  protocol: Protocol,
  configuration: Configuration = { n: 3 },
  claims = neverBad,
  more: Anything = {},
) {
  const names = claims.filter(({ kind }) => kind !== 'sometimes').map(({ name }) => name)
  const all = { strategies: strategies.map(({ name }) => name), schedulers: choosers.map(({ name }) => name) }
  const settings = configure(protocol, configuration)
  const campaign = {
    subject: protocol.subject,
    settings,
    claims: names,
    runs: 400,
    firstRun: 0,
    seed: 1,
    maxSteps: 100,
    ...all,
    ...more,
  }
  const result = await runHere(campaign, protocol, claims)
  return Object.fromEntries(result.claims.map(({ claim, verdict }) => [claim, verdict]))
}
