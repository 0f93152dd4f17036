import { createHash } from 'node:crypto'
import type { Json } from '../model/index.ts'

/** What a program has been told: the line with which its replica began, and the events since. */
export interface History {
  /** Two histories with one id are the same lines. */
  readonly id: string
  readonly before: History | undefined
  readonly line: string
  readonly events: number
}

/** Digits of an id: as many as make two histories with one id as good as impossible. */
const DIGITS = 16
/** Histories that are kept, twice: those that were looked up since the others were laid aside, and those others. */
const MOST_HISTORIES = 200_000

const idOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, DIGITS)

/** The history that begins with this line. */
export function historyFrom(line: string): History {
  return { id: idOf(line), before: undefined, line, events: 0 }
}

/** A history with one event more. */
export function onward(before: History, event: Json): History {
  const line = JSON.stringify(event)
  return { id: idOf(`${before.id} ${line}`), before, line, events: before.events + 1 }
}

/** How often the last line of a history is in it. */
export function timesOfLast(history: History): number {
  let times = 0
  for (let at: History | undefined = history; at; at = at.before) if (at.line === history.line) times++
  return times
}

/** All lines of a history, from the first. */
export function linesOf(history: History): string[] {
  const lines: string[] = []
  for (let at: History | undefined = history; at; at = at.before) lines.push(at.line)
  return lines.reverse()
}

/**
 * Histories by name. Whoever keeps histories as states makes ever more of them; those that nobody asks for are
 * forgotten.
 */
export class Histories {
  #recent = new Map<string, History>()
  #older = new Map<string, History>()
  readonly #most: number

  constructor(most = MOST_HISTORIES) {
    this.#most = most
  }

  /** The first history of a name stays. */
  add(name: string, history: History): void {
    if (!this.at(name)) this.#keep(name, history)
  }

  at(name: string): History | undefined {
    const recent = this.#recent.get(name)
    if (recent) return recent
    const older = this.#older.get(name)
    if (older) this.#keep(name, older)
    return older
  }

  #keep(name: string, history: History): void {
    if (this.#recent.size >= this.#most) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(name, history)
  }
}
