import { coloured, type Paint, plain } from '../report/paint.ts'

/** Everything through which a command meets the world: tests give their own. */
export interface Io {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** The current folder. */
  readonly cwd: string
  /** Is the standard output a terminal? */
  readonly isTTY: boolean
  /** Is the standard error stream a terminal? Only then is there a progress bar. */
  readonly isErrorTTY?: boolean
  /** Milliseconds that only ever grow. */
  readonly now: () => number
  /** How much of the memory that there is for this process is in use, from 0 to 1. */
  readonly memoryInUse?: () => number
  readonly environment: Readonly<Record<string, string | undefined>>
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
    const wanted = flags.color !== false && !io.environment['NO_COLOR'] && !flags.json
    this.paint = io.isTTY && wanted ? coloured : plain
  }

  /** A result, or part of one. */
  say(lines: string | readonly string[]): void {
    const text = `${typeof lines === 'string' ? lines : lines.join('\n')}\n`
    if (this.flags.json) this.io.stderr(text)
    else this.io.stdout(text)
  }

  /** What `--quiet` leaves out. */
  remark(lines: string | readonly string[]): void {
    if (!this.flags.quiet) this.say(lines)
  }

  json(value: unknown): void {
    if (this.flags.json) this.io.stdout(`${JSON.stringify(value)}\n`)
  }
}
