import { canonical, remembered, UsageError } from '../model/index.ts'
import type { Settled } from './bridge.ts'
import { Calls } from './calls.ts'
import type { Command, Ended } from './child.ts'
import { common, ending } from './last-words.ts'
import { Standing } from './standing.ts'
import { answerIn, type ProgramAnswer, short } from './wire.ts'

/** What a program did with a request: it answered, or it came to its end. */
type Outcome = Answered | { readonly died: string }

interface Answered {
  readonly answer: ProgramAnswer
  readonly text: string
}

interface Known {
  readonly outcome: Outcome
  isChecked: boolean
}

/** What a process is told before it is asked, each time: for programs that keep their state. */
export interface Before {
  /** Two with one key are the same lines. */
  readonly key: string
  readonly lines: () => readonly string[]
  /** The key of these lines with the request behind them, where somebody may go on from there. */
  readonly after?: string
}

/** Where a process is asked, and where a second one is. */
const FIRST = '0'
const SECOND = '1'
/** Outcomes that are remembered. When there are more, all are forgotten, and asked for again. */
const MOST_KNOWN = 100_000
/** So many requests at first are put to a second process when they come up again; then one in so many. */
const CHECKED_FIRST = 512
const CHECKED_EVERY = 16
/** Signals by which somebody else ends a process. */
const FROM_OUTSIDE: readonly (string | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']

/** A program's end, which stops the replica whose event it came to it on. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

/** How many requests there were, and what became of the processes. */
export interface RequestCounts {
  /** Requests of engines. */
  requests: number
  /** Those that were put to a process, the second time and after a process had ended included. */
  calls: number
  /** Answers that were held against those of a second process. */
  checked: number
  /** Processes that came to their end, and whose request a new one answered. */
  replaced: number
}

/** All threads of processes are kept in one place, however often this module is loaded. */
const shared = globalThis as { [SHARED]?: { calls?: Calls; readonly programs: Map<string, ExternalProgram> } }
const SHARED: unique symbol = Symbol.for('turncoat programs') as never

/** A program that answers requests, run by as many processes as it takes. It must be a function of the request. */
export class ExternalProgram {
  readonly tally: RequestCounts = { requests: 0, calls: 0, checked: 0, replaced: 0 }
  readonly #command: Command
  readonly #whose: string
  /** Names the places where its processes run: no other program has the same. */
  readonly #instances: string
  readonly #known = new Map<string, Known>()
  readonly #standing = new Standing()
  #asked = 0
  #hits = 0
  /** The first line that was answered. */
  #greeting: string | undefined

  constructor(command: Command) {
    this.#command = command
    this.#instances = canonical(command)
    this.#whose = command.command.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(' ')
  }

  /**
   * @param request an object as a text, without an `id`
   * @throws UsageError for what is no answer, comes too late, takes too much memory, or differs from time to time
   * @throws ProgramError where the program ends on it
   */
  ask(request: string, before?: Before): ProgramAnswer {
    this.tally.requests++
    const key = before ? `${before.key}\n${request}` : request
    let known = this.#known.get(key)
    if (!known) {
      known = { outcome: this.#outcome(request, before), isChecked: false }
      if (this.#known.size >= MOST_KNOWN) this.#known.clear()
      this.#known.set(key, known)
    } else if (!known.isChecked && this.#wantsCheck()) {
      known.isChecked = true
      this.#assertSame(request, before, known.outcome)
    }
    const { outcome } = known
    if ('died' in outcome) throw new ProgramError(outcome.died)
    return outcome.answer
  }

  /**
   * Has the same request, where another way has led to what is told to be the same state, the same answer? Some are asked.
   * @throws UsageError where it has not
   */
  holdAgainst(request: string, before: Before, other: Before): void {
    const first = this.#known.get(`${before.key}\n${request}`)?.outcome
    if (!first || !this.#wantsCheck()) return
    this.tally.checked++
    const [one, two] = [first, this.#outcome(request, other, SECOND)].map(textOf)
    if (one === two) return
    throw new UsageError(
      `${this.#whose}: in two states with one digest or snapshot it does two things: asked ${short(request)}, it answers ${short(one!)}, and after ${short(other.lines().slice(1).join(' '))} it answers ${short(two!)}`,
      'let the digest, or the snapshot, hold all that its answers depend on',
    )
  }

  /** What it was asked, in words. */
  sentence(): string | undefined {
    const { requests, calls, checked, replaced } = this.tally
    if (requests === 0) return undefined
    const again = replaced > 0 ? `; ${replaced} processes were replaced` : ''
    return `${this.#whose}: ${calls} calls for ${requests} questions of the search, ${checked} of them put to a second process, with the same answers${again}`
  }

  /** @throws UsageError where one of its processes has said something that nobody asked for */
  assertSilent(surplus: Settled['surplus']): void {
    const own = surplus.find(({ instance }) => instance.startsWith(`${this.#instances} `))
    if (own) throw this.#unasked(own.surplus)
  }

  #unasked(line: string): UsageError {
    return new UsageError(
      `${this.#whose} printed a line that answers no request: ${short(line)}`,
      'the standard output is for answers only; print logs to the standard error stream',
    )
  }

  #wantsCheck(): boolean {
    return this.#hits++ < CHECKED_FIRST || this.#hits % CHECKED_EVERY === 0
  }

  /** A second process, which was asked other things before, has to answer the same. */
  #assertSame(request: string, before: Before | undefined, first: Outcome): void {
    this.tally.checked++
    const second = this.#outcome(request, before, SECOND)
    const [one, other] = [first, second].map(textOf)
    if (one !== other) throw this.#differs(request, one!, other!)
  }

  #differs(request: string, one: string, other: string): UsageError {
    return new UsageError(
      `${this.#whose} is nondeterministic: asked the same twice, it answers ${short(one)}, then ${short(other)}; it was asked ${short(request)}`,
      'let the answer depend on the request alone: no clock, no chance, no order of a hash table, nothing kept from before',
    )
  }

  #outcome(request: string, before: Before | undefined, instance?: string): Outcome {
    const first = this.#call(request, before, instance)
    if ('answer' in first) return first
    // Whoever dies is asked again: a process that somebody killed is no finding.
    const second = this.#call(request, before, instance)
    if (!('answer' in second)) return { died: this.#death(request, first, second) }
    const { how, signal } = first
    const isOwnEnd = how === 'exit' || (how === 'signal' && !FROM_OUTSIDE.includes(signal))
    if (isOwnEnd) throw this.#differs(request, ending(first, first.stderr), second.text)
    this.tally.replaced++
    return second
  }

  #call(request: string, before: Before | undefined, instance: string | undefined): Answered | Ended {
    if (!before) return this.#put([request], instance ?? FIRST, false) as Answered | Ended
    const all = (): readonly string[] => [...before.lines(), request]
    if (instance !== undefined || before.after === undefined) {
      return this.#put(all(), instance ?? FIRST, false) as Answered | Ended
    }
    const place = this.#standing.take(before.key)
    const went = place.isThere ? this.#put([request], place.instance, true) : 'new'
    const reply = went === 'new' ? (this.#put(all(), place.instance, false) as Answered | Ended) : went
    const isIgnored = 'answer' in reply && (reply.answer as { ignored?: boolean }).ignored === true
    this.#standing.put(place.instance, 'answer' in reply ? (isIgnored ? before.key : before.after) : undefined)
    return reply
  }

  /** Puts lines to a process. What it answered to the last one, how it ended, or that it is new and cannot go on. */
  #put(requests: readonly string[], instance: string, goesOn: boolean): Answered | Ended | 'new' {
    const first = this.#asked
    const lines = requests.map((request, i) => `{"id":${first + i},${request.slice(1)}`)
    const order = {
      instance: `${this.#instances} ${instance}`,
      command: this.#command,
      lines,
      greeting: this.#greeting,
      goesOn,
    }
    const reply = callsOfThread().call(order)
    if ('isNew' in reply) return 'new'
    this.#asked += requests.length
    this.tally.calls += requests.length
    if ('ended' in reply) return reply.ended
    if ('unasked' in reply) throw this.#unasked(reply.unasked)
    this.#greeting ??= lines[0]
    const answers = reply.lines.map((line, i) => answerIn(line, this.#whose, first + i))
    return { answer: answers.at(-1)!, text: canonical(answers.at(-1)) }
  }

  /**
   * How a program that ends on a request, each time, does it.
   * @throws UsageError where it is a matter of time, of memory, or of the machine
   */
  #death(request: string, first: Ended, second: Ended): string {
    const { answer, start, memory } = this.#command
    const what = `on ${short(request)}`
    const said = second.stderr ? `; it said: ${short(second.stderr.trim())}` : ''
    switch (second.how) {
      case 'never started':
        throw new UsageError(
          `${this.#whose} cannot be started${said}`,
          'check `command` and `cwd` in `external({ … })`',
        )
      case 'late':
        throw new UsageError(
          `${this.#whose} gave no answer within ${answer} s (${start} s to start), twice, ${what}${said}`,
          'it hangs, or does not flush its output after each line; raise `limits.answer` if it only is slow',
        )
      case 'memory':
        throw new UsageError(
          `${this.#whose} took more than ${memory} MB of memory, twice, ${what}`,
          'it may recur or collect without end; raise `limits.memory` if it needs as much',
        )
      case 'garbled':
        throw new UsageError(
          `${this.#whose} printed bytes that are no UTF-8, ${what}`,
          'encode what it prints as UTF-8',
        )
      case 'chatter':
        throw new UsageError(`${this.#whose} printed 16 MB without an end of line, ${what}`, 'end each answer with one')
      default:
    }
    if (FROM_OUTSIDE.includes(second.signal)) {
      throw new UsageError(
        `${this.#whose} was killed (${second.signal}), twice, ${what}`,
        'see who ends it, and ask again',
      )
    }
    return ending(second, common(first.stderr, second.stderr))
  }
}

const textOf = (outcome: Outcome): string => ('died' in outcome ? outcome.died : outcome.text)

function state(): NonNullable<(typeof shared)[typeof SHARED]> {
  shared[SHARED] ??= { programs: new Map() }
  return shared[SHARED]
}

function callsOfThread(): Calls {
  const here = state()
  here.calls ??= new Calls()
  return here.calls
}

/** The program that a command runs. Protocols with the same command share it. */
export function programOf(command: Command): ExternalProgram {
  const { programs } = state()
  const key = canonical(command)
  return remembered(programs, key, () => new ExternalProgram(command))
}

/** What this thread has asked of programs, a sentence for each that it asked something. */
export function reportOnPrograms(): readonly string[] {
  return [...(shared[SHARED]?.programs.values() ?? [])].flatMap((program) => program.sentence() ?? [])
}

/**
 * When nothing more is asked: lets the programs of this thread end, and listens until they have.
 * @throws UsageError where one has printed more than its answers; what was made of those is worth nothing
 */
export function settlePrograms(): void {
  const { calls, programs } = state()
  if (!calls) return
  const { surplus } = calls.settle()
  for (const program of programs.values()) program.assertSilent(surplus)
}

/** Ends all processes of this thread. What is asked later starts new ones. */
export async function endPrograms(): Promise<void> {
  const here = state()
  const { calls } = here
  delete here.calls
  here.programs.clear()
  await calls?.end()
}
