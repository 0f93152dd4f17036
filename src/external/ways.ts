import { createHash } from 'node:crypto'
import type { Json } from '../model/index.ts'

/** What leads a program to where it is: the line with which its replica began, and the events since. */
export interface Way {
  /** Two ways with one id are the same lines. */
  readonly id: string
  readonly before: Way | undefined
  readonly line: string
  readonly events: number
}

/** Digits of an id: as many as make two ways with one id as good as impossible. */
const DIGITS = 16
/** Ways that are kept, twice: those that were looked up since the others were laid aside, and those others. */
const MOST_WAYS = 200_000

const idOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, DIGITS)

/** The way that begins with this line. */
export function wayFrom(line: string): Way {
  return { id: idOf(line), before: undefined, line, events: 0 }
}

/** A way with one event more. */
export function onward(before: Way, event: Json): Way {
  const line = JSON.stringify(event)
  return { id: idOf(`${before.id} ${line}`), before, line, events: before.events + 1 }
}

/** How often the last line of a way is in it. */
export function timesIn(way: Way): number {
  let times = 0
  for (let at: Way | undefined = way; at; at = at.before) if (at.line === way.line) times++
  return times
}

/** All lines of a way, from the first. */
export function linesOf(way: Way): string[] {
  const lines: string[] = []
  for (let at: Way | undefined = way; at; at = at.before) lines.push(at.line)
  return lines.reverse()
}

/** Ways by name. Whoever keeps histories as states makes ever more of them; those that nobody asks for are forgotten. */
export class Ways {
  #recent = new Map<string, Way>()
  #older = new Map<string, Way>()
  readonly #most: number

  constructor(most = MOST_WAYS) {
    this.#most = most
  }

  /** The first way of a name stays. */
  add(name: string, way: Way): void {
    if (!this.at(name)) this.#keep(name, way)
  }

  at(name: string): Way | undefined {
    const recent = this.#recent.get(name)
    if (recent) return recent
    const older = this.#older.get(name)
    if (older) this.#keep(name, older)
    return older
  }

  #keep(name: string, way: Way): void {
    if (this.#recent.size >= this.#most) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(name, way)
  }
}
