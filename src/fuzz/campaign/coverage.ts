import type { Profile, Row, World } from '../../kernel/index.ts'
import { remembered, textOf } from '../../model/index.ts'
import type { Actions } from '../schedule/actions.ts'
import { type Choices, drawnChoices } from '../schedule/choices.ts'
import type { Chooser } from '../schedule/chooser.ts'
import { isFull, type Lesson, readStates, writtenStates } from './lesson.ts'
import { PILOT } from './pilot.ts'
import type { News, RunBeginning } from './result.ts'

/** States that one block tells of. */
const MOST_TOLD = 1_024
/** Runs that a story of beginnings may go through. */
const MOST_DRAWS = 8
/** Makes of a seed that of other dice: whether a run begins like another is no choice of the run. */
const APART = 0x5bd1e995

/**
 * What the runs of a block meet that is not in the lesson: abstract states. Such a state is what one correct replica is
 * in, together with what has been output by then by anyone. They are distinguished by numbers below 2²⁵, so that a few
 * in a thousand are taken for others.
 */
export class Coverage {
  readonly #seed: number
  readonly #known: Set<number>
  readonly #beginnings: readonly RunBeginning[]
  readonly #hashes = new WeakMap<Profile, number[]>()
  /** States that this block may still tell of. */
  #room: number
  readonly #most: number
  #news: News[] = []
  #run: { readonly setting: number; readonly choices: Told } | undefined
  #met: number[] = []
  /** Draws that the run had made when it met the last of them. */
  #at = -1
  #rows: Row[] = []
  #counts: number[] = []
  #outputs = new Set<number>()
  #outputsHash = 0

  constructor(seed: number, lesson: Lesson | undefined) {
    this.#seed = seed
    this.#known = new Set(readStates(lesson?.seen ?? ''))
    this.#beginnings = lesson?.beginnings ?? []
    // Whoever merges has no room for more.
    this.#most = isFull(this.#known.size) ? 0 : MOST_TOLD
    this.#room = this.#most
  }

  /** Half of the runs of a later round begin as one did that has met something new, and go on by their own dice. */
  choices(run: number, setting: number): Choices {
    const suitable = this.#beginnings.filter((one) => one.setting === setting)
    const dice = drawnChoices(this.#seed ^ APART, run)
    const isOwn = run < PILOT || suitable.length === 0 || dice.below(2) === 0
    const choices = new Told(this.#seed, run, isOwn ? [] : suitable[dice.below(suitable.length)]!.draws)
    this.#run = { setting, choices }
    this.#met = []
    this.#at = -1
    this.#rows = []
    this.#counts = []
    this.#outputs = new Set()
    this.#outputsHash = 0
    return choices
  }

  /** The same chooser, watched. */
  watch(chooser: Chooser): Chooser {
    return {
      ...chooser,
      begin: (...asked) => {
        const next = chooser.begin(...asked)
        return (actions: Actions) => {
          if (this.#look(actions.world)) this.#at = this.#run!.choices.made
          return next(actions)
        }
      },
    }
  }

  /**
   * The run has ended.
   * @param isBroken it broke a claim: who begins like it breaks the same, and nobody learns from that
   */
  end(run: number, world: World, isBroken: boolean): void {
    this.#look(world)
    if (this.#met.length === 0) return
    const { setting, choices } = this.#run!
    const draws = run < PILOT || this.#at < 0 || isBroken ? [] : choices.until(this.#at)
    const isShort = draws.length > 0 && draws.length <= MOST_DRAWS
    this.#news.push({ seen: writtenStates(this.#met), ...(isShort ? { beginning: { setting, draws } } : {}) })
  }

  /** What is new since this was asked last. What one block has met, the next one meets again: each knows the lesson only. */
  take(): readonly News[] {
    const news = this.#news
    for (const { seen } of news) for (const state of readStates(seen)) this.#known.delete(state)
    this.#news = []
    this.#room = this.#most
    return news
  }

  /** Looks at who has moved; where somebody has made an output, at all. */
  #look({ instances, table }: World): boolean {
    const before = this.#outputsHash
    let correct = 0
    for (const { twin, record } of instances) {
      if (twin) break
      for (let seen = this.#counts[correct] ?? 0; seen < record.outputs.length; seen++) {
        this.#put(table, record.outputs[seen]!)
      }
      this.#counts[correct++] = record.outputs.length
    }
    const left = this.#room
    for (let i = 0; i < correct; i++) {
      const { row, profile } = instances[i]!
      if (row === this.#rows[i] && before === this.#outputsHash) continue
      this.#rows[i] = row
      this.#meet(mixed(this.#hashOf(profile, row.local), this.#outputsHash) >>> 7)
    }
    return this.#room < left
  }

  #meet(state: number): void {
    if (this.#room === 0 || this.#known.has(state)) return
    this.#known.add(state)
    this.#met.push(state)
    this.#room--
  }

  /** Outputs count as a set: who put them out, and in which order, is left out. */
  #put(table: World['table'], output: number): void {
    if (this.#outputs.has(output)) return
    this.#outputs.add(output)
    this.#outputsHash = (this.#outputsHash + hashed(textOf(table.outputs.values[output]!))) | 0
  }

  #hashOf(profile: Profile, local: number): number {
    const known = remembered(this.#hashes, profile, () => [])
    known[local] ??= hashed(`${profile.id} ${textOf(profile.value(local) as object)}`)
    return known[local]
  }
}

/** The draws of some runs, so many of each, and then those of one run. */
class Told implements Choices {
  readonly #seed: number
  readonly #segments: readonly (readonly [run: number, count: number])[]
  #segment = 0
  #in = 0
  #dice: Choices
  /** Draws by now. */
  made = 0

  constructor(seed: number, run: number, draws: RunBeginning['draws']) {
    this.#seed = seed
    this.#segments = [...draws, [run, Number.POSITIVE_INFINITY]]
    this.#dice = drawnChoices(seed, this.#segments[0]![0])
  }

  below(count: number): number {
    while (this.#in >= this.#segments[this.#segment]![1]) {
      this.#in = 0
      this.#dice = drawnChoices(this.#seed, this.#segments[++this.#segment]![0])
    }
    this.#in++
    this.made++
    return this.#dice.below(count)
  }

  /** Where its first so many draws came from. */
  until(count: number): RunBeginning['draws'] {
    const draws: (readonly [number, number])[] = []
    let left = count
    for (const [run, most] of this.#segments) {
      if (left <= 0) break
      draws.push([run, Math.min(left, most)])
      left -= most
    }
    return draws
  }
}

/** FNV-1a, 32 bits. */
function hashed(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

function mixed(one: number, other: number): number {
  const hash = Math.imul(one ^ Math.imul(other, 0x85ebca6b), 0xc2b2ae35)
  return (hash ^ (hash >>> 15)) >>> 0
}
