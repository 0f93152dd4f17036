import type { Setting } from '../model/index.ts'
import type { Eager, Shrunk } from '../shrink/result.ts'
import type { Step } from '../system/index.ts'

/** The version of the format that this program writes. Older ones are read too. */
export const FORMAT = 2

/** Larger files are refused before they are read. */
export const MOST_BYTES = 5_000_000

/** Longer traces are refused: no person reads them, and replaying them would take long. */
export const MOST_STEPS = 10_000

/** Values, and inputs of one participant; more are refused. */
export const MOST_VALUES = 1_000

/** Participants × values × steps: what a replay has to go through, at the least. */
export const MOST_EXTENT = 1_000_000

/** Brackets inside one another; deeper files are refused before they are parsed. */
export const DEEPEST = 64

/** A step, and the digest of the state that it leads to. */
export type TracedStep = Step & { readonly digest: string }

/** How the violation was found. It is shown, never executed. */
export interface Origin {
  /** The command that finds it again. */
  readonly command: string
  /** What a run was drawn from. An exhaustive search draws nothing. */
  readonly seed?: number
  readonly run?: number
  readonly strategy?: readonly string[]
  readonly scheduler?: string
  /** How many steps the run had before shrinking. */
  readonly stepsBeforeShrinking: number
}

/** A saved violation. Keys are listed in the order in which they are written. */
export interface Trace {
  readonly turncoat: typeof FORMAT
  readonly title: string
  /** Free text for the reader. */
  readonly story?: string
  /** The class of defect, where it has a name of its own. */
  readonly defect?: string
  /** A protocol's own name, never a path: a trace cannot make anybody load a file. */
  readonly protocol: string
  readonly variant?: string
  readonly setting: Setting
  readonly claim: string
  readonly origin: Origin
  readonly shortest: Shrunk['shortest']
  readonly eager: Eager
  readonly steps: readonly TracedStep[]
  /** How the claim is broken, as the claim says it. */
  readonly witness: string
}
