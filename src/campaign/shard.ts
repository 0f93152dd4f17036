import type { CheckResult, PassName } from '../check/result.ts'
import type { BlockResult } from '../fuzz/block.ts'
import type { Campaign } from '../fuzz/result.ts'
import { digest } from '../model/digest.ts'
import { type Setting, UsageError } from '../model/index.ts'
import { fits, type Kind, listOf, OBJECT, TEXT, WHOLE } from '../model/shape.ts'
import type { PointRecord } from '../sweep/cell.ts'
import type { Task } from '../sweep/examine.ts'
import type { Trace } from '../trace/index.ts'

/** Some consecutive blocks of a fuzzing campaign. */
export interface BlocksShard {
  readonly kind: 'blocks'
  readonly campaign: Campaign
  readonly first: number
  readonly count: number
}

/** The exhaustive search of one setting. */
export interface SettingShard {
  readonly kind: 'setting'
  readonly subject: string
  readonly setting: Setting
  /** Settings that it stands for, if its claims do not mind. */
  readonly others: readonly Setting[]
  readonly claims: readonly string[]
  readonly without: readonly PassName[]
  readonly maxStates: number
  readonly maxUniverse: number
}

/** One point of a sweep. */
export interface PointShard {
  readonly kind: 'point'
  readonly task: Task
}

/** A piece of a campaign: plain data that says all that its answer depends on, so that it can be done anywhere, and again. */
export type Shard = BlocksShard | SettingShard | PointShard

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

export type BlocksAnswer = readonly BlockResult[]
export type Answer = BlocksAnswer | SettingAnswer | PointAnswer

/** A protocol's file on this machine, and the digest of its text and of what it imports. */
export interface ProtocolFile {
  /** Absolute. */
  readonly path: string
  readonly digest: string
}

const FILE = /^file:(?<digest>[0-9a-f]+)(?<variant>\/.+)?$/s

/** The shard with its subjects renamed. */
function renamed(shard: Shard, rename: (subject: string) => string): Shard {
  if (shard.kind === 'setting') return { ...shard, subject: rename(shard.subject) }
  if (shard.kind === 'blocks') {
    return { ...shard, campaign: { ...shard.campaign, subject: rename(shard.campaign.subject) } }
  }
  const { grid } = shard.task
  const subjects = grid.subjects.map((one) => ({ ...one, found: rename(one.found) }))
  return { ...shard, task: { ...shard.task, grid: { ...grid, subjects } } }
}

/** The shard as it travels: files are named by what is in them, for no two machines need keep them in the same place. */
export function travelling(shard: Shard, files: readonly ProtocolFile[]): Shard {
  return renamed(shard, (subject) => {
    const file = files.find(({ path }) => subject === path || subject.startsWith(`${path}/`))
    return file ? `file:${file.digest}${subject.slice(file.path.length)}` : subject
  })
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

const record = (shape: Parameters<typeof fits>[0]): Kind => ({ words: 'an object with its fields', is: fits(shape) })
const only = (kind: Shard['kind']): Kind => ({ words: kind, is: (value) => value === kind })
const CAMPAIGN = record({ subject: TEXT, settings: listOf(OBJECT), claims: listOf(TEXT), runs: WHOLE, seed: WHOLE })
const TASK = record({ grid: record({ subjects: listOf(record({ subject: TEXT, found: TEXT })) }), point: OBJECT })
const KINDS = [
  record({ kind: only('blocks'), campaign: CAMPAIGN, first: WHOLE, count: WHOLE }),
  record({
    ...{ kind: only('setting'), subject: TEXT, setting: OBJECT, others: listOf(OBJECT), claims: listOf(TEXT) },
    ...{ without: listOf(TEXT), maxStates: WHOLE, maxUniverse: WHOLE },
  }),
  record({ kind: only('point'), task: TASK }),
]

/** Is it a shard? What is inside is looked at again by whoever works on it. */
export function isShard(value: unknown): value is Shard {
  return KINDS.some(({ is }) => is(value))
}
