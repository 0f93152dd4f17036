import { Worker } from 'node:worker_threads'
import { EXIT, worst } from './terminal/exit-code.ts'
import type { Bar, Kept } from './terminal/io.ts'
import { isOutOfMemory } from './terminal/out-of-memory.ts'
import type { paragraph } from './terminal/paragraph.ts'
import { callOf } from './terminal/pasted.ts'

/** What the thread of a command is given. */
export interface CommandOrder {
  readonly argv: readonly string[]
  readonly isTTY: boolean
  readonly columns?: number
  readonly isErrorTTY: boolean
  /** How the reader starts this program. */
  readonly call: string
  /** Milliseconds since the process was started. */
  readonly age: number
}

/** What the thread of a command tells. */
export interface ThreadReport {
  readonly stdout?: string
  readonly stderr?: string
  readonly kept?: Kept
  /** Milliseconds, since the process was started, within which it wants to be done; the last word counts. */
  readonly within?: number
  readonly bar?: Bar | null
  readonly full?: true
  /** The exit code. */
  readonly done?: number
}

/** How much longer than it was given a command may take to come to its end by itself. */
const GRACE = 1_000
/** Where no bar shows how far it is, a command that takes longer than this says that it is at work. */
const SILENCE = 30_000
/** How long the end of its thread may take. Later the process is killed, and its exit code is lost: a full heap takes seconds to leave. */
const STUBBORN = 15_000
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/**
 * Runs the command on a thread of its own. Searches and protocols keep a thread busy for as long as they like, may fill
 * its memory, and may end it; this one stays free to look at the clock, to hear the user, and to print what was found.
 *
 * @returns the exit code, when everything is printed; a thread or timer that a protocol has started may go on
 */
export async function supervise(argv: readonly string[]): Promise<number> {
  if (isNowhere()) {
    const { paragraph: words } = await import('./terminal/paragraph.ts')
    process.stderr.write(words('the current folder is gone', 'go to one that is there'))
    return EXIT.usage
  }
  const isErrorTTY = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb'
  const { isTTY, columns } = process.stdout
  const order: CommandOrder = {
    ...{ argv, isTTY: isTTY === true, columns, isErrorTTY },
    ...{ call: callOf(), age: performance.now() },
  }
  // The thread takes as long to begin as the rest of this program takes to load: both go on at the same time.
  const worker = begun(order)
  const early: ThreadReport[] = []
  const listen = (told: ThreadReport): void => void early.push(told)
  worker.on('message', listen)
  const draw = isErrorTTY ? (await import('./terminal/bars.ts')).drawing() : () => {}
  const words = (await import('./terminal/paragraph.ts')).paragraph
  worker.off('message', listen)
  return new Promise((resolve) => new Supervisor(worker, order, early, { draw, words, resolve }))
}

/** Has somebody removed the current folder? */
function isNowhere(): boolean {
  try {
    process.cwd()
    return false
  } catch {
    return true
  }
}

function begun(order: CommandOrder): Worker {
  // It may have as much memory as the program would have without a thread: that is how threads are made.
  return new Worker(new URL('./thread.js', import.meta.url), { workerData: order, stdout: true })
}

/** How a supervisor speaks, and to whom. */
interface Ways {
  readonly draw: (bar: Bar | null) => void
  readonly words: typeof paragraph
  readonly resolve: (code: number) => void
}

class Supervisor {
  readonly #worker: Worker
  readonly #draw: Ways['draw']
  readonly #words: Ways['words']
  readonly #resolve: Ways['resolve']
  readonly #isJson: boolean
  #kept: Kept | undefined
  #isOver = false
  #ending: NodeJS.Timeout | undefined
  #hasSpoken = false
  /** Has anything been written to the standard output? */
  #hasAnswered = false
  #unwritable: NodeJS.ErrnoException | undefined

  /** @param early what the thread has told by now */
  constructor(worker: Worker, order: CommandOrder, early: readonly ThreadReport[], { draw, words, resolve }: Ways) {
    this.#worker = worker
    this.#draw = draw
    this.#words = words
    this.#resolve = resolve
    this.#isJson = order.argv.includes('--json')
    // A reader that has seen enough, as `head` has, is no failure; what is left unread changes no verdict.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') this.#unwritable ??= error
    })
    process.stderr.on('error', () => {})
    // Results only go to the standard output: what a protocol logs is none.
    this.#worker.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk))
    this.#worker.on('message', (told: ThreadReport) => this.#hear(told))
    this.#worker.on('error', (error: NodeJS.ErrnoException) => this.#died(error))
    this.#worker.on('exit', () => this.#left())
    for (const told of early) this.#hear(told)
    const { argv, isErrorTTY } = order
    if (!isErrorTTY && !argv.includes('--quiet')) setTimeout(() => this.#sayThatItWorks(), SILENCE).unref()
    for (const [signal, code] of Object.entries(SIGNALS)) {
      process.on(signal, () => this.#cutOff('interrupted', undefined, code))
    }
  }

  #hear({ stdout, stderr, kept, within, bar, full, done }: ThreadReport): void {
    if (this.#isOver) return
    if (stdout !== undefined || stderr !== undefined) {
      this.#hasSpoken = true
      this.#draw(null)
    }
    if (stdout !== undefined) {
      this.#hasAnswered = true
      process.stdout.write(stdout)
    }
    if (stderr !== undefined) process.stderr.write(stderr)
    if (kept) this.#kept = kept
    if (within !== undefined) {
      const left = within + GRACE - performance.now()
      const code = (): number => this.#kept?.code ?? EXIT.inconclusive
      clearTimeout(this.#ending)
      this.#ending = setTimeout(() => this.#cutOff('--time ended the search', undefined, code()), left)
    }
    if (bar !== undefined) this.#draw(bar)
    if (full) this.#isFull()
    if (done !== undefined) this.#ends(done)
  }

  /** The thread is done. Where a mistake ended it after a violation was found, that is printed all the same. */
  #ends(code: number): void {
    const kept = this.#kept
    const isMistake = code === EXIT.usage || code === EXIT.internal
    if (isMistake && kept?.code === EXIT.violated && !this.#hasAnswered && !this.#isOver) {
      process.stdout.write(kept.stdout)
      if (kept.stderr) process.stderr.write(kept.stderr)
    }
    this.#end(code)
  }

  #sayThatItWorks(): void {
    if (this.#isOver || this.#hasSpoken) return
    process.stderr.write(
      this.#words(
        'running for half a minute, without a result yet',
        'Ctrl-C ends it and prints what was found, --time does so by itself; smaller bounds, --values and --n are quicker',
      ),
    )
  }

  #died(error: NodeJS.ErrnoException): void {
    if (isOutOfMemory(error)) {
      this.#isFull()
      return
    }
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    this.#cutOff(`turncoat failed: ${what}`, 'this is a bug; please report it with the version', EXIT.internal)
  }

  #isFull(): void {
    const more = 'make the setting smaller, or give it more: NODE_OPTIONS=--max-old-space-size=8192 gives it 8 GB'
    this.#cutOff('the memory is full, which ended the command', more, EXIT.inconclusive)
  }

  /** The thread is gone without a word: this program never does that. */
  #left(): void {
    this.#cutOff(
      'the file of the protocol ended the command: it calls process.exit, or waits for what never comes',
      'let the file define and export, and do nothing else',
      EXIT.usage,
    )
  }

  /** Ends the command where it is: what it has found by then is printed, and decides the exit code if it is a violation. */
  #cutOff(why: string, remedy: string | undefined, code: number): void {
    if (this.#isOver) return
    this.#draw(null)
    process.stderr.write(this.#words(why, remedy))
    const kept = this.#kept
    if (kept) process.stdout.write(kept.stdout)
    else if (this.#isJson) process.stdout.write(`${JSON.stringify({ error: { kind: 'cut off', message: why } })}\n`)
    if (kept?.stderr) process.stderr.write(kept.stderr)
    this.#end(kept?.code === EXIT.violated ? EXIT.violated : code)
  }

  #end(code: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#draw(null)
    // A thread that has threads of its own may never end, and nothing but a signal ends a process that it is in.
    const ended = this.#worker.terminate().then(() => clearTimeout(killing))
    const killing = setTimeout(() => process.kill(process.pid, 'SIGKILL'), STUBBORN)
    // Everything that was written before is through when this is.
    const written = new Promise<void>((done) => process.stdout.write('', () => process.stderr.write('', () => done())))
    void Promise.all([ended, written]).then(() => this.#resolve(this.#final(code)))
  }

  #final(code: number): number {
    if (!this.#unwritable) return code
    const { message } = this.#unwritable
    process.stderr.write(
      this.#words(`the result cannot be written to the standard output: ${message}`, 'make room there'),
    )
    return worst([code as 0, EXIT.usage])
  }
}
