import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { run } from '../../src/cli/run.ts'
import type { Engines } from '../../src/cli/workers/engines.ts'
import { engines } from '../../src/cli/workers/own-engines.ts'
import { assertDescribed } from './output-schemas.ts'

const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  // A folder may hold all the packages of a project.
}, 120_000)

/** An empty folder of its own, gone after the tests. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'turncoat-test-'))
  folders.push(folder)
  return folder
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What is in the folder afterwards. */
  readonly files: readonly string[]
}

/** Runs the command line in this process, in a folder. */
export async function turncoat(
  cwd: string,
  argv: readonly string[],
  own: Engines = engines,
  memoryInUse: () => number = () => 0,
  within: (milliseconds: number) => void = () => {},
): Promise<Ran> {
  let [stdout, stderr, clock] = ['', '', 0]
  const isJson = argv.includes('--json')
  const code = await run(
    argv,
    {
      stdout: (text) => {
        stdout += text
      },
      stderr: (text) => {
        stderr += text
      },
      cwd,
      isTTY: false,
      now: () => clock++,
      memoryInUse,
      within,
      environment: {},
      ...(isJson ? { keep: ({ stdout }: { readonly stdout: string }) => assertDescribed(argv, stdout) } : {}),
    },
    own,
  )
  if (isJson || argv.join(' ').endsWith('--format json')) assertDescribed(argv, stdout)
  return { code, stdout, stderr, files: readdirSync(cwd, { recursive: true }).map(String).sort() }
}

/** Flags of a search that finds something at once. */
export const QUICK = ['--byzantine', '3', '--runs', '5', '--workers', '1']
