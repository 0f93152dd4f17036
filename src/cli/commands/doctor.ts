import { resolve } from 'node:path'
import { Command } from 'commander'
import { installing } from '../../model/index.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { type Computer, type Manifest, thisComputer } from './computer.ts'

/** One thing that is looked at. */
export interface Finding {
  readonly name: string
  readonly works: boolean
  /** Without it, nothing works that most commands need. */
  readonly main: boolean
  /** What is there, or why it is not. */
  readonly found: string
  readonly neededFor: string
  /** What to do where it does not work. */
  readonly remedy?: string
}

const AFTER = `
It uses no network and writes nothing. Exit code: 0 if everything that most commands need works, else 2.`

export function doctorCommand(session: Session): Command {
  return new Command('doctor')
    .description('say what works on this machine, and how to install what does not')
    .addHelpText('after', AFTER)
    .action(async (flags: CommonFlags) => {
      const output = new Output(session.io, flags)
      session.code = reportFindings(await diagnosis(thisComputer(), session.io.cwd), output)
    })
}

export function reportFindings(findings: readonly Finding[], output: Output): ExitCode {
  for (const { name, works, main, found, neededFor, remedy } of findings) {
    const mark = works ? 'works  ' : main ? 'BROKEN ' : 'missing'
    if (works) output.remark(`${mark}  ${name}: ${found}`)
    else output.say([`${mark}  ${name}: ${found}`, `         needed for ${neededFor}`, `         ${remedy}`])
  }
  const works = findings.every((finding) => finding.works || !finding.main)
  output.remark(['', works ? 'Turncoat works here.' : 'Turncoat does not work here: correct what is BROKEN.'])
  output.json({ command: 'doctor', works, findings })
  return works ? EXIT.holds : EXIT.usage
}

/** Packages that some commands load when they are asked for. */
const OPTIONAL = [
  {
    name: 'pictures',
    neededFor: 'the SVG files of `turncoat sweep` and `turncoat study`',
    packages: ['vega', 'vega-lite'],
  },
  {
    name: 'pictures as PNG',
    neededFor: 'the PNG files of `turncoat sweep` and `turncoat study`',
    packages: ['@resvg/resvg-js'],
  },
  {
    name: 'queues',
    neededFor: '`turncoat campaign run --redis`, beside a Redis 7 or Valkey, which is not looked for here',
    packages: ['bullmq', 'ioredis'],
  },
] as const

/** Everything that is looked at, in the order in which it is told. */
export async function diagnosis(computer: Computer, cwd: string): Promise<readonly Finding[]> {
  const { manifest } = computer
  const findings = [node(computer)]
  findings.push(
    await tried('TypeScript files', true, 'protocols in .ts files', install(manifest, ['tsx']), 'loaded by tsx', () =>
      computer.canLoadTypeScript(),
    ),
    await tried('threads', true, 'searches on more than one core', install(manifest, ['piscina']), 'piscina', () =>
      computer.canLoad('piscina'),
    ),
    await tried(
      'progress bars',
      false,
      'showing how far a search is',
      install(manifest, ['cli-progress']),
      'cli-progress',
      () => computer.canLoad('cli-progress'),
    ),
    await tried('out/', true, 'traces and pictures', 'go to another folder, or use --out', 'can be written to', () =>
      computer.canWrite(resolve(cwd, 'out')),
    ),
  )
  for (const { name, neededFor, packages } of OPTIONAL) {
    const load = async () => void (await Promise.all(packages.map((one) => computer.canLoad(one))))
    findings.push(await tried(name, false, neededFor, installing(packages), packages.join(', '), load))
  }
  return [...findings, size(computer)]
}

function node({ node: found, manifest }: Computer): Finding {
  const needed = manifest.engines.node.replace(/^>=/, '')
  return {
    name: 'Node',
    works: isAtLeast(found, needed),
    main: true,
    found: `${found} (needed: ${needed} or later)`,
    neededFor: 'everything',
    remedy: 'install it: nvm install 22, or https://nodejs.org',
  }
}

/** Is one version the other, or later? What is not written counts as 0. */
export function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)))
  const differs = want!.findIndex((part, i) => part !== (have![i] ?? 0))
  return differs < 0 || (have![differs] ?? 0) > want![differs]!
}

function size({ cores, memory, heap }: Computer): Finding {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`
  return {
    name: 'machine',
    works: true,
    main: false,
    found: `${cores} ${cores === 1 ? 'core' : 'cores'}, ${gigabytes(memory)} of memory; a search may fill ${gigabytes(heap)}`,
    neededFor: 'larger searches: NODE_OPTIONS=--max-old-space-size=8192 lets one fill 8 GB',
  }
}

/** The command that installs packages in the versions that this one is tested with. */
function install(manifest: Manifest, names: readonly string[]): string {
  const known = manifest.dependencies ?? {}
  return `npm install ${names.map((name) => (known[name] ? `${name}@${known[name]}` : name)).join(' ')}`
}

async function tried(
  name: string,
  main: boolean,
  neededFor: string,
  remedy: string,
  works: string,
  attempt: () => Promise<void>,
): Promise<Finding> {
  try {
    await attempt()
    return { name, works: true, main, found: works, neededFor }
  } catch (error) {
    const found = (error as Error).message.split('\n')[0]!
    return { name, works: false, main, found, neededFor, remedy }
  }
}
