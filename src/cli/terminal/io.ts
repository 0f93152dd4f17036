import { coloured, type Paint, plain } from '../../report/text/paint.ts'
import type { ExitCode } from './exit-code.ts'
import { paragraph } from './paragraph.ts'
import { pasted } from './pasted.ts'

/** Everything through which a command meets the world: tests give their own. */
export interface Io {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** How the reader starts this program, if not by its name alone: what is printed for people can be pasted. */
  readonly call?: string
  /** The current folder. */
  readonly cwd: string
  /** Is the standard output a terminal? */
  readonly isTTY: boolean
  /** How wide the terminal is, where the standard output is one. */
  readonly columns?: number
  /** Is the standard error stream a terminal? Only then is there a progress bar. */
  readonly isErrorTTY?: boolean
  /** Milliseconds that only ever grow. */
  readonly now: () => number
  /** When the command was started, as `now` counts: before anything was loaded. */
  readonly began?: number
  /** How much of the memory that there is for this process is in use, from 0 to 1. */
  readonly memoryInUse?: () => number
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Leaves what is known by now with whoever may cut the command off; it replaces what was left before. */
  readonly keep?: (kept: Kept) => void
  /** What was left last. */
  readonly kept?: () => Kept | undefined
  /** Asks to be cut off if the command is not done within so many milliseconds, and a little more. */
  readonly within?: (milliseconds: number) => void
  /** Says that a thread has run out of memory, and asks to be cut off. */
  readonly full?: () => void
  /** Draws a bar where there is a terminal, or takes it away. */
  readonly bar?: (bar: Bar | null) => void
  /** Milliseconds until the first bar, where that is fewer than usual; 0: nothing is left out. */
  readonly patience?: number
  /** Does whoever asked want no more of it? Asked now and then. */
  readonly cancelled?: () => boolean
  /** Lets others have the thread for a moment, where others share it: between parts of a search. */
  readonly rest?: () => Promise<void>
}

/** What is printed of a command that is cut off, and its exit code. */
export interface Kept {
  readonly stdout: string
  readonly stderr: string
  readonly code: ExitCode
}

/** How far something is. */
export interface Bar {
  readonly done: number
  readonly total: number
  /** Is the total the most that is allowed, and how much there is unknown? */
  readonly isLimit?: boolean
  readonly unit: string
  readonly note: string
}

/** Flags that every command has. */
export interface CommonFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

/**
 * Where a command prints. With `--json` the standard output holds one object and nothing else; what is meant for
 * people then goes to the error stream.
 */
export class Output {
  readonly paint: Paint
  readonly io: Io
  readonly flags: CommonFlags

  constructor(io: Io, flags: CommonFlags) {
    this.io = io
    this.flags = flags
    const { NO_COLOR: none, TERM: terminal } = io.environment
    const wanted = flags.color !== false && !none && terminal !== 'dumb' && !flags.json
    this.paint = io.isTTY && wanted ? coloured : plain
  }

  /** A result, or part of one. */
  say(lines: string | readonly string[]): void {
    const text = pasted(`${typeof lines === 'string' ? lines : lines.join('\n')}\n`, this.io.call)
    if (this.flags.json) this.io.stderr(text)
    else this.io.stdout(text)
  }

  /** What `--quiet` leaves out. */
  remark(lines: string | readonly string[]): void {
    if (!this.flags.quiet) this.say(lines)
  }

  /** What goes to the error stream beside a result, whatever is printed of the result. */
  warn(text: string): void {
    this.io.stderr(pasted(text, this.io.call))
  }

  /** What is wrong, and what to do about it. */
  complain(message: string, suggestion?: string): void {
    this.warn(paragraph(message, suggestion))
  }

  json(value: unknown): void {
    if (this.flags.json) this.io.stdout(`${JSON.stringify(value)}\n`)
  }

  /** What `say` and `json` would print, and the exit code, should the command be cut off from now on. */
  keep(known: () => { readonly lines: readonly string[]; readonly json: object; readonly code: ExitCode }): void {
    if (!this.io.keep) return
    const { lines, json, code } = known()
    const text = pasted(`${lines.join('\n')}\n`, this.io.call)
    this.io.keep(
      this.flags.json
        ? { stdout: `${JSON.stringify(json)}\n`, stderr: text, code }
        : { stdout: text, stderr: '', code },
    )
  }
}
