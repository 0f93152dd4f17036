import type { CheckRequest, CheckResult } from '../check/result/result.ts'
import { type Lesson, lessonOf } from '../fuzz/campaign/lesson.ts'
import type { BlockResult, Campaign, Found } from '../fuzz/campaign/result.ts'
import { digest } from '../model/digest.ts'
import { type Setting, UsageError } from '../model/index.ts'
import { fits, type Kind, listOf, OBJECT, objectOf, oneOf, optional, TEXT, WHOLE } from '../model/shape.ts'
import type { Shrunk } from '../shrink/result.ts'
import type { PointRecord } from '../sweep/cell.ts'
import type { Task } from '../sweep/examine.ts'
import type { Step } from '../system/index.ts'
import type { Trace } from '../trace/index.ts'

/** Some consecutive blocks of a fuzzing campaign. */
export interface BlocksShard {
  readonly kind: 'blocks'
  readonly campaign: Campaign
  readonly first: number
  readonly count: number
  /** What the rounds before have met, in a campaign that learns; on its way, the digest of it. */
  readonly lesson?: Lesson | Pick<Lesson, 'digest'>
}

/** The exhaustive search of one setting. */
export interface SettingShard extends Required<Pick<CheckRequest, 'without' | 'maxStates' | 'maxUniverse'>> {
  readonly kind: 'setting'
  readonly subject: string
  readonly setting: Setting
  /** Settings that it stands for, if its claims do not mind. */
  readonly others: readonly Setting[]
  readonly claims: readonly string[]
}

/** One point of a sweep. */
export interface PointShard {
  readonly kind: 'point'
  readonly task: Task
}

/** The shrinking of one violation, with all that is known of its length in the end. */
export interface ViolationShard {
  readonly kind: 'violation'
  readonly subject: string
  readonly setting: Setting
  readonly claim: string
  readonly steps: readonly Step[]
  readonly maxStates?: number
  /** States that the exhaustive search may look at for something shorter; without it, it is not asked. */
  readonly certifyStates?: number
}

/** One case of a study, of a registered subject: runs under a virtual clock, or what is to be said of some claims. */
export interface StudyShard {
  readonly kind: 'study'
  readonly of: 'scenario' | 'trials'
  readonly subject: string
  /** Known to whoever works on it. */
  readonly asked: object
}

/** A piece of a campaign: plain data that says all that its answer depends on, so that it can be done anywhere, and again. */
export type Shard = BlocksShard | SettingShard | PointShard | ViolationShard | StudyShard

/** What the search of one setting came to. */
export interface SettingAnswer {
  readonly result: CheckResult
  /** Do some claims mind who has which name? Then nothing is known of the other settings. */
  readonly minds: boolean
}

/** What was found at one point, and the traces that go with it. */
export interface PointAnswer {
  readonly record: PointRecord
  readonly traces: readonly { readonly name: string; readonly trace: Trace }[]
}

/** A violation that was shrunk by the shard that found it: quickly, for there may be many. */
export interface ShortFound extends Omit<Shrunk, 'stages'> {
  readonly claim: string
  /** How it was found, and how many steps it had. */
  readonly found: Pick<Found, 'run' | 'strategies' | 'scheduler'> & { readonly steps: number }
}

/** A block, and what was shrunk of it. */
export interface ShardBlock extends BlockResult {
  readonly short?: readonly ShortFound[]
}

export type BlocksAnswer = readonly ShardBlock[]
/** A violation in its last form. */
export interface ViolationAnswer {
  readonly shrunk: Shrunk
}

/** What became of one case of a study. */
export interface StudyAnswer {
  readonly said: object
}

export type ShardAnswer = BlocksAnswer | SettingAnswer | PointAnswer | ViolationAnswer | StudyAnswer

/** A protocol's file on this machine, and the digest of its text and of what it imports. */
export interface ProtocolFile {
  /** Absolute. */
  readonly path: string
  readonly digest: string
}

const FILE = /^file:(?<digest>[0-9a-f]+)(?<variant>\/.+)?$/s

/** The shard with its subjects renamed. */
function renamed(shard: Shard, rename: (subject: string) => string): Shard {
  if (shard.kind === 'blocks') {
    return { ...shard, campaign: { ...shard.campaign, subject: rename(shard.campaign.subject) } }
  }
  if (shard.kind !== 'point') return { ...shard, subject: rename(shard.subject) }
  const { grid } = shard.task
  const subjects = grid.subjects.map((one) => ({ ...one, found: rename(one.found) }))
  return { ...shard, task: { ...shard.task, grid: { ...grid, subjects } } }
}

/** The shard as it travels: what it is to know is named by its digest, for many shards are to know the same. Files are named by what is in them, for no two machines need keep them in the same place. */
export function travelling(shard: Shard, files: readonly ProtocolFile[]): Shard {
  return renamed(unladen(shard), (subject) => {
    const file = files.find(({ path }) => subject === path || subject.startsWith(`${path}/`))
    return file ? `file:${file.digest}${subject.slice(file.path.length)}` : subject
  })
}

function unladen(shard: Shard): Shard {
  if (shard.kind !== 'blocks' || !shard.lesson) return shard
  return { ...shard, lesson: { digest: shard.lesson.digest } }
}

/**
 * The shard with what it is to know.
 * @throws UsageError where that is not what its digest says
 */
export function taught(shard: Shard, lesson: unknown): Shard {
  if (shard.kind !== 'blocks' || !shard.lesson) return shard
  const wanted = shard.lesson.digest
  if (!isLesson(lesson) || lesson.digest !== wanted || lessonOf(lesson).digest !== wanted) {
    throw new UsageError(
      `a shard is to know ${wanted}, and that is not there`,
      'let the campaign run: it puts it there',
    )
  }
  return { ...shard, lesson }
}

/**
 * A shard that has travelled, as it is here: files are those that this machine was given by its own user. What comes
 * from elsewhere never says which file to load.
 * @throws UsageError for a file with other contents than any here, and for a subject that is not registered
 */
export function arrived(
  shard: Shard,
  files: readonly ProtocolFile[],
  isRegistered: (subject: string) => boolean,
): Shard {
  return renamed(shard, (subject) => {
    const { digest: wanted, variant = '' } = subject.match(FILE)?.groups ?? {}
    if (wanted === undefined) {
      if (isRegistered(subject)) return subject
      throw new UsageError(`a shard names the subject ${subject.slice(0, 100)}, which is not registered here`, SAME)
    }
    const file = files.find((one) => one.digest === wanted)
    if (file) return `${file.path}${variant}`
    const have = files.length > 0 ? `; here are ${files.map((one) => one.digest).join(', ')}` : ''
    throw new UsageError(
      `a shard is of a protocol file with the digest ${wanted}, which is not here${have}`,
      'give this worker the very file that the campaign was started with: --protocol FILE',
    )
  })
}

const SAME = 'start workers of the same version of Turncoat as the campaign'

/** Names a shard: equal shards have equal names, on every machine. */
export function idOf(travelled: Shard): string {
  return digest(travelled)
}

const only = (kind: Shard['kind']): Kind => ({ words: kind, is: (value) => value === kind })
const CAMPAIGN = objectOf({ subject: TEXT, settings: listOf(OBJECT), claims: listOf(TEXT), runs: WHOLE, seed: WHOLE })
const isLesson = fits({ digest: TEXT, seen: TEXT, beginnings: listOf(OBJECT) }) as (value: unknown) => value is Lesson
const TASK = objectOf({ grid: objectOf({ subjects: listOf(objectOf({ subject: TEXT, found: TEXT })) }), point: OBJECT })
const KINDS = [
  objectOf({
    ...{ kind: only('blocks'), campaign: CAMPAIGN, first: WHOLE, count: WHOLE },
    lesson: optional(objectOf({ digest: TEXT })),
  }),
  objectOf({
    ...{ kind: only('setting'), subject: TEXT, setting: OBJECT, others: listOf(OBJECT), claims: listOf(TEXT) },
    ...{ without: listOf(TEXT), maxStates: WHOLE, maxUniverse: WHOLE },
  }),
  objectOf({ kind: only('point'), task: TASK }),
  objectOf({ kind: only('study'), of: oneOf(['scenario', 'trials']), subject: TEXT, asked: OBJECT }),
  objectOf({
    ...{ kind: only('violation'), subject: TEXT, setting: OBJECT, claim: TEXT, steps: listOf(OBJECT) },
    ...{ maxStates: optional(WHOLE), certifyStates: optional(WHOLE) },
  }),
]

/** Is it a shard? What is inside is looked at again by whoever works on it. */
export function isShard(value: unknown): value is Shard {
  return KINDS.some(({ is }) => is(value))
}
