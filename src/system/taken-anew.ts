import {
  type Anew,
  assertSameProof,
  type Event,
  program as inSetting,
  type Program,
  type Protocol,
  placeOf,
  remembered,
  UsageError,
} from '../model/index.ts'
import { cameToTheSame, differenceOf, type Transition, taken } from './transition.ts'
import { releasedLike } from './unbounded.ts'

/** Of each rule, and whether it did something, so many transitions at first, and so many of the last ones. */
const KEPT = 24
/** Times that the file is run again: in each, other transitions are the first ones. */
const TIMES = 4

/** Transitions that are to be taken where nothing has been taken before. */
export class Sample {
  readonly #first = new Map<string, Transition[]>()
  readonly #last = new Map<string, Transition[]>()

  add(transition: Transition): void {
    const { program, at, local, event, fired } = transition
    // What an exception says may differ from one way of running a file to the other.
    if (fired.reaction.local.threw !== undefined) return
    const does = fired.reaction.local !== local
    const key = `${at < program.setting.n} ${does} ${nameOf(event)}`
    const first = remembered(this.#first, key, () => [])
    if (first.length < KEPT) {
      first.push(transition)
      return
    }
    const last = remembered(this.#last, key, () => [])
    last.push(transition)
    if (last.length > KEPT) last.shift()
  }

  /**
   * Takes them in another order, in programs of which no handler has been called. A variable that is written once, and only
   * read later, looks like a constant to whoever comes later: here, others come first.
   * @throws UsageError where a handler does something else then
   */
  takeAnew(run: () => Anew): void {
    const all = [...this.#first.values(), ...this.#last.values()].flat().reverse()
    for (let time = 0; time < TIMES; time++) {
      const { protocol } = run()
      const programs = new Map<Program, Program>()
      for (let i = time; i < all.length; i += TIMES) {
        const transition = all[i]!
        const { program } = transition
        const anew = remembered(programs, program, () => programOf(protocol, program))
        assertSame(transition, anew)
        assertSameProofAnew(transition, anew)
      }
    }
  }
}

/** Bounds bind it where they bind the program that it is like. */
function programOf(protocol: Protocol, like: Program): Program {
  const anew = { ...like, ...inSetting(protocol, like.setting) }
  return releasedLike(anew, like)
}

function nameOf(event: Event): string {
  if (event.kind === 'message') return event.rule
  return event.kind === 'timeout' ? event.timer : event.kind
}

/** What makes proofs may remember something, too. */
function assertSameProofAnew({ program, event }: Transition, anew: Program): void {
  if (event.kind !== 'message') return
  const [made, again] = [program, anew].map(({ proofOf }) => proofOf(event.message))
  if (made && again) assertSameProof(made, again, event.message)
}

function assertSame(transition: Transition, anew: Program): void {
  const { program, event } = transition
  const again = taken({ ...transition, program: anew }, program.copies === true)
  if (cameToTheSame(transition, again)) return
  const [one, other] = differenceOf(transition, again)
  throw new UsageError(
    `${placeOf(program, event)}: in one state, on the same event, it did ${one}, and ${other} once its file is run anew`,
    'let it keep nothing outside of its state: no variable of the file that a handler writes, even once',
  )
}
