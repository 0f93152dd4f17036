import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Command } from 'commander'
import { UsageError } from '../../model/index.ts'
import { quoted } from '../../report/text/command-line.ts'
import { fillFolder } from '../files/new-folder.ts'
import { packageFolder, packageVersion } from '../files/package-folder.ts'
import type { Session } from '../flags/session.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'

/** Each file of the new folder, and the one in `templates/` that it is a copy of: npm packs no file called .gitignore. */
const COPIES = {
  'broadcast.ts': 'broadcast.ts',
  'broadcast.test.ts': 'broadcast.test.ts',
  'tsconfig.json': 'tsconfig.json',
  '.github/workflows/test.yml': 'workflow.yml',
} as const

const AFTER = `
broadcast.ts       a broadcast with one quorum, its claims, and a mutant that breaks agreement
broadcast.test.ts  proves the claims for four replicas, and sees the mutant break
and package.json, tsconfig.json, .gitignore, and .github/workflows/test.yml, which runs the test on GitHub.

The folder must be empty but for .git, or not there yet. Without FOLDER it is the current one.`

export function initCommand(session: Session): Command {
  return new Command('init')
    .description('make a folder with a protocol of your own, its claims, a test and a CI file')
    .argument('[folder]', 'the new folder', '.')
    .addHelpText('after', AFTER)
    .action(async (folder: string, flags: CommonFlags) => {
      await init(folder, new Output(session.io, flags))
    })
}

async function init(folder: string, output: Output): Promise<void> {
  if (folder === '') throw new UsageError('the folder has no name', 'name one: turncoat init my-protocol')
  const path = resolve(output.io.cwd, folder)
  const spec = installedFrom(packageFolder())
  const copies = Object.entries(COPIES).map(([name, of]) => [name, textOf(of)])
  const files = {
    ...Object.fromEntries(copies),
    'package.json': packageFile(path, spec),
    '.gitignore': 'node_modules/\nout/\n',
  }
  await fillFolder(path, files, folder)
  const next = [
    ...(path === resolve(output.io.cwd) ? [] : [`cd ${quoted(folder)}`]),
    'npm install',
    'npm test',
    'npx turncoat check ./broadcast.ts --b 1',
    'npx turncoat fuzz ./broadcast.ts/f-plus-1 --claim agreement',
  ]
  output.remark([`${folder}: ${Object.keys(files).sort().join(', ')}`, '', 'next:'])
  output.say(next.map((line) => `  ${line}`))
  if (spec.startsWith('file:')) {
    output.remark([
      '',
      `package.json takes turncoat from ${spec.slice('file:'.length)}, which other machines do not have:`,
    ])
    output.remark('before you run the test there, put the packed file into the folder and name it instead.')
  }
  output.json({ command: 'init', folder: path, files: Object.keys(files).sort(), turncoat: spec, next })
}

function textOf(template: string): string {
  return readFileSync(join(packageFolder(), 'templates', template), 'utf8')
}

/** With the versions that this package is itself tested with. */
function packageFile(folder: string, turncoat: string): string {
  const { devDependencies, engines } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'))
  const { typescript, vitest } = devDependencies
  const file = {
    name: nameFor(folder),
    version: '0.0.0',
    private: true,
    type: 'module',
    engines,
    scripts: { test: 'vitest run', types: 'tsc' },
    dependencies: { turncoat },
    devDependencies: { typescript, vitest },
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** The name of the folder, as far as npm takes it as one of a package. */
function nameFor(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 200)
  // npm would take a package that depends on one of its own name for a mistake.
  return ['', 'turncoat', 'vitest', 'typescript', 'node-modules'].includes(name) ? 'my-protocol' : name
}

/**
 * From where npm gets this very package once more: the place that it was installed from, the clone that it is run in,
 * or else the registry, by its version.
 */
export function installedFrom(folder: string): string {
  const [project, ...inside] = folder.split(/[\\/]node_modules[\\/]/)
  if (inside.length === 0) return `file:${folder}`
  const spec = specIn(join(project!, 'package.json'))
  if (spec?.startsWith('file:')) return `file:${resolve(project!, spec.slice('file:'.length))}`
  return spec?.includes('/') ? spec : packageVersion()
}

function specIn(file: string): string | undefined {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8'))
    return dependencies?.turncoat ?? devDependencies?.turncoat
  } catch {
    // Nobody has written down what was installed there.
    return undefined
  }
}
