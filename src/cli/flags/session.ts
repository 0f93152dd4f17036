import { type Protocol, type Subject, UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import type { FindSubject } from '../../trace/index.ts'
import type { Resolved } from '../subjects/resolved.ts'
import { resolveSubject } from '../subjects/subjects.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Io } from '../terminal/io.ts'
import type { Engines } from '../workers/engines.ts'

type Run = (argv: readonly string[], io: Io, engines: Engines) => Promise<number>

/** The protocols that arguments are read by: bounds are flags. */
export interface Protocols {
  /** The user's file, where the arguments name one: it is loaded before they are parsed, for its bounds are flags. */
  readonly loaded: Resolved | undefined
  /** All protocols that the arguments name: help shows the bounds of these. */
  readonly named: readonly Protocol[]
  /** Those whose bounds can be given: all that there are, where the arguments have a flag that is no bound of `named`. */
  readonly bounded: readonly Protocol[]
}

/** One call of the command line. */
export class Session implements Protocols {
  code: ExitCode = EXIT.holds
  readonly io: Io
  readonly engines: Engines
  readonly loaded: Protocols['loaded']
  readonly named: Protocols['named']
  readonly bounded: Protocols['bounded']
  /** Runs another command line: campaigns are made of commands. */
  readonly run: Run

  constructor(io: Io, engines: Engines, { loaded, named, bounded }: Protocols, run: Run) {
    this.io = io
    this.engines = engines
    this.loaded = loaded
    this.named = named
    this.bounded = bounded
    this.run = run
  }

  /** A subject by name or path; a file is loaded once. */
  async resolve(asked: string | undefined): Promise<Resolved> {
    if (asked !== undefined && this.loaded?.asked === asked) return this.loaded
    return resolveSubject(asked, this.io.cwd)
  }

  /**
   * Finds the protocol that a trace names. A trace never says which file to load: the user does, with --subject.
   */
  async finder(asked: string | undefined): Promise<FindSubject> {
    const { registry } = await import('../../protocols/index.ts')
    const own: Subject | undefined = asked === undefined ? undefined : (await this.resolve(asked)).subject
    return (name) => {
      const found = [...(own ? [own] : []), ...registry].find(({ protocol }) => protocol.definition.name === name)
      if (found) return found
      const near = didYouMean(
        name,
        registry.map(({ protocol }) => protocol.definition.name),
        '',
      )
      throw new UsageError(
        `the trace is of the protocol ${name.slice(0, 100)}, which does not exist (any more)`,
        `${near ? `${near} ` : ''}if a file of yours exports it, name that file with --subject`,
      )
    }
  }
}
