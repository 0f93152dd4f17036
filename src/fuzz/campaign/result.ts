import type { Restriction } from '../../adversary/index.ts'
import type { Setting } from '../../model/index.ts'
import type { Step } from '../../system/index.ts'

/** What to search, and how long. Everything that decides the result is in here: equal campaigns give equal results. */
export interface Campaign {
  /** A registered name, or the absolute path of a file that exports a protocol: workers load it by this. */
  readonly subject: string
  /** Run i uses setting i modulo their number. */
  readonly settings: readonly Setting[]
  /** Names of the claims to judge. */
  readonly claims: readonly string[]
  readonly runs: number
  /** The number of the first run; a campaign of one run repeats that run. */
  readonly firstRun: number
  readonly seed: number
  /** Names of strategies; each run draws some of them. */
  readonly strategies: readonly string[]
  /** Names of choosers; each run draws one of them. */
  readonly schedulers: readonly string[]
  /** Steps after which a run ends. */
  readonly maxSteps: number
  /**
   * Go on after a violation, and count the runs that violate each claim. Liveness is then judged at the end of each run
   * only: runs end anywhere, so each counts once for one place, and not for all the places that it came by.
   */
  readonly counts?: boolean
  /** Go on in rounds, each of which knows what all runs of the rounds before have met. */
  readonly learns?: boolean
  /** What the coalition never does. Absent: it does anything that its bounds allow. */
  readonly never?: readonly Restriction[]
}

/** A violation as a run found it, before shrinking. Its steps have been replayed on `apply`. */
export interface Found {
  readonly claim: string
  readonly witness: string
  readonly run: number
  readonly setting: Setting
  readonly strategies: readonly string[]
  readonly scheduler: string
  readonly steps: readonly Step[]
  /** Is the violation the end of the steps' healed run, and not of the steps themselves? */
  readonly healed: boolean
}

export interface ClaimResult {
  readonly claim: string
  /** `vacuous`: no run reached what the subject's `sometimes` claims ask for, so nothing was tested. */
  readonly verdict: 'not-found' | 'violated' | 'vacuous'
  readonly found?: Found
  /** How many runs violated it, in a campaign that counts. */
  readonly violations?: number
}

export interface CampaignResult {
  readonly seed: number
  /** Runs that count: up to and with the block of runs in which the last claim was violated. */
  readonly runs: number
  /** Steps of those runs. */
  readonly steps: number
  /** Runs in which the subject's `sometimes` claims were reached: where somebody decided. */
  readonly decided: number
  /** Runs in which a bound forbade some step. */
  readonly cut: number
  /** Runs that ended because of `maxSteps`. */
  readonly unfinished: number
  /** Abstract states that those runs met, in a campaign that learns. */
  readonly states?: number
  /** Rules that fired in no run. */
  readonly neverFired: readonly string[]
  readonly claims: readonly ClaimResult[]
}

/** How a run began that met something new: as many draws of some runs, one after the other. */
export interface RunBeginning {
  /** The number of its setting in the campaign. */
  readonly setting: number
  readonly draws: readonly (readonly [run: number, count: number])[]
}

/** What one run has met that no run before it had, as far as its block knew. */
export interface News {
  readonly seen: string
  /** How it came there; nothing where that is too long a story, or it was at its end. */
  readonly beginning?: RunBeginning
}

/** What is added up over the runs. */
export const TOTALS = ['runs', 'steps', 'decided', 'cut', 'unfinished'] as const

/** What some consecutive runs brought: plain data, so that it can cross from one thread to another. */
export interface BlockResult extends Pick<CampaignResult, (typeof TOTALS)[number]> {
  readonly first: number
  readonly fired: readonly string[]
  /** The first violation of each claim within the block. */
  readonly found: readonly Found[]
  /** How many runs violated each claim that was violated, in a campaign that counts. */
  readonly violations?: Readonly<Record<string, number>>
  /** What its runs met that the lesson did not know, in a campaign that learns: run by run. */
  readonly news?: readonly News[]
  /** Was it stopped before all of its runs were made? */
  readonly stopped?: true
}
