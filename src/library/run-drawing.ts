import { universe } from '../adversary/index.ts'
import {
  type AnyMessage,
  type Claim,
  program as inSetting,
  invariant,
  type Program,
  range,
  runningIds,
  type Setting,
} from '../model/index.ts'
import { echoedWords } from '../shrink/coalition.ts'
import { Replayer } from '../shrink/replayer.ts'
import { shrink } from '../shrink/shrink.ts'
import {
  apply,
  coalitionSpeaksAs,
  type Envelope,
  enabled,
  type Offered,
  type ProvedMessage,
  type Step,
  type System,
  sayableAfter,
  start,
} from '../system/index.ts'
import { DrawnRun, SHRINK } from './drawn-run.ts'

/** Whole numbers from `least` to `most`, both included, each as likely as the others. */
export type DrawNumber = (least: number, most: number) => number

/** Byzantine messages that are offered before each step. */
const OFFERS = 4
/** Draws of offers, where those before enable nothing. */
const MOST_DRAWS = 3

/** Is never broken: it lets a run be taken as far as it goes. */
const NOTHING = invariant<any>({ name: 'nothing', about: 'Nothing is claimed.' }, () => undefined)

/** Draws runs of one protocol, and makes candidates of them that are smaller. */
export class RunDrawing {
  readonly #settings: readonly Setting[]
  readonly #programOf: (setting: Setting) => Program
  readonly #claims: readonly Claim<any>[]
  readonly #limits: { readonly maxSteps: number; readonly maxUniverse: number }
  readonly #words = new WeakMap<Program, readonly AnyMessage[]>()
  readonly #sayable = new WeakMap<Program, WeakMap<readonly Envelope[], readonly ProvedMessage[]>>()

  constructor(
    protocol: Program['protocol'],
    settings: readonly Setting[],
    claims: readonly Claim<any>[],
    limits: { readonly maxSteps: number; readonly maxUniverse: number },
  ) {
    const programs = new Map(settings.map((setting) => [setting, inSetting(protocol, setting)]))
    this.#settings = settings
    this.#programOf = (setting) => programs.get(setting) ?? inSetting(protocol, setting)
    this.#claims = claims
    this.#limits = limits
  }

  draw(number: DrawNumber): DrawnRun {
    const program = this.#programOf(this.#settings[number(0, this.#settings.length - 1)]!)
    const steps: Step[] = []
    let system = start(program)
    while (steps.length < this.#limits.maxSteps) {
      const step = this.#step(program, system, number)
      if (!step) break
      steps.push(step)
      system = apply(program, system, step)
    }
    return new DrawnRun(program, steps, this.#claims)
  }

  #step(program: Program, system: System, number: DrawNumber): Step | undefined {
    const words = this.#sayableIn(program, system)
    const receivers = runningIds(program.setting)
    for (let i = 0; i < MOST_DRAWS; i++) {
      const offered =
        words.length === 0
          ? []
          : range(OFFERS).map((): Offered => {
              const word = words[number(0, words.length - 1)]!
              return { ...word, to: receivers[number(0, receivers.length - 1)]! }
            })
      const steps = enabled(program, system, offered)
      if (steps.length > 0) return steps[number(0, steps.length - 1)]!
      if (words.length === 0) break
    }
    return undefined
  }

  #sayableIn(program: Program, { soup }: System): readonly ProvedMessage[] {
    const { n, clients } = program.setting
    const names = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
    if (names.length === 0) return []
    let messages = this.#words.get(program)
    if (!messages) {
      messages = universe(program, { maxMessages: this.#limits.maxUniverse }).messages
      this.#words.set(program, messages)
    }
    const known = this.#sayable.get(program) ?? new WeakMap<readonly Envelope[], readonly ProvedMessage[]>()
    this.#sayable.set(program, known)
    let sayable = known.get(soup)
    if (!sayable) {
      const words = messages
      sayable = sayableAfter(program, soup).among(names.flatMap((from) => words.map((message) => ({ from, message }))))
      known.set(soup, sayable)
    }
    return sayable
  }

  /**
   * Smaller runs, the most promising first: what the shrinker of violations makes of it, for each claim that it
   * breaks; then without one Byzantine replica; then without halves, quarters, and at last single steps. What cannot
   * be taken any more is left out. Each is smaller than the run, so there is an end of it.
   * @param isShrunk has the shrinker of violations seen it already?
   */
  *smaller(run: DrawnRun, isShrunk: boolean): Generator<{ readonly run: DrawnRun; readonly isShrunk: boolean }> {
    const seen = new Set([run.key])
    const isNew = (one: DrawnRun): boolean => {
      const { key } = one
      if (seen.has(key)) return false
      seen.add(key)
      return true
    }
    for (const { claim } of isShrunk ? [] : run.broken) {
      const one = this.#shrunk(run, this.#claims.find(({ name }) => name === claim)!)
      if (isNew(one)) yield { run: one, isShrunk: true }
    }
    for (const one of this.#withoutByzantine(run)) if (isNew(one)) yield { run: one, isShrunk }
    for (const one of this.#withoutSteps(run)) if (isNew(one)) yield { run: one, isShrunk }
  }

  #shrunk({ program, steps }: DrawnRun, claim: Claim<any>): DrawnRun {
    const found = shrink(program, claim, steps, SHRINK)
    return new DrawnRun(inSetting(program.protocol, found.setting), found.steps, this.#claims)
  }

  *#withoutByzantine({ program, steps }: DrawnRun): Generator<DrawnRun> {
    const { setting, protocol } = program
    for (const id of setting.byzantine) {
      const fewer = { ...setting, byzantine: setting.byzantine.filter((other) => other !== id) }
      yield this.#taken(inSetting(protocol, fewer), steps)
    }
  }

  *#withoutSteps({ program, steps }: DrawnRun): Generator<DrawnRun> {
    const replayer = new Replayer(program, NOTHING, echoedWords(program, steps))
    for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      // Later steps go first: they cost least.
      for (let end = steps.length; end > 0; end -= size) {
        const kept = [...steps.slice(0, Math.max(0, end - size)), ...steps.slice(end)]
        yield new DrawnRun(program, replayer.replay(kept).steps, this.#claims)
      }
    }
  }

  #taken(program: Program, steps: readonly Step[]): DrawnRun {
    const replayer = new Replayer(program, NOTHING, echoedWords(program, steps))
    return new DrawnRun(program, replayer.replay(steps).steps, this.#claims)
  }
}
