import { explore } from '../check/reference/explore.ts'
import {
  assertClaims,
  assertCounted,
  type Claim,
  deepFreeze,
  HarnessError,
  type Program,
  UsageError,
} from '../model/index.ts'
import { assertKind, assertShape, FUNCTION, type Kind, listOf, OBJECT, optional, WHOLE, whole } from '../model/shape.ts'
import { PROGRAM, type Step } from '../system/index.ts'
import type { Certify } from './certify.ts'
import { echoedWords } from './coalition.ts'
import { type Coarser, coarser } from './coarser.ts'
import { Cut } from './cut.ts'
import { minimise } from './ddmin.ts'
import { detours } from './detours.ts'
import { reproducesEagerly } from './eager.ts'
import { inReadersOrder } from './order.ts'
import { breaksUncorrupted } from './promise.ts'
import { Replayer } from './replayer.ts'
import type { Shortest, Shrunk, Stage } from './result.ts'
import { simplerMessages } from './simpler-messages.ts'
import { slice } from './slice.ts'
import { TraceVocabulary } from './trace-vocabulary.ts'
import { verified } from './verify.ts'

export interface ShrinkOptions {
  /** States that one second search may look at. */
  readonly maxStates?: number
  /** Replays that taking steps away, and making Byzantine messages simpler, may take each time. */
  readonly maxReplays?: number
  /** Asked, when all else is done, for something shorter within the whole bounds of the setting that is left. */
  readonly certify?: Certify
  /** May the result be these steps? What a stage makes that may not be the result is given up. Default: any may be. */
  readonly allows?: (program: Program, steps: readonly Step[]) => boolean
  readonly onStage?: (stage: Stage) => void
  /** Asked all the time; once it says so, what is shrunk by then is the result. */
  readonly stop?: () => boolean
}

const STEPS = listOf(OBJECT)
const OPTIONS: { readonly [K in keyof Required<ShrinkOptions>]: Kind } = {
  ...{ maxStates: optional(whole(1)), maxReplays: optional(WHOLE) },
  ...{ certify: optional(FUNCTION), allows: optional(FUNCTION), onStage: optional(FUNCTION), stop: optional(FUNCTION) },
}
const DEFAULT_STATES = 20_000
const MOST_REPLAYS = 5_000
const MOST_LIES = 300
/** Replays that go into runs like the shortest one, for each state that a second search may look at. */
const DETOURS = 2
/** What a search finds is another story, with room for the earlier stages again; more rounds have not been seen. */
const MOST_ROUNDS = 5

/**
 * Makes of a violation the shortest and simplest one that can be found: the same claim, in the same or a smaller
 * setting. All budgets are counted in replays and states, so equal input gives equal output.
 *
 * @throws UsageError where the steps do not break the claim, or it takes a strategy to break it
 */
export function shrink(
  program: Program,
  asked: Claim<any>,
  steps: readonly Step[],
  options: ShrinkOptions = {},
): Shrunk {
  assertKind('the program', PROGRAM, program)
  assertClaims([asked], program.protocol.subject, [program.protocol])
  assertCounted([asked], program.setting)
  assertOfOneRun(asked)
  assertKind('the steps', STEPS, steps)
  assertShape('the options of shrink', OPTIONS, options)
  let isSmaller = false
  const smaller = (current: Coarser, claim: Claim<any>): Coarser => {
    const made = coarser(current.program, claim, current.steps)
    isSmaller ||= made.program !== program
    return made
  }
  try {
    return shrunk(program, asked, steps, options, smaller)
  } catch (error) {
    // What runs of a smaller setting do wrong, those that were asked for may not do.
    if (!isSmaller || !(error instanceof UsageError)) throw error
    return shrunk(program, asked, steps, options, (current) => current)
  }
}

function shrunk(
  program: Program,
  asked: Claim<any>,
  steps: readonly Step[],
  options: ShrinkOptions,
  smaller: (current: Coarser, claim: Claim<any>) => Coarser,
): Shrunk {
  const cut = new Cut(asked, options.stop)
  const { claim } = cut
  const maxStates = options.maxStates ?? DEFAULT_STATES
  const maxReplays = options.maxReplays ?? MOST_REPLAYS
  const maxByzantineMessages = Math.min(MOST_LIES, maxReplays)
  const stages: Stage[] = []
  let current: Coarser = { program, steps }
  const stage = (name: string, next: () => Coarser): void => {
    const before = current.steps.length
    const made = cut.do(next, current)
    if (options.allows?.(made.program, made.steps) ?? true) current = made
    const entry = { stage: name, before, after: current.steps.length }
    stages.push(entry)
    options.onStage?.(entry)
  }
  const replayer = (): Replayer => new Replayer(current.program, claim, echoedWords(current.program, current.steps))

  stage('truncate', () => ({ program, steps: truncated(replayer(), claim, deepFreeze(steps)) }))
  stage('slice', () => ({ ...current, steps: slice(replayer(), current.steps) }))
  let finished = false
  for (let round = 0, shorter = true; shorter && !cut.isOver() && round < MOST_ROUNDS; round++) {
    stage('coarser', () => smaller(current, claim))
    stage('ddmin', () => ({ ...current, steps: minimise(replayer(), current.steps, maxReplays) }))
    stage('coarser', () => smaller(current, claim))
    stage('messages', () => ({
      ...current,
      steps: simplerMessages(current.program, claim, current.steps, maxByzantineMessages),
    }))
    const before = current.steps.length
    stage('search', () => {
      const result = searchAgain(current.program, claim, current.steps, maxStates)
      finished = result.finished
      return { ...current, steps: result.steps }
    })
    shorter = current.steps.length < before
  }
  let shortest: Shortest = finished ? 'certified in its own vocabulary' : 'bound reached'
  const { certify } = options
  if (certify) {
    stage('certify', () => {
      const result = certified(replayer(), claim, current.steps, shortest, certify)
      shortest = result.shortest
      return { ...current, steps: result.steps }
    })
  }
  if (shortest.startsWith('bound reached')) {
    stage('detours', () => ({ ...current, steps: detours(replayer(), current.steps, DETOURS * maxStates) }))
  }
  stage('order', () => ({ ...current, steps: inReadersOrder(replayer(), current.steps) }))
  if (cut.isOver() && (shortest as Shortest) !== 'certified') shortest = 'bound reached; the time was up'
  const { witness } = verified(current.program, asked, current.steps)
  const alone = () => breaksUncorrupted(current.program, claim, current.steps)
  const eagerly = () => reproducesEagerly(current.program, claim, current.steps, Math.ceil(maxStates / 4), program)
  return {
    setting: current.program.setting,
    steps: current.steps,
    witness,
    stages,
    shortest,
    uncorrupted: program.setting.byzantine.length > 0 && cut.do(alone, false),
    eager: cut.do<Shrunk['eager']>(eagerly, undefined),
  }
}

/** Up to the violation. A liveness claim may be broken earlier too: beginnings of doubling length are tried. */
function truncated(replayer: Replayer, claim: Claim<any>, steps: readonly Step[]): readonly Step[] {
  const whole = replayer.replay(steps)
  if (replayer.judge.atEnd) {
    for (let length = 0; length < steps.length; length = Math.max(1, length * 2)) {
      const replay = replayer.replay(steps.slice(0, length))
      if (replay.witness) return replay.steps
    }
  }
  if (whole.witness) return whole.steps
  throw new UsageError(`these steps do not break ${claim.name}`, 'name the claim that the run violated')
}

/** The steps, or shorter ones where there are any within the whole bounds, and what is known about their length. */
function certified(
  replayer: Replayer,
  claim: Claim<any>,
  steps: readonly Step[],
  shortest: Shortest,
  certify: Certify,
): { readonly steps: readonly Step[]; readonly shortest: Shortest } {
  if (steps.length === 0) return { steps, shortest: 'certified' }
  // Shorter than one step is only that nothing happens.
  const atOnce = replayer.replay([]).witness
  if (steps.length === 1 && !atOnce) return { steps, shortest: 'certified' }
  const { found, certified: isShortest, why } = certify(replayer.program, claim, steps.length - 1, steps)
  if (found && found.length >= steps.length) throw new HarnessError('what should be shorter is not')
  const kept = found ? deepFreeze(found) : steps
  if (isShortest) return { steps: kept, shortest: 'certified' }
  // What was found with its own vocabulary is about the longer one.
  const known = found || shortest === 'bound reached' ? 'bound reached' : 'certified in its own vocabulary'
  return { steps: kept, shortest: why ? `${known}; ${why}` : known }
}

/** First the trace's own steps in other orders and subsets, which is quick; then all that its vocabulary allows. */
function searchAgain(
  program: Program,
  claim: Claim<any>,
  steps: readonly Step[],
  maxStates: number,
): { readonly steps: readonly Step[]; readonly finished: boolean } {
  if (steps.length === 0) return { steps, finished: true }
  const maxSteps = steps.length - 1
  const within = (own: boolean, most: number) =>
    explore(new TraceVocabulary(program, steps, own), [claim], { maxSteps, maxStates: most })
  const found = within(true, Math.ceil(maxStates / 4)).violations.get(claim.name)
  if (found) return { steps: found.steps, finished: false }
  const { violations, finished } = within(false, maxStates)
  return { steps: violations.get(claim.name)?.steps ?? steps, finished }
}

function assertOfOneRun(asked: Claim<any>): void {
  if (asked.kind !== 'invariant' || !asked.forced) return
  throw new UsageError(
    `${asked.name} is broken by a strategy, of which these steps are one run`,
    'a shorter run would be one of luck; ask turncoat check for the strategy',
  )
}
