import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  add,
  answerLine,
  assertSame,
  type CampaignHeading,
  campaignHeadingLine,
  type Journal,
  shardsIn,
} from '../../campaign/journal.ts'
import type { ShardAnswer } from '../../campaign/shard.ts'
import { UsageError } from '../../model/index.ts'
import { makeFolder } from '../files/make-folder.ts'
import { assertWritable } from '../files/trace-folder.ts'

const ROOM = 'make room there, or name another place with --out; the same command goes on from what is there'

/** A file of shards on the disk: it only ever grows, by whole lines. */
export class ShardFile {
  readonly heading: CampaignHeading
  readonly answers: ReadonlyMap<string, ShardAnswer>
  /** As the user named it. */
  readonly shown: string
  readonly #path: string
  #begun: Promise<void> | undefined
  /** Bytes of whole lines that are there already, if it is gone on with. */
  readonly #whole: number | undefined
  /** Lines are written one after the other. */
  #written = Promise.resolve()

  private constructor(path: string, shown: string, heading: CampaignHeading, found: Journal | undefined) {
    this.#path = path
    this.shown = shown
    this.heading = heading
    this.answers = found?.answers ?? new Map()
    this.#whole = found?.whole
  }

  /**
   * Opens a file. Nothing is written before there is something to write; a heading alone is as good as no file.
   * @throws UsageError where it is the file of another campaign, or of another machine
   */
  static async open(shown: string, cwd: string, heading: CampaignHeading): Promise<ShardFile> {
    const read = await readShards(shown, cwd)
    const found = read && read.answers.size > 0 ? read : undefined
    if (found) assertSame(heading, found.heading, shown)
    if (found && found.heading.shard !== heading.shard) {
      throw new UsageError(`${shown} is for shard ${found.heading.shard ?? 'of all'}`, 'name another file with --out')
    }
    await assertWritable(cwd, dirname(shown))
    return new ShardFile(resolve(cwd, shown), shown, heading, found)
  }

  /** Writes the heading, or cuts off what a killed writer has left in the middle of a line. */
  begin(): Promise<void> {
    this.#begun ??= writing(this.shown, async () => {
      await makeFolder(dirname(this.#path))
      if (this.#whole !== undefined) await truncate(this.#path, this.#whole)
      else await writeFile(this.#path, campaignHeadingLine(this.heading))
    })
    return this.#begun
  }

  /** @throws UsageError where there is no room for it */
  add(shard: string, answer: ShardAnswer): Promise<void> {
    const line = answerLine(shard, answer)
    this.#written = this.#written
      .then(() => this.begin())
      .then(() => writing(this.shown, () => appendFile(this.#path, line)))
    return this.#written
  }
}

async function writing(shown: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    throw new UsageError(`${shown} cannot be written: ${(error as Error).message}`, ROOM)
  }
}

/** Reads a file of shards; nothing where there is none, or not one whole line of it. */
export async function readShards(shown: string, cwd: string): Promise<Journal | undefined> {
  const path = resolve(cwd, shown)
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (!found.isFile()) throw new UsageError(`${shown} is not a file`, 'name a file of shards')
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`${shown} cannot be read: ${error.message}`, 'check who may read it')
  })
  return shardsIn(text, shown)
}

/**
 * All that is in several files of one campaign.
 * @throws UsageError where one is missing or of another campaign
 * @throws HarnessError where a shard came out differently in two of them
 */
export async function readTogether(
  files: readonly string[],
  cwd: string,
  of?: CampaignHeading,
): Promise<{ readonly heading: CampaignHeading; readonly answers: ReadonlyMap<string, ShardAnswer> }> {
  const answers = new Map<string, ShardAnswer>()
  let heading = of
  for (const file of files) {
    const found = await readShards(file, cwd)
    if (!found) {
      const isThere = (await stat(resolve(cwd, file)).catch(() => undefined)) !== undefined
      const what = isThere ? `${file} holds no shard` : `there is no file of shards called ${file}`
      throw new UsageError(what, 'wait for its machine, or run it again')
    }
    if (heading) assertSame(heading, found.heading, file)
    heading ??= found.heading
    for (const [shard, answer] of found.answers) add(answers, shard, answer, file)
  }
  return { heading: heading!, answers }
}
