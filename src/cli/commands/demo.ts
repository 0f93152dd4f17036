import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { strategies } from '../../adversary/index.ts'
import { DEFAULT_MAX_STATES, DEFAULT_MAX_UNIVERSE } from '../../check/result/result.ts'
import { BLOCK } from '../../fuzz/campaign/campaign.ts'
import { DEFAULT_MAX_STEPS } from '../../fuzz/campaign/defaults.ts'
import { choosers } from '../../fuzz/schedule/choosers.ts'
import type { Configuration } from '../../model/index.ts'
import { type CheckReport, checkJson } from '../../report/text/check-report.ts'
import { commandLine } from '../../report/text/command-line.ts'
import {
  breakdownText,
  type DemoCell,
  demoIntroduction,
  demoSummary,
  provedText,
  type Shown,
  shownText,
} from '../../report/text/demo-text.ts'
import { fuzzJson } from '../../report/text/fuzz-report.ts'
import { configure } from '../../system/index.ts'
import { readTrace } from '../files/trace-files.ts'
import type { Session } from '../flags/session.ts'
import { chooseClaims } from '../subjects/claim-names.ts'
import { registered } from '../subjects/registered.ts'
import { EXIT, type ExitCode, worst } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import { checkAll } from './check-all.ts'
import { searchAndShrink } from './search.ts'
import { rerun } from './trace-facts.ts'

interface DemoFlags extends CommonFlags {
  readonly out?: string
  readonly runs?: number
}

/** One block: enough for the violations to be found many times over, and not worth the start of worker threads. */
const RUNS = BLOCK
/** The repaired one has to tolerate more. */
const LONGER = 5 * RUNS
const CELL_RUNS = 60
const SEED = 1
/** The tour would rather be quick than certain that nothing is shorter. */
const MOST_STATES = 2_000

interface Scene {
  readonly title: string
  readonly subject: string
  readonly configuration: Configuration
  readonly verdict: 'violated' | 'not-found'
  readonly runs: number
}

const SCENES: readonly Scene[] = [
  {
    title: 'A published PBFT simulator in Python: five replicas, one of them Byzantine. It promises to tolerate one.',
    subject: 'asyncio-pbft',
    configuration: { n: 5, byzantine: [0], auth: 'channels' },
    verdict: 'violated',
    runs: RUNS,
  },
  {
    title: 'A published PBFT exercise in Go: four replicas, one of them Byzantine. It promises to tolerate one.',
    subject: 'go-pbft/layer-1',
    configuration: { n: 4, byzantine: [0] },
    verdict: 'violated',
    runs: RUNS,
  },
  {
    title: 'The first one repaired: the same search, five times as long.',
    subject: 'asyncio-pbft/repaired',
    configuration: { n: 5, byzantine: [0] },
    verdict: 'not-found',
    runs: LONGER,
  },
]

export function demoCommand(session: Session): Command {
  return new Command('demo')
    .description(
      'a tour in less than a minute: break two published systems, repair one and prove it, and find where it breaks',
    )
    .option('--out <FOLDER>', 'folder for the traces (default: a temporary one)')
    .action(async (flags: DemoFlags) => {
      session.code = await demo(flags, session)
    })
}

/** What is searched to the end: the repaired system where that is cheap, and a complete PBFT with a view change. */
const PROOFS: readonly Pick<Scene, 'title' | 'subject' | 'configuration'>[] = [
  {
    title: 'The repaired one, four replicas, any one Byzantine: checked exhaustively, not sampled.',
    subject: 'asyncio-pbft/repaired',
    configuration: { n: 4, b: 1 },
  },
  {
    title: 'A complete PBFT, four replicas, any one Byzantine, two views: checked exhaustively.',
    subject: 'pbft',
    configuration: { n: 4, b: 1, bounds: { views: 2 } },
  },
]

async function demo(flags: DemoFlags, session: Session): Promise<ExitCode> {
  const output = new Output(session.io, flags)
  const began = session.io.now()
  const folder = flags.out ?? (await mkdtemp(join(tmpdir(), 'turncoat-')))
  output.remark(demoIntroduction())
  const shown: Shown[] = []
  const codes: ExitCode[] = []
  for (const [i, scene] of SCENES.entries()) {
    output.remark([output.paint.bold(`${i + 1}. ${scene.title}`)])
    const one = await play(scene, folder, session, output)
    output.remark([...shownText(one, output.paint), ''])
    shown.push(one)
    codes.push(asExpected(one, scene) ? EXIT.holds : EXIT.violated)
  }
  const proved: CheckReport[] = []
  for (const [i, proof] of PROOFS.entries()) {
    output.remark([output.paint.bold(`${SCENES.length + i + 1}. ${proof.title}`)])
    const report = await prove(proof, folder, session, output)
    output.remark([...provedText(report, output.paint), ''])
    proved.push(report)
    codes.push(report.claims.every(({ verdict }) => verdict === 'holds') ? EXIT.holds : EXIT.violated)
  }
  output.remark([
    output.paint.bold(
      `${SCENES.length + PROOFS.length + 1}. Where does agreement of the first one break? n replicas, any b of them Byzantine.`,
    ),
  ])
  const cells = await breakdown(session, output)
  output.remark([...breakdownText(cells), ''])
  const seconds = (session.io.now() - began) / 1_000
  output.say(demoSummary(shown, proved, cells, seconds, output.paint))
  const searches = shown.map(({ report }) => fuzzJson(report))
  output.json({ command: 'demo', seconds, searches, proofs: proved.map(checkJson), cells })
  return worst(codes)
}

/** The tour fails where it does not show what it promises. */
function asExpected({ report, replayed }: Shown, { verdict }: Scene): boolean {
  return report.claims[0]?.verdict === verdict && (verdict !== 'violated' || replayed?.reproduced === true)
}

/** One search for a violation of agreement, and the replay of its trace from the file. */
async function play(scene: Scene, out: string, session: Session, output: Output): Promise<Shown> {
  const { engines } = session
  const resolved = registered(scene.subject)
  const { protocol, subject } = resolved
  const { runs } = scene
  const { n, byzantine, auth } = scene.configuration
  const flags = { ...(auth ? { auth } : {}), n, byzantine, claim: ['agreement'], runs, seed: SEED }
  const report = await searchAndShrink(
    {
      resolved,
      settings: configure(protocol, scene.configuration),
      chosen: chooseClaims(subject, ['agreement']),
      runs,
      seed: SEED,
      strategies: strategies.map(({ name }) => name),
      schedulers: choosers.map(({ name }) => name),
      maxSteps: DEFAULT_MAX_STEPS,
      maxStates: MOST_STATES,
      workers: DEFAULT_WORKERS,
      out,
      command: () => commandLine('fuzz', scene.subject, flags as never),
    },
    engines,
    output,
  )
  const saved = report.claims[0]?.trace
  if (saved === undefined) return { report }
  return { report, replayed: rerun(await readTrace(saved, output.io.cwd), await session.finder(undefined)).replayed }
}

/** An exhaustive search for a violation of agreement. */
async function prove(
  { subject: asked, configuration }: Pick<Scene, 'subject' | 'configuration'>,
  out: string,
  session: Session,
  output: Output,
): Promise<CheckReport> {
  const resolved = registered(asked)
  const { bounds, ...setting } = configuration
  const flags = { ...setting, ...bounds, claim: ['agreement'] }
  return checkAll(
    {
      resolved,
      settings: configure(resolved.protocol, configuration),
      chosen: chooseClaims(resolved.subject, ['agreement']),
      without: [],
      maxStates: DEFAULT_MAX_STATES,
      maxUniverse: DEFAULT_MAX_UNIVERSE,
      out,
      command: () => commandLine('check', asked, flags as never),
    },
    session.engines,
    output,
  )
}

/** Agreement for b = 0, 1, 2 of n = 4, 5, 6: any choice of who is Byzantine. */
async function breakdown({ engines }: Session, output: Output): Promise<DemoCell[]> {
  const resolved = registered('asyncio-pbft')
  const cells: DemoCell[] = []
  const bar = progress(output, 9, 'cells')
  for (const n of [4, 5, 6]) {
    for (const b of [0, 1, 2]) {
      const settings = configure(resolved.protocol, { n, b, auth: 'channels' })
      const result = await engines.runCampaign(
        {
          subject: resolved.found,
          settings,
          claims: ['agreement'],
          runs: CELL_RUNS,
          firstRun: 0,
          seed: SEED,
          strategies: strategies.map(({ name }) => name),
          schedulers: choosers.map(({ name }) => name),
          maxSteps: DEFAULT_MAX_STEPS,
        },
        resolved,
        { workers: DEFAULT_WORKERS },
      )
      const broken = result.claims[0]?.found?.run
      const { runs, decided } = result
      cells.push({ n, b, f: settings[0]!.f, runs, decided, ...(broken === undefined ? {} : { broken }) })
      bar.update(cells.length)
    }
  }
  bar.stop()
  return cells
}
