import { Command } from 'commander'
import { turn } from '../../campaign/turn.ts'
import { UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { wholeNumber } from '../flags/parse.ts'
import type { Session } from '../flags/session.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { Output } from '../terminal/io.ts'
import type { Act, CampaignFlags } from './campaign-flags.ts'

interface Action {
  readonly load: () => Promise<Act>
  readonly flags: readonly (keyof CampaignFlags)[]
}

/** What needs a queue is loaded when it is asked for. */
const ACTIONS: Readonly<Record<string, Action>> = {
  run: {
    load: async () => (await import('./campaign-run.ts')).runCampaign,
    flags: ['redis', 'queue', 'out', 'shard', 'with', 'shardRuns', 'workers'],
  },
  merge: { load: async () => (await import('./campaign-turn.ts')).mergeCampaign, flags: ['out'] },
  resume: {
    load: async () => (await import('./campaign-run.ts')).resumeCampaign,
    flags: ['redis', 'queue', 'out', 'workers'],
  },
  worker: {
    load: async () => (await import('./campaign-queue.ts')).workOnQueue,
    flags: ['redis', 'queue', 'workers', 'protocol'],
  },
  status: { load: async () => (await import('./campaign-status.ts')).showStatus, flags: ['redis', 'queue', 'page'] },
  stop: { load: async () => (await import('./campaign-status.ts')).stopCampaign, flags: ['redis', 'queue'] },
}

const AFTER = `
turncoat campaign run COMMAND…            the command's work in shards, on threads of this machine
turncoat campaign run … --shard 3/16      every sixteenth shard, beginning with the third, into --out FILE.jsonl
turncoat campaign merge FILE…             the result of all shards: what one machine would have found, byte for byte
turncoat campaign run … --redis URL       every shard to workers; the same command, or resume, goes on after a death
turncoat campaign resume --out FOLDER     goes on with what is in the folder, with --redis or without
turncoat campaign worker --redis URL      does shards until it is ended, on any number of machines
turncoat campaign status, stop --redis URL

COMMAND is fuzz, check, sweep or study with its own flags; a subject alone is fuzzed. Results go into the folder --out.
Exit code: that of the command; 0 for a shard that is done.`

export function campaignCommandLine(session: Session): Command {
  const names = Object.keys(ACTIONS).join(', ')
  return new Command('campaign')
    .description('fuzz, check, sweep or study on many machines, shard by shard; a machine that dies loses nothing')
    .argument('[action]', names)
    .argument('[words...]', 'for run: the command; for merge: files')
    .option('--out <PLACE>', 'folder for the results (default out/campaign); with --shard, a file')
    .option('--shard <I/N>', 'do the shards of machine I of N, and nothing else')
    .option('--with <FILES...>', 'shards that are known, for the second round of a sweep')
    .option('--shard-runs <K>', 'runs in one shard of a fuzzing campaign', wholeNumber(1, 1_000_000))
    .option('--workers <K>', 'threads of this machine', wholeNumber(1, 256))
    .option(
      '--redis [URL]',
      'let workers do it: Redis 7 or Valkey (default TURNCOAT_REDIS, else redis://127.0.0.1:6379)',
    )
    .option('--queue <NAME>', 'name of the queue (default shards)')
    .option('--protocol <FILES...>', 'for worker: the files of protocols that it may do')
    .option('--page <PORT>', 'for status: a live page on 127.0.0.1', wholeNumber(0, 65_535))
    .allowUnknownOption()
    .addHelpText('after', AFTER)
    .action(async (asked: string | undefined, words: readonly string[], flags: CampaignFlags) => {
      session.code = await act(asked, words, flags, session)
    })
}

async function act(
  asked: string | undefined,
  words: readonly string[],
  flags: CampaignFlags,
  session: Session,
): Promise<ExitCode> {
  const names = Object.keys(ACTIONS)
  if (asked === undefined) throw new UsageError('the campaign has no action', `write one of ${names.join(', ')}`)
  const action = Object.hasOwn(ACTIONS, asked) ? ACTIONS[asked]! : undefined
  if (!action) {
    throw new UsageError(
      `a campaign cannot ${asked.slice(0, 50)}`,
      didYouMean(asked, names, `it can ${names.join(', ')}`),
    )
  }
  const odd = asked === 'run' ? undefined : words.find((word) => word.startsWith('-'))
  if (odd !== undefined) throw new UsageError(`campaign ${asked} has no flag ${odd}`, 'see turncoat campaign --help')
  const common = ['json', 'quiet', 'color']
  for (const name of Object.keys(flags)) {
    if (common.includes(name) || (action.flags as readonly string[]).includes(name)) continue
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    throw new UsageError(`campaign ${asked} has no flag ${flag}`, 'see turncoat campaign --help')
  }
  // Mistakes are told before anything is loaded.
  if (flags.shard !== undefined) turn(flags.shard)
  return (await action.load())(words, flags, new Output(session.io, flags), session)
}
