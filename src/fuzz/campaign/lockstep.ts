import { type Scene, type Strategy, strategiesFor, universe } from '../../adversary/index.ts'
import {
  type Claim,
  correctIds,
  grouped,
  type Id,
  program as inSetting,
  type Program,
  type Protocol,
  reachedIn,
  remembered,
  runningIds,
  type Setting,
  UsageError,
} from '../../model/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  factsOf,
  Impossible,
  type ProvedMessage,
  type Round,
  type RoundTurn,
  type Step,
  type System,
  sayableIn,
  start,
  takesInputs,
  textOfWord,
  turnIn,
  type Used,
  usedAfter,
  type Violation,
  wordsOf,
} from '../../system/index.ts'
import { drawStrategies } from '../run/features.ts'
import type { Broken } from '../run/judging.ts'
import { type Choices, drawnChoices } from '../schedule/choices.ts'
import type { BlockResult, Campaign, Found } from './result.ts'

/** Of eight messages that the coalition could send, how many it keeps to itself. */
const SILENCES = [0, 1, 2, 4] as const
/** Of eight replicas that are offered inputs, how many get one. */
const GIVEN = 7
/** What a trace names for the order of the steps: there is nothing to choose. */
const SCHEDULER = 'rounds'

/** Does a strategy send fixed messages? The others run the protocol's rules on single messages, and here are none. */
export const isScripted = (scene: Scene, strategy: Strategy): boolean =>
  (strategy.suits?.(scene) ?? true) && strategy.behave(scene, 0).strategyTwins === undefined

/** What the coalition holds ready, and for whom. */
class Pool {
  readonly #to = new Map<string, Set<Id>>()
  #words: readonly ProvedMessage[] = []

  add(from: Id, receivers: readonly Id[], message: ProvedMessage['message']): void {
    const to = remembered(this.#to, textOfWord({ from, message }), () => {
      this.#words = [...this.#words, { from, message }]
      return new Set()
    })
    for (const id of receivers) to.add(id)
  }

  /** The messages that can be sent to a replica into a round, by member and type. */
  lists(program: Program, system: System, { at, round }: RoundTurn): ProvedMessage[][] {
    const words = sayableIn(program, system, round, this.#words)
    const own = words.filter((word) => this.#to.get(textOfWord(word))!.has(at))
    return [...grouped(own, ({ from, message }) => `${from} ${message.type}`).values()]
  }
}

/**
 * One run of a lockstep protocol, on the reference itself: rounds are few, and nothing but Byzantine messages is there
 * to choose.
 */
export class RoundRun {
  readonly steps: Step[] = []
  readonly broken: Broken[] = []
  reached = false
  unfinished = false
  #system: System
  #before: System | undefined
  readonly #program: Program
  readonly #claims: readonly Claim<any>[]
  readonly #choices: Choices
  readonly #behaviours: readonly ReturnType<Strategy['behave']>[]
  readonly #pool = new Pool()
  readonly #said: ProvedMessage[] = []
  #used: readonly Used[] = []
  readonly #silence: number
  readonly #horizon: number

  constructor(scene: Scene, claims: readonly Claim<any>[], chosen: readonly Strategy[], choices: Choices) {
    this.#program = scene.program
    this.#claims = claims
    this.#choices = choices
    this.#silence = SILENCES[choices.below(SILENCES.length)]!
    // Healing is judged in the middle of things, too.
    const stops = claims.some(({ kind }) => kind === 'liveness') && choices.below(2) === 1
    this.#horizon = stops ? choices.below(1 << (2 + choices.below(4))) : Number.POSITIVE_INFINITY
    this.#behaviours = chosen.map((strategy) => strategy.behave(scene, choices.below(strategy.plans(scene))))
    this.#system = start(scene.program)
    for (const { opening = [] } of this.#behaviours) {
      for (const { from, to, message } of opening) this.#pool.add(from, to, message)
    }
    this.#hear([], this.#system.soup)
  }

  go(maxSteps: number): this {
    const most = Math.min(maxSteps, this.#horizon)
    this.#note(brokenBy(this.#program, this.#claims, this.#system), false)
    this.#inputs(most)
    for (let turn = this.#turn(); turn && this.steps.length < most; turn = this.#turn()) this.#round(turn)
    this.unfinished = this.steps.length >= maxSteps && this.#turn() !== undefined
    const liveness = this.#claims.filter(({ kind }) => kind === 'liveness')
    this.#note(brokenAfterHealing(this.#program, liveness, this.#system, this.#used), true)
    const facts = factsOf(this.#program, this.#system, this.#before)
    this.reached = this.#claims.every((claim) => claim.kind !== 'sometimes' || reachedIn(claim, facts))
    return this
  }

  #turn(): RoundTurn | undefined {
    return turnIn(this.#program, this.#system)
  }

  #inputs(most: number): void {
    const { setting } = this.#program
    for (const at of runningIds(setting)) {
      const values = setting.inputs[at] ?? []
      if (values.length === 0 || this.steps.length >= most || !takesInputs(this.#program, this.#system)) continue
      if (this.#choices.below(8) >= GIVEN) continue
      this.#take({ at, input: values[this.#choices.below(values.length)]! })
    }
  }

  #round(turn: RoundTurn): void {
    const words: ProvedMessage[] = []
    for (const list of this.#pool.lists(this.#program, this.#system, turn)) {
      if (this.#choices.below(8) >= this.#silence) words.push(list[this.#choices.below(list.length)]!)
    }
    const step: Round = { ...turn, ...(words.length > 0 ? { with: words } : {}) }
    this.#take(step)
  }

  #take(step: Step): void {
    const before = this.#system
    this.#before = before
    try {
      this.#system = apply(this.#program, before, step, this.#said)
    } catch (error) {
      // An input that a replica ignores is no step.
      if (error instanceof Impossible && 'input' in step) return
      throw error
    }
    this.steps.push(step)
    this.#said.push(...wordsOf(this.#program, step))
    this.#used = usedAfter(this.#program, [step], this.#used)
    this.#hear(before.soup, this.#system.soup)
    this.#note(brokenBy(this.#program, this.#claims, this.#system, before), false)
  }

  #hear(before: System['soup'], after: System['soup']): void {
    const old = new Set(before)
    for (const { from, message } of after.filter((word) => !old.has(word))) {
      for (const { hears } of this.#behaviours) {
        for (const offer of hears?.(from, message) ?? []) this.#pool.add(offer.from, offer.to, offer.message)
      }
    }
  }

  #note(violations: readonly Violation[], healed: boolean): void {
    for (const { claim, witness } of violations) {
      if (this.broken.some((one) => one.claim === claim)) continue
      this.broken.push({ claim, witness, length: this.steps.length, healed })
    }
  }
}

/** Runs blocks of a campaign over a lockstep protocol. */
export class LockstepRunner {
  readonly #campaign: Campaign
  readonly #protocol: Protocol
  readonly #claims: readonly Claim<any>[]
  readonly #scenes = new Map<number, Scene>()

  constructor(campaign: Campaign, protocol: Protocol, claims: readonly Claim<any>[]) {
    this.#campaign = campaign
    this.#protocol = protocol
    this.#claims = claims
  }

  run(first: number, count: number, stop?: () => boolean): BlockResult {
    const found = new Map<string, Found>()
    const violations: Record<string, number> = {}
    let [runs, steps, decided, unfinished] = [0, 0, 0, 0]
    for (let run = first; run < first + count && !stop?.(); run++) {
      runs++
      const scene = this.#scene(run)
      const choices = drawnChoices(this.#campaign.seed, run)
      const chosen = scene.members.length === 0 ? [] : drawStrategies(this.#strategies(scene), choices)
      const done = new RoundRun(scene, this.#claims, chosen, choices).go(this.#campaign.maxSteps)
      steps += done.steps.length
      if (done.reached) decided++
      if (done.unfinished) unfinished++
      for (const { claim, witness, length, healed } of done.broken) {
        violations[claim] = (violations[claim] ?? 0) + 1
        if (found.has(claim)) continue
        const { setting } = scene.program
        const named = { strategies: chosen.map(({ name }) => name), scheduler: SCHEDULER }
        found.set(claim, { claim, witness, run, setting, ...named, steps: done.steps.slice(0, length), healed })
      }
    }
    const totals = { first, runs, steps, decided, cut: 0, unfinished }
    const stopped = runs < count ? { stopped: true as const } : {}
    return {
      ...totals,
      ...stopped,
      fired: [],
      found: [...found.values()],
      ...(this.#campaign.counts ? { violations } : {}),
    }
  }

  #strategies(scene: Scene): readonly Strategy[] {
    const all = strategiesFor(this.#protocol)
    const asked = all.filter(({ name }) => this.#campaign.strategies.includes(name))
    const scripted = asked.filter((strategy) => isScripted(scene, strategy))
    if (scripted.length > 0) return scripted
    const known = all.filter((strategy) => isScripted(scene, strategy)).map(({ name }) => name)
    throw new UsageError('none of these strategies can be followed in rounds', `choose among ${known.join(', ')}`)
  }

  #scene(run: number): Scene {
    const { settings } = this.#campaign
    const index = run % settings.length
    return remembered(this.#scenes, index, () => sceneOf(this.#protocol, settings[index]!))
  }
}

/** All that the runs of one setting share. */
export function sceneOf(protocol: Protocol, setting: Setting): Scene {
  const program = { ...inSetting(protocol, setting), copies: true }
  const { byzantine: members } = setting
  return { program, members, correct: correctIds(setting), universe: universe(program) }
}
