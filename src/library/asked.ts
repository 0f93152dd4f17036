import type { Command } from 'commander'
import { saveTrace, trySaving } from '../cli/files/trace-files.ts'
import { Session } from '../cli/flags/session.ts'
import { type AskedOfSubject, type JudgingFlags, understood } from '../cli/flags/subject-command.ts'
import type { Resolved } from '../cli/subjects/resolved.ts'
import type { Io } from '../cli/terminal/io.ts'
import type { SaveViolation } from '../cli/workers/engines.ts'
import { assertHappensAgain, dismissWorker } from '../cli/workers/fresh-replay.ts'
import { engines } from '../cli/workers/own-engines.ts'
import { HarnessError, type Protocol, UsageError } from '../model/index.ts'
import { assertShape, FLAG, FUNCTION, fits, type Kind, listOf, OBJECT, optional, TEXT } from '../model/shape.ts'
import { type Replayed, replay, type Trace } from '../trace/index.ts'
import { flagsOf } from './flags.ts'
import type { AskingOptions, SettingOptions } from './options.ts'
import { quietIo } from './quiet-io.ts'
import { subjectOf } from './subject.ts'
import type { SubjectLike } from './subject-like.ts'

const SIGNAL: Kind = { words: 'an AbortSignal', is: fits({ aborted: FLAG }) }
const OWN: { readonly [K in keyof Required<AskingOptions>]: Kind } = {
  ...{
    signal: optional(SIGNAL),
    onProgress: optional(FUNCTION),
    claims: optional(listOf(OBJECT)),
    file: optional(TEXT),
  },
}

/** What a function of the library was asked, read by the flags of a command. */
export interface AskedOfLibrary<Flags> {
  readonly io: Io
  readonly session: Session
  readonly resolved: Resolved
  readonly flags: Flags
}

type Told = AskingOptions & Pick<SettingOptions, 'bounds'>

/**
 * Reads options by the flags of a command, once it is known which subject brings which bounds.
 * @param left names of flags that are no options
 * @throws UsageError for what the command line would refuse
 */
export async function asked<Flags>(
  given: SubjectLike,
  options: Told,
  commandOf: (session: Session) => Command,
  left: readonly string[] = [],
): Promise<AskedOfLibrary<Flags>> {
  assertKindOfOptions(options)
  const { signal, onProgress, claims, file, bounds = {} } = options
  const resolved = await subjectOf(given, { ...(claims ? { claims } : {}), ...(file ? { file } : {}) })
  const io = quietIo({ ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) })
  const { protocol } = resolved
  const protocols = { loaded: resolved, named: [protocol], bounded: [protocol] }
  const session = new Session(io, engines, protocols, () => {
    throw new HarnessError('the library runs no command lines')
  })
  assertBounds(protocol, bounds)
  const { bounds: _, ...rest } = options
  const flags = flagsOf<Flags>(commandOf(session), { ...bounds, ...rest }, Object.keys(OWN), left)
  return { io, session, resolved, flags }
}

/** The same for a command that judges claims in settings. */
export async function askedSearch<Flags extends JudgingFlags>(
  given: SubjectLike,
  options: Told,
  commandOf: (session: Session) => Command,
  by?: 'search',
): Promise<AskedOfLibrary<Flags> & AskedOfSubject<Flags>> {
  const found = await asked<Flags>(given, options, commandOf)
  return { ...found, ...(await understood(found.resolved.asked, found.flags, found.session, by)) }
}

function assertKindOfOptions(options: Told): void {
  assertShape('the options', { options: OBJECT }, { options })
  const own = Object.entries(options).filter(([key]) => Object.hasOwn(OWN, key))
  assertShape('the options', OWN, Object.fromEntries(own))
  assertShape('the options', { bounds: optional(OBJECT) }, { bounds: options.bounds })
}

/** Sizes for which a protocol is asked which bounds it has. */
const ASKED_SIZE = 4

function assertBounds({ definition, subject }: Protocol, bounds: object): void {
  const known = Object.keys(definition.defaults(ASKED_SIZE).bounds)
  const odd = Object.keys(bounds).find((name) => !known.includes(name) && name !== 'timeouts' && name !== 'restarts')
  if (odd === undefined) return
  const suggestion = known.length > 0 ? `its bounds are ${known.join(', ')}` : 'it needs no bounds'
  throw new UsageError(`${subject} has no bound called ${odd}`, suggestion)
}

/** The traces of a search, by claim: kept for its result, and saved where that was asked for. */
export class KeptTraces {
  readonly #traces = new Map<string, Trace>()
  readonly #asked: AskedOfSubject<{ readonly out?: string }>
  readonly #isFile: boolean

  constructor(asked: AskedOfSubject<{ readonly out?: string }>, given: SubjectLike) {
    this.#asked = asked
    this.#isFile = typeof given === 'string' && asked.resolved.file !== undefined
  }

  readonly save: SaveViolation = async (trace, before) => {
    const { output, flags } = this.#asked
    await this.#assertHappensAgain(trace)
    this.#traces.set(trace.claim, trace)
    if (flags.out === undefined) return { saved: undefined }
    return trySaving(() => saveTrace(trace, output.io.cwd, flags.out, before), before)
  }

  of(claim: string): Trace | undefined {
    return this.#traces.get(claim)
  }

  /** Ends what was begun for it. */
  async end(): Promise<void> {
    await dismissWorker(this.#asked.output.io)
  }

  /** A file is loaded once more, where no handler has run before; what is given as an object is here, and nowhere else. */
  async #assertHappensAgain(trace: Trace): Promise<void> {
    const { resolved, output } = this.#asked
    if (this.#isFile) return assertHappensAgain(trace, resolved, output)
    const replayed: Replayed = replay(trace, () => resolved.subject)
    if (replayed.reproduced) return
    const { step, why } = replayed.divergence
    throw new UsageError(
      `${resolved.asked}: handlers keep something outside of their state: when it is run again, the run diverges at step ${step}: ${why}`,
      'let handlers use nothing but their arguments: no global variables, no clock, no Math.random; keep it all in the state',
    )
  }
}
