import {
  byzantineCount,
  type Claim,
  type Program,
  program as programOf,
  type Setting,
  type TallyDeclaration,
} from '../model/index.ts'
import { heal, type Step } from '../system/index.ts'
import { echoedWords } from './coalition.ts'
import { Replayer } from './replayer.ts'

/**
 * On which side of its promise a claim stands in a setting. A violation that goes over to another side is about
 * something else: what breaks with b > f breaks no promise, and shrunk to b ≤ f it would seem to.
 */
export function sideOf({ promise, promised }: Claim<any>, setting: Setting): string {
  if (promise) return promise(setting) ? 'promised' : 'not promised'
  if (promised === 'always') return promised
  const { f, crash, restart } = setting
  const b = byzantineCount(setting)
  const within = `${b > f} ${b + crash.length > f}`
  // What other words promise nobody can work out: whether anybody is Byzantine, crashes or restarts may be part of it.
  return promised === 'b ≤ f' ? within : `${within} ${b > 0} ${crash.length > 0} ${restart !== undefined}`
}

/**
 * Would the same steps break the claim if nobody was Byzantine? Steps that a Byzantine message made possible are left
 * out.
 */
export function breaksUncorrupted({ protocol, setting }: Program, claim: Claim<any>, steps: readonly Step[]): boolean {
  if (setting.byzantine.length === 0) return true
  const honest = programOf(protocol, { ...setting, byzantine: [] })
  return new Replayer(honest, claim, echoedWords(honest, steps)).replay(steps).witness !== undefined
}

/**
 * The bounds that handlers read in this run and in the healed run that follows. As for rules, what they read is a part
 * of the algorithm and no room for a search. `within` may read all of them, that of a tally too, and so may the alphabet:
 * that is what bounds are for.
 */
export function parametersIn({ protocol, setting }: Program, steps: readonly Step[], claim: Claim<any>): Set<string> {
  const read = new Set<string>()
  const bounds = new Proxy(setting.bounds, {
    get(target, name) {
      if (typeof name === 'string' && name !== 'timeouts') read.add(name)
      return Reflect.get(target, name)
    },
  })
  const { definition } = protocol
  const { within, healsWithin, rules, alphabet, tallies } = definition
  const counted = Object.entries<TallyDeclaration<any>>(tallies ?? {}).map(([name, declared]) => {
    const { within: inRoom } = declared
    return [name, inRoom ? { ...declared, within: (key: never) => inRoom(key, setting.bounds) } : declared]
  })
  const noted = Object.create(protocol, {
    definition: {
      value: {
        ...definition,
        rules: (given: Setting) => rules({ ...given, bounds: setting.bounds }),
        alphabet:
          alphabet && ((known: Parameters<typeof alphabet>[0]) => alphabet({ ...known, bounds: setting.bounds })),
        ...(within ? { within: (state: object) => within(state, setting.bounds) } : {}),
        ...(healsWithin
          ? { healsWithin: (state: object, _: unknown, n: number) => healsWithin(state, setting.bounds, n) }
          : {}),
        ...(tallies ? { tallies: Object.fromEntries(counted) } : {}),
      },
    },
  })
  const watched = programOf(noted, { ...setting, bounds })
  const { system } = new Replayer(watched, claim, echoedWords(watched, steps)).replay(steps)
  if (claim.kind === 'liveness') heal(watched, system, [], claim.healing)
  return read
}
