import type { Authentication, Claim, Steps } from '../model/index.ts'
import type { SubjectLike } from './subject-like.ts'

/** Options of every search besides its subject and setting. */
export interface AskingOptions {
  /**
   * Ends the call early: its result has what was found so far, and `stoppedBy: 'signal'`. `fuzz` notices a signal from
   * outside between blocks of 200 runs. `check` notices it at once if the protocol is a name or a file; if it is an
   * object, between settings. A signal that `onProgress` gives is noticed everywhere, and `time` always works.
   */
  readonly signal?: AbortSignal
  /** Called now and then with the progress. */
  readonly onProgress?: (progress: CallProgress) => void
  /** The claims of a protocol that is given without them. */
  readonly claims?: readonly Claim<any>[]
  /** The file that exports the protocol, as printed commands name it: `./broadcast.ts`. It is not read. */
  readonly file?: string
}

/** The progress of a call. */
export interface CallProgress {
  readonly done: number
  /** The largest possible value of `done`. */
  readonly total: number
  /** What is counted: `runs`, `states`, `stages`, `points`. */
  readonly unit: string
  /** More about it, such as the phase of a search. */
  readonly note: string
}

/** Ids of participants: a list, or `none`. */
export type Ids = readonly number[] | 'none'

/** The settings to search, by the names of the flags of the command line. */
export interface SettingOptions {
  /** Number of replicas. Default 4. */
  readonly n?: number
  /** Number of faults that the protocol's constants are computed from. Default: the protocol's own. */
  readonly f?: number
  /** Number of Byzantine replicas; every choice of so many is searched. Default: the protocol's own. */
  readonly b?: number
  /** Which replicas are Byzantine, instead of `b`. */
  readonly byzantine?: Ids
  /** Replicas that may stop for ever. */
  readonly crash?: Ids
  readonly restart?: Ids
  readonly clients?: number
  readonly byzantineClients?: Ids
  /** The values that inputs range over. Default: the protocol's own. */
  readonly values?: readonly string[]
  /** Inputs by id; `any` value at any replica; or as the flag is written, `r0=a;r1=a,b`. */
  readonly inputs?: { readonly [id: number]: readonly string[] } | string
  readonly auth?: Authentication
  /** What the network may do: `['duplicate', 'lose']`, or `none`. It does nothing that is not listed. */
  readonly network?: string | readonly string[]
  readonly steps?: Exclude<Steps, 'lockstep'>
  /** The bounds that most papers have. */
  readonly views?: number
  readonly slots?: number
  readonly checkpoint?: number
  readonly timeouts?: number
  readonly restarts?: number
  readonly flips?: number
  /** Other bounds, by the names that the protocol gives them; `{ bounds: { views: 2 } }` is the same as `{ views: 2 }`. */
  readonly bounds?: { readonly [name: string]: number }
}

/** One name, or several. */
export type OneOrMore = string | readonly string[]

/** What all searches have in common. */
export interface SearchOptions extends SettingOptions, AskingOptions {
  /** Names of the claims to judge; `all` of them. Default: the safety claims, and totality of broadcasts. */
  readonly claim?: OneOrMore
  /** Time limit: `30s`, `500ms`, `2m`, or a number of seconds. Results then depend on the machine. */
  readonly time?: string | number
  /** File or folder that traces are saved in. Default: none are saved; they are in the result. */
  readonly out?: string
}

/** Options of `check`: the flags of `turncoat check`. */
export interface CheckOptions extends SearchOptions {
  /** False: all passes are switched off. */
  readonly reduction?: boolean
  /** Names of passes to switch off. */
  readonly without?: OneOrMore
  /** Most states for each choice of Byzantine replicas. Default 5,000,000. */
  readonly maxStates?: number
  /** Most messages, and most local states of a replica. Default 5,000. */
  readonly maxUniverse?: number
}

/** Options of `fuzz`: the flags of `turncoat fuzz`. */
export interface FuzzOptions extends SearchOptions {
  /** Default 1,000; without limit if there is a `time`. */
  readonly runs?: number
  /** Default 1. */
  readonly seed?: number
  /** Steps after which a run ends. Default 400. */
  readonly maxSteps?: number
  /** States that each search for a shorter violation may visit. */
  readonly maxStates?: number
  /** Strategies of the Byzantine replicas to draw from. Default: all. */
  readonly strategy?: OneOrMore
  /** Schedulers to draw from. Default: all. */
  readonly scheduler?: OneOrMore
  /** Search in rounds, which start from runs that met something new in the rounds before. */
  readonly learn?: boolean
  /** What the Byzantine replicas never do: `equivocation`, `amnesia`. */
  readonly never?: OneOrMore
  /** Threads, for subjects that are given by name or file. The result is the same for any number. Default 1. */
  readonly workers?: number
}

/** Network and machines of simulated executions: flags of `turncoat sweep`. */
export interface SimulationOptions {
  /** Milliseconds: `25`, `10..50`, `20*0.5` (median and sigma), or a row for each sender. Default `10..50`. */
  readonly delay?: string | number
  /** Base timeout in milliseconds. Default 1,000. */
  readonly timeout?: number
  /** Share of messages that is lost, from 0 to 1. Default 0. */
  readonly loss?: number
  /** Probability that a message takes longer, and the most that it is delayed by: `0.1*500`. */
  readonly reorder?: string
  /** Partitions: `0..500:0,1:2,3`, `0..500:halves`, `0..500:halves:lost`. */
  readonly partition?: OneOrMore
  /** When delays become normal, and the delays before: `2000:0..5000`. */
  readonly stabilises?: string
  /** Milliseconds that a replica needs for one message. Default 0. */
  readonly processing?: number
}

/** Options of `simulate`. */
export interface SimulateOptions extends SettingOptions, SimulationOptions, AskingOptions {
  /** Names of the safety claims to judge; `all` of them. Default: all. */
  readonly claim?: OneOrMore
  /** Number of executions; their seeds are `seed`, `seed` + 1, and so on. Default 20. */
  readonly trials?: number
  /** Default 1. */
  readonly seed?: number
  /** Strategy of the Byzantine replicas; each execution uses another of its plans. Default `silent`. */
  readonly strategy?: string
}

/** Options of `sweep`: the flags of `turncoat sweep`. Axes are written as there: `4..7`, `4,7`, `n/3`, `f+1`. */
export interface SweepOptions
  extends Omit<SettingOptions, 'n' | 'f' | 'b' | 'byzantine' | 'auth' | 'network'>,
    SimulationOptions,
    AskingOptions {
  /** Numbers of replicas. Default `4..7`. */
  readonly n?: string | number | readonly number[]
  /** Default: the protocol's own for each n. */
  readonly f?: string | number | readonly number[]
  /** Numbers of Byzantine replicas. Default `0..n`. */
  readonly b?: string | number | readonly number[]
  /** The bound `views` where b = 0, a number or `n`. */
  readonly viewsUnattacked?: string | number
  /** Default: agreement, where the protocol claims it. */
  readonly claim?: OneOrMore
  /** Strategies to try, one after the other. Default: all; `silent` for liveness. */
  readonly strategy?: OneOrMore
  /** Runs of each strategy. Default 200. */
  readonly runs?: number
  /** Factor for `runs` where a neighbouring cell differs. Default 10. */
  readonly boundary?: number
  /** Count violating runs instead of stopping at the first. */
  readonly rates?: boolean
  /** Most states for the proof of one point. */
  readonly maxStates?: number
  /** Steps after which a run ends. Default 400. */
  readonly maxSteps?: number
  /** Simulated executions of each point. Default 20. */
  readonly trials?: number
  /** Default 1. */
  readonly seed?: number
  /** Each kind has cells of its own. */
  readonly auth?: OneOrMore
  /** Each network has cells of its own: `['duplicate', 'duplicate,lose']`. */
  readonly network?: OneOrMore
}

/** Options of every function that takes a trace. */
export interface TraceOptions {
  /** The protocol, if it is not a registered one: as for a search. */
  readonly subject?: SubjectLike
  /** The claims of a protocol that is given without them. */
  readonly claims?: readonly Claim<any>[]
}

/** Options of `shrink`: the flags of `turncoat shrink`, and when to stop. */
export interface ShrinkTraceOptions extends TraceOptions, Pick<AskingOptions, 'signal' | 'onProgress'> {
  /** States that each search for a shorter schedule may visit. */
  readonly maxStates?: number
}

/** Options of `toMermaid`: the flags of `turncoat show --format mermaid`. */
export interface PictureOptions extends TraceOptions {
  /** Only these participants: `r1`, `r3`. */
  readonly only?: OneOrMore
  /** Types of messages that are left out. */
  readonly hide?: OneOrMore
}
