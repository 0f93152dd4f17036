import type { Session } from '../flags/session.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import type { CommonFlags, Output } from '../terminal/io.ts'

/** Flags of all that a campaign can be told to do; each takes those that it knows. */
export interface CampaignFlags extends CommonFlags {
  readonly redis?: string | true
  readonly queue?: string
  readonly out?: string
  readonly shard?: string
  readonly with?: readonly string[]
  readonly shardRuns?: number
  readonly workers?: number
  readonly protocol?: readonly string[]
  readonly page?: number
}

/** One thing to do, and the words that stand after it. */
export type Act = (
  words: readonly string[],
  flags: CampaignFlags,
  output: Output,
  session: Session,
) => Promise<ExitCode>
