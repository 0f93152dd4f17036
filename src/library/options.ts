import type { Authentication, Claim, Steps } from '../model/index.ts'
import type { SubjectLike } from './subject-like.ts'

/** What every search can be told besides what it searches. */
export interface AskingOptions {
  /**
   * Ends the call early: its result says `stoppedBy: 'signal'`, and holds what was found by then. A search keeps its
   * thread busy; a signal from outside is heard between blocks of 200 runs. A check of a protocol that is named, or whose
   * file is, goes on in a thread of its own and hears it at once; of one that is given as an object, between settings.
   * Where `onProgress` gives it, it is heard everywhere, and `time` always is.
   */
  readonly signal?: AbortSignal
  /** Called now and then with how far it is. */
  readonly onProgress?: (progress: CallProgress) => void
  /** The claims of a protocol that is given without them. */
  readonly claims?: readonly Claim<any>[]
  /** The file that exports the protocol, as commands are to name it: `./broadcast.ts`. It is not read. */
  readonly file?: string
}

/** How far a call is. */
export interface CallProgress {
  readonly done: number
  /** The most that there can be. */
  readonly total: number
  /** What is counted: `runs`, `states`, `stages`, `points`. */
  readonly unit: string
  /** What else there is to say, such as the phase of a search. */
  readonly note: string
}

/** Ids of participants: a list, or `none`. */
export type Ids = readonly number[] | 'none'

/** Which settings to look at: the flags of the command line that say so, by their names. */
export interface SettingOptions {
  /** Number of replicas. Default 4. */
  readonly n?: number
  /** What the protocol's constants are computed from. Default: the protocol's own. */
  readonly f?: number
  /** How many replicas are Byzantine: every choice of so many. Default: the protocol's own. */
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
  /** What may be put in where, by id; `any` value anywhere; or as the flag is written, `r0=a;r1=a,b`. */
  readonly inputs?: { readonly [id: number]: readonly string[] } | string
  readonly auth?: Authentication
  /** What the network does: `['duplicate', 'lose']`, or `none`. What is not named it does not do. */
  readonly network?: string | readonly string[]
  readonly steps?: Exclude<Steps, 'lockstep'>
  /** The bounds that most papers have. */
  readonly views?: number
  readonly slots?: number
  readonly checkpoint?: number
  readonly timeouts?: number
  readonly restarts?: number
  readonly flips?: number
  /** Bounds by the names that the protocol gives them; `{ bounds: { views: 2 } }` is `{ views: 2 }`. */
  readonly bounds?: { readonly [name: string]: number }
}

/** One name, or several. */
export type OneOrMore = string | readonly string[]

/** What all searches have in common. */
export interface SearchOptions extends SettingOptions, AskingOptions {
  /** Names of the claims to judge; `all` of them. Default: safety, and what a broadcast promises of its deliveries. */
  readonly claim?: OneOrMore
  /** How long it may take: `30s`, `500ms`, `2m`, or a number of seconds. It is then not the same every time. */
  readonly time?: string | number
  /** File or folder that traces are saved in. Default: none are saved; they are in the result. */
  readonly out?: string
}

/** What `check` can be told: the flags of `turncoat check`. */
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

/** What `fuzz` can be told: the flags of `turncoat fuzz`. */
export interface FuzzOptions extends SearchOptions {
  /** Default 1,000; without end where there is a `time`. */
  readonly runs?: number
  /** Default 1. */
  readonly seed?: number
  /** Steps after which a run ends. Default 400. */
  readonly maxSteps?: number
  /** States that each search for something shorter may look at. */
  readonly maxStates?: number
  /** Strategies of the Byzantine replicas to draw from. Default: all. */
  readonly strategy?: OneOrMore
  /** Schedulers to draw from. Default: all. */
  readonly scheduler?: OneOrMore
  /** In rounds, each of which begins where the rounds before met something new. */
  readonly learn?: boolean
  /** Threads, for subjects that are given by name or file. The result is the same for any number. Default 1. */
  readonly workers?: number
}

/** The network and the machines of simulated executions: the flags of `turncoat sweep` that say so. */
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

/** What `simulate` can be told. */
export interface SimulateOptions extends SettingOptions, SimulationOptions, AskingOptions {
  /** Names of the safety claims to judge; `all` of them. Default: all. */
  readonly claim?: OneOrMore
  /** Executions; they differ in their seeds, which count on from `seed`. Default 20. */
  readonly trials?: number
  /** Default 1. */
  readonly seed?: number
  /** What Byzantine replicas do; each execution takes another of its plans. Default `silent`. */
  readonly strategy?: string
}

/** What `sweep` can be told: the flags of `turncoat sweep`. Axes are written as there: `4..7`, `4,7`, `n/3`, `f+1`. */
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
  /** The bound `views` where nobody is Byzantine, a number or `n`. */
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
  /** Several are places of their own. */
  readonly auth?: OneOrMore
  /** Several lists are places of their own: `['duplicate', 'duplicate,lose']`. */
  readonly network?: OneOrMore
}

/** What everything that is done with a trace can be told. */
export interface TraceOptions {
  /** The protocol, where it is not a registered one: as for a search. */
  readonly subject?: SubjectLike
  /** The claims of a protocol that is given without them. */
  readonly claims?: readonly Claim<any>[]
}

/** What `shrink` can be told: the flags of `turncoat shrink`, and when to stop. */
export interface ShrinkTraceOptions extends TraceOptions, Pick<AskingOptions, 'signal' | 'onProgress'> {
  /** States that each search for a shorter schedule may visit. */
  readonly maxStates?: number
}

/** What `toMermaid` can be told: the flags of `turncoat show --format mermaid`. */
export interface PictureOptions extends TraceOptions {
  /** Only these participants: `r1`, `r3`. */
  readonly only?: OneOrMore
  /** Types of messages that are left out. */
  readonly hide?: OneOrMore
}
