import { CAMPAIGN_FORMAT, type CampaignHeading } from '../../campaign/journal.ts'
import type { ProtocolFile } from '../../campaign/shard.ts'
import { shardRunsFor, turn } from '../../campaign/turn.ts'
import { BLOCK } from '../../fuzz/campaign/campaign.ts'
import { UsageError } from '../../model/index.ts'
import { packageVersion } from '../files/package-folder.ts'
import { buildDigest, protocolFile } from '../files/protocol-files.ts'
import type { Session } from '../flags/session.ts'
import { fileIn } from '../subjects/subjects.ts'
import { filesIn } from './campaign-command.ts'
import type { CampaignFlags } from './campaign-flags.ts'

/** A campaign, and the files that it is of. */
export interface AskedCampaign {
  readonly heading: CampaignHeading
  readonly files: readonly ProtocolFile[]
}

/** Machines that shards are cut for where nobody says how many there are. */
const FEW = 8

/** What a command asks, with all that decides its shards. */
export function askedOf(command: readonly string[], flags: CampaignFlags, { io }: Session): AskedCampaign {
  const names = [...new Set(filesIn(command).map(fileIn))]
  const files = names.map((name) => protocolFile(name, io.cwd))
  const heading: CampaignHeading = {
    'turncoat-campaign': CAMPAIGN_FORMAT,
    ...{ version: packageVersion(), build: buildDigest(), command },
    files: Object.fromEntries(names.map((name, i) => [name, files[i]!.digest])),
    shardRuns: flags.shardRuns === undefined ? usualRuns(command, flags) : wholeBlocks(flags.shardRuns),
  }
  return { heading, files }
}

/** Shards begin and end with blocks. */
export function wholeBlocks(runs: number): number {
  return Math.max(1, Math.ceil(runs / BLOCK)) * BLOCK
}

function usualRuns(command: readonly string[], { shard }: CampaignFlags): number {
  const at = command.indexOf('--runs')
  const runs = at < 0 ? 0 : Number(command[at + 1])
  return shardRunsFor(Number.isSafeInteger(runs) ? runs : 0, shard === undefined ? FEW : turn(shard).of, BLOCK)
}

/** @throws UsageError where shards were done by another program, or of other protocols, than are here */
export function assertOwn(own: CampaignHeading, its: CampaignHeading, file: string): void {
  if (own.build !== its.build || own.version !== its.version) {
    const [mine, theirs] = [own, its].map(({ version, build }) => `${version} (build ${build})`)
    throw new UsageError(
      `${file} was written by Turncoat ${theirs}, and this is ${mine}`,
      'use the version that did the shards',
    )
  }
  for (const [name, digest] of Object.entries(its.files)) {
    if (own.files[name] === digest) continue
    throw new UsageError(`${file} is of another text of ${name}`, 'use the text that the shards were done with')
  }
}
