import { digest } from '../model/digest.ts'
import { canonical, HarnessError, same, UsageError } from '../model/index.ts'
import { fits, listOf, OBJECT, optional, type Shape, TEXT, WHOLE } from '../model/shape.ts'
import type { ShardAnswer } from './shard.ts'

/** Raised when files of earlier versions can no longer be merged. */
export const CAMPAIGN_FORMAT = 1

/** The first line of a file of shards: what was asked, and of what. */
export interface CampaignHeading {
  readonly 'turncoat-campaign': number
  readonly version: string
  /** A digest of the program. */
  readonly build: string
  /** The command that the campaign is made of, word by word. */
  readonly command: readonly string[]
  /** Digests of the protocols' files by the names that the command gives them. */
  readonly files: Readonly<Record<string, string>>
  /** Runs in one shard of a fuzzing campaign. */
  readonly shardRuns: number
  /** Which shards this file is for, `2/16`; nothing where it is for all. */
  readonly shard?: string
}

const HEADING: Shape = {
  'turncoat-campaign': WHOLE,
  ...{ version: TEXT, build: TEXT, command: listOf(TEXT), files: OBJECT, shardRuns: WHOLE, shard: optional(TEXT) },
}
const LINE: Shape = { shard: TEXT, digest: TEXT, answer: OBJECT }
const LISTED: Shape = { ...LINE, answer: listOf(OBJECT) }

/** Names a campaign: what was asked, of what, by which program. How it is cut and where it is written is no part of it. */
export function campaignId({ version, build, command, files }: Omit<CampaignHeading, 'shardRuns'>): string {
  return digest({ version, build, command, files })
}

export function campaignHeadingLine(heading: CampaignHeading): string {
  return `${JSON.stringify(heading)}\n`
}

/** One answer. Its digest tells a line that was changed, and shards that came out differently. */
export function answerLine(shard: string, answer: ShardAnswer): string {
  return `${JSON.stringify({ shard, digest: answerDigest(answer), answer })}\n`
}

/** By what it says: `undefined` says nothing, in a file or on the way. */
export function answerDigest(answer: ShardAnswer): string {
  return digest(JSON.parse(JSON.stringify(answer)))
}

export interface Journal {
  readonly heading: CampaignHeading
  readonly answers: ReadonlyMap<string, ShardAnswer>
  /** How many bytes of the text are whole lines: what comes after them is to be cut off before anything is added. */
  readonly whole: number
}

/**
 * Reads a file of shards. Its writer may have been killed: what follows the last line break is none of its business.
 * @returns nothing for a file without one whole line
 * @throws UsageError for a file of something else, of another format, or with a line that was changed
 * @throws HarnessError for a shard that was done twice and came out differently
 */
export function shardsIn(text: string, file: string): Journal | undefined {
  const end = text.lastIndexOf('\n') + 1
  const lines = text.slice(0, end).split('\n').slice(0, -1)
  if (lines.length === 0) return undefined
  const [first, ...rest] = lines.map((line, i) => parsed(line, file, i + 1))
  if (typeof first !== 'object' || first === null || !('turncoat-campaign' in first)) {
    throw new UsageError(
      `${file} is not a file of a campaign's shards`,
      'name files that `campaign run --shard` has written',
    )
  }
  const format = first['turncoat-campaign']
  if (format !== CAMPAIGN_FORMAT || !fits(HEADING)(first)) {
    throw new UsageError(`${file} has the format ${format}, and this is ${CAMPAIGN_FORMAT}`, 'use one version for all')
  }
  const answers = new Map<string, ShardAnswer>()
  for (const [i, line] of rest.entries()) {
    if (!fits(LINE)(line) && !fits(LISTED)(line)) throw new UsageError(`${file}: line ${i + 2} is not a shard`, CHANGED)
    const { shard, digest: said, answer } = line as { shard: string; digest: string; answer: ShardAnswer }
    if (answerDigest(answer) !== said) throw new UsageError(`${file}: line ${i + 2} was changed`, CHANGED)
    add(answers, shard, answer, file)
  }
  return {
    heading: first as unknown as CampaignHeading,
    answers,
    whole: new TextEncoder().encode(text.slice(0, end)).length,
  }
}

const CHANGED = 'take the line away, and do its shard again with the command that wrote the file'

function parsed(line: string, file: string, number: number): Record<string, unknown> | null {
  try {
    return JSON.parse(line)
  } catch {
    throw new UsageError(`${file}: line ${number} is not a line of a campaign's shards`, CHANGED)
  }
}

/** @throws HarnessError if it is known, and came out differently */
export function add(answers: Map<string, ShardAnswer>, shard: string, answer: ShardAnswer, where: string): void {
  const known = answers.get(shard)
  if (known && answerDigest(known) !== answerDigest(answer)) throw new HarnessError(differs(shard, where))
  answers.set(shard, answer)
}

/** What is said of a shard that was done twice. */
export function differs(shard: string, where: string): string {
  return `shard ${shard} was done twice and came out differently (${where}): something in it is not deterministic`
}

/** @throws UsageError, with what is not the same, for two headings of different campaigns */
export function assertSame(heading: CampaignHeading, other: CampaignHeading, file: string): void {
  if (heading.version !== other.version || heading.build !== other.build) {
    const [own, its] = [heading, other].map(({ version, build }) => `${version} (build ${build})`)
    throw new UsageError(`${file} was written by Turncoat ${its}, and this is ${own}`, 'use one version for all shards')
  }
  const anew = 'give another place with --out, or take the file away to begin anew'
  if (canonical(heading.files) !== canonical(other.files)) {
    throw new UsageError(`${file} is of another text of ${Object.keys(other.files).join(', ')}`, anew)
  }
  if (!same(heading.command, other.command)) {
    throw new UsageError(`${file} is of another campaign: turncoat ${other.command.join(' ')}`, anew)
  }
  if (heading.shardRuns !== other.shardRuns) {
    throw new UsageError(
      `${file} has shards of ${other.shardRuns} runs, and here they have ${heading.shardRuns}`,
      'give the same --shard-runs, and the same number of shards, to all',
    )
  }
}
