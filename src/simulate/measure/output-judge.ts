import {
  type AnyMessage,
  brokenIn,
  type Claim,
  correctIds,
  type Facts,
  type Id,
  type Invariant,
  type Json,
  type Program,
  type Said,
  type SentMessage,
  textOf,
} from '../../model/index.ts'
import { noException, type Violation } from '../../system/index.ts'

/** Judges safety claims on what correct participants output. */
export class OutputJudge {
  readonly #program: Program
  readonly #correct: readonly Id[]
  readonly #isCorrect: readonly boolean[]
  readonly #claims: readonly Invariant<any>[]
  /** Claims that look at what was sent: judged after every step that sends or outputs something. */
  readonly #atOnce: readonly Invariant<any>[]
  readonly #outputs: Json[][]
  readonly #notes: Json[][]
  readonly #soup: SentMessage[] = []
  readonly #met = new Set<string>()
  readonly #violations = new Map<string, string>()
  #fresh: Said<Json>[] = []
  #hasSaid = false

  constructor(program: Program, claims: readonly Claim<any>[]) {
    const { n, clients } = program.setting
    this.#program = program
    this.#correct = correctIds(program.setting)
    this.#isCorrect = Array.from({ length: n + clients }, (_, id) => this.#correct.includes(id))
    const invariants = claims.filter((claim) => claim.kind === 'invariant')
    this.#atOnce = invariants.filter(({ reads }) => reads.includes('soup'))
    this.#claims = invariants.filter(({ reads }) => !reads.includes('soup'))
    this.#outputs = this.#isCorrect.map(() => [])
    this.#notes = this.#isCorrect.map(() => [])
  }

  said(from: Id, message: AnyMessage): void {
    if (this.#atOnce.length === 0 || !this.#isCorrect[from]) return
    const key = `${from} ${textOf(message)}`
    if (this.#met.has(key)) return
    this.#met.add(key)
    this.#soup.push({ from, message })
    this.#hasSaid = true
  }

  put(at: Id, output: Json): void {
    if (!this.#isCorrect[at]) return
    this.#outputs[at]!.push(output)
    this.#fresh.push({ at, output })
  }

  note(at: Id, note: Json): void {
    if (!this.#isCorrect[at]) return
    this.#notes[at]!.push({ note })
    this.#fresh.push({ at, output: { note } })
  }

  /** A handler threw. */
  threw(witness: string): void {
    if (!this.#violations.has(noException.name)) this.#violations.set(noException.name, witness)
  }

  /** A step is over. */
  closeStep(): void {
    if (this.#fresh.length === 0 && !this.#hasSaid) return
    this.#judge(this.#atOnce)
    this.#fresh = []
    this.#hasSaid = false
  }

  /** What was broken: what is judged on outputs alone stays broken, so that the end of the run shows it all. */
  violations(): Violation[] {
    this.#judge(this.#claims)
    const asked = [...this.#claims, ...this.#atOnce].map(({ name }) => name)
    return asked.flatMap((claim) => {
      const witness = this.#violations.get(claim)
      return witness === undefined ? [] : [{ claim, witness }]
    })
  }

  #judge(claims: readonly Invariant<any>[]): void {
    const left = claims.filter(({ name }) => !this.#violations.has(name))
    if (left.length === 0) return
    const facts = this.#facts()
    for (const claim of left) {
      const witness = brokenIn(claim, facts)
      if (witness) this.#violations.set(claim.name, witness)
    }
  }

  #facts(): Facts {
    const list = (of: readonly (readonly Json[])[]): Said<Json>[] =>
      this.#correct.flatMap((at) => of[at]!.map((output) => ({ at, output })))
    return {
      setting: this.#program.setting,
      correct: this.#correct,
      outputs: [...list(this.#outputs), ...list(this.#notes)],
      fresh: this.#fresh,
      soup: this.#soup,
    }
  }
}
