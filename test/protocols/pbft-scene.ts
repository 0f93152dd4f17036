import { pbftProperties } from '../../properties/pbft.ts'
import { type AnyMessage, type Configuration, type Json, type Protocol, program, range } from '../../src/model/index.ts'
import type { State } from '../../src/protocols/pbft-messages.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  candidates,
  configure,
  enabled,
  Impossible,
  type ProvedMessage,
  prove,
  type Step,
  type System,
  start,
} from '../../src/system/index.ts'

export type Say = { readonly type: string; readonly [field: string]: Json }

/** A schedule written by hand, step by step, on `apply`; correct replicas' proofs are asserted on the way. */
export class Scene {
  readonly program
  system: System
  readonly #byzantineMessages: ProvedMessage[] = []

  constructor(protocol: Protocol, configuration: Configuration) {
    const [setting] = configure(protocol, { n: 4, f: 1, byzantine: [], ...configuration })
    this.program = program(protocol, setting!)
    this.system = start(this.program)
  }

  take(step: Step): this {
    this.system = apply(this.program, this.system, step, this.#byzantineMessages)
    return this
  }

  /** What a Byzantine participant says, with what proves it, if anything does. */
  byzantineMessage(from: number, message: Say): ProvedMessage {
    const proof = this.program.proofOf(message)
    const witness = proof && prove(this.program, proof, candidates(this.system.soup, this.#byzantineMessages))
    const word = witness ? { from, message, proof: witness } : { from, message }
    this.#byzantineMessages.push(word)
    return word
  }

  /** A rule fires on what a correct participant said last of a type, or on a Byzantine message. */
  fire(at: number, rule: string, on: number | ProvedMessage, ...evidence: (number | ProvedMessage)[]): this {
    const type = rule.split('/')[0]!
    const said = this.system.soup.filter(({ from, message }) => from === on && message.type === type)
    const view = ({ message }: { message: AnyMessage }) => ('view' in message ? Number(message.view) : 0)
    const word = typeof on === 'number' ? said.sort((x, y) => view(y) - view(x))[0] : on
    if (!word) throw new Impossible(`r${on} has said no ${type}`)
    const { from, message } = word
    const trigger = typeof on === 'number' ? { from, message } : on
    return this.take({ at, rule, on: trigger, ...(evidence.length > 0 ? { with: evidence } : {}) })
  }

  timeout(...ids: number[]): this {
    for (const at of ids) this.take({ at, timeout: 'view' })
    return this
  }

  /** Takes the first step that is possible, messages only or inputs too, until none is left. */
  settle(wanted: (step: Step) => boolean = (step) => 'rule' in step): this {
    for (let next = this.#first(wanted); next; next = this.#first(wanted)) this.take(next)
    return this
  }

  #first(wanted: (step: Step) => boolean): Step | undefined {
    return enabled(this.program, this.system).find(wanted)
  }

  /** The safety claims that are broken here. */
  get broken(): string[] {
    const { claims } = pbftProperties
    return brokenBy(this.program, claims, this.system).map(({ claim }) => claim)
  }

  /** What is wrong once the coalition is silent and everything arrives. */
  get healed(): string[] {
    const { claims } = pbftProperties
    const used = this.#byzantineMessages.flatMap((word) => range(4).map((at) => ({ at, word })))
    return brokenAfterHealing(this.program, claims, this.system, used).map(({ witness }) => witness)
  }

  state(at: number): State {
    return this.system.locals[at]!.state as unknown as State
  }

  said(type: string): AnyMessage[] {
    return this.system.soup.flatMap(({ message }) => (message.type === type ? [message] : []))
  }
}
