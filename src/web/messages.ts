import type { Choice, PossibleSteps } from '../explore/exploration.ts'
import type { SearchFinding } from '../explore/search.ts'
import type { Configuration, Setting } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import type { RunView } from '../view/index.ts'

/** Where the protocol comes from. */
export type Source =
  /** A registered one: `pbft`, `pbft/commit-2f`. */
  | { readonly kind: 'registered'; readonly name: string }
  /** A file that exports `protocol` and `claims`, as a user writes it. */
  | { readonly kind: 'file'; readonly path: string; readonly variant?: string }
  /** A registered one whose files were changed. */
  | { readonly kind: 'changed'; readonly name: string; readonly variant?: string }

/** Code of a user, by path: what stands inside the function that a module is. */
export type Code = Readonly<Record<string, string>>

/** What is asked of the worker. Every message but the first needs `open` before it. */
export type Request =
  | {
      readonly ask: 'open'
      readonly source: Source
      readonly configuration: Configuration
      /** The line that does the same on the command line. */
      readonly command: string
    }
  | { readonly ask: 'view' | 'choices'; readonly setting: Setting; readonly steps: readonly Step[] }
  | {
      readonly ask: 'walk'
      readonly setting: Setting
      readonly steps: readonly Step[]
      readonly seed: number
      readonly most: number
    }
  | { readonly ask: 'trace'; readonly setting: Setting; readonly steps: readonly Step[]; readonly claim: string }
  | {
      readonly ask: 'search'
      readonly how: 'fuzz' | 'check'
      readonly settings: readonly Setting[]
      readonly steps: readonly Step[]
      readonly claims: readonly string[]
      readonly seed: number
      readonly runs: number
      readonly maxStates: number
    }

/** What is known of a protocol once it is open. */
export interface Opened {
  readonly subject: string
  readonly about: string
  readonly variants: readonly { readonly name: string; readonly about: string }[]
  readonly claims: readonly { readonly name: string; readonly about: string; readonly isDefault: boolean }[]
  readonly settings: readonly Setting[]
}

export interface Answers {
  readonly open: Opened
  readonly view: RunView
  readonly choices: PossibleSteps
  readonly walk: readonly Step[]
  readonly trace: string
  readonly search: readonly SearchFinding[]
}

/** Something went wrong: an error of the author's has a remedy, or a place in the code. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly suggestion?: string
  /** Lines of the stack that are in the worker's own script. */
  readonly lines?: readonly number[]
}

/** What the worker says. `done` ends the answer to a request; `tells` says how far it is. */
export type WorkerReply =
  | { readonly id: number; readonly done: unknown }
  | { readonly id: number; readonly tells: string }
  | { readonly id: number; readonly failed: Failure }

export type { Choice, PossibleSteps, SearchFinding }
