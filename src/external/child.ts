import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'

/** A program, and what it may use. */
export interface Command extends Required<Limits> {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Limits of a process: seconds and megabytes. */
export interface Limits {
  /** Seconds in which it has to answer. Default: 5. */
  readonly answer?: number
  /** Seconds in which it has to answer for the first time. Default: 60. */
  readonly start?: number
  /** Megabytes that it and its children may hold. Default: 1024. */
  readonly memory?: number
}

/** How a process came to its end before it answered. */
export interface Ended {
  readonly how: 'exit' | 'signal' | 'late' | 'memory' | 'chatter' | 'garbled' | 'never started'
  readonly code: number | null
  readonly signal: string | null
  /** What it had printed last to its standard error stream. */
  readonly stderr: string
}

export type Reply = { readonly line: string } | { readonly unasked: string } | { readonly ended: Ended }

/**
 * The shell becomes the program, and leaves a guard behind: when the other end of descriptor 3 is closed, which happens
 * however Turncoat ends, the guard kills the whole process group, itself included.
 */
const GUARDED = '(read -r _ <&3; kill -KILL 0) </dev/null >/dev/null 2>&1 & exec "$@" 3<&-'

const LONGEST_LINE = 16 * 2 ** 20
const MOST_STDERR = 4_096
/** Milliseconds between two looks at the memory. */
const LOOK_EVERY = 100
/** Milliseconds that what a process has printed may take to arrive after its end. */
const LAST_WORDS = 200
/** Milliseconds that a process which is asked nothing more may take to end by itself. */
const GOING = 1_000
const KILOBYTES = 1_024

/** One running process. After its first reply that is no line, it is gone. */
export class Child {
  readonly #command: Command
  readonly #process: ChildProcess
  readonly #looking: NodeJS.Timeout
  /** Bytes that are no UTF-8 would become one and the same character, and different values one value. */
  readonly #text = new TextDecoder('utf-8', { fatal: true })
  #answered = 0
  #unread = ''
  #stderr = ''
  #late: NodeJS.Timeout | undefined
  #resolve: ((reply: Reply) => void) | undefined
  #ended: Ended | undefined

  constructor(command: Command) {
    this.#command = command
    this.#process = spawn('/bin/sh', ['-c', GUARDED, 'sh', ...command.command], {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      // A process group of its own: Ctrl-C is for Turncoat, and whatever the program starts ends with it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const { stdin, stdout, stderr } = this.#process
    stdout!.on('data', (chunk: Uint8Array) => this.#hear(chunk))
    stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr = (this.#stderr + chunk).slice(-MOST_STDERR)
    })
    for (const stream of [stdin!, stdout!, stderr!, this.#process.stdio[3] as Readable]) stream.on('error', () => {})
    this.#process.on('error', (error) => {
      this.#stderr += error.message
      this.#end('never started')
    })
    this.#process.on('exit', (code, signal) => {
      this.kill()
      const isOver = new Promise<void>((done) => this.#process.once('close', done))
      const waited = new Promise<void>((done) => void setTimeout(done, LAST_WORDS))
      void Promise.race([isOver, waited]).then(() => this.#left(code, signal))
    })
    this.#looking = setInterval(() => void this.#look(), LOOK_EVERY)
  }

  get isOver(): boolean {
    return this.#ended !== undefined
  }

  /** What it has said since its last answer: nobody asked for that. */
  get surplus(): string | undefined {
    return this.#unread === '' ? undefined : this.#unread.split('\n')[0]!
  }

  /** Asks nothing more. When this is done, it has said whatever else it says. */
  async settle(): Promise<void> {
    const isOver = new Promise<void>((done) => this.#process.once('close', done))
    const isLate = new Promise<void>((done) => void setTimeout(done, GOING).unref())
    if (this.#ended) return
    this.#process.stdin!.end()
    await Promise.race([isOver, isLate])
    this.kill()
  }

  /** Puts one line to the process. One at a time. */
  ask(line: string): Promise<Reply> {
    return new Promise((resolve) => {
      this.#resolve = resolve
      if (this.#ended) return this.#reply({ ended: this.#ended })
      // It must not have said anything since its last answer.
      if (this.surplus !== undefined) return this.#reply({ unasked: this.surplus })
      const { answer, start } = this.#command
      const seconds = this.#answered === 0 ? start : answer
      this.#late = setTimeout(() => this.#end('late'), seconds * 1_000)
      ;(this.#process.stdin as Writable).write(`${line}\n`)
    })
  }

  /** Ends the process and all that it has started. */
  kill(): void {
    clearInterval(this.#looking)
    try {
      process.kill(-this.#process.pid!, 'SIGKILL')
    } catch {
      // It was never there, or all of it is gone.
    }
  }

  #hear(chunk: Uint8Array): void {
    try {
      this.#unread += this.#text.decode(chunk, { stream: true })
    } catch {
      this.#end('garbled')
      return
    }
    if (this.#unread.length > LONGEST_LINE) this.#end('chatter')
    const end = this.#resolve ? this.#unread.indexOf('\n') : -1
    if (end < 0) return
    const line = this.#unread.slice(0, end)
    this.#unread = this.#unread.slice(end + 1)
    this.#answered++
    this.#reply({ line })
  }

  #left(code: number | null, signal: string | null): void {
    // The shell says so where there is nothing that it could become.
    const isMissing = this.#answered === 0 && (code === 126 || code === 127)
    this.#end(isMissing ? 'never started' : signal ? 'signal' : 'exit', code, signal)
  }

  #end(how: Ended['how'], code: number | null = null, signal: string | null = null): void {
    this.#ended ??= { how, code, signal, stderr: this.#stderr }
    this.kill()
    this.#reply({ ended: this.#ended })
  }

  #reply(reply: Reply): void {
    clearTimeout(this.#late)
    const resolve = this.#resolve
    this.#resolve = undefined
    resolve?.(reply)
  }

  async #look(): Promise<void> {
    const { pid } = this.#process
    if (pid === undefined || this.#ended) return
    if ((await kilobytes(pid)) > this.#command.memory * KILOBYTES) this.#end('memory')
  }
}

/** What a process and its children hold in memory; 0 where that cannot be told. */
async function kilobytes(pid: number): Promise<number> {
  try {
    const [status, children] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''),
    ])
    const own = Number(status.match(/^VmRSS:\s+(\d+)/m)?.[1] ?? 0)
    const others = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(kilobytes))
    return others.reduce((sum, one) => sum + one, own)
  } catch {
    return process.platform === 'linux' ? 0 : toldByPs(pid)
  }
}

function toldByPs(pid: number): Promise<number> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => resolve(error ? 0 : Number(stdout)))
  })
}
